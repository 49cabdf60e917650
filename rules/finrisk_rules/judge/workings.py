"""Workings: figures that follow from two right ones of their own sentence, which says how.

Of shares and distances see there; ``£6,254 million, up 12.0 % from £5,586 million`` is growth between figures
of which one is computed itself, or which stand in two tables. ``5 %, after 4 % in 2023`` takes both operands
of the figure before it in another year.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from finrisk_rules.judge.bounds import bound
from finrisk_rules.judge.change_words import Spoken, spoken_changes
from finrisk_rules.judge.earlier_workings import of_other_year
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.formulas import is_operand
from finrisk_rules.judge.notation import OPERATOR_WORDS
from finrisk_rules.judge.terms import Term, says_growth, says_quotient, terms_of
from finrisk_rules.judge.verdicts import FigureVerdict
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.judge.working_distances import distance, is_of_no_swing
from finrisk_rules.judge.working_growths import growths, said_again
from finrisk_rules.judge.working_shares import shares_said
from finrisk_rules.patterns import pattern_of

MOST_FIGURES, LONGEST = 12, 600
"""Figures and characters of a sentence in which operands are looked for."""

LOOKS_OF_WORKING = 4
"""What it counts for to look for the operands of a figure."""

_BREAK = pattern_of(r";|[.!?]\s+(?=[A-Z\u00c0-\u00de])")
"""Where the part of a sentence ends whose figures follow from each other."""

_SIGN_BEFORE = pattern_of(r"(?<!\()[=\u2248\u00d7*/+\u2212-]\s*[^\w\s]?\Z")
"""Before a figure of a written calculation, which is followed as such."""

_OPERATORS = "|".join(words for sign, words in OPERATOR_WORDS.items() if sign != "+")
_OPERATORS = _OPERATORS.replace(" ", "_").replace("|", " ")
_ASIDE = pattern_of(r"[^();:]{0,60}\(([^()]{0,120})\)")
_OPERATION = pattern_of(
    rf"[\d%)](?:\s*[*/\u00d7\u00f7\u2212+-]\s*|\s{{3}})[^\w\s]?\d|{whole(_OPERATORS)}", re.IGNORECASE
)
"""Behind a figure in brackets, and in them, what calculates it: "6.7 points (65.0 % - 58.3 %)".

A statement has a blank for an asterisk.
"""


def follow_workings(text: str, findings: Sequence[Finding]) -> None:
    """Acquit the figures of a sentence that follow from two right ones of it."""
    if len(findings) > MOST_FIGURES or len(text) > LONGEST:
        return
    open_ones = [at for at, each in enumerate(findings) if _is_open(each)]
    if not open_ones or len(findings) == len(open_ones):
        return
    spoken = spoken_changes(text, [each.claim for each in findings])
    for at in open_ones:
        finding = findings[at]
        finding.readers[0].allowance.spend(LOOKS_OF_WORKING)
        if finding.readers[0].allowance.is_spent:
            return
        if is_of_no_swing(text, findings, at):
            finding.is_reversed = True
            continue
        pair = _working(text, findings, at, spoken[at])
        place = next((each.place for each in (*(pair or ()), *terms_of(findings)) if each.place), None)
        if pair and place:
            finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
            finding.is_reversed = False


def _is_open(finding: Finding) -> bool:
    is_unsaid = finding.verdict is not None and finding.verdict.verdict == "unsupported"
    return is_unsaid and bool(finding.readers) and finding.claim.bound != "denied"


def _working(
    text: str, findings: Sequence[Finding], at: int, said: Spoken | None
) -> tuple[Term, Term] | None:
    """Return the two terms from which a figure follows, None where no two do."""
    quantity = findings[at].claim.quantity
    if _is_written_out(text, quantity.start, quantity.end):
        return None
    if is_bound := bound(text, quantity.start, quantity.end):
        bounded = replace(findings[at], claim=findings[at].claim._replace(bound=is_bound))
        findings = [*findings[:at], bounded, *findings[at + 1 :]]
    terms = [each for each in terms_of(findings) if _are_joined(text, each, quantity.start)]
    if quantity.unit != "percent":
        found = distance(text, findings, at, terms, said)
    else:
        found = _percentage(text, findings, at, terms, said)
    return found or of_other_year(text, findings, at)


def _percentage(
    text: str, findings: Sequence[Finding], at: int, terms: Sequence[Term], said: Spoken | None
) -> tuple[Term, Term] | None:
    """Return the two terms of which a percentage is the growth or the share, None where no two are."""
    finding = findings[at]
    if said:
        grown = growths(text, terms, said, finding.claim.quantity.start)
        found = next((pair for pair in grown if says_growth(finding, *pair)), None)
    else:
        shares = shares_said(text, finding, terms)
        found = next((pair for pair in shares if says_quotient(finding, *pair)), None)
    again = said_again(text, findings, at, terms)
    return found or next((pair for pair in again if says_quotient(finding, *pair)), None)


def _is_written_out(text: str, start: int, end: int) -> bool:
    """Whether a figure is an operand or the result of a calculation in signs, which is followed as such."""
    if is_operand(text, end) or _SIGN_BEFORE.search(text, max(0, start - 4), start):
        return True
    aside = _ASIDE.match(text, end)
    return aside is not None and bool(_OPERATION.search(text, *aside.span(1)))


def _are_joined(text: str, term: Term, start: int) -> bool:
    return not _BREAK.search(text, min(term.end, start), max(term.start, start))
