"""The same effect said of what is above and what is below zero: ``A added 0.12, and B added another 0.05``.

Whether a minus takes away or adds, readers mean either; but of two figures in one column, or in one row,
that lie on both sides of zero, one adds and the other takes away.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.hints import Words, cannot_say, telling
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_MOVES = {
    "add": "add adds added adding contribute contributes contributed contributing",
    "lift": "lift lifts lifted lifting boost boosts boosted boosting help helps helped helping",
    "provide": "provide provides provided providing release releases released releasing generate generates "
    "generated generating",
    "use": "consume consumes consumed consuming absorb absorbs absorbed absorbing use uses used using",
    "deduct": "deduct deducts deducted deducting subtract subtracts subtracted subtracting took_away "
    "takes_away taking_away",
    "inflow": "inflow inflows tailwind tailwinds",
    "outflow": "outflow outflows headwind headwinds",
}
"""What tells of a figure of a column whether it adds: also of rows that are not alike."""

_NATURES = {
    "gain": "gain gains profit profits earnings income surplus benefit benefits credit credits asset assets",
    "loss": "loss losses deficit deficits expense expenses charge charges cost costs costing liability "
    "liabilities",
}
"""What tells it of a figure of one row alone: another row has a sign of its own."""

_EFFECTS = {**_MOVES, **_NATURES}
_EFFECT = pattern_of(
    "|".join(f"(?P<{name}>{whole(words)})" for name, words in _EFFECTS.items()), re.IGNORECASE
)
WORDS_OF_EFFECTS = telling(word for words in _EFFECTS.values() for word in words.split())
_NOUN_BEHIND = pattern_of(rf"\s+(?:net\s+)?(?:{_EFFECT.pattern})", re.IGNORECASE)
_LONGEST_LEAD = 80
_TAKEN_UP = pattern_of(
    rf"[^;:.]{{0,40}}?{whole('and after versus vs against compared_with compared_to from')}[^;:.]{{0,24}}",
    re.IGNORECASE,
)
"""Between two figures of which one word speaks: "cost $0.08 in 2019 and $0.19 in 2018"."""

_SIGNED = frozenset("+-\u2212\u2013(")


def of_another_effect(text: str, traced: Sequence[Traced], words: Words) -> Iterator[int]:
    """Yield the numbers of the claims of which the same is said as of one on the other side of zero."""
    if len(traced) < 2 or cannot_say(words, WORDS_OF_EFFECTS):
        return
    said: list[tuple[int, str, Trace]] = []
    last, end = "", 0
    for n, (claim, trace) in enumerate(traced):
        start, before = claim.quantity.start, end
        end = claim.quantity.end
        last = _effect(text, before, start, end) or (last if _TAKEN_UP.fullmatch(text, before, start) else "")
        if last and trace and trace.table and trace.value and not _is_signed(claim.text):
            said.append((n, last, trace))
    for at, (n, effect, trace) in enumerate(said):
        if any(other == effect and _are_of_two_sides(effect, trace, place) for _, other, place in said[:at]):
            yield n


def _effect(text: str, before: int, start: int, end: int) -> str:
    """Return what is said of a figure: by the noun right behind it, else by the last word before it.

    A name of both sides, "net income (loss)", says neither.
    """
    if behind := _NOUN_BEHIND.match(text, end):
        return behind.lastgroup or ""
    found = [each.lastgroup for each in _EFFECT.finditer(text, max(before, start - _LONGEST_LEAD), start)]
    return "" if not found or _NATURES.keys() <= {*found} else found[-1] or ""


def _is_signed(written: str) -> bool:
    return written[:1] in _SIGNED


def _are_of_two_sides(effect: str, one: Trace, other: Trace) -> bool:
    """Whether two figures lie on both sides of zero in one row, or in one column of what moves."""
    if one.table is not other.table or (one.value > 0) == (other.value > 0):
        return False
    (row, column), (other_row, other_column) = one.spot[2][:2], other.spot[2][:2]
    return bool(row == other_row or (effect in _MOVES and column == other_column))
