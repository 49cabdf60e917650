"""A figure followed to its place: the cell or sentence whose words and period its statement takes up."""

from functools import cached_property, lru_cache

from finrisk_rules.judge.agreement import (
    MOST_PERCENT,
    Agreement,
    agreement,
    are_other_currencies,
    spots_like,
    tolerance,
)
from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.bounds import allows, reach
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.evidence import Evidence, Spot
from finrisk_rules.judge.fits import Fits
from finrisk_rules.judge.measures import in_units, is_of_another_measure
from finrisk_rules.judge.period_fits import Claimed
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.things import is_multiple, may_be_multiple, says_each
from finrisk_rules.judge.traces import Trace
from finrisk_rules.quantities import Quantity

LOOKS_OF_PLACE = 2
"""What it counts for to weigh a place."""

_OTHER_UNITS = (1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9)
"""What a value in one physical unit may be in another one of its kind."""

_OF_OTHER_KINDS = (("points", "percent"), ("percent", "basis_points"))
"""Units of a claim and of a place that say another thing: a ratio and how much one changed."""

MOST_MULTIPLE = 1000
"""Above it, a bare figure of a table is no multiple."""

ROUNDED = 0.1
"""What a figure that only rounds to the claim's fits less."""


class Reader(Fits):
    """A claim read against one source.

    The words of the statement lead to the rows where the other figures of its ``calculation`` stand for
    their sake: no place of another value is there, unless words join the figures and lead well; nor, where
    signs join them, in a row that fits less. ``is_bare`` is an operand of which no word tells: that of a
    term of a sum is in its own row alone. ``year`` is that of the source.
    """

    def __init__(
        self,
        claim: Claim,
        topic: frozenset[str],
        periods: Claimed,
        source: int,
        evidence: Evidence,
        text: str,
        allowance: Allowance,
        calculation: Calculation | None = None,
        *,
        is_bare: bool = False,
        year: int | None = None,
    ) -> None:
        super().__init__(claim.phrase.words, topic, periods, evidence, text)
        self.claim, self.source, self.is_bare = claim, source, is_bare
        self.allowance, self.year = allowance, year
        self.calculation = calculation
        self.operands = calculation.operands if calculation else ()
        self.is_signed = calculation is not None and not calculation.in_words
        self.is_term = (
            is_bare and self.is_signed and calculation is not None and calculation.expression.is_linear
        )
        self.beside = self.operands
        if calculation and self.is_signed:
            self.beside = (*self.operands, calculation.result, *calculation.earlier)
        self.half = tolerance(claim.quantity, is_about=claim.is_about)
        if claim.bound in ("above", "below", "short"):
            self.half = reach(claim.quantity, claim.bound)

    def traces(self) -> list[Trace]:
        """Return the places that say the claim's value, in whatever scale; none when nothing more is read."""
        if self.allowance.is_spent:
            return []
        result = []
        quantity = self.claim.quantity
        has_measure = quantity.currency or quantity.scale or quantity.unit == "points"
        spots = (*spots_like(quantity, self.evidence, self.half), *self._converted())
        self.allowance.spend(1 + LOOKS_OF_PLACE * len(spots))
        for spot, said in spots:
            if self.claim.bound and said != "scale" and not self.allows(spot[2]):
                continue
            fit, row_fit = self.fit(spot)
            trace = self.trace(spot, fit - (ROUNDED if said == "rounded" else 0), said, row_fit)
            if self.claim.unit and (converted := in_units(self.claim, trace, self.half)):
                trace.agreement = converted
            elif said == "":
                continue
            elif self._is_of_multiple(trace) or (
                has_measure and said != "scale" and is_of_another_measure(self.claim, trace, self.half)
            ):
                trace.agreement = "scale"
            result.append(trace)
        return result

    def _converted(self) -> list[tuple[Spot, Agreement]]:
        """Return the places that may say the claim's value in another physical unit of its kind."""
        if self.claim.unit is None:
            return []
        value = abs(float(self.claim.quantity.value))
        found: list[tuple[Spot, Agreement]] = []
        for factor in _OTHER_UNITS:
            found += [(spot, "") for spot in self.evidence.of_value(value * factor, self.half * factor)]
        return found

    def trace(self, spot: Spot, fit: float, said: Agreement, row_fit: float) -> Trace:
        """Return a place of this source, by how well it fits, how its figure agrees, and its row fits."""
        table = self.evidence.tables[spot[0]] if spot[0] >= 0 else None
        return Trace(self.source, self.text, self.evidence, spot, fit, said, row_fit, table)

    def allows(self, figure: Figure) -> bool:
        """Whether a stored figure is on the side of the claim's bound, where that is one."""
        said = self.claim.bound
        return not said or allows(said, abs(float(self.claim.quantity.value)), abs(float(figure[2])))

    def is_other(self, spot: Spot) -> bool:
        """Whether a stored figure is of the claim's kind, and says another value.

        A percentage is no rival of an amount, of a bare whole number or of a figure in a column of money,
        nor dollars of euros, nor an amount for each of something of one in millions, nor of that a bare
        figure of prose.
        """
        figure, quantity = spot[2], self.claim.quantity
        if self.claim.measure == "multiple" and (figure[4] or self._is_amount(spot)):
            return False
        if (quantity.scale or self.claim.measure) and self._is_of_other_measure(spot):
            return False
        if self.claim.unit and _has_digits_of(figure, quantity):
            return False
        if quantity.unit:
            is_amount = not figure[4] and (
                figure[3] or figure[5] or "." not in figure[2] or self._stands_below_money(spot)
            )
            units = quantity.unit, figure[4]
            is_of_kind = not (is_amount or units in _OF_OTHER_KINDS)
        else:
            is_money = (
                quantity.currency or quantity.scale or (self.is_signed and quantity.value > MOST_PERCENT)
            )
            is_bare = not (figure[3] or figure[4] or figure[5]) and (spot[0] < 0 or self._has_scales(spot))
            is_of_kind = not (
                ((figure[4] or (is_bare and quantity.currency and quantity.scale)) and is_money)
                or are_other_currencies(quantity.currency, figure[5])
            )
        is_near = agreement(quantity, figure, self.half) not in ("", "scale")
        return is_of_kind and not (is_near and self.allows(figure))

    def _is_of_multiple(self, trace: Trace) -> bool:
        """Whether a claim says how many times, and its place an amount or a percentage; or the reverse."""
        spot = trace.spot
        if self.claim.measure == "multiple":
            return bool(spot[2][4]) or self._is_amount(spot)
        if self.claim.quantity.unit != "percent" or spot[0] >= 0 or spot[2][4]:
            return False
        end = self.evidence.statements[spot[1]].figures[spot[2][0]][5]
        return is_multiple(trace.place.sentence, end)

    def _is_amount(self, spot: Spot) -> bool:
        """Whether a figure is of money, in a scale that is no ratio's by its name, or too large for one."""
        if not (spot[2][3] or spot[2][5]):
            return spot[0] >= 0 and abs(float(spot[2][2])) > MOST_MULTIPLE
        if spot[0] < 0:
            return True
        table = self.evidence.tables[spot[0]]
        return not any(map(may_be_multiple, (table.rows[spot[2][0]][0], table.heads[spot[2][1]])))

    def _has_scales(self, spot: Spot) -> bool:
        """Whether the other columns of a cell's table say a scale, and its own does not: it counts things."""
        table, column = self.evidence.tables[spot[0]], spot[2][1]
        beside = [cell for cell in table.by_row[spot[2][0]] if cell[1] != column]
        own = table.by_column[column]
        return any(cell[3] for cell in beside) and not any(cell[3] or cell[5] for cell in own)

    def _stands_below_money(self, spot: Spot) -> bool:
        """Whether a cell stands in a column of which another one has a currency."""
        cells = self.evidence.tables[spot[0]].by_column[spot[2][1]] if spot[0] >= 0 else ()
        return any(cell[5] for cell in cells)

    def _is_of_other_measure(self, spot: Spot) -> bool:
        """Whether a cell tells of each of something, where the claim does not, or the reverse."""
        if spot[0] < 0:
            return False
        table, (row, column, _, scale, *_) = self.evidence.tables[spot[0]], spot[2]
        quantity = self.claim.quantity
        if self.claim.measure == "each":
            return bool(scale) and not says_each(table.rows[row][0])
        if not quantity.scale and self.claim.measure != "count":
            return False
        return not (scale or self.claim.is_each) and (
            says_each(table.rows[row][0]) or says_each(table.heads[column])
        )

    @cached_property
    def places_of_result(self) -> frozenset[tuple[int, ...]]:
        """The cells and sentences that have the result of the formula in which the claim is an operand.

        The name before ``revenue = 318 + 165 - 151 = 332`` is that of the result, and so no operand's.
        """
        if self.calculation is None or not self.is_signed:
            return frozenset()
        return _places_like(self.calculation.result, self.evidence)

    @cached_property
    def cells_beside(self) -> frozenset[tuple[int, ...]]:
        """The cells of the other operands of the formula in which the claim is one."""
        others = self.operands if self.is_signed else ()
        places = (
            _places_like(each, self.evidence) for each in others if each.value != self.claim.quantity.value
        )
        return frozenset().union(*places)

    def is_of_formula(self, spot: Spot, *, is_of_row: bool) -> bool:
        """Whether a place is that of the result of a formula, or, in the claim's own row, of an operand."""
        if not self.is_signed:
            return False
        place = _place_of(spot)
        return place in self.places_of_result or (is_of_row and place in self.cells_beside)

    def rows_of_operands(self) -> frozenset[tuple[int, int]]:
        """Return the rows, as (table, row), where the other figures stand and the claim's value does not."""
        own = {(spot[0], spot[2][0]) for spot, _ in spots_like(self.claim.quantity, self.evidence, self.half)}
        return frozenset().union(*(_rows_like(operand, self.evidence) for operand in self.beside)) - own


def _place_of(spot: Spot) -> tuple[int, ...]:
    """Return the cell of a place, or its sentence."""
    return (spot[0], *spot[2][:2]) if spot[0] >= 0 else (-1, spot[1])


@lru_cache(maxsize=512)
def _places_like(figure: Quantity, evidence: Evidence) -> frozenset[tuple[int, ...]]:
    """Return the cells and the sentences that say the same as a figure of a formula."""
    like = spots_like(figure, evidence, tolerance(figure, is_about=False))
    return frozenset(_place_of(spot) for spot, said in like if said != "scale")


@lru_cache(maxsize=512)
def _rows_like(operand: Quantity, evidence: Evidence) -> frozenset[tuple[int, int]]:
    """Return the rows, as (table, row), that say the same as an operand."""
    like = spots_like(operand, evidence, tolerance(operand, is_about=False))
    return frozenset((spot[0], spot[2][0]) for spot, said in like if said != "scale")


def _has_digits_of(figure: Figure, quantity: Quantity) -> bool:
    """Whether two figures are one but for a power of ten."""
    digits, there = str(abs(quantity.value)), figure[2].lstrip("-")
    return bool(digits.replace(".", "").strip("0") == there.replace(".", "").strip("0"))
