"""Rows of an answer's table that follow from others: a sum, a margin, a ratio that its label writes.

``| Margin | 6.8 % | 5.5 % |`` below revenue and income divides one by the other, column by column;
``| Shrink as % of sales | 1.3 % |`` says in its label what is divided by what.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.agreement import are_of_one_currency
from finrisk_rules.judge.amounts import Amount, IsAnother, amount_of, amounts_named, divided, says
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.margins import MARGIN
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict
from finrisk_rules.judge.vocabulary import RESULT, REVENUE, whole
from finrisk_rules.patterns import pattern_of

LONGEST_LABEL = 120
MOST_ROWS, MOST_NAMED = 12, 24
"""Rows above one that it may sum up, and amounts of one name that are looked at."""

_SUM = pattern_of(
    whole("total sum together combined summe gesamt somme ensemble suma totale") + "|合計", re.IGNORECASE
)
_DIVIDED = rf"(?:/|÷|{whole('per to by')}|(?:%|percentage|share)\s+(?:of|der|du)\s)"
_DIVIDER = pattern_of(_DIVIDED, re.IGNORECASE)
_RATIO = pattern_of(
    rf"(?P<over>[^|/(:]*[^\W\d][^|/(:]*?)\s*{_DIVIDED}"
    r"\s*(?P<under>[^|/():]*[^\W\d][^|/():]*)",
    re.IGNORECASE,
)
"""A label that writes a ratio: "Office loans / loans", "Shrink as % of sales", "Cover (EBITDA/interest)"."""


class Rows:
    """The rows of one table of an answer, above the one that is looked at."""

    def __init__(self) -> None:
        self.above: list[tuple[str, Sequence[Finding]]] = []

    def follow(
        self,
        text: str,
        findings: Sequence[Finding],
        earlier: Sequence[Finding],
        is_another: IsAnother,
    ) -> None:
        """Acquit the figures of a row that follow from the rows above it, or from what its label names."""
        label = text.strip("| ").split("|")[0]
        ratio: re.Match[str] | None = None
        if any(map(_may_follow, findings)):
            ratio = _ratio_of(text)
        for at, finding in enumerate(findings):
            if not _may_follow(finding):
                continue
            place = self._sum(label, at, findings) or self._margin(label, at, findings)
            if ratio and not place:
                place = _divided(text, ratio, finding, earlier, is_another)
            if place:
                finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
        self.above.append((label, findings))

    def _alike(self, findings: Sequence[Finding]) -> list[tuple[str, Sequence[Finding]]]:
        """Return the rows above that have as many figures."""
        return [each for each in self.above[-MOST_ROWS:] if len(each[1]) == len(findings)]

    def _sum(self, label: str, at: int, findings: Sequence[Finding]) -> Trace | None:
        """Return the place of the first figure of a column that a row sums up."""
        if not _SUM.search(label):
            return None
        added = [amount_of(row[at]) for _, row in self._alike(findings)]
        known = [each for each in added if each]
        if (
            len(known) < 2
            or len(known) < len(added)
            or not are_of_one_currency(each.currency for each in known)
        ):
            return None
        scale = self._alike(findings)[-1][1][at].claim.quantity.scale
        return known[0].place if says(findings[at], sum(each.value for each in known), scale) else None

    def _margin(self, label: str, at: int, findings: Sequence[Finding]) -> Trace | None:
        """Return the place of the result in a column of which a row is the margin."""
        if not MARGIN.search(label) or findings[at].claim.quantity.unit != "percent":
            return None
        rows = self._alike(findings)
        wholes = [amount_of(row[at]) for name, row in rows if REVENUE.search(name)]
        parts = [amount_of(row[at]) for name, row in rows if RESULT.search(name) and not REVENUE.search(name)]
        if len(wholes) == len(parts) == 1 and wholes[0] and parts[0]:
            return divided(findings[at], parts[0], wholes[0])
        return None


def _may_follow(finding: Finding) -> bool:
    """Whether a figure was read, and is wrong so far."""
    return finding.verdict is not None and finding.verdict.verdict in WRONG and bool(finding.readers)


def _ratio_of(text: str) -> re.Match[str] | None:
    """Return what the label of a row divides by what; no long label is looked at."""
    end = text.find("|", 2)
    is_short = end < LONGEST_LABEL and _DIVIDER.search(text, 0, end)
    return _RATIO.search(text, 0, end) if is_short else None


def _divided(
    text: str, said: re.Match[str], finding: Finding, earlier: Sequence[Finding], is_another: IsAnother
) -> Trace | None:
    """Return the place of what a label divides by what it names behind that, in the period of a figure."""
    over, under = (
        [
            each
            for each in _named(text, said.start(name), finding, earlier)
            if not is_another(finding, each.place.source)
        ]
        for name in ("over", "under")
    )
    for part in over:
        for total in under:
            is_one = part.place.source == total.place.source and part.years == total.years
            if is_one and (place := divided(finding, part, total)):
                return place
    return None


def _named(text: str, start: int, finding: Finding, earlier: Sequence[Finding]) -> Iterator[Amount]:
    """Yield the amounts of a name that are of the years of a figure, of the last one where it has none."""
    start += len(text[start:]) - len(text[start:].lstrip(" |"))
    years = {year for year, _ in finding.claim.phrase.periods if year}
    named = [*amounts_named(text, start, finding.readers, earlier)][:MOST_NAMED]
    last = max((max(each.years) for each in named if each.years), default=0)
    yield from (each for each in named if each.years & (years or {last}))
