"""The judgement of an answer, figure by figure."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.directions import directions
from finrisk_rules.judge.evidence import Evidence, Named, evidence_of, facts_now
from finrisk_rules.judge.languages import reads_as
from finrisk_rules.judge.statements import Statement, statements
from finrisk_rules.judge.tracing import CLEARLY, Reader, Trace, period_fit, place_of, says
from finrisk_rules.judge.verdicts import FigureVerdict, JudgedSource, Judgement, Verdict
from finrisk_rules.judge.wording import is_supported, says_something, words
from finrisk_rules.periods import periods
from finrisk_rules.quantities import quantities

ASKED_WEIGHT = 0.6


def judge(question: str, answer: str, sources: Sequence[JudgedSource]) -> Judgement:
    """Return the verdict on each figure of the answer, and how many of its other statements hold.

    Nothing that these texts hold raises; time is linear in their length.
    """
    court = Court(question, answer, sources)
    figures: list[FigureVerdict] = []
    worded: list[bool | None] = []
    for statement in statements(answer, court.names):
        if statement.claims:
            figures += court.verdicts(statement)
        elif says_something(statement.text):
            worded.append(court.supports(statement))
    return Judgement(tuple(figures), len(worded), worded.count(True), worded.count(None))


class Court:
    """A question and its sources, before which the statements of an answer come."""

    def __init__(self, question: str, answer: str, sources: Sequence[JudgedSource]) -> None:
        self.question = question
        self.answer = answer
        self.sources = sources
        self._asked: frozenset[tuple[Decimal, str]] | None = None
        years = {p.year for p in periods(question) if p.year}
        self.asked_periods = [(p.year, p.part) for p in periods(question)] if len(years) == 1 else []

    def names(self, cited: Sequence[int]) -> frozenset[tuple[str, str]]:
        """Return the numbers in names of rows and columns of these sources."""
        return frozenset().union(*(self.evidence(n).names for n in cited if 1 <= n <= len(self.sources)))

    def reads(self, n: int) -> bool:
        """Whether the words of the answer can be compared with those of a source."""
        return reads_as(self.answer, self.sources[n - 1].text)

    def cited(self, statement: Statement) -> list[int]:
        """Return the sources that a statement cites, all where it cites none at all."""
        if not statement.cited:
            return list(range(1, len(self.sources) + 1))
        return [n for n in statement.cited if 1 <= n <= len(self.sources)]

    def supports(self, statement: Statement) -> bool | None:
        """Whether a source has the words of a statement without figures; None where it cannot be read."""
        cited = self.cited(statement)
        readable = [n for n in cited if self.reads(n)]
        if cited and not readable:
            return None
        return any(
            is_supported(statement.text, words(f"{self.sources[n - 1].title}\n{self.sources[n - 1].text}"))
            for n in readable
        )

    def evidence(self, n: int) -> Evidence:
        """Return what the facts of a source say; where none were kept, its text is read now."""
        source = self.sources[n - 1]
        return evidence_of(source.facts if source.facts is not None else facts_now(source.text))

    def verdicts(self, statement: Statement) -> list[FigureVerdict]:
        """Return the verdict on each figure of a statement, those that are no figures left out."""
        cited = self.cited(statement)
        outcome = [self._verdict(claim, statement, cited) for claim in statement.claims]
        result = [verdict for verdict, _ in outcome if verdict is not None]
        traced = [(claim, trace) for claim, (_, trace) in zip(statement.claims, outcome, strict=True)]
        for claim in wrong_directions(statement, traced):
            at = next(
                i for i, each in enumerate(result) if each.text == claim.text and each.verdict == "stated"
            )
            result[at] = FigureVerdict(
                result[at].text, "wrong_direction", result[at].source, result[at].place, result[at].text
            )
        return result

    def _periods(self, claim: Claim, statement: Statement) -> list[tuple[Named, float]]:
        own = claim.phrase.periods
        if own:
            return [(period, 1.0 if at == 0 else 0.7) for at, period in enumerate(own)]
        if claim.phrase.is_base:
            return []
        others = {period for each in statement.claims for period in each.phrase.periods}
        if len(others) == 1 and not any(each.phrase.is_base for each in statement.claims):
            return [(next(iter(others)), 1.0)]
        if others:
            return []
        if statement.topic.periods:
            return [(period, 1.0) for period in statement.topic.periods]
        return [(period, ASKED_WEIGHT) for period in self.asked_periods]

    def _verdict(
        self, claim: Claim, statement: Statement, cited: list[int]
    ) -> tuple[FigureVerdict | None, Trace | None]:
        named = self._periods(claim, statement)
        if statement.topic.words:
            words = dict.fromkeys(statement.topic.words, 0.25) | claim.phrase.words
            claim.phrase.words.update(words)
        readers = [Reader(claim, named, n, self.evidence(n), self.sources[n - 1].text) for n in cited]
        traces = sorted(
            (trace for reader in readers for trace in reader.traces()), key=lambda trace: -trace.fit
        )
        right = next((trace for trace in traces if trace.agreement != "scale"), None)
        scale = next((trace for trace in traces if trace.agreement == "scale"), None)
        if right is not None and not self.reads(right.source):
            return self._unread(claim, named, right), None
        if right is not None:
            rival = best_rival(readers, right)
            if scale and scale.fit > right.fit + CLEARLY and (rival is None or scale.fit >= rival.fit):
                return self._wrong(claim, "wrong_scale", scale), None
            if rival is not None and rival.fit > right.fit + CLEARLY:
                return self._wrong(claim, "misattributed", rival), None
            source = self.sources[right.source - 1]
            return FigureVerdict(claim.text, "stated", right.source, place_of(right, source.text)), right
        rival = best_rival(readers, None)
        if scale is not None and (rival is None or rival.fit <= scale.fit + CLEARLY):
            return self._wrong(claim, "wrong_scale", scale), None
        elsewhere = [
            trace
            for n in range(1, len(self.sources) + 1)
            if n not in cited
            for trace in Reader(claim, named, n, self.evidence(n), self.sources[n - 1].text).traces()
            if trace.agreement != "scale"
        ]
        if elsewhere:
            return self._wrong(claim, "misattributed", max(elsewhere, key=lambda trace: trace.fit)), None
        if self._is_asked(claim):
            return FigureVerdict(claim.text, "asked"), None
        if claim.name:
            return None, None
        if scale is not None:
            return self._wrong(claim, "wrong_scale", scale), None
        if rival is not None and rival.row_fit > 0.4:
            return self._wrong(claim, "unsupported", rival), None
        return FigureVerdict(claim.text, "unsupported"), None

    def _unread(self, claim: Claim, named: Sequence[tuple[Named, float]], trace: Trace) -> FigureVerdict:
        """Return the verdict on a figure that a source in another language has: the period alone tells."""
        text = self.sources[trace.source - 1].text
        if named and trace.spot[0] >= 0:
            table, (row, column) = trace.evidence.tables[trace.spot[0]], trace.spot[2][:2]
            if period_fit(named, table.periods_at(row, column)) < 0.3:
                for cell in table.by_row[row]:
                    if period_fit(named, table.periods_at(row, cell[1])) > 0.8:
                        return self._wrong(
                            claim, "misattributed", replace(trace, spot=(trace.spot[0], -1, cell))
                        )
        return FigureVerdict(claim.text, "unread", trace.source, place_of(trace, text))

    def _wrong(self, claim: Claim, verdict: Verdict, trace: Trace) -> FigureVerdict:
        text = self.sources[trace.source - 1].text
        return FigureVerdict(claim.text, verdict, trace.source, place_of(trace, text), says(trace, text))

    def _is_asked(self, claim: Claim) -> bool:
        if self._asked is None:
            self._asked = frozenset((abs(q.amount), q.unit) for q in quantities(self.question))
        return (abs(claim.quantity.amount), claim.quantity.unit) in self._asked


def best_rival(readers: Sequence[Reader], right: Trace | None) -> Trace | None:
    """Return the place of another value that fits the claim best, over all its sources."""
    sentences = right is None or right.row_fit < (0.6 if right.spot[0] >= 0 else 0.99)
    rivals = [rival for reader in readers if (rival := reader.best_rival(sentences=sentences))]
    return max(rivals, key=lambda trace: trace.fit, default=None)


def wrong_directions(statement: Statement, traced: Sequence[tuple[Claim, Trace | None]]) -> list[Claim]:
    """Return the claims whose figures do the opposite of what the words of rise or fall say."""
    spoken = directions(statement.text)
    if not spoken:
        return []
    wrong = []
    for at, (end, rises) in enumerate(spoken):
        stop = spoken[at + 1][0] if at + 1 < len(spoken) else len(statement.text)
        pair = [
            (claim, trace)
            for claim, trace in traced
            if end <= claim.quantity.start < stop and trace is not None and trace.spot[0] >= 0
        ][:2]
        if len(pair) < 2:
            continue
        (first, one), (second, two) = pair
        if one.source != two.source or one.spot[0] != two.spot[0]:
            continue
        order = _later(first, second)
        if order is None:
            continue
        new, old = (first, second) if order else (second, first)
        new_value, old_value = (float((one if c is first else two).spot[2][2]) for c in (new, old))
        if new_value != old_value and (new_value > old_value) != rises:
            wrong.append(new)
    return wrong


def _later(first: Claim, second: Claim) -> bool | None:
    """Whether the first of two figures is of the later period; None where nothing tells."""
    one, two = (next((p[0] for p in claim.phrase.periods if p[0]), None) for claim in (first, second))
    if one and two and one != two:
        return one > two
    if first.phrase.is_base != second.phrase.is_base:
        return second.phrase.is_base
    return None
