"""Ranks: what is said to be the largest of the parts of a total, or the lowest of its row, and is not."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, combinations, takewhile

from finrisk_rules.judge.directions import says_rise
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.stems import SILENT_WORDS, stem, stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import whole

_LARGEST = (
    "largest biggest greatest größte größter größten größtes "
    "plus_grand plus_grande plus_gros plus_important plus_importante más_grande più_grande"
)
_HIGHEST = (
    "highest höchste höchster höchsten höchstes plus_élevé plus_élevée más_alto más_alta più_alto più_alta"
)
_SMALLEST = (
    "smallest kleinste kleinster kleinsten kleinstes plus_petit plus_petite más_pequeño más_pequeña "
    "più_piccolo più_piccola"
)
_LOWEST = (
    "lowest niedrigste niedrigster niedrigsten niedrigstes plus_faible plus_bas plus_basse más_bajo más_baja "
    "più_basso più_bassa"
)
_RANK = re.compile(
    rf"(?P<largest>{whole(_LARGEST)})|(?P<highest>{whole(_HIGHEST)})|(?P<lowest>{whole(_LOWEST)})"
    rf"|{whole(_SMALLEST)}",
    re.IGNORECASE,
)
"""Parts are large or small; high and low is what a row or its parts are in some year."""

WORDS_OF_RANK = telling(f"{_LARGEST} {_HIGHEST} {_SMALLEST} {_LOWEST}".split())
_LEVELS = stems("level value point amount figure total share stand wert niveau valeur nivel valor livello")
_OF_RISKS = stems(
    "risk concern threat challenge exposure uncertainty issue problem factor driver pressure impact effect "
    "potential risiko sorge gefahr bedrohung herausforderung risque menace défi riesgo amenaza rischio sfida"
)
"""What is no part of a total, however large."""

_APART = re.compile(
    whole(
        "after behind besides beside except excluding among outside following neben außer unter hinter après "
        "sauf hormis parmi tras salvo entre dopo tra"
    ),
    re.IGNORECASE,
)
"""What ranks some parts alone: "after loans, the largest"."""

_NOT_ALONE = re.compile(
    r"(?:\d|\b(?:second|third|fourth|fifth|next|two|three|four|five|ten|twenty|of|among|unter|zweit\w*|dritt\w*"
    r"|einer|eine|deuxième|troisième|parmi|des|segundo|segunda|entre|uno|una|tra)) ?-?"
    r"(?:(?:the|our|its|their|die|der|den|les|los|las|le|i|delle|dei)\s)?\s*\Z",
    re.IGNORECASE,
)
"""Before a word of rank: then it is of several, or not of the first."""

_WORD = re.compile(r"\w+")
_NOUN = re.compile(r"[\w' -]*")
_REST = re.compile(
    r"\s*(?:all )?(?:others?|corporate|eliminations?|unallocated|thereafter|after|beyond|later|sonstige\w*"
    r"|übrige\w*|danach|autres?|otros|otras|altri|altre)\b",
    re.IGNORECASE,
)
"""A row of what has no name of its own: nobody ranks it."""

_FOLLOWING, _FARTHEST = 5, 120
"""Words behind one of rank that say of what it is, and characters to the figure that it is said of."""

_LONGEST_BEFORE = 30
_LEAST_PARTS, _LEAST_PERIODS, _MOST_ROWS, _ROUNDED = 2, 3, 64, 0.005


def of_another_rank(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims of which a word of rank is said that their table does not bear out.

    Ranked are rows that a row of their table sums up, and the periods of a row: of these, the highest is not
    said to be the lowest, since what a "high" of some years is may leave out others.
    """
    starts = [claim.quantity.start for claim, _ in traced]
    ends = [claim.quantity.end for claim, _ in traced]
    for said in _RANK.finditer(text):
        rest = _WORD.findall(text[said.end() : said.end() + _FARTHEST])[:_FOLLOWING]
        if any(says_rise(each.lower()) is not None for each in rest):
            continue
        if _NOT_ALONE.search(text, max(0, said.start() - _LONGEST_BEFORE), said.start()):
            continue
        beside = _beside(said, starts, ends)
        traces = [trace for n in beside if (trace := traced[n][1]) and trace.table]
        if beside and len(traces) == len(beside) and not any(_is_so(text, said, each) for each in traces):
            yield beside[0]


