"""Whether figures do the opposite of what the words of rise and fall by them say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from finrisk_rules.judge.chronology import by_time
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.directions import Direction, directions, is_evaluation
from finrisk_rules.judge.formulas import is_operand
from finrisk_rules.judge.governors import NEAR, governors, leads_to
from finrisk_rules.judge.languages import language_of
from finrisk_rules.judge.series import goes_through
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import (
    CHANGED,
    LESS_IS_BETTER,
    LESS_MAY_BE_BETTER,
    MORE_IS_BETTER,
    OUTFLOW,
    whole,
)
from finrisk_rules.patterns import pattern_of

_TO = pattern_of(
    rf"(?:\s+\w+|\s+by(?:\s+\w+){{1,3}})?\s+{whole('to auf à a hasta para until reaching')}[^\d]{{0,8}}\Z",
    re.IGNORECASE,
)
_TO_BEFORE = pattern_of(rf"{whole('to auf à a hasta para')}[^\d]{{0,8}}\Z", re.IGNORECASE)
_FROM = pattern_of(rf"{whole('from von desde da dal')}[^\w]*\Z", re.IGNORECASE)
"""Before the first of both ends; "recule de 5 à 6" is by 5."""

_UP_FROM = pattern_of(
    rf"(?:up|down|higher|lower)\s+(?:from|than)\s+{whole('about around roughly some nearly almost')}?[^\w]*"
    r"|(?:up|down)\s+from\s+[^\w]*",
    re.IGNORECASE,
)
"""What compares the figure before it with the one behind it, so that both are of one unit."""

_BOTH_WAYS = pattern_of(
    r"(?P<first>[^\W\d_]{1,30})\s{0,3}(?:/\s{0,3}|\(\s{0,3})(?:increas|decreas|declin|reduc|fall|rise)",
    re.IGNORECASE,
)
"""A row that says by its sign which way something went: "net increase (decrease) in cash"."""

_OF = pattern_of(r"\s+(?:of|von|de|d['\u2019])\s?", re.IGNORECASE)
"""Behind a noun of change, what leads to how much it was: "after an increase of $5 million"."""

_THAN_BEFORE = pattern_of(
    r"(?:\s+(?:in|at|for|of)\s+[^\d;:.,]{0,24}(?:19|20)\d\d)?(?:\s*[,(])?\s*(?:(?:and|but|though|although|still|already|only|just|thus|again|slightly|somewhat|much|far|well"
    r"|clearly|significantly|considerably|therefore|was|is|which|that|albeit)\s+){0,4}"
    r"(?:(?P<more>higher|more|above|larger|greater)|lower|less|below|smaller|fewer)\s+than\s+"
    r"(?:(?:in|the|for|at|a|end|of|fiscal|year)\s+){0,4}?"
    r"(?:(?P<year>(?:19|20)\d\d)|(?:year|period)\s+(?:before|earlier)|(?:prior|previous|preceding|last)[\s-]year)"
    r"(?![^\W_]|['\u2019]|\s*[^\w\s]?\d|\s*\()",
    re.IGNORECASE,
)
"""Behind a figure, on which side of that of the year before it is."""

_LONGEST_FROM = 12
_GAIN_OF = pattern_of(r"\s+(?:of|on|from)\s+[^\w\s]{0,3}\d", re.IGNORECASE)

_CLAUSE = pattern_of(r"[,;]\s|\s(?:and|und|et|y|e)\s", re.IGNORECASE)
_HEAD = pattern_of(r"(?<=\w) of ", re.IGNORECASE)
"""Behind what is measured: "coverage of nonperforming loans"."""

_VALUED = pattern_of(
    f"{LESS_IS_BETTER.pattern}|{MORE_IS_BETTER.pattern}|{LESS_MAY_BE_BETTER.pattern}", re.IGNORECASE
)
"""What names a measure that need not be better where it is higher, or is so though it is a ratio."""

_WIDENS = frozenset(("widen", "narrow"))
_TO_BEHIND = pattern_of(r"\s*(?:に|へ|으?로)")


def spoken(text: str, traced: Sequence[Traced]) -> dict[Direction, list[int]]:
    """Return the words of rise and fall of a sentence with the numbers of the claims of which they speak."""
    groups: dict[Direction, list[int]] = {}
    spans = [(claim.quantity.start, claim.quantity.end) for claim, _ in traced]
    for n, each in enumerate(governors(text, spans)):
        if each:
            groups.setdefault(each, []).append(n)
    return groups


def contradicts(
    text: str, traced: Sequence[Traced], groups: Mapping[Direction, Sequence[int]]
) -> Iterator[int]:
    """Yield the numbers of the claims of a sentence whose figures do the opposite of what its words say."""
    for direction, group in groups.items():
        if direction.rises and any(_is_minus(text, traced[n][0], direction) for n in group):
            direction = replace(direction, rises=False)
        known = [n for n in _compared(text, direction, group, traced) if traced[n][1] is not None]
        yield from (n for n in known if _is_of_other_name(text, traced[n], direction))
        if not known or _is_name(direction, traced[known[0]][1]) or _is_result(text, direction):
            continue
        if is_evaluation(direction) and (better := {is_better_above(traced[n][1]) for n in known}) != {True}:
            if better != {False} or any(_is_change_cell(traced[n][1]) for n in known):
                continue
            direction = replace(direction, rises=not direction.rises)
        if goes_through(known, traced, rises=direction.rises):
            continue
        amounts = [n for n in known if not _is_change(text, traced[n][0], direction)]
        if amounts and _are_other_changes(text, known, amounts, traced):
            continue
        pair = _ends(amounts, traced, direction)
        is_pair = len(pair) > 1
        wrong = {_pair(pair, traced, direction, text)} if is_pair else set()
        is_told = is_pair and by_time(pair, traced) is not None
        alone = [n for n in known if n not in amounts or not is_told]
        wrong |= {_alone(text, n, traced, direction) for n in alone}
        yield from (n for n in wrong if n is not None)


def of_another_year_before(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the claims that are said above what their row has for the year before, or below, and are not.

    "$9,254 thousand, though slightly higher than in 2018" writes the year alone.
    """
    for n, (claim, trace) in enumerate(traced):
        if trace is None or trace.table is None or not (said := _THAN_BEFORE.match(text, claim.quantity.end)):
            continue
        before = trace.table.year_before(*trace.spot[2][:2])
        is_of_it = not said["year"] or trace.years == {int(said["year"]) + 1}
        if before is None or not is_of_it or min(before, trace.value) < 0 or claim.quantity.unit == "points":
            continue
        if (trace.value > before) != bool(said["more"]) and not claim.is_change:
            yield n


