"""What the court finds of the figures of a sentence, and which of them rows of a table or words settle."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from finrisk_rules.judge.bases import of_another_base, of_earlier_ends
from finrisk_rules.judge.change_words import WORDS_OF_MORE, Spoken, says_more, spoken_changes
from finrisk_rules.judge.changes import Change, change_of
from finrisk_rules.judge.chronology import is_later_head
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.comparisons import WORDS_OF_ORDER, of_another_order
from finrisk_rules.judge.contradictions import contradicts, is_better_above, of_another_year_before, spoken
from finrisk_rules.judge.directions import may_turn
from finrisk_rules.judge.distinctions import of_another_word
from finrisk_rules.judge.edits import edit_of
from finrisk_rules.judge.effects import of_another_effect
from finrisk_rules.judge.fits import CLEARLY
from finrisk_rules.judge.fractions import of_another_fraction, of_another_growth
from finrisk_rules.judge.governors import LONGEST_CLAUSE
from finrisk_rules.judge.hints import Words, cannot_say
from finrisk_rules.judge.multiples import of_another_multiple, of_another_side
from finrisk_rules.judge.parallels import of_another_line
from finrisk_rules.judge.prose_changes import change_in_prose, is_later_in_prose
from finrisk_rules.judge.rank_words import WORDS_OF_RANK
from finrisk_rules.judge.ranks import of_another_rank
from finrisk_rules.judge.series import LEAST, out_of_turn
from finrisk_rules.judge.swaps import of_another_amount, swapped
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import RIGHT, WRONG, FigureVerdict, Verdict
from finrisk_rules.judge.vocabulary import CHANGED, CONTRAST
from finrisk_rules.judge.word_ratios import WORDS_OF_RATIO, of_another_ratio
from finrisk_rules.judge.written_changes import of_another_change
from finrisk_rules.judge.written_ends import ends_before_verb, has_turned, written_ends

LIKE = 0.7
"""Fit of its words from which on a figure is taken from a sentence that is like its own."""


NEAREST = 6
"""Figures next to a change of which those of its clause come before others."""

_SIGNS = frozenset("+-\u2212\u2013")


@dataclass(slots=True)
class Finding:
    """What the court finds of a claim: its verdict, None for what is no figure, and the place that says it.

    ``start`` and ``end`` are its place in the answer, ``readers`` what it was read against; ``is_reversed``
    where its words say more of what is less, whatever is computed.
    """

    claim: Claim
    verdict: FigureVerdict | None
    trace: Trace | None
    start: int
    end: int
    readers: Sequence[Reader] = ()
    is_reversed: bool = False

    @property
    def is_right(self) -> bool:
        """Whether the figure says what a source says, or follows from it."""
        return self.verdict is not None and self.verdict.verdict in RIGHT


def acquit_names(findings: Sequence[Finding]) -> None:
    """Take a figure that stands in the row's or the column's name of another one for part of that name.

    ``- In $16.59, granted came to 5.4 million`` copies the head of its column.
    """
    traces = [each.trace for each in findings if each.is_right and each.trace and each.trace.table]
    for finding in findings if traces else ():
        if finding.verdict is None or finding.verdict.verdict not in WRONG:
            continue
        said = re.compile(rf"(?<![\d.,]){re.escape(finding.claim.text)}(?![.,]?\d)")
        for other in traces:
            if said.search(other.place.row) or said.search(other.place.column):
                finding.verdict = FigureVerdict(finding.claim.text, "stated", other.source, other.place)
                break


def follow_rows(text: str, findings: Sequence[Finding]) -> None:
    """Settle the figures of a sentence that are how much a row changed.

    Not where an amount of their clause is wrong, which may be what they are computed from; nor points where a
    percentage is.
    """
    unsettled = [at for at, each in enumerate(findings) if _may_be_change(each)]
    if not unsettled:
        return
    claims = [each.claim for each in findings]
    spoken = spoken_changes(text, claims)
    open_units = {
        each.claim.quantity.unit
        for each, said in zip(findings, spoken, strict=True)
        if said is None and not each.is_right
    }
    amounts = [
        each.claim.quantity.start
        for each, said in zip(findings, spoken, strict=True)
        if said is None and not each.is_right and not each.claim.quantity.unit
    ]
    changed: dict[int, Trace] = {}
    for at in unsettled:
        finding, said = findings[at], spoken[at]
        if said is None or (finding.is_right and finding.trace is None):
            continue
        if open_units and finding.claim.quantity.unit not in ("", "percent"):
            continue
        here = finding.claim.quantity.start
        following = bisect_right(amounts, here)
        next_ones = amounts[max(0, following - 1) : following + 1]
        if not all(_are_apart(text, here, each) for each in next_ones):
            continue
        nearest = sorted(range(len(findings)), key=partial(_distance, at))
        own = [n for n in nearest[:NEAREST] if not _are_apart(text, here, claims[n].quantity.start)]
        nearest = [*own, *(n for n in nearest if n not in own)]
        beside = [(findings[n].claim, findings[n].trace) for n in nearest if n != at and findings[n].is_right]
        if finding.claim.phrase.is_base or said.rises is None:
            beside += [(findings[n].claim, changed[n]) for n in nearest if n in changed]
        if said.is_difference and sum(trace is not None for _, trace in beside) > 1:
            continue
        change = change_of(text, finding.claim, finding.readers, beside)
        if change is None or change.agreement in ("", "scale"):
            change = change_in_prose(finding.claim, finding.readers, beside) or change
        if change:
            finding.verdict = _of_change(finding, said, change)
            finding.is_reversed = bool(finding.verdict and finding.verdict.verdict == "wrong_direction")
            if finding.verdict and finding.verdict.verdict != "stated":
                finding.trace = None
                changed[at] = change.place


def follow_words(text: str, words: Words, findings: Sequence[Finding]) -> None:
    """Convict the figures of a sentence that do not do what its words say: rise, double, a third of."""
    traced = [(each.claim, each.trace) for each in findings]
    for at in of_another_side(text, traced):
        if verdict := findings[at].verdict:
            findings[at].verdict = verdict._replace(verdict="wrong_direction")
            findings[at].is_reversed = True
    for at in of_another_fraction(text, traced, words):
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="unsupported")
    for at in of_another_growth(text, traced, words):
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="unsupported")
    for at in () if cannot_say(words, WORDS_OF_RATIO) else of_another_ratio(text, traced):
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="unsupported")
            findings[at].is_reversed = True
    for finding in () if cannot_say(words, WORDS_OF_MORE) else findings:
        if finding.verdict and _is_other_than_more(text, finding):
            finding.verdict = finding.verdict._replace(verdict="wrong_direction")
    for at in () if cannot_say(words, WORDS_OF_ORDER) else of_another_order(text, traced):
        if verdict := findings[at].verdict:
            findings[at].verdict = verdict._replace(verdict="wrong_direction")
            findings[at].is_reversed = True
    for at in () if cannot_say(words, WORDS_OF_RANK) else of_another_rank(text, traced):
        if verdict := findings[at].verdict:
            findings[at].verdict = verdict._replace(verdict="wrong_direction")
            findings[at].is_reversed = True
    has_base = any(claim.phrase.is_base for claim, _ in traced)
    readers = [reader for each in findings for reader in each.readers] if has_base else []
    named = {year for reader in readers for (year, _), _ in reader.periods}
    for at in of_another_base(text, traced, named) if has_base else ():
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="misattributed")
    is_asked = any(reader.periods for each in findings for reader in each.readers)
    for at, place in () if has_base or is_asked else of_earlier_ends(text, traced):
        if findings[at].is_right:
            findings[at].verdict = wrong(findings[at].claim, "misattributed", place)
    for at in (*swapped(traced), *of_another_amount(text, traced)) if len(traced) > 1 else ():
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="misattributed")
    for at in out_of_turn(traced) if len(traced) > LEAST else ():
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="misattributed")
    others = of_another_word(text, traced)
    for at, place in (*others, *of_another_line(text, traced)) if len(traced) > 1 else others:
        if findings[at].is_right:
            findings[at].verdict = wrong(findings[at].claim, "misattributed", place)
    for at in of_another_effect(text, traced, words):
        if (trace := findings[at].trace) and findings[at].is_right:
            findings[at].verdict = wrong(findings[at].claim, "wrong_direction", trace)
            findings[at].is_reversed = True
    if not may_turn(words):
        return
    groups = spoken(text, traced)
    for at in contradicts(text, traced, groups):
        if (verdict := findings[at].verdict) and (trace := findings[at].trace):
            findings[at].verdict = verdict._replace(verdict="wrong_direction", source_says=trace.says)
            findings[at].is_reversed = True
    for at in of_another_year_before(text, traced):
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="wrong_direction")
            findings[at].is_reversed = True
    for at in of_another_multiple(text, traced, groups):
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="unsupported")


def follow_ends(text: str, words: Words, findings: Sequence[Finding]) -> None:
    """Convict the figures of a change whose ends the sentence writes: turned round, or another change.

    So they are where no place states them, but a calculation yields them. Nothing is turned round that a
    place has below zero: of amounts without their sign readers mean either.
    """
    if len(findings) < 2 or not may_turn(words):
        return
    traced = [(each.claim, each.trace) for each in findings]
    claims = [each.claim for each in findings]
    ends = [*written_ends(text, claims), *ends_before_verb(text, claims)]
    for each in ends:
        places = [traced[n][1] for n in (each.old, each.new)]
        is_verb = text[each.said.start : each.said.end].lower() not in CHANGED
        if is_verb and (later := places[1]) and _runs_back(findings[each.old], findings[each.new]):
            findings[each.new].verdict = wrong(findings[each.new].claim, "misattributed", later)
        if any(place is not None and place.value < 0 for place in places):
            continue
        if has_turned(each, claims) and (verdict := findings[each.new].verdict):
            if findings[each.new].is_right:
                findings[each.new].verdict = verdict._replace(verdict="wrong_direction")
            findings[each.new].is_reversed = True
    for at in of_another_change(text, traced, ends) if ends else ():
        if (verdict := findings[at].verdict) and findings[at].is_right:
            findings[at].verdict = verdict._replace(verdict="unsupported")
        findings[at].is_reversed = True


def _runs_back(old: Finding, new: Finding) -> bool:
    """Whether a change leads from a year to an earlier one, wherever a row has both of its ends."""
    if not (old.is_right and new.is_right):
        return False
    sides = [
        [
            place
            for reader in each.readers
            for place in reader.traces()
            if place.agreement not in ("", "scale")
        ]
        for each in (old, new)
    ]
    pairs = [(one, other) for one in sides[0] for other in sides[1] if one.source == other.source]
    orders = {_is_later_place(*each) for each in pairs}
    return True in orders and False not in orders


def _is_later_place(one: Trace, two: Trace) -> bool | None:
    """Whether the first of two figures of a row or sentence is of the later year; None for neither."""
    if one.table or two.table or one.spot[1] != two.spot[1]:
        return is_later_head(one, two)
    statement = one.evidence.statements[one.spot[1]]
    return is_later_in_prose(statement, one.spot[2][0], two.spot[2][0], one.text)


def follow_edits(text: str, findings: Sequence[Finding]) -> None:
    """Convict the figure by the word in which a sentence is not as the one that it is taken from."""
    traced = [(each, each.trace) for each in findings if each.is_right and each.trace]
    near = [(each, trace) for each, trace in traced if trace.table is None and trace.row_fit > LIKE]
    like = edit_of(text, {trace.place.sentence: trace for _, trace in near}) if near else None
    if like is None:
        return
    edit, sentence = like
    at = text.lower().rfind(edit.word)
    among = traced if edit.is_figure else near
    finding, trace = min(among, key=lambda each: abs(each[0].claim.quantity.start - at))
    if not (edit.is_figure and trace.place.sentence == sentence):
        finding.verdict = wrong(finding.claim, edit.verdict, trace)
        finding.is_reversed = True


def _is_other_than_more(text: str, finding: Finding) -> bool:
    """Whether a change that fell is said to be more, or one that rose less: "2.5 % less than before"."""
    trace, quantity = finding.trace, finding.claim.quantity
    if trace is None or trace.table is None or not trace.table.is_change(*trace.spot[2][:2]):
        return False
    more = says_more(text, quantity.end)
    return more is not None and trace.value * float(quantity.value) != 0 and more != (trace.value > 0)


def _may_be_change(finding: Finding) -> bool:
    """Whether a figure may be how much a row changed: no place says it, or one says it of no change."""
    if finding.verdict is None or finding.claim.bound == "denied" or not finding.readers:
        return False
    if not finding.is_right:
        return finding.verdict.verdict in WRONG
    trace = finding.trace
    if trace is None or trace.table is None or not finding.claim.is_change:
        return False
    return not trace.table.is_change(*trace.spot[2][:2])


def _of_change(finding: Finding, said: Spoken, change: Change) -> FigureVerdict | None:
    """Return the verdict on a figure that says how much a row changed."""
    claim, place = finding.claim, change.place
    if change.agreement in ("", "scale"):
        is_elsewhere = finding.trace is not None and place.row_fit > finding.trace.row_fit + CLEARLY
        return wrong(claim, "unsupported", place) if is_elsewhere or change.is_all else finding.verdict
    rises = said.rises if (sign := _sign(claim)) is None else sign
    if said.is_better and rises is not None and (is_better := is_better_above(place)) is not True:
        rises = None if is_better is None else not rises
    if None not in (rises, change.rises) and rises != change.rises:
        return wrong(claim, "wrong_direction", place)
    return FigureVerdict(claim.text, "computed", place.source, place.place)


def _sign(claim: Claim) -> bool | None:
    """Whether a change is written with a plus; None where with no sign."""
    sign = claim.text.strip()[:1]
    return None if sign not in _SIGNS else sign == "+"


def _are_apart(text: str, one: int, other: int) -> bool:
    """Whether a semicolon or a word of contrast parts two places of a sentence."""
    start, end = min(one, other), max(one, other)
    end = min(end, start + LONGEST_CLAUSE)
    return ";" in text[start:end] or bool(CONTRAST.search(text, start, end))


def _distance(at: int, other: int) -> int:
    return abs(other - at)


def wrong(claim: Claim, verdict: Verdict, trace: Trace) -> FigureVerdict:
    """Return a verdict on a claim, with the place that says otherwise."""
    return FigureVerdict(claim.text, verdict, trace.source, trace.place, trace.says)
