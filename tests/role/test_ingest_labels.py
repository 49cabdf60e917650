"""What a front matter or a catalog says that a file is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from finrisk_ops.documents.document import Document
from finrisk_ops.documents.front_matter import front_matter
from finrisk_ops.errors import FinriskError
from tests.grounds.library import bring, counts, taken


def only(folder: Path) -> Document:
    [found] = taken(folder)
    return found


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
