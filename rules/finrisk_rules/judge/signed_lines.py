"""Calculations that go down the lines of an answer: ``388.9``, ``+ 18.3 additions``, ``= 436.9``."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.findings import Finding
from finrisk_rules.patterns import pattern_of

_MOST_LINES = 30
"""Lines of one calculation."""

_SIGN = pattern_of(r"[ \t>*_|]*(?P<sign>[+\u2212\u2013=-])[ \t]*[*_]*[^\s=+\u2212\u2013-]")
_EQUALS = pattern_of(r"^[ \t>*_|]*=", re.MULTILINE)


def wrong_totals(answer: str, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the totals below lines of amounts with signs that are not their sum, as far as all are rounded.

    Each line has one figure, and all are written in one scale. ``findings`` stand in the order of the answer.
    """
    starts = [finding.start for finding in findings]
    for total in _EQUALS.finditer(answer):
        lines = _lines_above(answer, total.start())
        if len(lines) < 2:
            continue
        spans = [*lines, ("=", total.start(), _end_of_line(answer, total.start()))]
        placed = [findings[bisect_left(starts, start) : bisect_left(starts, end)] for _, start, end in spans]
        if any(len(found) != 1 for found in placed):
            continue
        figures = [found[0] for found in placed]
        quantities = [each.claim.quantity for each in figures]
        if len({(each.scale, each.unit) for each in quantities}) > 1:
            continue
        signs = (sign for sign, _, _ in lines)
        added = sum(map(_signed, signs, figures), Decimal())
        slack = sum((Decimal(5).scaleb(-each.places - 1) for each in quantities), Decimal())
        if abs(added - quantities[-1].value) > slack:
            yield figures[-1]


def _lines_above(answer: str, end: int) -> list[tuple[str, int, int]]:
    """Return sign and place of the lines right above a total, down from the first one, which has no sign.

    Nothing where only a list stands there: its dashes are no signs.
    """
    lines: list[tuple[str, int, int]] = []
    while end > 0 and len(lines) < _MOST_LINES:
        start = answer.rfind("\n", 0, end - 1) + 1
        sign = _SIGN.match(answer, start, end)
        lines.append((sign["sign"] if sign else "", start, end))
        if sign is None:
            is_signed = any(each in "+\u2212\u2013" for each, _, _ in lines if each)
            return lines[::-1] if is_signed else []
        if sign["sign"] == "=":
            return []
        end = start
    return []


def _end_of_line(answer: str, start: int) -> int:
    end = answer.find("\n", start)
    return len(answer) if end < 0 else end


def _signed(sign: str, finding: Finding) -> Decimal:
    """Return the amount of a line, below zero behind a minus."""
    value = abs(finding.claim.quantity.value) if sign else finding.claim.quantity.value
    return -value if sign and sign != "+" else value
