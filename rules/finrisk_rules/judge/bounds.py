"""Bounds: words that put a figure above or below the one that is meant, or deny it.

``more than 5``, ``at most 5``, ``did not reach 5``, ``was not 5``: who says so does not say that it is 5.
"""

import re
from collections.abc import Sequence
from math import log10
from typing import Literal

from finrisk_rules.judge.hints import telling
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

Bound = Literal["", "above", "below", "short", "denied"]
"""What a figure is to the one that is meant: the same, a lower or an upper bound, missed, or denied."""

_WORDS: dict[Bound, str] = {
    "above": "above over beyond exceed exceeds exceeded exceeding top tops topped topping surpass surpasses "
    "surpassed surpassing more_than greater_than higher_than larger_than upwards_of in_excess_of at_least "
    "minimum minimum_of "
    "mehr_als mindestens wenigstens gut reichlich über überstieg übertraf plus_de au_moins más_de al_menos "
    "por_lo_menos superó oltre più_di almeno meer_dan",
    "below": "below under less_than fewer_than lower_than smaller_than at_most up_to maximum maximum_of "
    "as_high_as as_much_as nearly almost just_under "
    "weniger_als höchstens maximal unter bis_zu knapp fast moins_de au_plus au_maximum "
    "jusqu'à presque menos_de como_máximo casi meno_di al_massimo quasi minder_dan bijna",
    "short": "short_of missed miss misses missing verfehlte verfehlten verfehlt manqué",
}
_BOUNDS: dict[str, Bound] = {
    word.replace("_", " "): said for said, words in _WORDS.items() for word in words.split()
}
_REACH = frozenset(
    "reach hit attain meet achieve make match reached attained erreicht erreichte erreichten atteint "
    "atteignait atteindre alcanzó alcanzaron raggiunto".split()
)
_IS = frozenset("is was were are be been equal total".split())
_IS_TO = frozenset(("amount to", "come to", "stand at", "add up to"))
_NOT = frozenset(
    "not never no nicht nie kein keine pas jamais nunca non niet cannot without failed fails".split()
)
_SILENT = frozenset("the a an its der die das den dem le la les l el il lo even quite exactly about".split())
_NOT_IT = frozenset("not nicht pas non niet wasn't isn't weren't aren't".split())
"""Words that deny the figure behind them itself."""

_HINTS = frozenset(phrase.rsplit(None, 1)[-1] for phrase in (*_BOUNDS, *_IS_TO)) | _REACH | _IS | _NOT_IT
WORDS_OF_BOUND = telling(_BOUNDS) | _NOT | telling(_NOT_IT) | {"t"}
"""A text that sets a bound has one of them; "t" is what is left of "didn't"."""

BOUNDING: frozenset[Bound] = frozenset(("above", "below"))
"""Bounds that say on which side of the figure the one that is meant is."""

_FLIPPED: dict[Bound, Bound] = {"above": "below", "below": "above"}

_BEHIND: tuple[tuple[re.Pattern[str], Bound], ...] = (
    (pattern_of(r"\s?(?:に(?:は)?(?:達し|届か|及ば)(?:な|ませ|ず)|达不到|未达)"), "short"),
    (pattern_of(r"\s?(?:では(?:な|あり?ませ)|이 아니)"), "denied"),
    (pattern_of(r"\s?(?:以上|超|이상)"), "above"),
    (pattern_of(r"\s?(?:以下|以内|未満|未满|이하|미만)"), "below"),
    (pattern_of(r"\s+nicht(?=\s*(?:[.,;\[]|\Z))"), "short"),
)

_OR_LESS = pattern_of(
    r"(?:\s*\(\s*[\d.,]+\s*%?\s*\))?\s*or\s+(?:(?P<below>less|lower|fewer|below|under)"
    r"|more|higher|greater|above|over)(?![^\W_])",
    re.IGNORECASE,
)
"""Behind a figure of a page, which may stand twice: "65% ( 65 % ) or less"."""

_SIGNS = "$€£¥(:~\u2248"
_LEAD = 48
_FARTHEST = 0.2
"""How far from a bound a figure may be, as a share of it: further away, the bound tells nothing of it."""

_NEAR_TARGET = 0.02
"""How near a figure is, as a share, to a target that it missed."""


def bound(text: str, start: int, end: int) -> Bound:
    """Return what a figure at this place of a statement is to the one that is meant."""
    before = text[max(0, start - _LEAD) : start].lower().replace("\u2019", "'").split()[-6:]
    while before and not before[-1].strip(_SIGNS):
        before.pop()
    last = before[-1].strip(_SIGNS) if before else ""
    said: Bound = ""
    if last in _HINTS or last in _SILENT:
        words = _bare(before)
        if last in _HINTS or not _HINTS.isdisjoint(words):
            said = _of_words(words)
    if not said and not text.isascii():
        said = next((each for pattern, each in _BEHIND[:-1] if pattern.match(text, end)), "")
    if not said and _BEHIND[-1][0].match(text, end) and not _REACH.isdisjoint(_bare(before)):
        said = "short"
    return said


def bound_behind(text: str, end: int) -> Bound:
    """Return what "or less" and "or more" behind a figure make of it."""
    said = _OR_LESS.match(text, end)
    return "" if said is None else "below" if said["below"] else "above"


def _bare(words: Sequence[str]) -> list[str]:
    return [bare for word in words if (bare := word.strip(_SIGNS))]


def _of_words(words: Sequence[str]) -> Bound:
    rest = list(words)
    while rest and rest[-1] in _SILENT:
        rest.pop()
    is_definite = "the" in words[len(rest) :]
    for count in (3, 2, 1):
        phrase = " ".join(rest[-count:])
        if len(rest) < count:
            continue
        before = rest[:-count]
        if said := _BOUNDS.get(phrase):
            if said == "short":
                return "" if _is_denied(before) else said
            return "" if is_definite else _FLIPPED[said] if _is_denied(before) else said
        if phrase in _REACH:
            return "short" if _is_denied(before) else ""
        if phrase in _IS_TO or phrase in _IS:
            return "denied" if _is_denied(before) else ""
    return "denied" if rest and rest[-1] in _NOT_IT else ""


def _is_denied(words: Sequence[str]) -> bool:
    """Whether the words before a verb or a comparison deny it: "did not", "failed to", "no" (more than)."""
    last = [word for word in words if word not in ("to", "be", "have")][-2:]
    return any(word in _NOT or word.endswith("n't") for word in last)


def reach(quantity: Quantity, said: Bound) -> float:
    """Return how far from a bound a figure may be, as written: a unit of the last digit that tells.

    ``more than 5,000`` may be 5,900, and ``more than 5,312`` just 5,313.
    """
    size = abs(float(quantity.value))
    digits = str(abs(int(quantity.value)))
    zeros = 0 if quantity.places else len(digits) - len(digits.rstrip("0"))
    unit = 10.0 ** (zeros - quantity.places)
    if digits.rstrip("0").endswith("5") and not quantity.places:
        unit *= 5
    far = min(unit, _FARTHEST * size)
    return max(far, _NEAR_TARGET * size) if said == "short" else far


def allows(said: Bound, figure: float, there: float) -> bool:
    """Whether a bound holds for what stands there, near it but for a power of ten; signs do not count."""
    if not figure or not there:
        return figure == there
    there *= 10.0 ** round(log10(figure / there))
    if said == "above":
        return there >= figure * (1 - 1e-9)
    if said == "below":
        return there <= figure * (1 + 1e-9)
    return there < figure * (1 - 1e-9) if said == "short" else True