def _compared(
    text: str, direction: Direction, group: Sequence[int], traced: Sequence[Traced]
) -> Sequence[int]:
    """Return the claims of a word of rise or fall, of "down from 58.5 %" those alone that are percentages."""
    behind = next((n for n in group if traced[n][0].quantity.start >= direction.end), None)
    if behind is None or not _UP_FROM.fullmatch(text, direction.start, traced[behind][0].quantity.start):
        return group
    unit = traced[behind][0].quantity.unit
    return [n for n in group if traced[n][0].quantity.unit == unit]


def _is_change_cell(trace: Trace | None) -> bool:
    return trace is not None and trace.table is not None and trace.table.is_change(*trace.spot[2][:2])


def _ends(amounts: Sequence[int], traced: Sequence[Traced], direction: Direction) -> Sequence[int]:
    """Return the two figures between which something changed: the first one, and the first one compared.

    Where that is behind the word, the first one of its line that is so too: "in all 85; the rest shrank
    from 5 to 1".
    """
    bases = [n for n in amounts if traced[n][0].phrase.is_base]
    others = [n for n in amounts if n not in bases]
    if not bases or not others:
        return amounts[:2]
    behind = [n for n in others if traced[n][0].quantity.start >= direction.end]
    is_behind = traced[bases[0]][0].quantity.start >= direction.end
    own = [n for n in behind if is_behind and _are_of_one_line(traced[n][1], traced[bases[0]][1])]
    return sorted(((own or others)[0], bases[0]))


