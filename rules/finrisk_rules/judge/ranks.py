"""Ranks: what is said to be the largest of the parts of a total, or the lowest of its row, and is not."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from finrisk_rules.judge.contradictions import is_better_above
from finrisk_rules.judge.directions import says_rise
from finrisk_rules.judge.extremes import has_results, is_at_other_end, is_next_beyond
from finrisk_rules.judge.peers import parts, siblings, times
from finrisk_rules.judge.rank_words import APART, NOT_ALONE, ORDINALS, RANK
from finrisk_rules.judge.stems import SILENT_WORDS, stem, stems, stems_of_name
from finrisk_rules.judge.subjects import are_comparable, size
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_LEVELS = stems("level value point amount figure total share stand wert niveau valeur nivel valor livello")
_HOW = stems("selling performing earning")
"""What is the best of, whatever is measured."""

_OF_RISKS = stems(
    "risk concern threat challenge exposure uncertainty issue problem factor driver pressure impact effect "
    "potential contributor reason cause risiko sorge gefahr bedrohung herausforderung risque menace défi "
    "riesgo amenaza rischio sfida"
)
"""What is no part of a total, however large."""

_OWN = pattern_of(
    r"\b(?:its|their|his|our|ihre\w*|seine\w*|sein|ihr|son|sa|leur|su|sus|suo|sua)\s+\Z", re.IGNORECASE
)
_OF_TIMES = pattern_of(
    r"\s*(?:(?:in|at|im|en|nel|for|of|was|war)\s+(?:the\s+)?(?:(?:fiscal|FY|year|Jahr)\s*)?(?:(?:19|20)\d\d|[QH][1-4])"
    r"|(?:\w+\s+){0,2}(?:year|quarter|month|jahr|quartal|exercice|trimestre|año|anno)\b)",
    re.IGNORECASE,
)
"""Behind or before a word of rank, what tells that years are ranked: "its highest", "was highest in 2024"."""

_OF_PARTS = pattern_of(
    r"(?:[^\d.;:]|(?:19|20)\d\d){0,40}?\b(?:of|among|von|unter|des|de)\s+(?:all|the|its|our|alle\w*|de[nr]|les|los|le)\s",
    re.IGNORECASE,
)
_BY = pattern_of(
    r"(?:[^\d.;:]|(?:19|20)\d\d){0,60}?\b(?:by|nach|par|por|per)\s+(?P<measure>(?:\w+\s?){1,4})",
    re.IGNORECASE,
)

_WORD = pattern_of(r"\w+")
_LEADS = pattern_of(r"\s*(?:of|at|with|by|von|mit|bei|de|con|avec)?\s*[^\w\s]{0,3}\s?", re.IGNORECASE)
_NOUN = pattern_of(r"[\w' -]*")
_REST = pattern_of(
    r"\s*(?:all )?(?:others?|corporate|eliminations?|unallocated|thereafter|after|beyond|later|sonstige\w*"
    r"|übrige\w*|danach|autres?|otros|otras|altri|altre)\b",
    re.IGNORECASE,
)
"""A row of what has no name of its own: nobody ranks it."""

_AT_TURN = frozenset(("peaked", "bottomed", "troughed"))
_EXTREME = pattern_of(
    whole(
        "maximum max minimum min high low peak highest lowest höchst* tiefst* maximal* minimal* "
        "máximo mínimo massimo minimo"
    ),
    re.IGNORECASE,
)
"""What names a row whose figures are each the highest or lowest of its own period."""

_NOUNS = {"high": "highest", "low": "lowest"}
_FOLLOWING, _FARTHEST = 5, 120
"""Words behind one of rank that say of what it is, and characters to the figure that it is said of."""

_LONGEST_BEFORE = 30
_LEAST_PERIODS = 3


class _Rank(NamedTuple):
    """A word of rank: its place, how many are before it, and whether years or parts are ranked, if said."""

    start: int
    end: int
    kind: str
    before_it: int
    is_of_times: bool
    is_of_parts: bool


def of_another_rank(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims of which a word of rank is said that their table does not bear out.

    Ranked are rows or columns that another one sums up, and the periods of a row.
    """
    starts = [claim.quantity.start for claim, _ in traced]
    ends = [claim.quantity.end for claim, _ in traced]
    for said in _ranks(text):
        beside = _beside(text, said, starts, ends, traced)
        traces = [trace for n in beside if (trace := traced[n][1]) and trace.table]
        if not beside or len(traces) < len(beside):
            continue
        is_largest = _is_largest(said, traces[0])
        if (
            not any(_is_so(text, said, each) for each in traces)
            or _is_against_base(said, traced, beside[0])
            or is_next_beyond(text, beside[0], traced, is_largest=is_largest, is_of_times=said.is_of_times)
        ):
            yield beside[0]


