"""Counterparts: the figure of another year that has the same place in a list beside that of a figure.

``$21.5bn and a yield of 2.12 % (2023: $22.8bn and 1.58 %)`` has them in the order of the figures before the
brackets. So have two sentences next to each other, each of one year, with the same kinds of figures; and a
clause without a year has a figure for each of the two years of its sentence, a list without one for each of
the years that a sentence before it lists.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from finrisk_rules.judge.evidence import StatementEvidence
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import LIST_JOINT
from finrisk_rules.patterns import pattern_of

MOST_FIGURES, LONGEST, FARTHEST = 16, 1_000, 6
"""Figures and characters of a sentence in which counterparts are looked for, and sentences before it."""

_ASIDE = pattern_of(r"\([^()\d]{0,30}((?:19|20)\d\d)(?!\d)[^()\d]{0,3}[:\uff1a][^()]{0,200}\)")
_CLAUSE_END = pattern_of(r";")


def counterparts(trace: Trace) -> Iterator[tuple[Figure, Figure]]:
    """Yield the figure of a place in prose with its counterparts, as the later and the earlier one."""
    statement, at = trace.evidence.statements[trace.spot[1]], trace.spot[2][0]
    if len(statement.figures) > MOST_FIGURES or statement.end - statement.start > LONGEST:
        return
    text = trace.text[statement.start : statement.end]
    yield from _in_aside(statement, at, text)
    yield from _in_clause(statement, at, text)
    yield from _in_next(trace, statement, at)
    yield from _in_list(trace, statement, at)


def _figure(statement: StatementEvidence, at: int) -> Figure:
    return [at, 0, *statement.figures[at][:4]]


def _are_alike(one: Sequence[Figure], two: Sequence[Figure]) -> bool:
    """Whether figures are of the same kinds, one by one."""
    return [each[1:4] for each in one] == [each[1:4] for each in two]


def _in_aside(statement: StatementEvidence, at: int, text: str) -> Iterator[tuple[Figure, Figure]]:
    """Yield the pair of what stands before brackets that begin with an earlier year."""
    figures = statement.figures
    for aside in _ASIDE.finditer(text):
        inside = [n for n, each in enumerate(figures) if aside.start(1) < each[4] < aside.end()]
        first, count, year = inside[0] if inside else 0, len(inside), int(aside[1])
        before = [*range(max(0, first - count), first)]
        outside = (each[0] for each in statement.periods if not aside.start() < each[2] < aside.end())
        if not 1 < count <= len(before) or min(filter(None, outside), default=year) < year:
            continue
        if not _are_alike([figures[n] for n in before], [figures[n] for n in inside]):
            continue
        for now, then in zip(before, inside, strict=True):
            if at in (now, then):
                yield _figure(statement, now), _figure(statement, then)


def _in_clause(statement: StatementEvidence, at: int, text: str) -> Iterator[tuple[Figure, Figure]]:
    """Yield the pairs of a clause without a year that has a figure for each of two years of its sentence."""
    start = max((each.end() for each in _CLAUSE_END.finditer(text, 0, statement.figures[at][4])), default=0)
    if not start:
        return
    end = _CLAUSE_END.search(text, start)
    last = end.start() if end else len(text)
    own = [n for n, each in enumerate(statement.figures) if start <= each[4] < last]
    years = [year for year in dict.fromkeys(each[0] for each in statement.periods) if year]
    is_dated = any(start <= each[2] < last for each in statement.periods)
    if is_dated or len(own) != 2 or len(years) != 2:
        return
    one, two = (_figure(statement, n) for n in own)
    if one[3:] == two[3:]:
        yield (one, two) if years[0] > years[1] else (two, one)


def _in_next(trace: Trace, statement: StatementEvidence, at: int) -> Iterator[tuple[Figure, Figure]]:
    """Yield the pair of two sentences next to each other that say the same of two years."""
    number = trace.spot[1]
    if len(statement.figures) < 2:
        return
    for other in trace.evidence.statements[max(0, number - 1) : number + 2]:
        own, others = (sorted({year or 0 for year, _ in each.named}) for each in (statement, other))
        if other is statement or len(own) != 1 or len(others) != 1 or not own[0] or not others[0]:
            continue
        if own != others and _are_alike(statement.figures, other.figures):
            one, two = _figure(statement, at), _figure(other, at)
            yield (one, two) if own > others else (two, one)


def _in_list(trace: Trace, statement: StatementEvidence, at: int) -> Iterator[tuple[Figure, Figure]]:
    """Yield the pairs of a list without years, of those that a sentence before it lists, as many as it has.

    "Gross margin was 54.2 %, 57.1 % and 56.0 %" behind sales of 2025, 2024 and 2023.
    """
    if statement.periods or len(statement.figures) < 2:
        return
    text = trace.text[statement.start : statement.end]
    spans = [(one[5], two[4]) for one, two in pairwise(statement.figures)]
    is_list = all(LIST_JOINT.fullmatch(text, *span) for span in spans)
    if not is_list or len({tuple(each[1:4]) for each in statement.figures}) > 1:
        return
    number = trace.spot[1]
    for before in trace.evidence.statements[max(0, number - FARTHEST) : number][::-1]:
        years = [year for year in dict.fromkeys(each[0] for each in before.periods) if year]
        if len(years) == len(statement.figures):
            for n, (year, following) in enumerate(pairwise(years)):
                if at in (n, n + 1) and abs(year - following) == 1:
                    one, two = _figure(statement, n), _figure(statement, n + 1)
                    yield (one, two) if year > following else (two, one)
            return
