"""Which of two figures of one thing is of the later period."""

from collections.abc import Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.traces import Trace, Traced


def by_time(
    places: Sequence[int], traced: Sequence[Traced]
) -> tuple[tuple[int, Trace], tuple[int, Trace]] | None:
    """Return the earlier and the later of two figures of one thing, each with its place.

    None where nothing tells.
    """
    (first, one), (second, two) = (traced[n] for n in places)
    if one is None or two is None or not are_of_one_thing(one, two):
        return None
    is_first_later = is_later(first, second)
    if is_first_later is None and bool(first.phrase.periods) != bool(second.phrase.periods):
        is_first_later = is_later_head(one, two)
    if is_first_later is None:
        return None
    pair = (places[0], one), (places[1], two)
    return pair[::-1] if is_first_later else pair


def are_of_one_thing(one: Trace, two: Trace) -> bool:
    """Whether two figures stand in one table, or in one sentence and in one unit."""
    if one.source != two.source or one.spot[0] != two.spot[0]:
        return False
    if one.table is not None:
        return True
    return one.spot[1] == two.spot[1] and one.spot[2][3:] == two.spot[2][3:]


def is_later(first: Claim, second: Claim) -> bool | None:
    """Whether the first of two figures is of the later period; None where nothing tells."""
    if first.phrase.is_base != second.phrase.is_base:
        return second.phrase.is_base
    one, two = (next((year for year, _ in claim.phrase.periods if year), None) for claim in (first, second))
    if one and two and one != two:
        return one > two
    return None


def is_later_head(one: Trace, two: Trace) -> bool | None:
    """Whether the first of two figures of one row stands under the later year; None where nothing tells."""
    table = one.table
    if table is None or one.spot[2][0] != two.spot[2][0]:
        return None
    years = [{year for year, _ in table.head_periods[each.spot[2][1]] if year} for each in (one, two)]
    return None if not all(years) or years[0] & years[1] else max(years[0]) > max(years[1])
