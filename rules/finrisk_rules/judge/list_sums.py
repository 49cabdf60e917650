"""Sums of lists: a line that leads to a list with what its items come to.

``Available liquidity totaled about $4.1 billion:`` is the sum of the items below it.
"""

import re
from collections.abc import Sequence

from finrisk_rules.judge.agreement import are_of_one_currency
from finrisk_rules.judge.amounts import amount_of, says
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

MOST_ITEMS, LEAST_ITEMS = 8, 2

_LEADS = pattern_of(r"[:\uff1a][\s*_]*\Z")
_SUMS = pattern_of(
    whole(
        "total totals totaled totalled totaling sum sums amount amounts amounted amounting combined together "
        "comprise comprises comprised consist consists consisted insgesamt gesamt summe zusammen beträgt "
        "betrug totale somme ensemble suma asciende ascendió"
    )
    + "|合計|計",
    re.IGNORECASE,
)

Said = tuple[str, Sequence[Finding]]
"""A statement of an answer: its text, and what is found of its figures."""


def follow_lists(said: Sequence[Said]) -> None:
    """Acquit the figure of a line that leads to a list where it is the sum of the first items below it."""
    for at, (text, findings) in enumerate(said):
        if all(each.is_right for each in findings) or not _LEADS.search(text) or not _SUMS.search(text):
            continue
        for finding in findings:
            quantity, verdict = finding.claim.quantity, finding.verdict
            if verdict is None or verdict.verdict not in WRONG or quantity.unit or not finding.readers:
                continue
            if place := _first_of_sum(finding, said[at + 1 : at + 1 + MOST_ITEMS]):
                finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
                finding.is_reversed = False


def _first_of_sum(finding: Finding, items: Sequence[Said]) -> Trace | None:
    """Return the place of the first of the items that a figure adds up; each counts with its first amount."""
    added, first, currencies = 0.0, None, set()
    for count, (_, findings) in enumerate(items, 1):
        amounts = [each for each in findings if not each.claim.quantity.unit]
        amount = amount_of(amounts[0]) if amounts else None
        if amount is None:
            return None
        added += amount.value
        currencies.add(amount.currency)
        first = first or amount.place
        if count >= LEAST_ITEMS and are_of_one_currency(currencies) and says(finding, added):
            return first
    return None
