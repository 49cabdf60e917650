"""Facts of a page: what its tables and its sentences say in figures, made once when the page is indexed."""

from collections.abc import Iterator
from dataclasses import dataclass

from .periods import Period, periods
from .quantities import Quantity, Style, quantities, style_of
from .sentences import sentences
from .tables import Table, tables_of

MOST_NOTES = 20
"""A whole number in brackets below this one counts notes or items of a list."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with figures: where it stands on the page, its figures and the periods that it names."""

    start: int
    end: int
    figures: tuple[Quantity, ...]
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The tables of a page and its sentences with figures, in order."""

    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]


def facts_of(page: str) -> PageFacts:
    """Return what a page says in figures. Any text has facts, if only none; time is linear in the text."""
    style = style_of(page)
    return PageFacts(tuple(tables_of(page, style)), tuple(_statements(page, style)))


def _statements(page: str, style: Style) -> Iterator[Statement]:
    at = 0
    for line in page.splitlines(keepends=True):
        if not line.lstrip().startswith("|") and any(character.isdigit() for character in line):
            for start, end in sentences(line):
                if statement := statement_of(line[start:end], style):
                    yield Statement(at + start, at + end, statement.figures, statement.periods)
        at += len(line)


def statement_of(sentence: str, style: Style = "point") -> Statement | None:
    """Return the figures and periods of one sentence, or None where it has no figure.

    A figure said twice, ``5 % (5%)``, stands once. The number of a list or of a footnote, ``(1)``, is none.
    """
    named = tuple(periods(sentence))
    figures: list[Quantity] = []
    for figure in quantities(sentence, style):
        if any(period.start < figure.end and figure.start < period.end for period in named):
            continue
        if figures and figure.bracketed and abs(figures[-1].value) == abs(figure.value):
            continue
        if figure.bracketed and -MOST_NOTES < figure.value < 0 and not (figure.places or figure.currency or figure.unit):
            continue
        figures.append(figure)
    return Statement(0, len(sentence), tuple(figures), named) if figures else None
