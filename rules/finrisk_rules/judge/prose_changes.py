"""Changes between two figures of one sentence of a source, where the answer writes the change alone.

``The ratio was 94.8% in 2023 (2022: 97.1%)`` lets an answer say that it improved by 2.3 percentage points to
94.8 %: what a right figure beside the change stands next to there is what it changed from.
"""

from collections.abc import Iterator, Sequence, Set

from finrisk_rules.judge.agreement import agreement
from finrisk_rules.judge.changes import Change, differences
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.counterparts import counterparts
from finrisk_rules.judge.earlier_sources import pairs_across
from finrisk_rules.judge.evidence import StatementEvidence
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.tracing import Reader

FARTHEST, MOST_FIGURES = 2, 16
"""Figures of a sentence that may stand between the two, less one, but before one that says that it is of the
year before; and figures of a sentence that are looked at."""

NEAREST = 3
"""Figures beside a change whose counterparts are looked at."""


def change_in_prose(claim: Claim, readers: Sequence[Reader], beside: Sequence[Traced]) -> Change | None:
    """Return the change that a claim says, of the sentence of a right figure beside it, else None."""
    if not readers:
        return None
    half, allows = readers[0].half, readers[0].allows
    for number, (_, trace) in enumerate(beside):
        if trace is None:
            continue
        pairs = [*pairs_across(trace, readers)] if number < NEAREST and len(readers) > 1 else []
        if trace.table is None:
            listed = [*counterparts(trace)] if number < NEAREST else []
            pairs += listed or pairs_in_sentence(trace, _ends(trace, beside))
        for new, old in pairs:
            for figure in differences(new, old):
                said = agreement(claim.quantity, figure, half)
                if said not in ("", "scale") and allows(figure):
                    is_amount = max(float(new[2]), float(old[2])) < 0
                    return Change(trace, said, None if is_amount else float(figure[2]) > 0)
    return None


def _ends(trace: Trace, beside: Sequence[Traced]) -> set[float]:
    """Return the figures of the trace's sentence that the answer writes as both ends of a change."""
    alike = [
        (claim, other)
        for claim, other in beside
        if other and other.spot[:2] == trace.spot[:2] and other.spot[2][3:] == trace.spot[2][3:]
    ]
    return {other.value for _, other in alike} if any(claim.phrase.is_base for claim, _ in alike) else set()


def pairs_in_sentence(trace: Trace, ends: Set[float] = frozenset()) -> Iterator[tuple[Figure, Figure]]:
    """Yield the later and the earlier of two figures of a sentence, one of them that of the trace.

    Where there are ``ends``, the other is one of them.
    """
    statement = trace.evidence.statements[trace.spot[1]]
    at = trace.spot[2][0]
    figures: list[Figure] = [[number, 0, *figure[:4]] for number, figure in enumerate(statement.figures)]
    phrases = statement.phrases(trace.text)
    for other in range(min(len(figures), MOST_FIGURES)):
        is_far = abs(other - at) > FARTHEST and not phrases[other].is_base
        if other == at or is_far or (ends and float(figures[other][2]) not in ends):
            continue
        if _are_of_one_kind(figures[other], figures[at]):
            is_later = is_later_in_prose(statement, at, other, trace.text)
            if is_later is not None:
                yield (figures[at], figures[other]) if is_later else (figures[other], figures[at])


def _are_of_one_kind(one: Figure, two: Figure) -> bool:
    """Whether two figures have one scale and unit, and one currency, which the second may leave out."""
    if one[3:5] != two[3:5]:
        return False
    return one[5] == two[5] or (one[3] is not None and "" in (one[5], two[5]))


def is_later_in_prose(statement: StatementEvidence, one: int, other: int, text: str) -> bool | None:
    """Whether the first of two figures is of the later period, or compared with the other; None for none."""
    phrases = statement.phrases(text)
    if phrases[one].is_base != phrases[other].is_base:
        return phrases[other].is_base
    said = [[year for year, _ in statement.own_periods(at, text) if year][:1] for at in (one, other)]
    years = [set(each) for each in said]
    if len(years[0]) == len(years[1]) == 1 and years[0] != years[1]:
        return max(years[0]) > max(years[1])
    if not years[1] and len(years[0]) == 1:
        return None if max(years[0]) != min((y for y, _ in statement.named if y), default=0) else False
    if not years[0] and len(years[1]) == 1:
        return True
    return None
