"""Statements that give figures: the blanks of a question, filled by a model's attention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zlib import crc32

from sandbox.gemini.attention import Attention, fill
from sandbox.gemini.blanks import Blank, Entry, Lookup
from sandbox.gemini.cells import Cell, value_of

OF_A_PERIOD = (
    "{subject}, {period}: {value} [{n}]",
    "{subject} came to {value} in {period} [{n}]",
    "In {period}, {subject} was {value} [{n}]",
)
SAID_TWICE = re.compile(r"(?<=\d|%)\s*\(\s*[\d.,]+\s*%?\s*\)$")
"""What follows a figure that a cell writes twice: `-633 ( 633 )`."""
UNSCALED = re.compile(r"%|\bper\b|percent|\bexcept\b|ratio|number", re.IGNORECASE)
"""Words beside or over a figure that is not in the millions of its table, or may not be."""


@dataclass(frozen=True, slots=True)
class Saying:
    """A statement, and the numbers of the sources that it cites."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A blank with the cell that was taken for it."""

    blank: Blank
    entry: Entry

    @property
    def subject(self) -> str:
        """What the statement is about: the row, and the column that was asked for or is none of a year."""
        head = self.entry.cell.figure.head
        column = self.blank.column or ("" if self.blank.period and self.entry.cell.years else head)
        return f"{self.blank.label}, {column}" if column else self.blank.label

    @property
    def value(self) -> str:
        """The figure as the table writes it, with what it counts in."""
        return _value(self.entry.cell)

    @property
    def number(self) -> Decimal | None:
        """The figure as a number."""
        return value_of(SAID_TWICE.sub("", self.entry.cell.figure.text))


def sayings(lookup: Lookup, attention: Attention) -> Iterator[Saying]:
    """The statements that answer a question to tables."""
    for group in lookup.blanks:
        filled = [Filled(blank, fill(lookup, blank, attention)) for blank in group]
        numbers = [each.number for each in filled if each.number is not None]
        if "average" in lookup.words - filled[0].entry.cell.label and len(numbers) == len(filled) > 1:
            yield _average(filled, numbers)
        elif len(filled) == 2:
            yield _change(filled[0], filled[1], lookup)
        else:
            yield from map(_single, filled)


def _single(filled: Filled) -> Saying:
    period, n = filled.blank.period, filled.entry.source.number
    form = crc32(filled.blank.label.encode("utf-8", "replace")) % len(OF_A_PERIOD)
    shown = OF_A_PERIOD[form] if period else "{subject}: {value} [{n}]"
    return Saying(shown.format(subject=filled.subject, period=period, value=filled.value, n=n), (n,))


def _change(first: Filled, last: Filled, lookup: Lookup) -> Saying:
    """What became of a figure from one year to another, calculated where the question asks for it."""
    one, other = first.number, last.number
    verb = "went" if one is None or other is None or one == other else "rose" if other > one else "fell"
    return _cited(
        (first, last),
        f"{first.subject} {verb} from {first.value} in {first.blank.period} "
        f"to {last.value} in {last.blank.period}"
        f"{_calculation(one, other, lookup.words)}",
    )


def _average(filled: Sequence[Filled], numbers: Sequence[Decimal]) -> Saying:
    """A figure year by year, and the average of these years."""
    values = [f"{each.value} in {each.blank.period}" for each in filled]
    listed = f"{', '.join(values[:-1])} and {values[-1]}"
    added, mean = " + ".join(map(_bracketed, numbers)), sum(numbers) / len(numbers)
    text = f"{filled[0].subject} was {listed}, an average of ({added}) / {len(numbers)} = {mean:,.2f}"
    return _cited(filled, text)


def _cited(filled: Sequence[Filled], text: str) -> Saying:
    sources = tuple(dict.fromkeys(each.entry.source.number for each in filled))
    return Saying(f"{text} {''.join(f'[{n}]' for n in sources)}", sources)


def _calculation(one: Decimal | None, other: Decimal | None, words: frozenset[str]) -> str:
    if one is None or other is None or not words & {"change", "increase", "decrease", "difference", "growth"}:
        return ""
    if not words & {"percent", "percentage"}:
        return f", a change of {_bracketed(other)} - {_bracketed(one)} = {other - one:,}"
    if one <= 0:
        return ""
    return f", a change of ({_bracketed(other)} - {one:,}) / {one:,} = {(other - one) / one * 100:.2f}%"


def _bracketed(number: Decimal) -> str:
    return f"({number:,})" if number < 0 else f"{number:,}"


def _value(cell: Cell) -> str:
    text = re.sub(r"(?<=[$\u20ac\u00a3])\s+", "", SAID_TWICE.sub("", cell.figure.text))
    beside = f"{text} {cell.figure.label} {cell.figure.head} {cell.figure.unit}"
    return text if UNSCALED.search(beside) else f"{text} {cell.scale}".rstrip()
