"""Markdown tables as statements: each row with its column heads, so that it can be read on its own."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

RULE = re.compile(r"^\|?[\s:|-]*-[\s:|-]*\|?$")
CELLS = re.compile(r"(?<!\\)\|")
VALUE = re.compile(
    r"^[-\u2013\u2014(\s]*(?:[A-Z]{0,3}[$\u20ac\u00a3\u00a5])?\s*[-(]?\s*\d[\d,. ]*(?:%|\b|\)).{0,24}$"
)
YEARS = r"(?:19|20)\d\d(?:\s*\(?[a-z]\)?)?"
NOT_VALUES = (
    re.compile(
        rf"^(?:fy|fiscal|year)?\s*{YEARS}(?:\s*(?:,|and|to|vs\.?|/|-|\u2013)\s*{YEARS})*$", re.IGNORECASE
    ),
    re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}$|^\d{1,2}\.? [A-Z][a-z]{2,8}\.?,? (?:19|20)\d\d"),  # a date
    re.compile(
        r"^[\d,.]+\s*(?:[-\u2013\u2014]|to)\s*[\d,.]+(?:\s*(?:days?|months?|years?))?$"
    ),  # an age class
    re.compile(r"^\d+ (?:months|weeks) ended\b", re.IGNORECASE),
)
UNIT = re.compile(
    r"\b(?:in|of)\s+(?:[a-z]{0,3}[$\u20ac\u00a3]\s*)?(?:thousand|million|billion|percent)|[$\u20ac\u00a3%]",
    re.IGNORECASE,
)
CAPTION_AND_UNIT = re.compile(r"^(.*?)\s*\(([^()]*)\)$")
EMPTY = {"", "-", "\u2013", "\u2014"}
WIDEST = 8  # columns of a row that are copied


@dataclass(frozen=True, slots=True)
class Heads:
    """What stands above the figures: column heads, what the table is about, and what it counts in."""

    columns: Sequence[str]
    caption: str
    unit: str


def is_table_line(line: str) -> bool:
    """Whether a line belongs to a Markdown table."""
    return line.lstrip().startswith("|")


@dataclass(frozen=True, slots=True)
class Row:
    """A row with a figure: its cells, the label first, under the heads, in the section that is open."""

    cells: Sequence[str]
    heads: Sequence[str]
    unit: str
    section: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a table as it is written, and what stands beside, above and over it."""

    text: str
    label: str
    head: str
    section: str
    unit: str
    row: int
    column: int


def rows(lines: Sequence[str]) -> Iterator[str]:
    """Every row that has a figure, as `caption - label (unit), head: value; head: value`."""
    for row in _rows(lines):
        yield _sentence(row.cells, row.heads, row.unit, row.section)


def figures(lines: Sequence[str]) -> Iterator[Figure]:
    """Every figure of a table, row by row."""
    for place, row in enumerate(_rows(lines)):
        label = row.cells[0].rstrip(" :-\u2013\u2014")
        for column, text in enumerate(row.cells[1:], 1):
            if _is_value(text):
                head = row.heads[column] if column < len(row.heads) else ""
                yield Figure(text, label, head, row.section, row.unit, place, column)


def _rows(lines: Sequence[str]) -> Iterator[Row]:
    body = [_cells(line) for line in lines if not RULE.match(line.strip())]
    start = _first_row(body)
    heads = _heads(body[:start])
    unit, section = heads.unit, heads.caption
    for row in body[start:]:
        if not any(row[1:]):
            if _is_unit(row[0]):
                unit = unit or row[0].strip("() ")
            else:
                section = row[0].rstrip(" :")
        elif any(map(_is_value, row[1:])):
            yield Row(row, heads.columns, unit, section)


def _cells(line: str) -> list[str]:
    """The cells of one table line, without outer space."""
    inner = line.strip().removeprefix("|")
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    return [" ".join(cell.replace("\\|", "|").split()) for cell in CELLS.split(inner)]


def _is_value(cell: str) -> bool:
    """Whether a cell holds a figure and not a year, a date, an age class or words."""
    return bool(VALUE.match(cell)) and not any(pattern.match(cell) for pattern in NOT_VALUES)


def _is_unit(cell: str) -> bool:
    return cell.startswith("(") and cell.endswith(")") and bool(UNIT.search(cell))


def _first_row(body: Sequence[Sequence[str]]) -> int:
    """How many leading rows are heads: those without a figure; only the first when no row has one."""
    start = 0
    while start < len(body) and any(body[start][1:]) and not any(map(_is_value, body[start][1:])):
        start += 1
    return min(1, start) if start == len(body) else start


def _heads(above: Sequence[Sequence[str]]) -> Heads:
    corners = [row[0] for row in above if row[0]]
    unit = next((cell.strip("() ") for row in above for cell in row if _is_unit(cell)), "")
    caption = next((corner for corner in corners if not _is_unit(corner)), "")
    split = CAPTION_AND_UNIT.match(caption)
    if split and UNIT.search(split[2]):
        caption, unit = split[1], unit or split[2]
    elif UNIT.search(caption) and len(caption) < 20:
        caption, unit = "", unit or caption
    if caption.endswith(","):  # "Years ended December 31," belongs to the column heads
        caption = ""
    columns = zip_longest(*map(_spread, above), fillvalue="")
    names = [
        " ".join(dict.fromkeys(part for part in column if part and not _is_unit(part))) for column in columns
    ]
    return Heads(names, caption.rstrip(" :"), unit)


def _spread(row: Sequence[str]) -> Sequence[str]:
    """A head that stands alone over several columns, written over each of them."""
    named = [cell for cell in row[1:] if cell and not _is_unit(cell)]
    return [row[0], *named * (len(row) - 1)] if len(named) == 1 and len(row) > 2 else row


def _sentence(row: Sequence[str], heads: Sequence[str], unit: str, group: str) -> str:
    label = row[0].rstrip(" :-\u2013\u2014")
    if group and group.lower() not in label.lower():
        label = f"{group} - {label}" if label else group
    if unit and unit.lower() not in label.lower():
        label = f"{label} ({unit})" if label else unit
    pairs = []
    for value, head in list(zip_longest(row[1:], heads[1 : len(row)], fillvalue=""))[:WIDEST]:
        if value not in EMPTY:
            pairs.append(f"{head}: {value}" if head else value)
    joined = "; ".join(pairs)
    if not label:
        return joined
    return f"{label}, {joined}" if any(heads[1:]) else f"{label}: {joined}"
