"""A figure followed to its place: the cell or sentence whose words and period its statement takes up.

A place of another value that fits the statement clearly better convicts: then the figure belongs elsewhere.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from finrisk_rules.judge.agreement import Agreement, agreement, spots_like, tolerance
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.evidence import Evidence, Figure, Named, Spot
from finrisk_rules.judge.verdicts import Place

ROW, COLUMN, PERIOD = 2.0, 0.8, 1.5
"""What row words, column words and period count for; the words of a sentence count as row and column do."""

CLEARLY = 0.15
"""By how much a place of another value must fit better to convict."""

ROUNDED = 0.1
"""What a figure that only rounds to the claim's fits less."""

BEST_ROWS = 8
"""Rows of a table in which a place of another value is looked for."""

VERBATIM = 0.6
"""What a sentence fits better that has nearly all words of the claim: no cell has those beside its names."""

MOST_SENTENCES = 200
LIKE = 0.75
"""Share of the claim's words that a sentence has which says the same of another figure."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A place in a source, how well it fits the claim, and how its figure agrees."""

    source: int
    evidence: Evidence
    spot: Spot
    fit: float
    agreement: Agreement
    row_fit: float = 0.0


class Reader:
    """A claim read against one source."""

    def __init__(
        self, claim: Claim, periods: Sequence[tuple[Named, float]], source: int, evidence: Evidence, text: str
    ) -> None:
        self.claim, self.periods, self.source, self.evidence, self.text = (
            claim,
            periods,
            source,
            evidence,
            text,
        )
        self.half = tolerance(claim.quantity, is_about=claim.is_about)
        self._axes: dict[int, tuple[dict[int, float], dict[int, float]]] = {}
        self._heads: dict[tuple[int, int], float] = {}

    def traces(self) -> list[Trace]:
        """Return the places that say the claim's value, in whatever scale, the best first."""
        result = []
        for spot, said in spots_like(self.claim.quantity, self.evidence, self.half):
            fit, row_fit = self.fit(spot)
            result.append(
                Trace(
                    self.source,
                    self.evidence,
                    spot,
                    fit - (ROUNDED if said == "rounded" else 0),
                    said,
                    row_fit,
                )
            )
        return sorted(result, key=lambda trace: -trace.fit)

    def fit(self, spot: Spot) -> tuple[float, float]:
        """Return how well a place fits the claim, all in all and by its row words alone."""
        table, statement, stored = spot
        return (
            self._cell_fit(table, stored[0], stored[1])
            if table >= 0
            else self._sentence_fit(statement, stored[0])
        )

    def _axis_fits(self, at: int) -> tuple[dict[int, float], dict[int, float]]:
        if at not in self._axes:
            table = self.evidence.tables[at]
            words = self.claim.phrase.words
            self._axes[at] = table.row_axis.fits(words), table.column_axis.fits(words, table.row_axis)
        return self._axes[at]

    def _cell_fit(self, at: int, row: int, column: int) -> tuple[float, float]:
        rows, columns = self._axis_fits(at)
        table = self.evidence.tables[at]
        row_fit = rows.get(row, 0.0)
        fit = ROW * row_fit + COLUMN * columns.get(column, 0.0)
        if self.periods:
            fit += PERIOD * period_fit(self.periods, table.periods_at(row, column))
        return fit, row_fit

    def _sentence_fit(self, at: int, figure: int) -> tuple[float, float]:
        phrases, words = self.evidence.statements[at].read(self.text)
        mine = self.claim.phrase.words
        total = sum(mine.values()) or 1.0
        near = phrases[figure].words
        shared = sum(weight for word, weight in mine.items() if word in words) / total
        common = sum(min(weight, near[word]) for word, weight in mine.items() if word in near)
        row_fit = 0.75 * shared + 0.25 * common / (total + sum(near.values()) - common)
        fit = (ROW + COLUMN) * row_fit + (VERBATIM if shared > 0.9 and len(mine) >= 4 else 0)
        if self.periods:
            fit += PERIOD * self._sentence_period_fit(
                phrases[figure].periods or tuple((p[0], p[1]) for p in self.evidence.statements[at].periods)
            )
        return fit, row_fit

    def _sentence_period_fit(self, said: Sequence[Named]) -> float:
        if not said:
            return 0.5
        return max(
            weight * max(same_period(period, each) for each in said) for period, weight in self.periods
        )

    def rivals(self) -> Iterator[Trace]:
        """Yield the places of another value that the claim's words lead to: cells, then sentences."""
        for at, table in enumerate(self.evidence.tables):
            rows, columns = self._axis_fits(at)
            best = sorted(rows, key=rows.__getitem__, reverse=True)[:BEST_ROWS] if rows else []
            if not best and (columns or self.periods):
                best = list(table.by_row)[:BEST_ROWS]
            for row in best:
                for cell in table.by_row.get(row, ()):
                    if self.claim.is_change and not table.is_change(row, cell[1]):
                        continue
                    if self._could_be(cell) and not agreement(self.claim.quantity, cell, self.half):
                        fit, row_fit = self._cell_fit(at, row, cell[1])
                        yield Trace(self.source, self.evidence, (at, -1, cell), fit, "", row_fit)

    def _could_be(self, stored: Figure) -> bool:
        """Whether a stored figure is of the claim's kind: a percentage is no rival of an amount."""
        unit, currency = self.claim.quantity.unit, self.claim.quantity.currency or self.claim.quantity.scale
        if unit:
            return not stored[5]
        return not (currency and stored[4])

    def sentence_rivals(self) -> Iterator[Trace]:
        """Yield the figures of another value in sentences that have the words of the claim."""
        mine = self.claim.phrase.words
        total = sum(mine.values())
        if len(mine) < 4:
            return
        for at, statement in enumerate(self.evidence.statements[:MOST_SENTENCES]):
            _, words = statement.read(self.text)
            if sum(weight for word, weight in mine.items() if word in words) < LIKE * total:
                continue
            for place, figure in enumerate(statement.figures):
                stored = [place, 0, *figure[:4]]
                if self._could_be(stored) and not agreement(self.claim.quantity, stored, self.half):
                    fit, row_fit = self._sentence_fit(at, place)
                    yield Trace(self.source, self.evidence, (-1, at, stored), fit, "", row_fit)

    def best_rival(self, *, sentences: bool) -> Trace | None:
        """Return the place of another value that fits best, if there is one."""
        best = max(self.rivals(), key=lambda trace: trace.fit, default=None)
        if sentences:
            other = max(self.sentence_rivals(), key=lambda trace: trace.fit, default=None)
            if other and (best is None or other.fit > best.fit):
                best = other
        return best


