"""Folders as people have them: names, metadata, what is left out, what is gone."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.documents import ingestion
from finrisk_ops.documents.document import Document, document
from finrisk_ops.documents.front_matter import front_matter
from finrisk_ops.documents.identity import former, identity, year
from finrisk_ops.errors import FinriskError
from finrisk_ops.text import names_of
from finrisk_rules.redaction import Names
from tests.grounds import training_rows
from tests.grounds.library import bring, counts, held, library, taken


@pytest.fixture
def api_url(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service's own application."""
    with library(database_url, tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture
def filings(tmp_path: Path) -> Path:
    """The filings of two years, under one name each."""
    folder = tmp_path / "filings"
    for number in (2025, 2026):
        (folder / str(number)).mkdir(parents=True)
        for name, firm in (("meridia", "Meridia"), ("nordhaven", "Nordhaven Bank")):
            text = f"# {firm} annual report\nThe ratio of {firm} was {number - 1900} %."
            (folder / str(number) / f"{name}.md").write_text(text)
    return folder


IDS = [f"filings/{number}/{name}" for number in (2025, 2026) for name in ("meridia", "nordhaven")]


def only(folder: Path) -> Document:
    [found] = taken(folder)
    return found


@pytest.mark.parametrize(
    "order", [("2025", "2026", "."), (".", "2025", "2026"), ("2026", ".", "2025/meridia.md")]
)
def test_an_id_does_not_depend_on_how_the_folder_was_named(
    api_url: str, filings: Path, order: tuple[str, ...]
) -> None:
    total = 0
    for place in order:
        result = bring(api_url, filings / place)
        assert result["updated"] == 0
        total += result["added"]
    assert total == 4
    assert sorted(held(api_url)) == IDS


def test_the_folders_of_a_machine_and_of_a_home_are_no_part_of_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert identity(Path("/home/ada/filings/ar.md")) == "filings/ar"
    assert identity(Path("/home/ada/bank/2025/10k/ar.pdf")) == "2025/10k/ar.pdf"
    assert identity(Path("/ar.txt")) == "ar"
    assert identity(Path("/data/f/Cafe\u0301.md")) == "data/f/Caf\u00e9"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/f/2025/ar.md", 2025),
        ("/f/2025/q3/ar-2024.md", 2025),
        ("/f/FY2025/ar.md", 2025),
        ("/f/nordhaven-ar-2025.pdf", 2025),
        ("/f/ar-2024-2025.pdf", None),
        ("/f/20251231.pdf", None),
        ("/2025/a/b/ar.md", None),
        ("/f/9999/ar.md", None),
    ],
)
def test_a_year_is_taken_from_the_folder_or_else_the_name(path: str, expected: int | None) -> None:
    assert year(Path(path)) == expected


def test_what_stands_in_the_index_under_a_former_name_is_refused_and_both_are_named(
    api_url: str, filings: Path, tmp_path: Path
) -> None:
    old = tmp_path / "old.jsonl"
    old.write_text(json.dumps({"id": "meridia", "title": "Meridia annual report", "text": "An older text."}))
    bring(api_url, old)
    with pytest.raises(FinriskError) as refused:
        bring(api_url, filings / "2026")
    assert "filings/2026/meridia, which may be meridia of the index" in refused.value.message
    assert held(api_url) == ["meridia"]
    (filings / "documents.csv").write_text("file,id\n2026/meridia.md,meridia-2026\n")
    assert counts(bring(api_url, filings / "2026")) == (2, 0, 0, True)


def test_one_mirrored_run_gives_what_stands_under_former_names_its_own(api_url: str, filings: Path) -> None:
    for name in IDS:
        old = filings.parent / "old.jsonl"
        former_id = name.partition("/")[2]
        old.write_text(json.dumps({"id": former_id, "title": "Annual report", "text": f"Of {name}."}))
        bring(api_url, old)
    result = mirrored(api_url, filings, confirm_removal=True)
    assert (result["added"], result["removed"]) == (4, 4)
    assert sorted(held(api_url)) == IDS


def test_former_names_are_tails_of_the_new_one() -> None:
    assert former("a/b/c.pdf", ["b/c.pdf"]) == "b/c.pdf"
    assert former("a/b/c.pdf", ["c"]) == "c"
    assert former("a/b/c", ["a/b/c", "x/c", "b"]) is None


