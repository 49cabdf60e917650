"""Whether two rows of the same figures nearly repeat each other.

Words alone cannot tell a repetition from the same question of another year, so rows are compared only where
their figures are equal.

Who rewords a text moves words or changes several; who asks the same of another firm, measure or direction
puts one word in the place of another, or gives another name: such rows are two, however like they are. Who
asks of another subject says its word in the question, and the answer says it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from finrisk_rules.judge.wording import words as content

from .sketches import EMPTY, PLACES, Sketch, word_code

_ALIKE = 0.6  # share of places from which two rows are alike: texts with 0.7 of their runs in common reach it
_REWORDED = 0.5  # share of the words of content that two short rows have in common
_ASKED = 0.4  # the same of their questions: one answer may serve two questions
_FRAME = 0.88  # the same of rows in whose frame one word for another is another subject

_OF_PERIODS = frozenset(map(word_code, content("fiscal year fy")))
"""Words of a period, which may be written shorter; its year is among the figures."""

Places = Sequence[int]


def is_repeated(one: Sketch, other: Sketch) -> bool:
    """Whether two rows of the same figures are alike, and differ by no word, name, sign or unit."""
    is_short = bool(one.said and other.said)
    if likeness(one.places, other.places) < _ALIKE and not (is_short and _is_reworded(one, other)):
        return False
    if is_short and (one.denies != other.denies or any(map(_is_contrary, one.turns, other.turns))):
        return False
    if is_short and _is_of_another_subject(one, other):
        return False
    if (one.losses != other.losses and _loses(one) != _loses(other)) or _is_measured_otherwise(
        one.units, other.units
    ):
        return False
    return not _is_another(one.order, other.order, is_short)


def _loses(sketch: Sketch) -> int:
    """How often a row says a loss or a fall: by a minus sign, or by a word where its words are compared."""
    return sketch.losses + sum(falls for _, falls in sketch.turns)


def _is_measured_otherwise(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    """Whether each text names a unit more often than the other."""
    changes = [one.get(unit, 0) - other.get(unit, 0) for unit in {*one, *other}]
    return min(changes, default=0) < 0 < max(changes, default=0)


def _is_contrary(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether one text says rise more often than the other, and fall less often."""
    return (one[0] - other[0]) * (one[1] - other[1]) < 0


def _is_of_another_subject(one: Sketch, other: Sketch) -> bool:
    """Whether question and answer of one row share a word of content that the other row has nowhere.

    A word of grammar must stand for another one, "before" and "after"; a "not" may be one more in
    both. The rows have the same frame: who rewords a text changes many words.
    """
    if _overlap(one.asked | one.said, other.asked | other.said) < _FRAME:
        return False
    if (
        _is_denied(one.denials, other.denials)
        or _subjects(one) - other.asked - other.said
        or _subjects(other) - one.asked - one.said
    ):
        return True
    (asked, said), (asked_other, said_other) = one.spoken, other.spoken
    return bool(
        (asked & said) - asked_other - said_other - _OF_PERIODS
        and (asked_other & said_other) - asked - said - _OF_PERIODS
    )


def _subjects(sketch: Sketch) -> frozenset[int]:
    return (sketch.asked & sketch.said) - _OF_PERIODS


def _is_denied(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether both the question and the answer of one row say no more often than the other's."""
    return (one[0] - other[0]) * (one[1] - other[1]) > 0


def _is_reworded(one: Sketch, other: Sketch) -> bool:
    """Whether short texts have most words of content in common, and their questions some."""
    all_one, all_other = one.asked | one.said, other.asked | other.said
    return _overlap(all_one, all_other) >= _REWORDED and _overlap(one.asked, other.asked) >= _ASKED


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    either = len(one | other)
    return len(one & other) / either if either else 1.0


def _is_another(one: Sequence[int], other: Sequence[int], is_short: bool) -> bool:
    """Whether each text has names that the other lacks, or one has a word in the place of another's.

    Where all other words stand as they did, one word for another is enough in a short text; a long one must
    have it twice. Words that change places are another statement too.
    """
    names, others = {code for code in one if code & 1}, {code for code in other if code & 1}
    if names - set(other) - {code | 1 for code in other} and others - set(one) - {code | 1 for code in one}:
        return True
    if len(one) != len(other):
        return False
    places = Counter(
        (left | 1, right | 1) for left, right in zip(one, other, strict=True) if left | 1 != right | 1
    )
    if not places:
        return False
    is_exchange = all((right, left) in places for left, right in places)
    return is_exchange or (len(places) == 1 and (is_short or places.total() > 1))


def likeness(one: Places, other: Places) -> float:
    """The share of places, of those that either sketch fills, in which both agree; 0 to 1.

    Of several texts sketched one after the other: of those that are least alike.
    """
    return min(
        _share(one[start : start + PLACES], other[start : start + PLACES])
        for start in range(0, len(one), PLACES)
    )


def _share(one: Places, other: Places) -> float:
    filled = agreed = 0
    for left, right in zip(one, other, strict=True):
        if left != EMPTY or right != EMPTY:
            filled += 1
            agreed += left == right
    return agreed / filled if filled else 0.0
