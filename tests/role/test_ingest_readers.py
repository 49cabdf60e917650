"""Web pages, Word and Excel files as text with pages and tables."""

from __future__ import annotations

import builtins
import datetime
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from finrisk_ops.documents.readers import pdf, spreadsheet, web, word
from finrisk_ops.documents.readers.reading import Reading, UnreadableError
from finrisk_ops.errors import FinriskError
from tests.grounds.library import taken


def page(folder: Path, body: str, head: str = "") -> Reading:
    file = folder / "page.html"
    file.write_text(
        f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>", encoding="utf-8"
    )
    return web.read(file)


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|") and "---" not in line
    ]


def test_a_web_page_is_what_a_reader_sees_of_it(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        "<div style='display: none'><ix:header><ix:hidden>SECRET</ix:hidden></ix:header></div>"
        "<script>var SECRET</script><style>SECRET</style><!-- SECRET --><p hidden>SECRET</p>"
        "<h1>Item&nbsp;7 &amp; 7A</h1>"
        "<p>The ratio <b>fell</b>\n to <ix:nonFraction>118</ix:nonFraction>&nbsp;%&mdash;a low."
        "<br>Second&shy; line</p><ul><li>one</li><li>two</li></ul>",
        head="<title>Corvane\n Bank 10-K</title>",
    )
    assert found.title == "Corvane Bank 10-K"
    assert [line for line in found.text.splitlines() if line] == [
        *("# Item 7 & 7A", "The ratio fell to 118 %\u2014a low.", "Second line", "- one", "- two")
    ]


def test_a_web_page_begins_a_page_where_it_asks_for_a_new_sheet(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        "<p>One</p><hr style='page-break-after:always'><p>Two</p><div style='break-before: page'>Three</div>",
    )
    assert [each.strip() for each in found.text.split("\f")] == ["One", "Two", "Three"]


def test_merged_cells_of_a_web_table_stand_over_what_they_cover(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        "<table><caption>(in millions)</caption>"
        "<thead><tr><th rowspan=2>Region</th><th colspan=2>Loans</th><th colspan=2>Deposits</th></tr>"
        "<tr><th>2025</th><th>2024</th><th>2025</th><th>2024</th></tr></thead>"
        "<tbody><tr><td colspan=5>Europe</td></tr>"
        "<tr><td rowspan='2'>North</td><td>1|2</td><td>3</td><td>4</td><td>5</td></tr>"
        "<tr><td>6</td><td>7</td><td>8</td><td>9</td></tr></tbody></table>",
    )
    assert rows(found.text.replace("\\|", "/")) == [
        ["Region", "Loans", "Loans", "Deposits", "Deposits"],
        ["Region", "2025", "2024", "2025", "2024"],
        ["Europe", "", "", "", ""],
        ["North", "1/2", "3", "4", "5"],
        ["North", "6", "7", "8", "9"],
    ]
    assert "(in millions)\n| Region" in found.text


def test_columns_of_layout_in_a_web_table_are_folded(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        "<table><tr><td></td><td></td><td colspan=3>2025</td><td></td><td colspan=3>2024</td></tr>"
        "<tr><td>Cash</td><td></td><td>$</td><td>1,200</td><td></td><td></td><td>$</td><td>1,100</td><td></td></tr>"
        "<tr><td>Loss</td><td></td><td></td><td>(12.5</td><td>)</td><td></td><td></td><td>(9</td><td>)</td></tr>"
        "<tr><td>Margin</td><td></td><td></td><td>4.5</td><td>%</td><td></td><td></td><td>3.9</td><td>%</td></tr></table>",
    )
    assert rows(found.text) == [
        ["", "2025", "2024"],
        ["Cash", "$1,200", "$1,100"],
        ["Loss", "(12.5)", "(9)"],
        ["Margin", "4.5%", "3.9%"],
    ]