def test_a_document_of_the_index_under_another_id_is_not_sent_again(api_url: str, filings: Path) -> None:
    bring(api_url, filings)
    filings.rename(filings.parent / "reports")
    result = bring(api_url, filings.parent / "reports")
    assert counts(result) == (0, 0, 4, False)
    assert "reports/2025/meridia stands in the index as filings/2025/meridia" in " ".join(result["notes"])


def test_equal_texts_are_taken_once_and_the_second_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("The ratio was\n118 %.")
    (tmp_path / "b.txt").write_text("The  ratio was 118 %.\n")
    (tmp_path / "c.md").write_text("---\ncompany: Meridia\n---\nThe ratio was 118 %.")
    (tmp_path / "d.md").write_text("---\ncompany: Corvane\n---\nThe ratio was 118 %.")
    notes: list[str] = []
    assert [each.title for each in taken(tmp_path, notes)] == ["a"]
    (tmp_path / "a.md").unlink()
    (tmp_path / "b.txt").unlink()
    assert [each.company for each in taken(tmp_path)] == ["Meridia", "Corvane"]
    assert len(notes) == 3
    assert f"{tmp_path / 'b.txt'} ({identity(tmp_path / 'b.txt')}) holds the same text as" in notes[0]


def test_two_files_of_one_name_are_refused_and_both_are_named(tmp_path: Path) -> None:
    (tmp_path / "ar.md").write_text("One.")
    (tmp_path / "ar.txt").write_text("Two.")
    with pytest.raises(FinriskError, match=r"ar\.txt repeats the id '.*/ar' of .*ar\.md; give one"):
        taken(tmp_path)


def test_a_front_matter_says_what_a_text_is_of_and_is_no_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "ar.md").write_text(
        "\ufeff---\n# of the archive\ncompany: Nordhaven Bank\nYear: 2025\n"
        'title: "Report: the whole"\nid: nb-25\n'
        "ticker: NHB\nlabels:\n  - desk: equities\n  - region: north\n"
        "author: A. Writer\n---\n\nThe ratio fell.\n"
    )
    notes: list[str] = []
    [found] = taken(tmp_path, notes)
    assert found == Document(
        "nb-25",
        "Report: the whole",
        "The ratio fell.\n",
        "Nordhaven Bank",
        2025,
        "NHB",
        ("desk: equities", "region: north"),
    )
    assert notes == [f"{tmp_path / 'ar.md'} has keys that mean nothing here: author"]


@pytest.mark.parametrize(
    "text",
    [
        "---\nA rule, and then text.\n---\nMore.",
        "---\n\n---\n",
        "--- \nno end: here\nand on",
        "Text\n---\ncompany: x\n---\n",
        "---",
    ],
)
def test_what_is_no_front_matter_stays(text: str) -> None:
    assert front_matter(text).text == text
    assert front_matter(text).said == {}


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ("labels: desk: equities", ["desk: equities"]),
        ("labels: [desk: equities, region: eu]", ["desk: equities", "region: eu"]),
        ("labels: 'desk: equities'", ["desk: equities"]),
        ("labels:\n  desk: equities\n  region: eu", ["desk: equities", "region: eu"]),
        ("labels:\n- desk: equities # ours", ["desk: equities"]),
    ],
)
def test_labels_are_written_in_every_way_of_yaml(labels: str, expected: list[str]) -> None:
    assert front_matter(f"---\n{labels}\n---\ntext").said == {"labels": expected}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_catalog_says_what_files_are_of_and_wins(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "2019").mkdir()
    (tmp_path / "2019" / "ar.md").write_text("---\ncompany: Wrong\nticker: KEPT\n---\nThe ratio fell.")
    rows = [
        ["File", "Company", "year", "title", "ticker", "labels", "Shelf"],
        [
            "2019/ar.md",
            '"Nordhaven; Bank, plc"',
            "2025",
            "The report",
            "",
            '"desk: equities | region: eu"',
            "B2",
        ],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "documents.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    notes: list[str] = []
    [found] = taken(tmp_path, notes)
    assert (found.company, found.year, found.title, found.ticker) == (
        "Nordhaven; Bank, plc",
        2025,
        "The report",
        "KEPT",
    )
    assert found.labels == ("desk: equities", "region: eu")
    assert notes == [f"{tmp_path / 'documents.csv'} has columns that mean nothing here: shelf"]
    assert only(tmp_path / "2019") == found


def test_a_ticker_arrives_and_a_changed_one_is_a_change(api_url: str, tmp_path: Path) -> None:
    (tmp_path / "ar.md").write_text("---\nticker: NHB\n---\nThe ratio fell.")
    assert counts(bring(api_url, tmp_path)) == (1, 0, 0, True)
    assert counts(bring(api_url, tmp_path)) == (0, 0, 1, False)
    (tmp_path / "ar.md").write_text("---\nticker: NHX\n---\nThe ratio fell.")
    assert counts(bring(api_url, tmp_path)) == (0, 1, 0, True)


def test_a_row_of_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "ar.md").write_text("The ratio fell.")
    (tmp_path / "documents.csv").write_text("file,year\nar.md,2025\nar.pdf,2025\n")
    notes: list[str] = []
    taken(tmp_path, notes)
    assert notes == [f"{tmp_path / 'documents.csv'} line 3 names ar.pdf, which is not there"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name,year\nar.md,2025\n", "has the columns name, year: expected file"),
        (b"file,year\nar.md,2025\nar.md,2024\n", "line 3 names ar.md again, as line 2 does"),
        (b"file,year\n,2025\n", "line 2 names no file"),
        (b"file,company\nar.md,Caf\xe9\n", "is not UTF-8 (byte 22): save it as UTF-8, or iconv"),
        (b"file,year\nar.md,20x5\n", "ar.md has the year '20x5'"),
        (b"file,labels\nar.md,equities\n", "has the label 'equities', expected key: value"),
        (b"file,ticker\nar.md," + b"A" * 201 + b"\n", "has a ticker that is not a text of 1 to 200"),
    ],
)
def test_a_catalog_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "ar.md").write_text("The ratio fell.")
    (tmp_path / "documents.csv").write_bytes(content)
    with pytest.raises(FinriskError) as refused:
        taken(tmp_path)
    assert message in refused.value.message