def period_fit(claimed: Sequence[tuple[Named, float]], said: Sequence[Sequence[Named]]) -> float:
    """Return how well the periods of a claim fit those of a cell, on the average of its names."""
    if not said:
        return 0.5
    return sum(_name_fit(claimed, named, alone=len(said) == 1) for named in said) / len(said)


def _name_fit(claimed: Sequence[tuple[Named, float]], named: Sequence[Named], *, alone: bool) -> float:
    best = [
        max((weight if alone else 1.0) * same_period(period, each) for period, weight in claimed)
        for each in named[:3]
    ]
    return sum(best) / len(best)


def same_period(claimed: Named, said: Named) -> float:
    """Return how far two periods are one, 0..1: a year and its quarter nearly, two quarters not."""
    (year, part), (other_year, other_part) = claimed, said
    if year is not None and other_year is not None and year != other_year:
        return 0.0
    if part == other_part:
        return 1.0
    if year is None or other_year is None:
        return 0.1 if part and other_part else 0.6
    if not part:
        return 0.85 if other_part[0] in "QH" else 0.98
    if not other_part:
        return 0.5 if part[0] in "QH" else 0.9
    if part[0] in "QH" and other_part[0] in "QH":
        return 0.0
    if part[0] in "QH" or other_part[0] in "QH":
        return 0.7
    return 0.1


def place_of(trace: Trace, text: str) -> Place:
    """Return where a trace leads, in words."""
    table, statement, stored = trace.spot
    if table >= 0:
        found = trace.evidence.tables[table]
        label, section = found.rows[stored[0]]
        return Place(row=label or section, column=found.heads[stored[1]] or found.caption)
    where = trace.evidence.statements[statement]
    return Place(sentence=text[where.start : where.end])


def says(trace: Trace, text: str) -> str:
    """Return the figure that stands there, with its unit."""
    table, statement, stored = trace.spot
    if table < 0:
        _, _, _, _, start, end = trace.evidence.statements[statement].figures[stored[0]]
        at = trace.evidence.statements[statement].start
        return text[at + start : at + end].strip()
    _, _, value, scale, unit, currency = stored
    words = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}
    shown = f"{currency} {value}".strip()
    if unit:
        return f"{shown}{'%' if unit == 'percent' else ' ' + unit.replace('_', ' ')}"
    return f"{shown} {words.get(scale, '')}".strip() if scale else shown
