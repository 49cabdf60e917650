"""Facts of a page: what its tables and its sentences say in figures, made once when the page is indexed."""

import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from finrisk_rules.judge.bare_numbers import is_listed
from finrisk_rules.judge.bounds import BOUNDING
from finrisk_rules.judge.languages import COMMA_LANGUAGES, language_of
from finrisk_rules.numerals import has_figure
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import Quantity, Style, quantities, style_of
from finrisk_rules.sentences import sentences
from finrisk_rules.tables import Table, tables_of

MOST_NOTES = 20
"""A whole number in brackets below this one counts notes or items of a list."""


FEWEST_THOUSANDS = 4
"""Numbers with a point before three digits, and no other separator, that tell that a comma parts decimals."""

_SEPARATED = pattern_of(r"(?<![\w.,])\d+(?:[.,]\d+)+(?![.,]?\w)%?")
_POINT_BEFORE_THREE = pattern_of(r"[1-9]\d{0,2}(?:\.\d{3})+")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with figures: where it stands on the page, its figures and the periods that it names."""

    start: int
    end: int
    figures: tuple[Quantity, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The tables of a page and its sentences with figures, in order; its language, "" where nothing tells."""

    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]
    language: str = ""


def facts_of(text: str, above: str = "", style: Style | None = None) -> PageFacts:
    """Return what a page, or a passage of it, says in figures; time is linear in the text.

    ``above`` is what stands before the passage, ``style`` how its page writes decimals (else the text tells).
    """
    language = language_of(text)
    style = style or style_of_page(text)
    return PageFacts(tuple(tables_of(text, style, above)), tuple(_statements(text, style)), language)


def style_of_page(text: str) -> Style:
    """Return what parts decimals on a page: as its figures show, else as its language has it.

    Where nothing but points stand before three digits each ("712.430"), they set thousands apart.
    """
    is_comma = language_of(text) in COMMA_LANGUAGES or _only_thousands(text)
    return style_of(text, "comma" if is_comma else "point")


def _only_thousands(text: str) -> bool:
    """Whether all figures look so, and not most of them like ratios and rates ("1.274")."""
    written = _SEPARATED.findall(text)
    if len(written) < FEWEST_THOUSANDS or not all(map(_POINT_BEFORE_THREE.fullmatch, written)):
        return False
    rates = [figure for figure in written if figure[1] == "."]
    return 2 * len(rates) <= len(written)


def stored(facts: PageFacts) -> str:
    """Return the facts as compact JSON: language "l", tables "t", statements "s", periods "p", bounds "b".

    Tables and statements are plain lists. A table is [caption, heads, rows, figures]: a row [label, section],
    a figure [place of its row in rows, column, value, scale, unit, currency]. A statement is [start, end,
    figures, periods]: a figure [value, scale, unit, currency, start, end], a period [year, part, start, end].
    Of each table "p" has the periods [year, part] over each of its columns, and "b" what the words of a cell
    make of its figure: [place of its row, column, "above" or "below"]. A value is a text, so that its
    decimals stay; "" where there is nothing to say.

    What is new gets a key of its own: a release of before, beside this one or rolled back to, reads on.
    """
    shown = {
        "l": facts.language,
        "t": [_table(table) for table in facts.tables],
        "s": [_statement(each) for each in facts.statements],
        "p": [[_named(head) for head in table.heads] for table in facts.tables],
        "b": [_bounds(table) for table in facts.tables],
    }
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def _table(table: Table) -> list[object]:
    rows = list(dict.fromkeys((cell.row, cell.label, cell.section) for cell in table.cells))
    place = _places(table)
    figures = [
        [place[cell.row], cell.column, str(cell.value.value), cell.scale, cell.unit, cell.currency]
        for cell in table.cells
    ]
    labels = [[label, section] for _, label, section in rows]
    return [table.caption, list(table.heads), labels, figures]


def _places(table: Table) -> dict[int, int]:
    """Return the places of the rows that have figures, by their numbers."""
    return {row: at for at, row in enumerate(dict.fromkeys(cell.row for cell in table.cells))}


def _bounds(table: Table) -> list[list[object]]:
    place = _places(table) if any(cell.bound for cell in table.cells) else {}
    return [[place[cell.row], cell.column, cell.bound] for cell in table.cells if cell.bound in BOUNDING]


def _named(head: str) -> list[tuple[int | None, str]]:
    return [(period.year, period.part) for period in periods(head)]


def _statement(statement: Statement) -> list[object]:
    figures = [
        [str(figure.value), figure.scale, figure.unit, figure.currency, figure.start, figure.end]
        for figure in statement.figures
    ]
    periods = [[period.year, period.part, period.start, period.end] for period in statement.periods]
    return [statement.start, statement.end, figures, periods]


def _statements(page: str, style: Style) -> Iterator[Statement]:
    at = 0
    for line in page.splitlines(keepends=True):
        if not line.lstrip().startswith("|") and has_figure(line):
            for start, end in sentences(line):
                if has_figure(line, start, end) and (statement := statement_of(line[start:end], style)):
                    yield Statement(at + start, at + end, statement.figures, statement.periods)
        at += len(line)


def statement_of(sentence: str, style: Style = "point") -> Statement | None:
    """Return the figures and periods of one sentence, or None where it has no figure.

    A figure said twice, ``5 % (5%)``, stands once. The number of a list or of a footnote, ``(1)``, is none.
    """
    named = tuple(periods(sentence))
    ends = [period.end for period in named]
    figures: list[Quantity] = []
    for figure in quantities(sentence, style):
        nearest = bisect_right(ends, figure.start)
        if nearest < len(named) and named[nearest].start < figure.end:
            continue
        if figures and figure.bracketed and abs(figures[-1].value) == abs(figure.value):
            continue
        if (
            figure.bracketed
            and -MOST_NOTES < figure.value < 0
            and not (figure.places or figure.currency or figure.unit)
            and not is_listed(sentence, figure)
        ):
            continue
        figures.append(figure)
    return Statement(0, len(sentence), tuple(figures), named) if figures else None