def test_what_is_left_out_is_counted_by_kind_and_named(tmp_path: Path) -> None:
    (tmp_path / "ar.md").write_text("The ratio fell.")
    for name in ("a.png", "b.PNG", "c.png", "d.png", "LICENSE", ".hidden.md", "~$ar.docx"):
        (tmp_path / name).write_text("x")
    (tmp_path / "empty.md").touch()
    notes: list[str] = []
    taken(tmp_path, notes)
    assert notes == [
        "left out: 4 .png (a.png, b.PNG, c.png, ...)",
        "left out: 1 empty (empty.md)",
        "left out: 2 hidden (.hidden.md, ~$ar.docx)",
        "left out: 1 without a suffix (LICENSE)",
    ]


def mirrored(api_url: str, folder: Path, check_mode: bool = False, **changes: Any) -> dict[str, Any]:
    return bring(api_url, folder, check_mode, mode="mirror", **changes)


def answer_of(database_url: str, documents: list[object]) -> str:
    """Insert an answer of today that was not good enough to collect, and return its id."""
    name = "01900000-0000-7000-8000-0000000000ff"
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into analyses (id, created_at, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
               outcome, latency_ms, redaction_version, skip_reason, documents)
               values (%s, now(), 0, 'request', '', 0, 'base', 'ok', 1, '', 'quality_below_threshold', %s)""",
            (name, documents),
        )
    return name


def test_a_mirror_removes_what_is_gone_previews_it_and_says_who_cited_it(
    api_url: str, database_url: str, filings: Path
) -> None:
    for number in range(6):
        (filings / f"note-{number}.txt").write_text(f"Note {number}.")
    assert mirrored(api_url, filings)["added"] == 10
    source = {"document_id": "filings/2025/meridia", "company": "Meridia", "year": 2025}
    today, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(days=91)
    training_rows.insert(
        database_url,
        0,
        training_rows.row(1, sources=[source], created_at=today),
        training_rows.row(2, sources=[source], created_at=long_ago),
    )
    answered = answer_of(database_url, [source["document_id"], "filings/2026/meridia"])
    (filings / "2025" / "meridia.md").unlink()
    (filings / "note-0.txt").write_text("Note changed.")
    announced = mirrored(api_url, filings, check_mode=True, database_url=database_url)
    assert len(held(api_url)) == 10
    result = mirrored(api_url, filings, database_url=database_url)
    assert announced["diff"] == result["diff"]
    assert "filings/2025/meridia sha256:" in result["diff"]["before"]
    assert (result["removed"], result["updated"], result["unchanged"]) == (1, 1, 8)
    cited = {"filings/2025/meridia": sorted([answered, training_rows.row(1)["id"]])}
    assert (result["cited"], announced["cited"]) == (cited, cited)
    assert "cited by answers of the last 90 days: filings/2025/meridia by" in result["summary"][2]
    assert "filings/2025/meridia" not in held(api_url)
    assert mirrored(api_url, filings)["changed"] is False


def test_a_mirror_that_cannot_read_the_database_says_so(api_url: str, filings: Path) -> None:
    mirrored(api_url, filings)
    (filings / "2025" / "meridia.md").unlink()
    result = mirrored(api_url, filings, confirm_removal=True)
    assert result["removed"] == 1
    assert (
        "which answers cited what is gone cannot be told: finrisk_database_url is empty"
        in result["summary"][2]
    )


def test_a_mirror_never_removes_much_of_the_index_unless_that_is_confirmed(
    api_url: str, filings: Path
) -> None:
    bring(api_url, filings)
    for check_mode in (True, False):
        with pytest.raises(
            FinriskError, match=r"2 of the 4 documents of the index are not in the folder, more than 20%"
        ):
            mirrored(api_url, filings / "2025", check_mode)
    assert sorted(held(api_url)) == IDS
    assert mirrored(api_url, filings / "2025", confirm_removal=True)["removed"] == 2
    assert sorted(held(api_url)) == IDS[:2]


def test_without_a_mirror_nothing_is_removed(api_url: str, filings: Path) -> None:
    bring(api_url, filings)
    assert bring(api_url, filings / "2025")["removed"] == 0
    assert sorted(held(api_url)) == IDS


def test_a_mirror_removes_names_with_signs_of_addresses(api_url: str, filings: Path, tmp_path: Path) -> None:
    names = ["a b/c?d#e%2F", "../up", "x/../y", "ü/株"]
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as file:
        file.writelines(json.dumps({"id": name, "text": f"Text of {name}."}) + "\n" for name in names)
    bring(api_url, tmp_path / "documents.jsonl.gz")
    assert mirrored(api_url, filings, confirm_removal=True)["removed"] == len(names)
    assert sorted(held(api_url)) == IDS


def test_after_a_kill_only_the_rest_is_sent_and_progress_is_told(
    api_url: str, filings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "SENDERS", 2)

    class KilledError(Exception):
        pass

    def tell(done: int, total: int, label: str) -> None:
        told.append((done, total, label))
        if len(told) == killed_at:
            raise KilledError

    told: list[tuple[int, int, str]] = []
    killed_at = (
        7  # four files, "files read", then none sent, and the first one, while the second is under way
    )
    with pytest.raises(KilledError):
        bring(api_url, filings, batch=1, tell=tell)
    assert len(held(api_url)) == ingestion.SENDERS
    killed_at = 0
    told.clear()
    assert counts(bring(api_url, filings, batch=1, tell=tell)) == (2, 0, 2, True)
    assert told[0] == (0, 4, "files read, now meridia.md")
    assert told[-1] == (2, 2, "documents sent")


@pytest.mark.parametrize("field", ["id", "company", "ticker"])
def test_a_document_whose_name_holds_an_identifier_is_left_out(field: str) -> None:
    given = {"id": "d", "text": "Cash was 12 million."} | {field: "jane.roe@example.com"}
    assert document(given) == "has personal data or a secret in its id, company or ticker (email)"


def test_a_document_that_cannot_be_redacted_ends_the_run_by_its_id_without_a_word_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(text: str, *_: object) -> None:
        raise IndexError(text)

    monkeypatch.setattr("finrisk_rules.redaction.redactor._spans", broken)
    for read in (Document("d-7", "t", "Tripwire").digest, Document("d-7", "t", "Tripwire").postings_too_many):
        with pytest.raises(FinriskError, match=r"'d-7' cannot be read .*IndexError") as refused:
            read()
        assert "Tripwire" not in refused.value.message
        assert refused.value.__suppress_context__


def test_a_document_of_a_listed_person_has_the_digest_that_the_service_makes_with_the_list() -> None:
    made, names = Document("d", "Of Jane Roe", "Jane Roe owes 12 million."), Names("Jane Roe\n")
    plain = Document("d", "Of [person_1]", "[person_1] owes 12 million.")
    assert made.digest(names) == plain.digest() != made.digest()


def test_a_file_that_is_no_list_of_names_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("Jane Roe\n4711\n")
    with pytest.raises(FinriskError, match=r"names\.txt .*line 2 of the list of names") as refused:
        names_of(str(path))
    assert "4711" not in refused.value.message
    assert not names_of("")