def _beside(said: re.Match[str], starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Return the numbers of the first claim behind a word and of the last one before it."""
    behind, before = bisect_left(starts, said.end()), bisect_right(ends, said.start()) - 1
    is_behind = behind < len(starts) and starts[behind] - said.end() <= _FARTHEST
    is_before = before >= 0 and said.start() - ends[before] <= _FARTHEST
    return [*([behind] if is_behind else ()), *([before] if is_before else ())]


def _is_so(text: str, said: re.Match[str], trace: Trace) -> bool:
    """Whether a place has the rank that a word says, or the word ranks something else."""
    is_largest = bool(said["largest"] or said["highest"])
    is_level = bool(said["highest"] or said["lowest"])
    if (table := trace.table) is None:
        return True
    behind = _NOUN.match(text, said.end(), said.end() + _FARTHEST)
    words = list(takewhile(_is_telling, _WORD.findall(behind[0].lower() if behind else "")))
    names = [stem(each) for each in words]
    label, section = table.rows[trace.spot[2][0]]
    known = stems_of_name(f"{label} {section} {table.caption} {trace.place.column}")
    if is_level and names and names[-1] not in known | _LEVELS:
        return True
    if not known.issuperset(names[:-1]) or not _OF_RISKS.isdisjoint(names):
        return True
    if not _parts(table, trace.spot[2]):
        return not _is_last_of_row(table, trace.spot[2], is_largest=is_largest)
    apart = _APART.search(text, max(0, said.start() - _FARTHEST), said.end() + _FARTHEST)
    if apart or _is_first(trace, is_largest=is_largest):
        return True
    return is_level and _is_last_of_row(table, trace.spot[2], is_largest=not is_largest)


def _is_telling(word: str) -> bool:
    return word not in SILENT_WORDS and not word[0].isdigit()


def _is_first(trace: Trace, *, is_largest: bool) -> bool:
    """Whether the row of a place is first in a column of its source where it is a part of a total."""
    name = trace.place.row.lower()
    return any(_has_first(table, name, is_largest) for table in trace.evidence.tables)


@lru_cache(maxsize=512)
def _has_first(table: TableEvidence, name: str, is_largest: bool) -> bool:
    rows = {at for at, (label, _) in enumerate(table.rows) if label.lower() == name}
    for cell in (cell for row in rows for cell in table.by_row.get(row, ())):
        values = [abs(float(part[2])) for part in _parts(table, cell)]
        if values and abs(float(cell[2])) == (max(values) if is_largest else min(values)):
            return True
    return False


def _is_last_of_row(table: TableEvidence, figure: Figure, *, is_largest: bool) -> bool:
    """Whether a figure is the lowest of the periods of its row, or the highest where that is not said."""
    kind = _part_of(table, figure)
    alike = (
        cell for cell in table.by_row[figure[0]] if cell[3:5] == figure[3:5] and _part_of(table, cell) == kind
    )
    values = [float(cell[2]) for cell in alike]
    if kind is None or len(set(values)) < _LEAST_PERIODS or min(values) < 0:
        return False
    return float(figure[2]) == (min(values) if is_largest else max(values))


def _part_of(table: TableEvidence, figure: Figure) -> bool | None:
    """Return whether a column is of a part of a year; None where it names no period or several."""
    named = table.head_periods[figure[1]]
    return bool(named[0][1]) if len(named) == 1 else None


def _parts(table: TableEvidence, figure: Figure) -> Sequence[Figure]:
    """Return the figures of a column that, with one of them, make up a total; () for none."""
    return _parts_of_column(table, figure[1], figure[3]).get(figure[0], ()) if not figure[4] else ()


@lru_cache(maxsize=512)
def _parts_of_column(table: TableEvidence, number: int, scale: int | None) -> dict[int, list[Figure]]:
    """Return the parts of the total to which each row of a column belongs, but for rows of the rest."""
    column = [cell for cell in table.cells if cell[1] == number and cell[3] == scale and not cell[4]]
    column = column[:_MOST_ROWS]
    values = [float(cell[2]) for cell in column]
    sums = [0.0, *accumulate(values)]
    parts: dict[int, list[Figure]] = {}
    for first, end, total in _spans(len(column)):
        whole_value = values[total]
        is_sum = abs(sums[end] - sums[first] - whole_value) <= _ROUNDED * abs(whole_value)
        if is_sum and min(values[first:end]) >= 0 < whole_value:
            named = [cell for cell in column[first:end] if not _REST.match(table.rows[cell[0]][0])]
            for cell in column[first:end]:
                parts.setdefault(cell[0], named)
    return parts


def _spans(count: int) -> Iterator[tuple[int, int, int]]:
    """Yield stretches of rows as (first, end, total), where the total stands behind or before them."""
    for first, end in combinations(range(count + 1), 2):
        if end - first >= _LEAST_PARTS:
            if end < count:
                yield first, end, end
            if first > 0:
                yield first, end, first - 1