def _are_of_one_line(one: Trace | None, two: Trace | None) -> bool:
    """Whether two figures stand in one line of a table."""
    if one is None or two is None or one.table is None or one.table is not two.table:
        return False
    across = 1 if one.table.is_turned else 0
    return bool(one.spot[2][across] == two.spot[2][across])


def _is_result(text: str, direction: Direction) -> bool:
    """Whether a word names an amount that its place says, and no rise: "a gain of 5"."""
    return direction.word == "gain" and _GAIN_OF.match(text, direction.end) is not None


def _are_other_changes(
    text: str, known: Sequence[int], amounts: Sequence[int], traced: Sequence[Traced]
) -> bool:
    """Whether figures are what a change before them is compared with: "lowered it by 29, versus 8 and 2"."""
    first, base = traced[known[0]][0], traced[amounts[0]][0]
    if known[0] == amounts[0] or not base.phrase.is_base or first.quantity.unit != base.quantity.unit:
        return False
    return not _FROM.search(text, max(0, base.quantity.start - _LONGEST_FROM), base.quantity.start)


def _is_change(text: str, claim: Claim, direction: Direction) -> bool:
    """Whether a figure is how much something rose or fell: "rose 5 %", "a reculé de 5 %"."""
    is_noun = text[direction.start : direction.end].lower() in CHANGED
    is_led = is_noun and direction.end <= claim.quantity.start and bool(_OF.match(text, direction.end))
    if claim.is_change and (is_led or not claim.phrase.is_base):
        return True
    return bool(claim.quantity.unit and leads_to(text, direction, claim.quantity.start))


def _is_minus(text: str, claim: Claim, direction: Direction) -> bool:
    """Whether a figure is how much something grew, and below zero: "growth of -7.8 %"."""
    return claim.quantity.value < 0 and _is_change(text, claim, direction)


def is_better_above(trace: Trace | None) -> bool | None:
    """Whether more is better of what a place tells; None where either may be: a cost, a ratio.

    Of a table the row tells it, else the head of the column, else the caption.
    """
    if trace is None:
        return True
    if trace.table:
        row, head, caption = trace.place.row, trace.place.column, trace.table.caption
        said = next((each for each in (row, head, caption) if _VALUED.search(each)), "")
    else:
        said = trace.place.sentence[: trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4]]
        said = _HEAD.split(_CLAUSE.split(said)[-1], maxsplit=1)[0]
    if LESS_IS_BETTER.search(said):
        return False
    return True if MORE_IS_BETTER.search(said) or not LESS_MAY_BE_BETTER.search(said) else None


def _is_name(direction: Direction, trace: Trace | None) -> bool:
    """Whether the word is part of the name of the row: "increase in receivables"."""
    return trace is not None and direction.word in stems_of_name(trace.place.row)


def _is_of_other_name(text: str, traced: Traced, direction: Direction) -> bool:
    """Whether a change is said to rise of which the row says by its sign that it fell, or the reverse.

    "Net increase (decrease) in cash" has what fell below zero.
    """
    claim, trace = traced
    if trace is None or trace.table is None or is_evaluation(direction) or claim.quantity.value < 0:
        return False
    named = _BOTH_WAYS.search(trace.place.row)
    first = directions(trace.place.row[: named.end("first")]) if named else ()
    if not first or not trace.value or not _is_change(text, claim, direction):
        return False
    return (trace.value > 0) == (first[-1].rises != direction.rises)