def _is_against_base(said: _Rank, traced: Sequence[Traced], at: int) -> bool:
    """Whether a figure that is said to be the highest lies below that from which it came: "from 8 to 5"."""
    if said.kind not in ("highest", "lowest") or said.before_it or not at:
        return False
    (base, _), (claim, _) = traced[at - 1], traced[at]
    if not base.phrase.is_base or claim.phrase.is_base or not are_comparable(base, claim):
        return False
    return size(base) != size(claim) and (size(claim) > size(base)) != (said.kind == "highest")


def _ranks(text: str) -> Iterator[_Rank]:
    """Yield the words of rank of a sentence that rank figures of one table."""
    for said in RANK.finditer(text):
        start, end = said.span()
        rest = _WORD.findall(text[end : end + _FARTHEST])[:_FOLLOWING]
        lead = text[max(0, start - _LONGEST_BEFORE) : start]
        if any(says_rise(each.lower()) is not None for each in rest) or NOT_ALONE.search(lead):
            continue
        near = f"{lead.split(',')[-1]} {said[0]}" if said.lastgroup != "ordinal" else text[start : end + 12]
        before_it = next((count for pattern, count in ORDINALS if pattern.search(near)), 0)
        kind = said.lastgroup or ""
        of_times = bool(_OWN.search(lead) or _OF_TIMES.match(text, end) or said[0].lower() in _AT_TURN)
        of_times = of_times or kind in _NOUNS
        of_parts = not of_times and bool(_OF_PARTS.match(text, end))
        yield _Rank(start, end, _NOUNS.get(kind, kind), before_it, of_times, of_parts)


def _beside(
    text: str, said: _Rank, starts: Sequence[int], ends: Sequence[int], traced: Sequence[Traced]
) -> list[int]:
    """Return the numbers of the first claim behind a word and of the last one before it.

    The former alone, where the word leads right to it. "10.6 % from 10.8 % in 2015, its lowest" is said of
    the figure with which the other is compared.
    """
    behind, before = bisect_left(starts, said.end), bisect_right(ends, said.start) - 1
    if behind < len(starts) and _LEADS.fullmatch(text, said.end, starts[behind]):
        return [behind]
    if said.is_of_times and before > 0:
        bases = [n for n in range(1, before + 1) if traced[n][0].phrase.is_base]
        before = bases[-1] - 1 if bases and _are_of_row(traced[bases[-1] - 1 : before + 1]) else before
    is_behind = behind < len(starts) and starts[behind] - said.end <= _FARTHEST
    is_before = before >= 0 and said.start - ends[before] <= _FARTHEST
    return [*([behind] if is_behind else ()), *([before] if is_before else ())]


def _are_of_row(traced: Sequence[Traced]) -> bool:
    """Whether figures stand in one row of a table."""
    rows = {(trace.source, *trace.spot[:1], trace.spot[2][0]) if trace else None for _, trace in traced}
    return len(rows) == 1


