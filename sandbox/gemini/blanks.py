"""What a question asks of tables: statements that are written but for a figure, such as `Sales, 2023: _`.

Reading the question is the same for every model; which figure goes into the blank is a matter of its weights.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.gemini.cells import Cell, cells
from sandbox.gemini.passages import YEAR, Prompt, Source, terms

SCOPE = re.compile(r"^[^:?\n]{1,80}:\s")
"""What opens a question with the firm and year that it is about: `Firm 2023: ...`."""

FIRST_ROW = 0.5
"""Share of a label that the question must name, by how rare its words are, to be asked about at all."""
FURTHER_ROW = 0.9
"""The same for rows after the first, of words that no row before them took."""
SAME_SECTION = 0.01
"""What a word of the section decides between rows of one label."""
TOTAL = frozenset({"total"})
"""Said of any row's figure, it asks for no further row."""
MOST_ROWS = 3
MOST_PERIODS = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell of one source."""

    source: Source
    rank: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Blank:
    """A statement without its figure: of which row, and of which year or column, "" when that is open.

    ``rank`` is the place of the source that the label is copied from.
    """

    rank: int
    label: str
    period: str
    column: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to tables: its words and years, the blanks to fill, and every cell that could fill them."""

    words: frozenset[str]
    years: frozenset[str]
    blanks: Sequence[Sequence[Blank]]
    entries: Sequence[Entry]


def lookup(prompt: Prompt) -> Lookup:
    """Read a prompt; a question that no row of a table answers has no blanks.

    ``blanks`` holds a group for each row: one blank for each year that is asked for, in the order of years.
    """
    entries = [
        Entry(source, rank, cell) for rank, source in enumerate(prompt.sources) for cell in cells(source.text)
    ]
    scope = SCOPE.match(prompt.question)
    asked = prompt.question[scope.end() :] if scope else prompt.question
    years = YEAR.findall(asked) or YEAR.findall(prompt.question)
    words = frozenset(terms(asked)) - frozenset(years)
    blanks = [_row_blanks(entry, entries, words, years) for entry in _rows(entries, words)]
    return Lookup(words, frozenset(years), blanks, entries)


def _rows(entries: Sequence[Entry], words: frozenset[str]) -> list[Entry]:
    """The first cell of each row that the question names, the best named row first."""
    rows: dict[tuple[int, str], Entry] = {}
    for each in entries:
        rows.setdefault((each.rank, each.cell.figure.label), each)
    firsts = list(rows.values())
    frequency = Counter(word for each in firsts for word in each.cell.label)
    weight = {word: math.log(1 + len(firsts) / count) for word, count in frequency.items()}
    chosen: list[Entry] = []
    left, share = words, FIRST_ROW
    while len(chosen) < MOST_ROWS:
        fits = [_fit(each.cell, left, words, weight, share) for each in firsts]
        best = max(range(len(fits)), key=lambda place: (fits[place], -place), default=0)
        if not (fits and fits[best]):
            break
        chosen.append(firsts[best])
        left, share = left - firsts[best].cell.label - TOTAL, FURTHER_ROW
    return chosen


def _fit(
    cell: Cell, left: frozenset[str], words: frozenset[str], weight: Mapping[str, float], share: float
) -> float:
    """How well a question names the row of a cell with the words that are left; 0 where it does not."""
    common = cell.label & left
    named, whole = sum(weight[word] for word in common), sum(weight[word] for word in cell.label)
    if named < share * whole or all(word.isdigit() for word in common):
        return 0.0
    return named * named / whole + SAME_SECTION * len(cell.section & words)


def _row_blanks(
    first: Entry, entries: Sequence[Entry], words: frozenset[str], years: Sequence[str]
) -> list[Blank]:
    label = first.cell.figure.label
    table = [each.cell for each in entries if each.source is first.source]
    row = [cell for cell in table if cell.figure.label == label]
    shown = {year for cell in row for year in cell.years}
    periods = sorted({year for year in years if year in shown})[:MOST_PERIODS]
    column = _column(row, words)
    return [Blank(first.rank, label, period, column) for period in periods or [""]]


def _column(row: Sequence[Cell], words: frozenset[str]) -> str:
    """The head of the row that the question names, if it names one better than the others."""
    named = {cell.figure.head: len((cell.head & words) - cell.label) for cell in row}
    best = max(named.values(), default=0)
    heads = [head for head, count in named.items() if count == best]
    return heads[0] if best and len(heads) == 1 else ""
