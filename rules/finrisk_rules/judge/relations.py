"""Relations: calculations that a text says in words, ``rose by 1.1 from 4.1 to 5.2``, ``12 % of 9.6``.

A word names the operation, and the figures nearest to the result are its operands, in its sentence or, where
that has too few, in those before. Time is linear in the text.
"""

from collections.abc import Iterator, Set
from dataclasses import replace
from itertools import pairwise

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.quotients import differences, operand_pairs, quotients
from finrisk_rules.judge.sayings import LOOKS_OF_OPERAND, Saying, sayings
from finrisk_rules.judge.sums import sums
from finrisk_rules.quantities import Quantity, Style

_MOST_YEARS = 4
_LARGEST_COUNT = 12


def relations(
    text: str, style: Style, allowance: Allowance, joined: Set[tuple[int, int]] = frozenset()
) -> Iterator[Calculation]:
    """Yield the calculations in words of a plain text without citations that follow as written.

    ``joined`` are the ends of two figures with an operator between them: words do not join them anew.
    """
    for said in sayings(text, style, allowance):
        is_said = False
        for calculation in _relations(said):
            places = sorted(operand.end for operand in calculation.operands)
            if joined.isdisjoint(pairwise(places)) and calculation.unrounded() is not None:
                is_said = True
                yield replace(calculation, in_words=True)
        if not is_said:
            yield from _of_years(said, allowance)


def _of_years(said: Saying, allowance: Allowance) -> Iterator[Calculation]:
    """Yield the calculations with one operand that looks like a year: "1909 of 5,312 is 35.9 %"."""
    for year in said.years[:_MOST_YEARS]:
        allowance.spend(LOOKS_OF_OPERAND * len(said.figures))
        figures = sorted([*said.figures, year], key=lambda each: each.start)
        periods = [each for each in said.periods if each.start != year.start]
        for calculation in _relations(replace(said, figures=figures, periods=periods)):
            is_told = calculation.result.places > 0 or calculation.result.unit == "percent"
            if is_told and year in calculation.operands and calculation.unrounded() is not None:
                yield replace(calculation, in_words=True)


def _relations(said: Saying) -> Iterator[Calculation]:
    yield from _of(said)
    if any(map(_is_count, said.figures)) or any(map(_is_count, said.before)):
        figures, before = (
            [each for each in side if not _is_count(each)] for side in (said.figures, said.before)
        )
        yield from _of(replace(said, figures=figures, before=before))


def _is_count(figure: Quantity) -> bool:
    """Whether this may count something in the sentence ("over 3 years") and be no operand."""
    bare = not (figure.unit or figure.currency or figure.places or figure.scale is not None)
    return bare and 0 <= figure.value <= _LARGEST_COUNT


def _of(said: Saying) -> Iterator[Calculation]:
    kinds = said.kinds
    for is_part in (False, True):
        before = [each for each in said.before if bool(each.unit) is is_part]
        figures = before + [each for each in said.figures if bool(each.unit) is is_part]
        if kinds & {"mean", "total"}:
            yield from sums(said.words, figures, len(before))
        if "change" in kinds:
            yield from differences(said, figures, len(before))
    amounts = [each for each in (*said.before, *said.figures) if not each.unit]
    for result in said.figures:
        if result.unit or "quotient" in kinds:
            for left, right in operand_pairs(amounts, result):
                yield from quotients(said, result, left, right)