def test_a_table_within_a_table_is_read_and_its_frame_is_none(tmp_path: Path) -> None:
    found = page(
        tmp_path,
        "<table><tr><td><p>Left</p><table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table></td>"
        "<td>Right</td></tr></table>"
        "<table><tr><td>Only arranged</td></tr><tr><td>one below the other</td></tr></table>",
    )
    assert rows(found.text) == [["a", "b"], ["1", "2"]]
    for words in ("Left", "Right", "Only arranged", "one below the other"):
        assert found.text.splitlines().count(words) == 1


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<meta charset=windows-1252><p>Caf\u00e9 \u20ac</p>".encode("cp1252"), "Caf\u00e9 \u20ac"),
        (b"<meta charset='iso-8859-1'><p>It\x92s 5 \x80</p>", "It\u2019s 5 \u20ac"),
        ("<?xml version='1.0' encoding='UTF-8'?><html><body><p>\u682a</p></body></html>".encode(), "\u682a"),
        ("<p>Caf\u00e9</p>".encode(), "Caf\u00e9"),
        ("<p>Caf\u00e9</p>".encode("cp1252"), "Caf\u00e9"),
        ("<p>\u682a</p>".encode("utf-16"), "\u682a"),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=shift_jis'><p>\u682a</p>".encode(
                "shift_jis"
            ),
            "\u682a",
        ),
        (b"<meta charset=nonsense><p>Caf\xc3\xa9</p>", "Caf\u00e9"),
    ],
)
def test_a_web_page_is_read_in_its_own_encoding(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "page.htm"
    file.write_bytes(content)
    assert web.read(file).text == expected


def test_a_web_page_that_only_a_script_fills_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match="shows no text"):
        page(tmp_path, "<div id=app></div><script>fill()</script>")


def test_a_web_page_that_nests_too_deeply_to_be_read_to_its_end_is_refused(tmp_path: Path) -> None:
    found = page(tmp_path, f"{'<div>' * 1500}deep{'</div>' * 1500}<p>after</p>")
    assert found.text.split() == ["deep", "after"]
    with pytest.raises(UnreadableError, match="to its end"):
        page(tmp_path, f"{'<div>' * 5000}deep{'</div>' * 5000}<p>after</p>")


def test_a_word_file_keeps_headings_tables_and_pages(tmp_path: Path) -> None:
    paper = docx.Document()
    paper.add_heading("Liquidity of Pelham", 1)
    paper.add_paragraph("The ratio fell to 118 %.")
    table = paper.add_table(3, 3)
    for row, texts in enumerate([["", "Loans", ""], ["", "2025", "2024"], ["North", "1,200", "(300)"]]):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    paper.add_page_break()  # type: ignore[no-untyped-call]  # the library has no types here
    paper.add_paragraph("Page two.")
    paper.save(str(tmp_path / "ar.docx"))
    found = word.read(tmp_path / "ar.docx")
    assert found.title == "Liquidity of Pelham"
    assert found.text.startswith("# Liquidity of Pelham\n\nThe ratio fell")
    assert rows(found.text) == [["", "Loans", "Loans"], ["", "2025", "2024"], ["North", "1,200", "(300)"]]
    assert [part.strip().splitlines()[-1] for part in found.text.split("\f")][1] == "Page two."


def test_an_excel_file_has_a_page_for_each_sheet_that_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Balance"
    for row in (
        ["Balance sheet, EUR million"],
        [],
        ["", "2025", "2024"],
        ["Cash", 1200.46, 0.125],
        ["Since", datetime.date(2025, 3, 1), True],
        ["Plain", 0.1, 7],
    ):
        sheet.append(row)
    sheet["B4"].number_format, sheet["C4"].number_format = "#,##0.0", "0.0%"
    book.create_sheet("Second").append(["a", "b"])
    book.create_sheet("Empty")
    book.create_sheet("Secret").sheet_state = "hidden"
    book.save(tmp_path / "figures.xlsx")
    found = spreadsheet.read(tmp_path / "figures.xlsx")
    first, second = found.text.split("\f")
    assert first.startswith("## Balance\n\nBalance sheet, EUR million\n")
    assert rows(first) == [
        *(["", "2025", "2024"], ["Cash", "1,200.5", "12.5 %"]),
        *(["Since", "2025-03-01", "TRUE"], ["Plain", "0.1", "7"]),
    ]
    assert second.startswith("## Second")
    assert found.notes == ("has hidden sheets, which are left out: Secret",)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is encrypted, or of a format before 2007"),
        (b"PK\x03\x04 broken", "that can be read"),
    ],
)
def test_a_broken_or_encrypted_office_file_is_named(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FinriskError) as refused:
        taken(tmp_path)
    assert f"{tmp_path / name} " in refused.value.message
    assert message in refused.value.message


def test_formulas_that_were_never_computed_are_no_values(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["=1+1"])
    book.save(tmp_path / "figures.xlsx")
    with pytest.raises(UnreadableError, match="has to be opened and saved once"):
        spreadsheet.read(tmp_path / "figures.xlsx")


@pytest.mark.parametrize(
    ("reader", "package"),
    [(web.read, "lxml"), (word.read, "docx"), (spreadsheet.read, "openpyxl"), (pdf.read, "pdfplumber")],
)
def test_a_library_that_is_missing_is_named_with_the_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Any, package: str
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **options: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FinriskError, match=rf"{package} is missing.*requirements/documents\.txt"):
        reader(tmp_path / "any")