def _is_so(text: str, said: _Rank, trace: Trace) -> bool:
    """Whether a place has the rank that a word says, or the word ranks something else."""
    is_largest = _is_largest(said, trace)
    if (table := trace.table) is None or is_largest is None:
        return True
    behind = _NOUN.match(text, said.end, said.end + _FARTHEST)
    if said.kind in ("highest", "lowest") and _EXTREME.search(table.rows[trace.spot[2][0]][0]):
        return True
    words = list(takewhile(_is_telling, _WORD.findall(behind[0].lower() if behind else "")))
    names = [stem(each) for each in words]
    names = names[:1] if not _LEVELS.isdisjoint(names[:1]) else names
    label, section = table.rows[trace.spot[2][0]]
    known = stems_of_name(f"{label} {section} {table.caption} {trace.place.column}") | _HOW
    if said.kind in ("highest", "lowest") and names and names[-1] not in known | _LEVELS:
        return True
    if not all(_is_known(name, known) for name in names[:-1]):
        return True
    figure = trace.spot[2]
    if said.before_it and is_at_other_end(table, figure, is_largest=not is_largest):
        return False
    if APART.search(text, max(0, said.start - _FARTHEST), said.end + _FARTHEST):
        return True
    if said.kind in ("fastest", "slowest"):
        return not table.is_change(*figure[:2]) or not is_at_other_end(table, figure, is_largest=is_largest)
    if not _OF_RISKS.isdisjoint(names):
        return is_largest or not is_at_other_end(table, figure, is_largest=False)
    of_parts = (
        [] if said.is_of_times else [_named(table, parts(table, figure), figure), siblings(table, figure)]
    )
    is_of_size = any(of_parts) and said.kind not in ("highest", "lowest")
    of_times = [] if said.is_of_parts or is_of_size else _of_times(table, figure)
    peers = [each for each in (*of_parts, *of_times) if len({cell[2] for cell in each}) > 1]
    if not peers and said.kind in ("largest", "smallest"):
        return has_results(table) or not is_at_other_end(table, figure, is_largest=is_largest)
    if not peers or any(_has_rank(each, figure, said.before_it, is_largest=is_largest) for each in peers):
        return True
    named_measure = (bool(names) and names[-1] in known) or _BY.match(text, said.end) is not None
    return (
        not named_measure and not said.is_of_times and _is_first(trace, said.before_it, is_largest=is_largest)
    )


def _is_largest(said: _Rank, trace: Trace) -> bool | None:
    """Whether the largest figure has a rank; None where nothing tells which is the better one."""
    if said.kind in ("best", "worst"):
        is_better = is_better_above(trace)
        return None if is_better is None else is_better == (said.kind == "best")
    return said.kind not in ("smallest", "lowest", "slowest")


def _is_known(name: str, known: frozenset[str]) -> bool:
    return name in known or any(len(each) > 4 and name.startswith(each) for each in known)


def _is_telling(word: str) -> bool:
    return word not in SILENT_WORDS and not word[0].isdigit()


def _named(table: TableEvidence, cells: Sequence[Figure], own: Figure) -> Sequence[Figure]:
    """Return the cells but those of the rest, unless the figure is one."""
    return [cell for cell in cells if cell[0] == own[0] or not _REST.match(table.rows[cell[0]][0])]


def _of_times(table: TableEvidence, figure: Figure) -> list[Sequence[Figure]]:
    """Return the periods of a row with which a figure is ranked: all, and those of its year."""
    of_row = times(table, figure)
    if len({cell[2] for cell in of_row}) < _LEAST_PERIODS or min(float(cell[2]) for cell in of_row) < 0:
        return []
    year = table.head_periods[figure[1]][0][0]
    of_year = [cell for cell in of_row if table.head_periods[cell[1]][0][0] == year]
    return [of_row, *([of_year] if len(of_year) >= _LEAST_PERIODS else [])]


def _has_rank(peers: Sequence[Figure], figure: Figure, before_it: int, *, is_largest: bool) -> bool:
    values = sorted({abs(float(cell[2])) for cell in peers}, reverse=is_largest)
    return before_it < len(values) and abs(float(figure[2])) == values[before_it]


def _is_first(trace: Trace, before_it: int, *, is_largest: bool) -> bool:
    """Whether the row of a place has the rank in a column of its source where it is a part of a total.

    The one that grew most is not the largest.
    """
    name = trace.place.row.lower()
    for table in trace.evidence.tables:
        rows = [at for at, (label, _) in enumerate(table.rows) if label.lower() == name]
        cells = (cell for row in rows for cell in table.by_row.get(row, ()))
        for cell in (cell for cell in cells if not table.is_change(*cell[:2])):
            group = _named(table, parts(table, cell), cell)
            if group and _has_rank(group, cell, before_it, is_largest=is_largest):
                return True
    return False
