"""Figures that brackets say again in another scale: ``42,176 thousand (about 42.2 million)``."""

import re
from collections.abc import Sequence

from finrisk_rules.judge.findings import Finding
from finrisk_rules.patterns import pattern_of

_AGAIN = pattern_of(
    r"\s*\((?:about|approximately|around|roughly|or|i\.e\.|rund|environ|circa)?\s*[\u2248~]?\s*",
    re.IGNORECASE,
)
_COARSE = 0.051
"""How far, as a share, what is said again in a coarser scale may be."""


def acquit(text: str, findings: Sequence[Finding]) -> None:
    """Give the figures of a sentence their place back, where those beside them tell that it is theirs."""
    for at, finding in enumerate(findings):
        verdict = finding.verdict
        if verdict is None or verdict.verdict not in ("misattributed", "wrong_scale"):
            continue
        if at and _is_said_again(text, findings[at - 1], finding):
            before = findings[at - 1].verdict
            finding.verdict = before and before._replace(text=verdict.text)


def _is_said_again(text: str, before: Finding, finding: Finding) -> bool:
    """Whether brackets say the figure before in another scale: "42,176 thousand (about 42.2 million)"."""
    first, second = before.claim.quantity, finding.claim.quantity
    if not before.is_right or not first.scale or not second.scale or first.scale == second.scale:
        return False
    if first.unit != second.unit or not _AGAIN.fullmatch(text, first.end, second.start):
        return False
    half = 0.5 * 10.0 ** (second.scale - second.places)
    distance = abs(abs(float(first.amount)) - abs(float(second.amount)))
    return distance <= min(half * 1.001, _COARSE * abs(float(first.amount)))
