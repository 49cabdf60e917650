"""Fractions in words, ``about a third of``: as percentages, and whether figures beside them bear them out."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.bounds import Bound, bound
from finrisk_rules.judge.counterparts import counterparts
from finrisk_rules.judge.hints import Words, cannot_say
from finrisk_rules.judge.prose_changes import pairs_in_sentence
from finrisk_rules.judge.traces import Trace, Traced
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "die": 1, "ein": 1, "zwei": 2, "drei": 3,
           "vier": 4, "la": 1, "un": 1, "deux": 2, "trois": 3, "quatre": 4}  # fmt: skip
PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "hälfte": 2, "drittel": 3, "viertel": 4,
          "fünftel": 5, "moitié": 2, "tiers": 3, "quart": 4, "cinquième": 5}  # fmt: skip
_FRACTION = pattern_of(
    r"(?<![\w-])(?:(?:(?:a|one)[ -])?(?P<part_en>half)"
    r"|(?P<count_en>a|one|two|three|four)[ -](?P<parts_en>third|quarter|fifth)s?"
    r"|(?P<count_de>die|ein|zwei|drei|vier) (?P<parts_de>hälfte|drittel|viertel|fünftel)"
    r"|(?P<count_fr>la|un|deux|trois|quatre) (?P<parts_fr>moitié|tiers|quart|cinquième)s?)"
    r"(?= (?:of|der|des|von|du|de|d')\b(?! (?:fiscal|the year|the quarter|FY|\d))| \()",
    re.IGNORECASE,
)
_GROWTH = pattern_of(
    r"(?<!\w)(?:by|um|de|d['\u2019])\s*(?:[^\W\d]+\s+){0,2}?"
    r"(?P<whole>(?:(?P<count>a|one|two|three|ein|zwei|drei|un|deux|trois)[ -])?"
    r"(?P<part>half|thirds?|quarters?|fifths?|drittel|viertel|fünftel|moitié|tiers|quarts?))"
    r"\s+(?:to|auf|à)\s+(?:[^\W\d]+\s+)?[^\w\s]{0,3}",
    re.IGNORECASE,
)
"""What says by which part of it something rose or fell to a figure: "grew by a quarter to $5 million"."""

_HINTS = (
    "half",
    "third",
    "quarter",
    "fifth",
    "älfte",
    "ritte",
    "ierte",
    "ünfte",
    "oitié",
    "tiers",
    "quart",
    "inqui",
)
_WORDS = frozenset(f"{part}{ending}" for part in PARTS for ending in ("", "s"))
_EXACT = 0.12
"""How far from a fraction, as a share of it, figures may be of which it is said."""


def has_fraction(text: str) -> bool:
    """Whether a text may say a fraction in words: a cheap test."""
    return any(hint in text for hint in _HINTS)


def fractions(text: str) -> Iterator[Quantity]:
    """Yield the fractions that a text says in words, as percentages that are rounded to tens."""
    for match in _FRACTION.finditer(text):
        said = {name.partition("_")[0]: word.lower() for name, word in match.groupdict("").items() if word}
        part = said.get("parts") or said["part"]
        value = Decimal(100 * COUNTS[said.get("count", "a")]) / PARTS[part]
        if value <= 100:
            yield Quantity(value, -1, None, "percent", "", False, *match.span())


def of_another_fraction(text: str, traced: Sequence[Traced], words: Words) -> Iterator[int]:
    """Yield the number of the whole where two figures right behind a fraction are no such part and whole.

    "€309 million, of which half (€142 million)" has the whole before it: then the number of the part.
    """
    if len(traced) < 2 or cannot_say(words, _WORDS) or not has_fraction(text):
        return
    for fraction in fractions(text):
        behind = [n for n, (claim, _) in enumerate(traced) if claim.quantity.start >= fraction.end]
        if behind and text.startswith(" (", fraction.end):
            if _is_other_part(text, fraction, behind[0], traced):
                yield behind[0]
            continue
        if len(behind) < 2:
            continue
        part, whole = (traced[n][0].quantity for n in behind[:2])
        if part.unit or whole.unit or not whole.value or text[part.end : whole.start].strip() != "of":
            continue
        ratio = _ratio(part, whole)
        if not holds(float(fraction.value) / 100, ratio, bound(text, fraction.start, fraction.end)):
            yield behind[1]


def _is_other_part(text: str, fraction: Quantity, at: int, traced: Sequence[Traced]) -> bool:
    """Whether the amount in brackets behind a fraction is no such part of the whole before it."""
    part, there = traced[at]
    wholes = [
        claim.quantity
        for claim, trace in traced[:at]
        if trace and there and trace.table and trace.table is there.table and not claim.phrase.is_base
        and trace.spot[2][1] == there.spot[2][1] and not claim.quantity.unit
    ]  # fmt: skip
    if not wholes or part.quantity.unit or not wholes[-1].value:
        return False
    said = bound(text, fraction.start, fraction.end)
    return not holds(float(fraction.value) / 100, _ratio(part.quantity, wholes[-1]), said)


def of_another_growth(text: str, traced: Sequence[Traced], words: Words) -> Iterator[int]:
    """Yield the number of a figure that did not change by the part of it that is said: "by a third to 5"."""
    if cannot_say(words, _WORDS) or not has_fraction(text):
        return
    starts = {claim.quantity.start: (n, trace) for n, (claim, trace) in enumerate(traced)}
    for said in _GROWTH.finditer(text):
        n, trace = next(((n, t) for at, (n, t) in starts.items() if -3 <= at - said.end() <= 1), (0, None))
        before = _before(trace) if trace else None
        if trace is None or not before:
            continue
        part = said["part"].lower()
        share = COUNTS[(said["count"] or "a").lower()] / (PARTS.get(part) or PARTS[part[:-1]])
        side = bound(text, said.start("whole"), said.end("whole"))
        if not holds(share, abs(trace.value / before - 1), side):
            yield n


def _before(trace: Trace) -> float | None:
    """Return the figure of the year before of the row or of the sentence of a place."""
    if trace.table:
        return trace.table.year_before(*trace.spot[2][:2])
    pairs = (*counterparts(trace), *pairs_in_sentence(trace))
    return next((float(old[2]) for new, old in pairs if new[0] == trace.spot[2][0]), None)


def _ratio(part: Quantity, whole: Quantity) -> float:
    """Return which part of the whole it is; a scale that one of them leaves out is that of the other."""
    if None in (part.scale, whole.scale):
        return float(abs(part.value / whole.value))
    return float(abs(part.amount / whole.amount))


def holds(said: float, ratio: float, side: Bound) -> bool:
    """Whether a ratio is about the fraction that is said, or a little on the side of it that is said."""
    if side == "above":
        return said <= ratio <= said * 1.3
    if side == "below":
        return said * 0.8 <= ratio <= said * 1.02
    return abs(ratio - said) <= _EXACT * said