def _pair(places: Sequence[int], traced: Sequence[Traced], direction: Direction, text: str) -> int | None:
    """Return the later of two figures of one row where it lies on the other side of the earlier one.

    A loss below zero that is said without its sign may be said to rise or to fall: readers mean either. In
    other languages than English a row of what goes out rises with its amounts.
    """
    pair = by_time(places, traced)
    if pair is None:
        return None
    (_, one), (later, two) = pair
    old, new = one.value, two.value
    are_amounts = max(old, new) < 0 <= min(traced[n][0].quantity.value for n in places)
    is_english = language_of(text) in ("", "en")
    if are_amounts and direction.word in _WIDENS:
        old, new = -old, -new
        are_amounts = False
    if are_amounts and OUTFLOW.search(f"{one.place.row}\n{text}" if is_english else one.place.row):
        return None
    if are_amounts and not is_english and _is_outflow(one) and _is_outflow(two):
        old, new = -old, -new
    if old == new:
        return None
    return later if (new > old) != direction.rises else None


def _is_outflow(trace: Trace) -> bool:
    """Whether a row says with a minus what goes out: it grows where its amount does."""
    table = trace.table
    return table is not None and all(float(cell[2]) <= 0 for cell in table.by_row[trace.spot[2][0]])


def _alone(text: str, n: int, traced: Sequence[Traced], direction: Direction) -> int | None:
    """Return the number of a claim that its place contradicts: by sign, year before or sentence."""
    claim, trace = traced[n]
    start, end = claim.quantity.start, claim.quantity.end
    is_change = _is_change(text, claim, direction)
    if trace is None or (claim.phrase.is_base and not is_change):
        return None
    if max(start - direction.end, direction.start - end) > NEAR:
        return None
    table = trace.table
    if table is None:
        said = _said_there(trace)
        if said is None and _is_end(text, start, end, direction):
            said = _rises_in_prose(trace)
        return n if said is not None and said != direction.rises else None
    row, column = trace.spot[2][:2]
    value = trace.value
    if table.is_change(row, column):
        is_signed = claim.quantity.value < 0
        return n if value and not is_signed and (value > 0) != direction.rises else None
    if is_change and claim.quantity.unit == trace.spot[2][4] == "percent" and not is_operand(text, end):
        return n if value and (value > 0) != direction.rises and claim.quantity.value > 0 else None
    before = table.year_before(row, column)
    if before is None or not _is_end(text, start, end, direction):
        return None
    if before == value:
        return None if is_evaluation(direction) else n
    if max(value, before) < 0 <= claim.quantity.value and _is_outflow(trace):
        value, before = -value, -before
    if min(value, before) < 0:
        return None
    return n if (value > before) != direction.rises else None


def _rises_in_prose(trace: Trace) -> bool | None:
    """Return whether a figure is more than the one of the next period before in its sentence; None for none.

    That is the one beside it of its kind, with which it is compared or whose year is the one before.
    """
    statement = trace.evidence.statements[trace.spot[1]]
    phrases, at = statement.phrases(trace.text), trace.spot[2][0]
    figure = statement.figures[at]
    alike = [n for n in range(at + 1, len(statement.figures)) if statement.figures[n][1:4] == figure[1:4]]
    if not alike or phrases[at].is_base:
        return None
    other = statement.figures[alike[0]]
    if not phrases[alike[0]].is_base or float(other[0]) == float(figure[0]):
        return None
    return None if min(float(figure[0]), float(other[0])) < 0 else float(figure[0]) > float(other[0])


def _is_end(text: str, start: int, end: int, direction: Direction) -> bool:
    """Whether a figure is what something rose or fell to."""
    if direction.end <= start:
        return bool(_TO.match(text[direction.end : start]))
    return bool(_TO_BEFORE.search(text, max(0, start - 12), start) or _TO_BEHIND.match(text, end))


def _said_there(trace: Trace) -> bool | None:
    """Return whether the sentence of a trace lets its figure rise; None where it says neither."""
    figures = trace.evidence.statements[trace.spot[1]].figures
    start, end = figures[trace.spot[2][0]][4:6]
    (governor,) = governors(trace.place.sentence, [(start, end)])
    if governor is None or max(start - governor.end, governor.start - end) > NEAR:
        return None
    if is_evaluation(governor):
        is_above = is_better_above(trace)
        return None if is_above is None else governor.rises == is_above
    return governor.rises
