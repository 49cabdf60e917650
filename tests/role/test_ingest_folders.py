"""Folders as people have them: ids and years of names, what stands there twice, what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finrisk_ops.documents.document import Document, document
from finrisk_ops.documents.identity import former, identity, year
from finrisk_ops.errors import FinriskError
from finrisk_ops.text import names_of
from finrisk_rules.redaction import Names
from tests.grounds.library import IDS, bring, counts, held, mirrored, taken


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
