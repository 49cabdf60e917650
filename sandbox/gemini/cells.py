"""The cells of a passage's tables: a figure with the words that stand beside, above and over it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sandbox.gemini.passages import YEAR, terms
from sandbox.gemini.tables import Figure, figures, is_table_line

SCALE = re.compile(r"\b(thousand|million|billion)s?\b", re.IGNORECASE)
MOST = 600
"""Cells of a passage that are looked at: a longer table is a list, which nobody asks one figure of."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a table, as written, with its words; ``row`` and ``column`` count from 0."""

    figure: Figure
    label: frozenset[str]
    head: frozenset[str]
    section: frozenset[str]
    years: frozenset[str]

    @property
    def words(self) -> frozenset[str]:
        """All that stands beside, above and over the figure."""
        return self.label | self.head | self.section

    @property
    def scale(self) -> str:
        """What the table counts in (`million`), or ""."""
        unit = SCALE.search(self.figure.unit)
        return unit[1].lower() if unit else ""


@lru_cache(maxsize=2048)
def cells(text: str) -> tuple[Cell, ...]:
    """The cells with a figure of a passage, table by table, row by row."""
    return tuple(_cell(figure) for figure, _ in zip(_figures(text), range(MOST), strict=False))


def _figures(text: str) -> Iterator[Figure]:
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if is_table_line(line):
            block.append(line)
        elif block:
            yield from figures(block)
            block = []


@lru_cache(maxsize=32768)
def _words(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _cell(figure: Figure) -> Cell:
    years = YEAR.findall(figure.head) or YEAR.findall(figure.label) or YEAR.findall(figure.section)
    return Cell(figure, _words(figure.label), _words(figure.head), _words(figure.section), frozenset(years))


def value_of(text: str) -> Decimal | None:
    """The number that a cell writes, brackets meaning less than zero; None where there is none."""
    number = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    if number is None:
        return None
    size = Decimal(number[0].replace(",", ""))
    return -size if re.search(r"[-(\u2013\u2212]\s*[$\u20ac\u00a3]?\s*$", text[: number.start()]) else size
