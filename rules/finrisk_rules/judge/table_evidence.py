"""A table as evidence: how well words fit its rows and columns, and the periods that these name."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from math import log
from typing import Any

from finrisk_rules.judge.bounds import Bound
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.unnamed_totals import TOTAL, with_totals
from finrisk_rules.judge.vocabulary import CHANGE_NAME
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import MONTHS, periods

COMMON = 64
"""Rows of a table from which on a word that all of them have tells nothing."""

LONGEST_CAPTION = 160
"""Characters of a caption up to which it names what its table is of."""

OF_SECTION = 0.35
"""What a word of a section counts for its rows."""

SHARED = 0.4
"""What a word counts for a column that rows have too."""

Named = tuple[int | None, str]
"""A period as (year, part)."""

Figure = list[Any]
"""A figure as it was stored: [row, column, value, scale, unit, currency]; in a sentence [place, 0, ...]."""

_DIGIT = pattern_of(r"\d")
_FIGURES = pattern_of(r"\d+")


_ASIDE = pattern_of(r"\([^()]*\)|\A\s*note \d+\.?", re.IGNORECASE)
"""What a caption says beside what its table is of: its unit, the number of its note."""

_STEMS_OF_BALANCE = stems_of_name(
    " ".join(MONTHS)
    + " balance balances at as of beginning opening start end ending closing year period fiscal "
    "anfangsbestand endbestand stand am zum jahresanfang jahresende solde ouverture clôture début fin "
    "exercice saldo inicial final inicio cierre 期首 期末 残高 期首残高 期末残高"
)


@lru_cache(maxsize=8192)
def is_balance(label: str) -> bool:
    """Whether a row says nothing but that it is what there was at the beginning or the end of a time."""
    own = stems_of_name(_DIGIT.sub(" ", label))
    return bool(own) and own <= _STEMS_OF_BALANCE


@lru_cache(maxsize=8192)
def periods_of_name(text: str) -> tuple[Named, ...]:
    """Return the periods of a label, a head or a caption as (year, part)."""
    return tuple((period.year, period.part) for period in periods(text))


class Axis:
    """The rows or the columns of a table: how well words fit each of them.

    A word weighs the less the more names have it; what stands in all of them tells nothing.
    """

    def __init__(self, names: Sequence[str], sections: Sequence[str] = ()) -> None:
        self.where: dict[str, list[tuple[int, float]]] = {}
        own = [stems_of_name(name) for name in names]
        for at, said in enumerate(own):
            for word in said:
                self.where.setdefault(word, []).append((at, 1.0))
        for at, section in enumerate(sections):
            if section:
                for word in stems_of_name(section) - own[at]:
                    self.where.setdefault(word, []).append((at, OF_SECTION))
        count = len(names)
        self.weights = {word: log(1 + count / len(places)) for word, places in self.where.items()}
        self.totals = [0.0] * count
        for word, places in self.where.items():
            weight = self.weights[word]
            for at, share in places:
                self.totals[at] += weight * share

    def fits(
        self, words: Mapping[str, float], other: "Axis | None" = None, most: float = 1.0
    ) -> dict[int, float]:
        """Return how well the words fit, 0..``most``, for each name that has one of them.

        That is twice the weight of the common words, by the weight of both. A word that also names
        something on the ``other`` axis counts less. Names that fit alike are told in their order: to nine
        digits, since sums of sets differ in the last ones from process to process.
        """
        matched: dict[int, float] = {}
        said = 0.0
        where, weights = self.where, self.weights
        for word in words.keys() & where.keys():
            places = where[word]
            if len(places) > COMMON:
                continue
            weight = words[word] * weights[word]
            if other is not None and word in other.where:
                weight *= SHARED
            said += weight
            for at, share in places:
                matched[at] = matched.get(at, 0.0) + weight * share
        if not matched:
            return matched
        totals = self.totals
        return {at: most * round(2 * match / (said + totals[at]), 9) for at, match in sorted(matched.items())}


class TableEvidence:
    """A table as it was stored, with the words and periods of its rows and columns.

    ``bounds`` says by row and column what the words of a cell make of its figure.
    """

    def __init__(
        self, table: list[Any], named: list[list[Any]] | None = None, bounds: Sequence[list[Any]] = ()
    ) -> None:
        self.caption: str
        self.caption, self.heads, rows, self.cells = table[:4]
        self.rows = with_totals(rows, self.cells)
        self.bounds: dict[tuple[int, int], Bound] = {(row, column): said for row, column, said in bounds}
        self._named = named
        self._has_both_ends: bool | None = None

    @cached_property
    def scales(self) -> frozenset[int]:
        """The powers of ten of its figures."""
        return frozenset(cell[3] for cell in self.cells if cell[3])

    @cached_property
    def row_axis(self) -> Axis:
        """The labels of the rows, each with its section.

        A balance below years is what the caption names, and so is a total without a name where no other row
        is called a total.
        """
        caption = _ASIDE.sub(" ", self.caption)
        is_dated = any(self.head_periods) and len(caption) < LONGEST_CAPTION
        is_total = not any(label.startswith(f"{TOTAL} ") for label, _ in self.rows)
        sections = [
            section or (caption if is_dated and (is_balance(label) or (is_total and label == TOTAL)) else "")
            for label, section in self.rows
        ]
        return Axis([label for label, _ in self.rows], sections)

    @cached_property
    def column_axis(self) -> Axis:
        """The words over the columns."""
        return Axis(self.heads)

    @cached_property
    def head_periods(self) -> tuple[tuple[Named, ...], ...]:
        """The periods over each column; facts of before index version 4 do not have them.

        A head that is said again and again without one, "2024 | % of sales | 2023 | % of sales", is of that
        of the column before it.
        """
        if self._named is None:
            own = [periods_of_name(head) for head in self.heads]
        else:
            own = [tuple((year, part) for year, part in named) for named in self._named]
        if all(own[1:]):
            return tuple(own)
        behind = Counter(head for n, head in enumerate(self.heads) if n and own[n - 1] and not own[n])
        every = Counter(self.heads)
        again = {head for head, count in behind.items() if head and count == every[head] > 1}
        return tuple(
            own[at - 1] if at and not said and self.heads[at] in again else said
            for at, said in enumerate(own)
        )

    @cached_property
    def is_turned(self) -> bool:
        """Whether its rows are periods and its columns name what is told of them."""
        if any(self.head_periods) or not self.has_row_periods:
            return False
        dated = sum(bool(periods_of_name(label)) for label, _ in self.rows)
        return 2 * dated > len(self.rows)

    @cached_property
    def has_row_periods(self) -> bool:
        """Whether a row may name a period."""
        return any(_DIGIT.search(name) for row in self.rows for name in row)

    @cached_property
    def row_periods(self) -> list[tuple[Named, ...]]:
        """The periods of each row; of its section where no column has any."""
        if not self.has_row_periods:
            return [()] * len(self.rows)
        has_heads = any(self.head_periods)
        return [
            periods_of_name(label) or (() if has_heads else periods_of_name(section))
            for label, section in self.rows
        ]

    @cached_property
    def by_row(self) -> dict[int, list[Figure]]:
        """The cells of each row."""
        rows: dict[int, list[Figure]] = {}
        for cell in self.cells:
            rows.setdefault(cell[0], []).append(cell)
        return rows

    @cached_property
    def by_column(self) -> dict[int, list[Figure]]:
        """The cells of each column."""
        columns: dict[int, list[Figure]] = {}
        for cell in self.cells:
            columns.setdefault(cell[1], []).append(cell)
        return columns

    def is_change(self, row: int, column: int) -> bool:
        """Whether a cell tells how much something changed."""
        return self.has_change_over[column] or self._has_change_before[row]

    @cached_property
    def has_change_over(self) -> list[bool]:
        """Of each column whether its head says that it tells how much something changed."""
        return [bool(CHANGE_NAME.search(head)) for head in self.heads]

    @cached_property
    def _has_change_before(self) -> list[bool]:
        return [bool(CHANGE_NAME.search(label)) for label, _ in self.rows]

    def has_both_ends(self, first: re.Pattern[str], last: re.Pattern[str]) -> bool:
        """Whether labels of rows match both of two patterns; each table is asked for one pair only."""
        if self._has_both_ends is None:
            labels = " | ".join(label for label, _ in self.rows)
            self._has_both_ends = bool(first.search(labels) and last.search(labels))
        return self._has_both_ends

    def of_one_kind(self, column: int, cells: Sequence[Figure]) -> list[Figure]:
        """Return the cells whose heads say the same beside their periods as that of a column; all if none."""
        if len(cells) < 2:
            return list(cells)
        return [cell for cell in cells if self.kinds[cell[1]] == self.kinds[column]] or list(cells)

    @cached_property
    def kinds(self) -> list[str]:
        """What each head says beside its figures: "Aerospace" of "Aerospace 2023"."""
        return [_FIGURES.sub("", head) for head in self.heads]

    def year_before(self, row: int, column: int) -> float | None:
        """Return the figure of the same row for the same part of the year before, where there is just one."""
        named = self.head_periods[column]
        if len(named) != 1 or named[0][0] is None:
            return None
        before_that = ((named[0][0] - 1, named[0][1]),)
        before = [cell for cell in self.by_row[row] if self.head_periods[cell[1]] == before_that]
        before = self.of_one_kind(column, before)
        return float(before[0][2]) if len(before) == 1 else None
