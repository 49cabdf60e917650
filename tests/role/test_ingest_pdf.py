"""PDFs as firms print them: order, tables, pages; whole or not at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from reportlab.platypus import Table

from finrisk_ops.documents.readers import pdf
from finrisk_ops.documents.readers.pdf_layout import is_figure
from finrisk_ops.documents.readers.reading import UnreadableError
from finrisk_ops.errors import FinriskError
from tests.grounds import papers
from tests.grounds.library import taken

LONG = [["Counterparty", "2025", "2024"]] + [
    [f"Party {n}", f"{n * 13:,}", f"({n * 7:,})"] for n in range(1, 90)
]


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and "---" not in line
    ]


def right(found: list[list[str]], expected: papers.Rows) -> int:
    """Return how many cells stand in their row and column."""
    return sum(
        found[row][column] == cell
        for row, cells in enumerate(expected)
        for column, cell in enumerate(cells)
        if row < len(found) and column < len(found[row])
    )


@pytest.mark.parametrize("table", papers.TABLES, ids=lambda table: table.name)
def test_cells_of_a_table_keep_row_and_column_and_its_text_is_not_doubled(
    tmp_path: Path, table: papers.Printed
) -> None:
    after = "After the table the text goes on as it did before."
    story = [
        papers.heading("Risk report"),
        papers.prose(),
        papers.printed(table),
        papers.space(),
        papers.prose(after),
    ]
    found = pdf.read(papers.write(tmp_path / "ar.pdf", story))
    assert right(rows(found.text), table.rows) == sum(map(len, table.rows))
    assert len(rows(found.text)) == len(table.rows)
    prose = [line for line in found.text.splitlines() if line and not line.startswith("|")]
    assert prose == ["Pelham Harbour Bank annual report 2025", "## Risk report", papers.PROSE, after]
    assert found.title == "Risk report"


@pytest.mark.parametrize("seed", range(12))
def test_cells_of_tables_that_chance_makes_keep_row_and_column(tmp_path: Path, seed: int) -> None:
    table = papers.made_up(random.Random(seed))  # noqa: S311  # no secret hangs on it
    story = [papers.prose(), papers.printed(table), papers.space(), papers.prose("Then the text goes on.")]
    assert rows(pdf.read(papers.write(tmp_path / "ar.pdf", story)).text) == table.rows


def test_ten_pages_keep_nearly_every_cell_in_its_row_and_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = cells = 0
    for number in range(10):
        dice = random.Random(f"page {number}")  # noqa: S311  # no secret hangs on it
        in_columns = number % 2 == 1
        tables = [papers.made_up(dice, 2 if in_columns else 4) for _ in range(2)]
        if in_columns:
            parts = [part for table in tables for part in (papers.PROSE, narrow(table), papers.PROSE)]
            file = papers.write_columns(tmp_path / "ar.pdf", f"Page {number}", parts)
        else:
            story = [part for table in tables for part in (papers.prose(), papers.printed(table))]
            file = papers.write(tmp_path / "ar.pdf", [*story, papers.prose()])
        expected = [row for table in tables for row in table.rows]
        kept += right(rows(pdf.read(file).text), expected)
        cells += sum(map(len, expected))
    with capsys.disabled():
        print(f"\nten pages: {kept} of {cells} cells of 20 tables keep row and column")  # noqa: T201
    assert kept >= 0.97 * cells


def narrow(table: papers.Printed) -> Table:
    """Return a table as it is printed in one of two columns."""
    widths = [110, *[50] * (len(table.print[0]) - 1)]
    style = [*table.style, ("FONTSIZE", (0, 0), (-1, -1), 6)]
    return Table([list(row) for row in table.print], colWidths=widths, style=style, hAlign="LEFT")


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    paragraphs = [
        " ".join(papers.sentences(name, 6))
        for name in ("Amber", "Birch", "Cedar", "Dune", "Elm", "Fir", "Gorse")
    ]
    found = pdf.read(papers.write_columns(tmp_path / "ar.pdf", "Two columns of prose", paragraphs))
    assert found.text.split("\n\n")[1:] == ["## Two columns of prose", *paragraphs]


@pytest.mark.parametrize(
    "style", [papers.TABLES[0].style, papers.TABLES[1].style], ids=["ruled", "three rules"]
)
@pytest.mark.parametrize("repeated", [0, 1])
def test_a_table_over_pages_has_its_head_on_each(
    tmp_path: Path, repeated: int, style: list[tuple[object, ...]]
) -> None:
    table = Table(LONG, style=style, repeatRows=repeated)
    found = pdf.read(papers.write(tmp_path / "ar.pdf", [papers.prose(), table]))
    pages = [rows(page) for page in found.text.split("\f")]
    assert len(pages) == 3
    assert [page[0] for page in pages] == [LONG[0]] * 3
    assert [row for page in pages for row in page[1:]] == LONG[1:]


def test_another_table_on_the_next_page_keeps_its_own_head(tmp_path: Path) -> None:
    story = [papers.printed(papers.TABLES[5]), papers.new_page(), papers.printed(papers.TABLES[6])]
    pages = pdf.read(papers.write(tmp_path / "ar.pdf", story)).text.split("\f")
    assert [rows(page) for page in pages] == [papers.TABLES[5].rows, papers.TABLES[6].rows]


def test_page_numbers_survive_an_empty_page(tmp_path: Path) -> None:
    found = pdf.read(papers.write_pictures(tmp_path / "ar.pdf", 4, texts=(1, 2, 4)))
    assert [page[:6] for page in found.text.split("\f")] == ["Page 1", "Page 2", "", "Page 4"]
    assert found.notes == ("has no text on 1 of 4 pages, of which 1 show pictures: 3",)


def test_a_password_only_against_printing_is_none(tmp_path: Path) -> None:
    file = papers.write(tmp_path / "ar.pdf", [papers.prose()], password="secret", owner=True)
    assert papers.PROSE in pdf.read(file).text


def test_the_title_is_the_files_own_unless_a_program_made_it_up(tmp_path: Path) -> None:
    story = [papers.heading("Risk report"), papers.prose()]
    assert (
        pdf.read(papers.write(tmp_path / "a.pdf", story, title="Pelham report 2025")).title
        == "Pelham report 2025"
    )
    story = [papers.heading("Risk report"), papers.prose()]
    assert (
        pdf.read(papers.write(tmp_path / "b.pdf", story, title="Microsoft Word - ar.docx")).title
        == "Risk report"
    )


def unusable(folder: Path) -> dict[str, str]:
    """Write PDFs that cannot be used, and return what is said of each."""
    whole = papers.write(
        folder / "whole.pdf", [papers.prose(), Table(LONG, style=papers.TABLES[0].style)]
    ).read_bytes()
    (folder / "whole.pdf").unlink()
    (folder / "cut.pdf").write_bytes(whole[: len(whole) // 2])
    (folder / "cut-and-closed.pdf").write_bytes(whole[: len(whole) // 2] + b"\n%%EOF\n")
    middle = whole.index(b"stream", whole.index(b"/ASCII85Decode /FlateDecode")) + 60
    (folder / "damaged.pdf").write_bytes(
        whole[:middle] + whole[middle : middle + 20][::-1] + whole[middle + 20 :]
    )
    (folder / "words.pdf").write_text("The ratio fell.")
    (folder / "blank.pdf").write_bytes(papers.blank().getvalue())
    (folder / "hollow.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    papers.write(folder / "locked.pdf", [papers.prose()], password="secret")
    papers.write_pictures(folder / "scan.pdf", 4)
    papers.write_pictures(folder / "mostly-scan.pdf", 4, texts=(1,))
    return {
        "cut.pdf": "is cut off: its end is missing",
        "cut-and-closed.pdf": "is not a PDF that can be read",
        "damaged.pdf": "is broken on page 1: a part of it cannot be unpacked",
        "words.pdf": "is not a PDF, whatever its name says",
        "blank.pdf": "holds pages without text: 1 of 1 pages",
        "hollow.pdf": "is not a PDF that can be read",
        "locked.pdf": "is encrypted with a password",
        "scan.pdf": "holds pictures without text: 4 of 4 pages; recognise its text first (OCR)",
        "mostly-scan.pdf": "holds pictures without text: 3 of 4 pages",
    }


def test_what_cannot_be_used_is_named_with_its_reason_and_never_half_taken(tmp_path: Path) -> None:
    reasons = unusable(tmp_path)
    papers.write(tmp_path / "good.pdf", [papers.prose()])
    with pytest.raises(FinriskError) as refused:
        taken(tmp_path)
    problems = refused.value.detail["problems"]
    assert len(problems) == len(reasons)
    for name, reason in reasons.items():
        assert any(problem.startswith(f"{tmp_path / name} {reason}") for problem in problems), (
            name,
            problems,
        )


def test_a_damaged_file_gives_all_of_its_text_or_says_what_is_missing(tmp_path: Path) -> None:
    file = papers.write(tmp_path / "ar.pdf", [papers.prose(), Table(LONG, style=papers.TABLES[1].style)])
    whole, text = file.read_bytes(), pdf.read(file).text
    dice = random.Random(5)  # noqa: S311  # no secret hangs on it
    for _ in range(25):
        damaged = bytearray(whole)
        for _ in range(3):
            damaged[dice.randrange(len(whole))] = dice.randrange(256)
        file.write_bytes(damaged)
        try:
            found = pdf.read(file)
        except UnreadableError:
            continue
        assert found.notes or len(rows(found.text)) == len(rows(text))


@pytest.mark.parametrize(
    "text",
    [
        "1,204",
        "(954)",
        "118 %",
        "$1,234",
        "–",
        "n/a",
        "1.234,5",
        "12 345",
        "US$ 1.2bn",
        "(12.5)%",
        "2025",
        "-3",
        "5*",
        "1,020 (a)",
    ],
)
def test_figures(text: str) -> None:
    assert is_figure(text)


@pytest.mark.parametrize("text", ["Cash", "Q1 2024", "the 12", "Note 3 to the statements", "", "A-", "AAA"])
def test_no_figures(text: str) -> None:
    assert not is_figure(text)
