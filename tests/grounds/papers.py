"""PDFs as firms print them, with a real font, of firms that do not exist."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import reportlab
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

_FONTS = Path(reportlab.__file__).parent / "fonts"
pdfmetrics.registerFont(TTFont("Vera", _FONTS / "Vera.ttf"))
pdfmetrics.registerFont(TTFont("VeraBd", _FONTS / "VeraBd.ttf"))

BODY = ParagraphStyle("body", fontName="Vera", fontSize=9, leading=12, spaceAfter=8, alignment=4)
HEAD = ParagraphStyle("head", fontName="VeraBd", fontSize=15, leading=20, spaceAfter=8)

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Printed:
    """A table: its rows as they are to be read, and how it is printed."""

    name: str
    rows: Rows
    print: Rows
    style: Sequence[tuple[Any, ...]]
    widths: Sequence[float] | None = None


_PLAIN: list[tuple[Any, ...]] = [("FONT", (0, 0), (-1, -1), "Vera", 9), ("ALIGN", (1, 0), (-1, -1), "RIGHT")]
_GRID = [*_PLAIN, ("GRID", (0, 0), (-1, -1), 0.5, colors.black)]
RULES = [
    *_PLAIN,
    ("LINEABOVE", (0, 0), (-1, 0), 1, colors.black),
    ("LINEBELOW", (0, 0), (-1, 0), 0.5, colors.black),
    ("LINEBELOW", (0, -1), (-1, -1), 1, colors.black),
]

_LIQUIDITY = [
    ["EUR million", "2025", "2024", "2023"],
    ["Liquidity buffer", "1,204", "1,180", "1,011"],
    ["Net outflows", "(1,020)", "(954)", "(903)"],
    ["Coverage ratio", "118 %", "124 %", "112 %"],
]
_SECTIONS = [
    ["", "2025", "2024"],
    ["Assets", "", ""],
    ["Cash and balances", "310.5", "287.0"],
    ["Loans to customers", "4,120.9", "3,990.1"],
    ["Liabilities", "", ""],
    ["Deposits", "3,870.2", "3,655.8"],
    ["Of which sight deposits", "–", "1,020.4"],
]
_MERGED = [
    ["", "Loans", "Loans", "Deposits", "Deposits"],
    ["Region", "2025", "2024", "2025", "2024"],
    ["North", "120", "110", "90", "85"],
    ["South", "75", "80", "66", "61"],
    ["Total", "195", "190", "156", "146"],
]
_DOLLARS = [
    ["", "2025", "2024"],
    ["Revenue", "$1,234", "$1,101"],
    ["Loss on disposal", "(12)", "(45)"],
    ["Net income", "$(78)", "$56"],
]
_LONG_LABELS = [
    ["", "2025", "2024"],
    ["Net interest income after the provision for credit losses", "812", "790"],
    ["Impairment of goodwill", "(40)", "(3)"],
    ["Result", "772", "787"],
]
_WIDE = [
    ["Quarter", *(f"Q{quarter} {year}" for year in (2024, 2025) for quarter in (1, 2, 3, 4))],
    *(
        [name, *(f"{base + 7 * step}.{step}" for step in range(8))]
        for name, base in (("CET1", 13), ("Tier 1", 15), ("Total", 19))
    ),
]
_RATINGS = [
    ["Rating", "Exposure", "PD", "Loss"],
    ["AAA to AA-", "12,300", "0.02 %", "1"],
    ["A+ to A-", "9,870", "0.07 %", "4"],
    ["BBB+ to BBB-", "5,410", "0.31 %", "12"],
    ["Below", "880", "4.20 %", "37"],
]
_WORDS = [
    ["Risk", "Owner", "Trend"],
    ["Credit", "Chief risk officer", "rising"],
    ["Market", "Treasurer", "stable"],
    ["Cyber", "Chief information officer", "rising"],
]

_NOTES = [
    ["Interest income", "4", "1,204", "1,100"],
    ["Interest expense", "5", "(300)", "(280)"],
    ["Net interest income", "", "904", "820"],
    ["Earnings per share (EUR)", "12", "1.25", "1.10"],
]
_SHARES = [
    ["Share of deposits", "2025", "Change"],
    ["North", "45.5 %", "+1.2 pp"],
    ["South", "54.5 %", "–1.2 pp"],
    ["All", "100.0 %", "—"],
]

TABLES = [
    Printed("ruled", _LIQUIDITY, _LIQUIDITY, _GRID),
    Printed("three rules", _LIQUIDITY, _LIQUIDITY, RULES),
    Printed("no rules, sections", _SECTIONS, _SECTIONS, _PLAIN),
    Printed(
        "merged heads, ruled",
        _MERGED,
        [["", "Loans", "", "Deposits", ""], *_MERGED[1:]],
        [*_GRID, ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0)), ("ALIGN", (1, 0), (-1, 0), "CENTER")],
    ),
    Printed(
        "merged heads, three rules",
        _MERGED,
        [["", "Loans", "", "Deposits", ""], *_MERGED[1:]],
        [*RULES, ("SPAN", (1, 0), (2, 0)), ("SPAN", (3, 0), (4, 0)), ("ALIGN", (1, 0), (-1, 0), "CENTER")],
    ),
    Printed(
        "currency signs apart",
        _DOLLARS,
        [
            ["", "", "2025", "", "2024"],
            ["Revenue", "$", "1,234", "$", "1,101"],
            ["Loss on disposal", "", "(12)", "", "(45)"],
            ["Net income", "$", "(78)", "$", "56"],
        ],
        RULES,
        [160, 16, 60, 16, 60],
    ),
    Printed(
        "labels over two lines",
        _LONG_LABELS,
        [
            _LONG_LABELS[0],
            ["Net interest income after the\nprovision for credit losses", "812", "790"],
            *_LONG_LABELS[2:],
        ],
        [*_PLAIN, ("VALIGN", (0, 0), (-1, -1), "BOTTOM")],
    ),
    Printed("nine columns", _WIDE, _WIDE, [*_PLAIN, ("FONT", (0, 0), (-1, -1), "Vera", 7)]),
    Printed(
        "shaded rows",
        _RATINGS,
        _RATINGS,
        [*_PLAIN, ("ROWBACKGROUNDS", (0, 0), (-1, -1), [colors.lavender, colors.white])],
    ),
    Printed("words, ruled", _WORDS, _WORDS, [*_GRID, ("ALIGN", (0, 0), (-1, -1), "LEFT")]),
]
TABLES += [
    Printed(
        "head of two lines, notes",
        [
            ["(EUR million)", "", "Year to December", "Year to December"],
            ["", "Note", "2025", "2024"],
            *_NOTES,
        ],
        [["(EUR million)", "", "Year to December", ""], ["", "Note", "2025", "2024"], *_NOTES],
        [*_PLAIN, ("SPAN", (2, 0), (3, 0)), ("LINEBELOW", (2, 0), (3, 0), 0.5, colors.black)],
    ),
    Printed("points of percent", _SHARES, _SHARES, _PLAIN),
    Printed("words without rules", _WORDS, _WORDS, [*_PLAIN, ("ALIGN", (0, 0), (-1, -1), "LEFT")]),
    Printed(
        "words over several lines, ruled",
        [["Risk", "What it is", "2025"], ["Credit", "Borrowers do not pay back, above all shops", "120"]],
        [["Risk", "What it is", "2025"], ["Credit", "Borrowers do not pay\nback, above all shops", "120"]],
        _GRID,
    ),
]

_LABELS = (
    "Cash|Loans to customers|Deposits from banks|Total|Other assets|Net interest income|Fees and commissions|"
    "Provision for losses|Tier 1 capital|Risk-weighted assets|Goodwill|Debt securities in issue|Tax"
).split("|")
_STYLES: list[list[tuple[Any, ...]]] = [
    _PLAIN,
    RULES,
    _GRID,
    [*_PLAIN, ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.grey)],
    [*_PLAIN, ("BOX", (0, 0), (-1, -1), 0.5, colors.black)],
    [*_PLAIN, ("LINEAFTER", (0, 0), (-2, -1), 0.5, colors.black)],
    [*_PLAIN, ("ALIGN", (1, 0), (-1, -1), "CENTER")],
]


def made_up(dice: random.Random, most: int = 4) -> Printed:
    """Return a table of figures as chance makes it: rows, sections, columns, rules, letters and spaces."""
    count = dice.randrange(1, most + 1)
    years = [2025 - at for at in range(count)]
    head = dice.choice(["{}", "31 Dec {}", "FY{}", "Q2 {}"])
    rows = [[dice.choice(["", "EUR million", "Item"]), *(head.format(year) for year in years)]]
    for label in dice.sample(_LABELS, dice.randrange(3, 10)):
        if dice.random() < 0.15:
            rows.append([f"{label}:", *([""] * count)])
        share = dice.random() < 0.3
        rows.append([label, *(_figure(dice, share) for _ in range(count))])
    spaces = [(f"{side}PADDING", (0, 0), (-1, -1), dice.choice([0, 1, 3])) for side in ("TOP", "BOTTOM")]
    style: list[tuple[Any, ...]] = [
        *dice.choice(_STYLES),
        ("FONTSIZE", (0, 0), (-1, -1), dice.choice([7, 8, 9])),
        *spaces,
    ]
    return Printed("made up", rows, rows, style, dice.choice([None, [190] + [66] * count]))


def _figure(dice: random.Random, share: bool) -> str:
    if share:
        return f"{dice.random() * 40:.1f} %"
    number = f"{dice.choice([dice.randrange(1, 99), dice.randrange(10**5), dice.randrange(10**7)]):,}"
    return dice.choice([number, number, f"{number}.{dice.randrange(10)}", f"({number})", "–"])


PROSE = (
    "Pelham Harbour Bank kept its liquidity coverage ratio above the limit of 110 % in every month of 2025. "
    "The buffer consists of balances with central banks and of bonds of the first quality. "
    "Stress tests "
    "assume that a third of the sight deposits leaves within thirty days, which has not been seen since the "
    "bank was founded."
)


def sentences(name: str, count: int) -> list[str]:
    """Return as many sentences, each with its own number."""
    return [
        f"{name} sentence {number} speaks of exposure {number * 37} and of what may follow from it."
        for number in range(1, count + 1)
    ]


def printed(table: Printed) -> Flowable:
    """Return a table as it is printed."""
    return Table(
        [list(row) for row in table.print], colWidths=table.widths, style=list(table.style), hAlign="LEFT"
    )


def write(
    path: Path, story: Sequence[Flowable], *, title: str = "", password: str = "", owner: bool = False
) -> Path:
    """Print a story in one column, with a running head and page numbers."""
    encryption = (
        StandardEncryption("" if owner else password, ownerPassword=password, canPrint=0)
        if password
        else None
    )
    paper = SimpleDocTemplate(str(path), pagesize=A4, title=title or None, encrypt=encryption)
    paper.build(list(story), onFirstPage=_margins, onLaterPages=_margins)
    return path


def write_columns(
    path: Path, title: str, parts: Sequence[str | Flowable], last: Sequence[Flowable] = ()
) -> Path:
    """Print paragraphs and tables in two columns below a title; what comes last is on pages of one column."""
    width, height = A4
    paper = BaseDocTemplate(str(path), pagesize=A4)
    frames = [
        Frame(60, height - 140, width - 120, 70, id="head"),
        Frame(60, 60, (width - 140) / 2, height - 210, id="left"),
        Frame(80 + (width - 140) / 2, 60, (width - 140) / 2, height - 210, id="right"),
    ]
    whole = Frame(60, 60, width - 120, height - 120, id="whole")
    paper.addPageTemplates(
        [
            PageTemplate(id="two", frames=frames, onPage=partial(_margins, head=title)),
            PageTemplate(id="one", frames=[whole], onPage=partial(_margins, head=title)),
        ]
    )
    turn = [NextPageTemplate("one"), PageBreak(), *last] if last else []
    flow = [Paragraph(part, BODY) if isinstance(part, str) else part for part in parts]
    paper.build([Paragraph(title, HEAD), FrameBreak(), *flow, *turn])
    return path


def write_pictures(path: Path, pages: int, texts: Sequence[int] = ()) -> Path:
    """Print pages that show a picture; those of ``texts`` hold a text instead."""
    from PIL import Image

    scan = Image.new("L", (60, 80), 200)
    canvas = Canvas(str(path), pagesize=A4)
    for number in range(1, pages + 1):
        if number in texts:
            canvas.setFont("Vera", 10)
            canvas.drawString(72, 700, f"Page {number} says that the ratio was {100 + number} % in 2025.")
        else:
            canvas.drawInlineImage(scan, 50, 50, 400, 700)
        canvas.showPage()
    canvas.save()
    return path


def _margins(canvas: Canvas, paper: Any, head: str = "Pelham Harbour Bank annual report 2025") -> None:
    canvas.setFont("Vera", 7)
    canvas.drawString(60, 810, head)
    canvas.drawRightString(540, 30, str(paper.page))


def prose(text: str = PROSE) -> Flowable:
    """Return a paragraph as it is printed."""
    return Paragraph(text, BODY)


def heading(text: str) -> Flowable:
    """Return a heading as it is printed."""
    return Paragraph(text, HEAD)


def space() -> Flowable:
    """Return some room."""
    return Spacer(1, 14)


def new_page() -> Flowable:
    """Return what begins a page."""
    return PageBreak()


def blank() -> io.BytesIO:
    """Return a file without pages' text: one empty page."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.showPage()
    canvas.save()
    return file
