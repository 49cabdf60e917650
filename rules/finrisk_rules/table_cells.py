"""The cells of a table: a label without its footnotes, and the figures that a cell holds."""

from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.bounds import Bound, bound
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Quantity, Style, quantities

LONGEST_CELL = 60
"""Characters of a cell that can hold figures; a longer one is prose."""

BARE_YEAR = pattern_of(r"(?:19|20)\d\d")
_FOOTNOTE = pattern_of(
    r"(?:\s*(?:\( ?(?:\d{1,2}|[a-zA-Z]|i{1,3}|iv|vi{0,3}) ?\)|\[\w{1,2}\]|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+))+[\s.:]*\Z"
)
_WORD = pattern_of(r"[^\W\d_]{4,}")
_NAME = pattern_of(r"[^\W\d_]{4}|[^\W\d_]\d")
"""What a mark in brackets behind it is a footnote of: a word, "F18 (3)"."""

_DIGIT = pattern_of(r"\d")
_MULTIPLE = pattern_of(r" ?[xX×](?![^\W_])")
_LETTER_OR_PERIOD = pattern_of(r"[^\W\d_]|×|(?:19|20)\d\d")
_BARE_FIGURE = pattern_of(r"[0-9.,]+")
_YEAR = pattern_of(r"(?:19|20)[0-9]{2}")
_MONTHS = pattern_of(r"(?:3|6|9|12) ?M")
"""Beside a period, so many months: "6M Mar-24"."""

_DASH_BEFORE = pattern_of(r"\A\s*[\u2013\u2014](?=\d)")
"""A dash with which a cell begins is a minus: nothing stands before it that it could part."""


def without_footnote(text: str) -> str:
    """Return a label without the marks of footnotes at its end."""
    return (_FOOTNOTE.sub("", text) or text).strip(" .:").removeprefix("- ")


class Said(NamedTuple):
    """A figure of a cell; ``period`` is another one than its column's, as the cell names it, "" where it does
    not; ``bound`` what its words make of it: of "at least 2.50x" the lower bound; ``is_multiple`` whether it
    says how many times: "2.50x"."""

    figure: Quantity
    period: str = ""
    bound: Bound = ""
    is_multiple: bool = False


def figures_of(cell: str, style: Style = "point", *, years: bool = False) -> tuple[Quantity, ...]:
    """Return the figures of a cell: no period, no mark of a footnote, and one that is said twice once.

    A cell that speaks in words has none. ``years`` says that a bare ``2014`` is a figure here.
    """
    if len(cell) > LONGEST_CELL or not _DIGIT.search(cell):
        return ()
    figures, speaks = _figures(cell, style, years and bool(BARE_YEAR.fullmatch(plain(cell))))
    return () if speaks else figures


def said_of(cell: str, style: Style = "point", *, years: bool = False) -> tuple[Said, ...]:
    """Return what a cell below a head says in figures, the one of a cell that speaks in words too.

    In words a figure is one that has decimals, a unit or a bound, or with which the cell begins: "2.1 years",
    not "Level 3". Behind a period of the cell a figure is of that one, "15.2 (2022: 14.8)"; so is the one of
    a cell in words that names a period anywhere.
    """
    if len(cell) > LONGEST_CELL or not _DIGIT.search(cell):
        return ()
    is_year = years and bool(BARE_YEAR.fullmatch(plain(cell)))
    if _LETTER_OR_PERIOD.search(cell):
        return _in_words(cell, style, is_year)
    return tuple(map(Said, _figures(cell, style, is_year)[0]))


@lru_cache(maxsize=4096)
def _in_words(cell: str, style: Style, is_year: bool) -> tuple[Said, ...]:
    figures, speaks = _figures(cell, style, is_year)
    if not figures:
        return ()
    text = plain(cell)
    bounds = [bound(text, figure.start, figure.end) for figure in figures]
    if speaks and (len(figures) > 1 or not (bounds[0] or _is_measured(figures[0], text))):
        return ()
    named = [] if is_year else [period for period in periods(text) if period.year]
    said = []
    for figure, each in zip(figures, bounds, strict=True):
        before = [period for period in named if period.end <= figure.start] or (named if speaks else [])
        period = text[before[-1].start : before[-1].end] if before else ""
        said.append(Said(figure, period, each, bool(_MULTIPLE.match(text, figure.end))))
    return tuple(said)


def _is_measured(figure: Quantity, text: str) -> bool:
    """Whether a figure beside words is no part of a name: it has decimals or a unit, or begins the cell."""
    if figure.places or figure.unit or figure.currency or figure.scale is not None:
        return True
    return not text[: figure.start].strip(" (<>~+-")


@lru_cache(maxsize=4096)
def _figures(cell: str, style: Style, is_year: bool) -> tuple[tuple[Quantity, ...], bool]:
    """Return the figures of a cell, and whether it speaks in words beside them."""
    cell = _DASH_BEFORE.sub("-", cell)
    if _BARE_FIGURE.fullmatch(cell) and not _YEAR.search(cell):  # no period, no bracket, no word
        return tuple(quantities(cell, style)), False
    text = plain(cell)
    spans = [] if is_year else [(period.start, period.end) for period in periods(text)]
    figures: list[Quantity] = []
    rest = text
    for figure in quantities(cell, style):
        if any(start < figure.end and figure.start < end for start, end in spans):
            continue
        if spans and _MONTHS.fullmatch(text, figure.start, figure.end):
            continue
        rest = rest[: figure.start] + " " * (figure.end - figure.start) + rest[figure.end :]
        repeated = figures and figure.bracketed and abs(figures[-1].value) == abs(figure.value)
        footnote = (
            (figures or spans or _NAME.search(text))
            and figure.bracketed
            and not figure.places
            and abs(figure.value) < 20
        )
        if not repeated and not footnote:
            figures.append(figure)
    return tuple(figures), bool(_WORD.search(rest))
