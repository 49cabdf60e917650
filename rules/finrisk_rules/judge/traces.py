"""A place in a source that a figure is followed to: its table or sentence, its periods, its words."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from finrisk_rules.judge.agreement import Agreement
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.evidence import Evidence, Spot
from finrisk_rules.judge.table_evidence import Named, TableEvidence
from finrisk_rules.judge.verdicts import Place

_SCALES = {3: "thousand", 6: "million", 9: "billion", 12: "trillion"}


@dataclass(slots=True)
class Trace:
    """A place in a source: how well it fits, by its row words alone too, and how its figure agrees.

    ``table`` is that in which it is; None in prose.
    """

    source: int
    text: str
    evidence: Evidence
    spot: Spot
    fit: float
    agreement: Agreement
    row_fit: float
    table: TableEvidence | None
    _place: Place | None = field(default=None, init=False)

    @property
    def value(self) -> float:
        """The figure that stands there, as written, with its sign."""
        return float(self.spot[2][2])

    @property
    def periods(self) -> tuple[Named, ...]:
        """The periods that are said of the figure: over its column and by its row, or beside it in prose."""
        if table := self.table:
            row, column = self.spot[2][:2]
            return (*table.head_periods[column], *table.row_periods[row])
        return self.evidence.statements[self.spot[1]].own_periods(self.spot[2][0], self.text)

    @property
    def is_compared(self) -> bool:
        """Whether it stands in prose, without a period, and another figure is compared with it there."""
        if self.table is not None or self.periods:
            return False
        statement, at = self.evidence.statements[self.spot[1]], self.spot[2][0]
        phrases, kind = statement.phrases(self.text), statement.figures[at][1:4]
        others = (n for n, figure in enumerate(statement.figures) if n != at and figure[1:4] == kind)
        return phrases[at].is_base and any(not phrases[n].is_base for n in others)

    @property
    def years(self) -> set[int]:
        """The years that are said of the figure."""
        return {year for year, _ in self.periods if year}

    @property
    def place(self) -> Place:
        """The place in words."""
        if self._place is None:
            if table := self.table:
                row, column = self.spot[2][:2]
                label, section = table.rows[row]
                self._place = Place(label or section, table.heads[column] or table.caption)
            else:
                statement = self.evidence.statements[self.spot[1]]
                self._place = Place(sentence=self.text[statement.start : statement.end])
        return self._place

    @property
    def says(self) -> str:
        """The figure that stands there, with its unit."""
        number, _, value, scale, unit, currency = self.spot[2]
        if self.table is None:
            statement = self.evidence.statements[self.spot[1]]
            start, end = statement.figures[number][4:6]
            return self.text[statement.start + start : statement.start + end].strip()
        shown = f"{currency} {value}".strip()
        if unit:
            return f"{shown}%" if unit == "percent" else f"{shown} {unit.replace('_', ' ')}"
        return f"{shown} {_SCALES.get(scale, '')}".strip()


Traced = tuple[Claim, Trace | None]
"""A claim, and the place that it was followed to; None where there is none."""


def best(traces: Iterable[Trace], *, is_below: bool) -> tuple[Trace | None, Trace | None]:
    """Return the first of the places that fit best, and of those in another scale.

    Of two that fit alike, the one on the claim's side of zero.
    """
    right: Trace | None = None
    scale: Trace | None = None
    for trace in traces:
        if trace.agreement == "scale":
            scale = trace if scale is None or trace.fit > scale.fit else scale
        elif right is None or _rank(trace, is_below) > _rank(right, is_below):
            right = trace
    return right, scale


def _rank(trace: Trace, is_below: bool) -> tuple[float, bool]:
    return trace.fit, (trace.value < 0) == is_below
