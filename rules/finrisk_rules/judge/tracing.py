"""A figure followed to its place: the cell or sentence whose words and period its statement takes up.

A place of another value that fits the statement clearly better convicts: then the figure belongs elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from finrisk_rules.judge.agreement import (
    MOST_PERCENT,
    Agreement,
    agreement,
    are_other_currencies,
    spots_like,
    tolerance,
)
from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.bounds import allows, reach
from finrisk_rules.judge.claims import MOST_COUNT, Claim
from finrisk_rules.judge.evidence import Evidence, Figure, Spot, StatementEvidence, TableEvidence
from finrisk_rules.judge.measures import is_of_another_measure
from finrisk_rules.judge.period_fits import NO_PERIOD, Claimed, best_fit, name_fit, period_fit, period_fits
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import NET_OR_GROSS, NET_RESULT, WORDS_OF_RESULT
from finrisk_rules.judge.wording import STEMS_ABOUT_SOURCES

ROW, COLUMN, PERIOD = 2.0, 0.8, 1.5
"""What row words, column words and period count for; the words of a sentence count as row and column do."""

CLEARLY = 0.15
"""By how much a place of another value must fit better to convict."""

ROUNDED = 0.1
"""What a figure that only rounds to the claim's fits less."""

BESIDE = 0.9
"""From which weight on a word stands beside its figure."""

FAR = 0.4
"""What words further away count for where those beside the figure name a row."""

MOST_ROWS, GOOD_PERIOD = 64, 0.8
BEST_ROWS = 8
"""Rows of a table in which a place of another value is looked for."""

VERBATIM = 0.6
"""What a sentence fits better that has nearly all words of the claim: no cell has those beside its names."""

MOST_SENTENCES = 200
LIKE, NEARLY_ALL = 0.75, 0.9
"""Share of the claim's words that a sentence has which says the same of another figure; or word for word."""

LEAST_WORDS = 3
"""Words from which on a claim says enough to be told from other sentences."""

OF_WORDS, OF_NEAR = 0.75, 0.25
"""What counts in a sentence: that it has the claim's words, and that they stand by its figure alike."""

GOOD_ROW, GOOD_SENTENCE = 0.6, 0.99
"""From which fit of its words on a place has no rival among sentences."""

_STEMS_OF_RESULT = stems_of_name(WORDS_OF_RESULT)


class Reader:
    """A claim read against one source.

    The words of the statement lead to the rows where the other figures of its ``calculation`` stand for
    their sake: no place of another value is there, unless words join the figures and lead well; nor, where
    signs join them, in a row that fits less. ``is_bare`` is an operand of which no word tells: that of a
    term of a sum is in its own row alone.
    """

    def __init__(
        self,
        claim: Claim,
        topic: frozenset[str],
        periods: Claimed,
        source: int,
        evidence: Evidence,
        text: str,
        calculation: Calculation | None = None,
        *,
        is_bare: bool = False,
    ) -> None:
        self.claim, self.periods, self.source = claim, periods, source
        self.evidence, self.text, self.is_bare = evidence, text, is_bare
        self.operands = calculation.operands if calculation else ()
        self.is_signed = calculation is not None and not calculation.in_words
        self.is_term = (
            is_bare and self.is_signed and calculation is not None and calculation.expression.is_linear
        )
        self._beside = self.operands
        if calculation and self.is_signed:
            self._beside = (*self.operands, calculation.result, *calculation.earlier)
        self.half = tolerance(claim.quantity, is_about=claim.is_about)
        if claim.bound in ("above", "below", "short"):
            self.half = reach(claim.quantity, claim.bound)
        words = claim.phrase.words
        self.words: Mapping[str, float] = words
        self.topic = topic
        self.near = [word for word, weight in words.items() if weight >= BESIDE]
        self._of_sentences: dict[int, float] = {}
        self._total = sum(words.values()) or 1.0
        self._axes: dict[int, tuple[dict[int, float], list[float]]] = {}

    @cached_property
    def _about_sources(self) -> dict[str, float]:
        """The words of the claim that speak of sources, with their weight."""
        return {word: self.words[word] for word in STEMS_ABOUT_SOURCES.intersection(self.words)}

    def traces(self) -> list[Trace]:
        """Return the places that say the claim's value, in whatever scale."""
        result = []
        quantity = self.claim.quantity
        has_measure = quantity.currency or quantity.scale or quantity.unit == "points"
        for spot, said in spots_like(self.claim.quantity, self.evidence, self.half):
            if self.claim.bound and said != "scale" and not self.allows(spot[2]):
                continue
            fit, row_fit = self._fit(spot)
            trace = self.trace(spot, fit - (ROUNDED if said == "rounded" else 0), said, row_fit)
            if has_measure and said != "scale" and is_of_another_measure(self.claim, trace, self.half):
                trace.agreement = "scale"
            result.append(trace)
        return result

    def trace(self, spot: Spot, fit: float, said: Agreement, row_fit: float) -> Trace:
        """Return a place of this source, by how well it fits, how its figure agrees, and its row fits."""
        table = self.evidence.tables[spot[0]] if spot[0] >= 0 else None
        return Trace(self.source, self.text, self.evidence, spot, fit, said, row_fit, table)

    def _fit(self, spot: Spot) -> tuple[float, float]:
        """Return how well a place fits the claim, all in all and by its row words alone."""
        table, statement, figure = spot
        if table < 0:
            return self._sentence_fit(statement, figure[0])
        rows, columns = self._table_fits(table)
        row_fit = rows.get(figure[0], 0.0)
        return row_fit + self._column_fit(table, figure[0], figure[1], columns), row_fit / ROW

    def _table_fits(self, at: int) -> tuple[dict[int, float], list[float]]:
        """Return how well each row fits by its words, and each column by its words and period."""
        fits = self._axes.get(at)
        if fits is None:
            table = self.evidence.tables[at]
            words = self._words_for(table)
            by_row, by_column = table.row_axis, table.column_axis
            if table.is_turned:
                rows, by_words = by_row.fits(words, by_column, COLUMN), by_column.fits(words, None, ROW)
            else:
                rows, by_words = by_row.fits(words, None, ROW), by_column.fits(words, by_row, COLUMN)
            columns = [0.0] * len(table.heads)
            if self.periods:
                columns = list(period_fits(self.periods, table, PERIOD))
            for column, fit in by_words.items():
                columns[column] += fit
            fits = self._axes[at] = rows, columns
        return fits

    def line_fits(self, at: int) -> Mapping[int, float]:
        """Return how well the words fit, 0..1, each row of a table, or column where its rows are periods."""
        table = self.evidence.tables[at]
        if table.is_turned:
            return table.column_axis.fits(self._words_for(table))
        return {row: fit / ROW for row, fit in self._table_fits(at)[0].items()}

    def of_best_heads(self, at: int, cells: Sequence[Figure]) -> list[Figure]:
        """Return the cells of a row under the heads that fit the claim best."""
        fits = self._table_fits(at)[1]
        best = max(fits[cell[1]] for cell in cells)
        return [cell for cell in cells if fits[cell[1]] == best]

    def _words_for(self, table: TableEvidence) -> Mapping[str, float]:
        """Return the words of the claim; those beside it nearly alone where they name a row.

        Where no word of its sentence names one, the heading does.
        """
        where = (table.column_axis if table.is_turned else table.row_axis).where
        if where.keys().isdisjoint(self.near):
            is_named = not self.topic or not where.keys().isdisjoint(self.words)
            return self.words if is_named else {**self.words, **dict.fromkeys(self.topic, 1.0)}
        if len(self.near) == len(self.words):
            return self.words
        return {word: weight if weight >= BESIDE else FAR * weight for word, weight in self.words.items()}

    def _column_fit(self, at: int, row: int, column: int, columns: list[float]) -> float:
        """Return how well a cell fits but for its row words; a row may name a period too."""
        table = self.evidence.tables[at]
        if not self.periods or not (of_row := table.row_periods[row]):
            return columns[column]
        of_head = table.head_periods[column]
        by_words = columns[column] - PERIOD * period_fit(self.periods, of_head)
        if not of_head:
            return by_words + PERIOD * period_fit(self.periods, of_row)
        both = name_fit(self.periods, of_head, 1.0) + name_fit(self.periods, of_row, 1.0)
        return by_words + PERIOD * both / 2

    def _sentence_fit(self, at: int, number: int) -> tuple[float, float]:
        statement = self.evidence.statements[at]
        mine, near, total = self.words, statement.phrases(self.text)[number].words, self._total
        shared = self._shared(at) / total
        common = sum(
            [weight if weight < near[word] else near[word] for word, weight in mine.items() if word in near]
        )
        row_fit = OF_WORDS * shared + OF_NEAR * common / (total + sum(near.values()) - common)
        fit = (ROW + COLUMN) * row_fit
        if shared > NEARLY_ALL and len(mine) - len(self._about_sources) >= LEAST_WORDS:
            fit += VERBATIM
        if self.periods:
            said = statement.own_periods(number, self.text) or statement.shared_periods(number, self.text)
            fit += PERIOD * max(
                (weight * best_fit(period, said) for period, weight in self.periods) if said else (NO_PERIOD,)
            )
        return fit, row_fit

    def _shared(self, at: int) -> float:
        """Return the weight of the claim's words that a sentence has.

        Those that speak of sources ("according to the filing") may be missing in it.
        """
        shared = self._of_sentences.get(at)
        if shared is None:
            words = self.evidence.statements[at].words(self.text)
            shared = sum([weight for word, weight in self.words.items() if word in words])
            if shared and self._about_sources:
                missing = sum([self._about_sources[word] for word in self._about_sources.keys() - words])
                shared *= self._total / (self._total - missing)
            self._of_sentences[at] = shared
        return shared

    def rival(self, above: float, right: Trace | None, *, sentences: bool) -> Trace | None:
        """Return the place of another value that fits best, where one fits better than ``above``.

        A row that is called as that of the ``right`` place, for the same period, is no rival of it.
        """
        best: Trace | None = None
        taken = self._rows_of_operands() if self.operands else ()
        rows = (self._table_fits(table)[0].get(row, 0.0) / ROW for table, row in taken if table >= 0)
        spent = max(rows, default=0.0) if self.is_signed else 0.0
        own = (right.spot[0], right.spot[2][0]) if right else None
        for spot, fit, row_fit in self._cells(above):
            row = spot[0], spot[2][0]
            if row in taken and (self.is_signed or self.is_bare or row_fit < GOOD_ROW or not self.near):
                continue
            if row != own and (self.is_term or 0 < row_fit < spent):
                continue
            if fit > (best.fit if best else above) and self._is_other(spot[2]):
                if right and right.table and self._are_namesakes(spot, right):
                    continue
                best = self.trace(spot, fit, "", row_fit)
        if sentences:
            for spot in self._sentences(right):
                is_timeless = self.claim.phrase.is_base or not self.periods
                if right and is_timeless and self._is_other_end(spot, right):
                    continue
                fit, row_fit = self._sentence_fit(spot[1], spot[2][0])
                if fit > (best.fit if best else above) and self._is_other(spot[2]):
                    best = self.trace(spot, fit, "", row_fit)
        return best

    def _is_other_end(self, spot: Spot, right: Trace) -> bool:
        """Whether a figure is compared with the one at the right place, where the claim is as that is."""
        if right.table is not None or right.spot[1] != spot[1] or right.source != self.source:
            return False
        phrases = self.evidence.statements[spot[1]].phrases(self.text)
        is_base = phrases[right.spot[2][0]].is_base
        return is_base == self.claim.phrase.is_base != phrases[spot[2][0]].is_base

    def _are_namesakes(self, spot: Spot, right: Trace) -> bool:
        table, other = self.evidence.tables[spot[0]], right.table
        (row, column), (other_row, other_column) = spot[2][:2], right.spot[2][:2]
        if other is None or not self._are_called_alike(table.rows[row][0], other.rows[other_row][0]):
            return False
        above, other_above = (stems_of_name(each) for each in (table.rows[row][1], other.rows[other_row][1]))
        if above != other_above and not (above - other_above).isdisjoint(self.near):
            return False
        return (
            table.head_periods[column] == other.head_periods[other_column]
            and spot[2][0:2] != right.spot[2][0:2]
            and (table is not other or row != other_row)
        )

    def _are_called_alike(self, name: str, other: str) -> bool:
        """Whether two rows have one name, but for a net or gross that the claim does not say.

        "Profit" alone means the net one, which is the ``other``, and not "gross profit".
        """
        if name.lower() == other.lower():
            return True
        if NET_RESULT.search(other) and self.words.keys().isdisjoint(stems_of_name(name) - _STEMS_OF_RESULT):
            return True
        if not (NET_OR_GROSS.search(name) or NET_OR_GROSS.search(other)):
            return False
        bare, other_bare = (stems_of_name(NET_OR_GROSS.sub(" ", each)) for each in (name, other))
        apart = stems_of_name(name) ^ stems_of_name(other)
        return bare == other_bare and apart.isdisjoint(self.near)

    def _cells(self, above: float) -> Iterator[tuple[Spot, float, float]]:
        """Yield the cells to which the claim's words lead, as far as they may fit better than ``above``."""
        for at, table in enumerate(self.evidence.tables):
            rows, columns = self._table_fits(at)
            most = max(columns) + (PERIOD if table.has_row_periods else 0.0)
            if rows and max(rows.values()) + most <= above:
                continue
            best = sorted(rows, key=rows.__getitem__, reverse=True)[:BEST_ROWS]
            if self.periods and table.has_row_periods:
                best += [row for row in self._rows_in_period(table) if row not in rows]
            elif self.periods and not best:
                best = list(table.by_row)[:BEST_ROWS]
            for row in best:
                row_fit = rows.get(row, 0.0)
                if row_fit + most <= above:
                    continue
                for cell in table.by_row.get(row, ()):
                    if self.claim.is_change and not table.is_change(row, cell[1]):
                        continue
                    fit = row_fit + self._column_fit(at, row, cell[1], columns)
                    if fit > above:
                        yield (at, -1, cell), fit, row_fit / ROW

    def _rows_in_period(self, table: TableEvidence) -> list[int]:
        """Return the rows that name a period of the claim."""
        rows = list(table.by_row)[:MOST_ROWS]
        return [row for row in rows if period_fit(self.periods, table.row_periods[row]) > GOOD_PERIOD][
            :BEST_ROWS
        ]

    def _sentences(self, right: Trace | None) -> Iterator[Spot]:
        """Yield the figures of sentences that have the words of the claim; of few words, of the right one.

        The words beside the claim are enough where no table has its figure.
        """
        least = LIKE * self._total
        numbers: Iterable[int] = range(min(MOST_SENTENCES, len(self.evidence.statements)))
        if len(self.words) - len(self._about_sources) < LEAST_WORDS:
            is_here = right and right.table is None and right.source == self.source
            numbers = [right.spot[1]] if right and is_here else []
        is_in_prose = right is None or right.table is None
        is_near = is_in_prose and len(self.words) > len(self.near) >= LEAST_WORDS
        for at in numbers:
            statement = self.evidence.statements[at]
            if self._shared(at) >= least or (is_near and self._shares_near(statement)):
                changes = statement.changes(self.text)
                for number, figure in enumerate(statement.figures):
                    if changes[number] == self.claim.is_change and not _is_count(figure):
                        yield -1, at, [number, 0, *figure[:4]]

    def _shares_near(self, statement: StatementEvidence) -> bool:
        """Whether a sentence has most of the words beside the claim, whatever is said further away."""
        return len(statement.words(self.text).intersection(self.near)) >= LIKE * len(self.near)

    def _is_other(self, figure: Figure) -> bool:
        """Whether a stored figure is of the claim's kind, and says another value.

        A percentage is no rival of an amount or of a bare whole number, nor dollars of euros.
        """
        quantity = self.claim.quantity
        if quantity.unit:
            is_amount = not figure[4] and (figure[3] or figure[5] or "." not in figure[2])
            is_of_kind = not (is_amount or (quantity.unit == "points" and figure[4] == "percent"))
        else:
            is_money = (
                quantity.currency or quantity.scale or (self.is_signed and quantity.value > MOST_PERCENT)
            )
            is_of_kind = not ((figure[4] and is_money) or are_other_currencies(quantity.currency, figure[5]))
        is_near = agreement(quantity, figure, self.half) not in ("", "scale")
        return is_of_kind and not (is_near and self.allows(figure))

    def allows(self, figure: Figure) -> bool:
        """Whether a stored figure is on the side of the claim's bound, where that is one."""
        said = self.claim.bound
        return not said or allows(said, abs(float(self.claim.quantity.value)), abs(float(figure[2])))

    def _rows_of_operands(self) -> set[tuple[int, int]]:
        """Return the rows, as (table, row), where the other figures stand and the claim's value does not."""
        own = {(spot[0], spot[2][0]) for spot, _ in spots_like(self.claim.quantity, self.evidence, self.half)}
        return {
            (spot[0], spot[2][0])
            for operand in self._beside
            for spot, said in spots_like(operand, self.evidence, tolerance(operand, is_about=False))
            if said != "scale"
        } - own


def _is_count(figure: Figure) -> bool:
    """Whether a figure of a sentence is a bare whole number that counts: "at week 12"."""
    value, scale, unit, currency = figure[:4]
    return not (scale or unit or currency) and "." not in value and abs(float(value)) <= MOST_COUNT


def best_rival(readers: Sequence[Reader], right: Trace | None) -> Trace | None:
    """Return the place of another value that fits the claim best, over all its sources.

    Where there is a place that says the claim's value, only one that fits clearly better. Sentences are
    looked at where that place does not have the words of the claim.
    """
    above = right.fit + CLEARLY if right else 0.0
    sentences = right is None or right.row_fit < (GOOD_ROW if right.table else GOOD_SENTENCE)
    best: Trace | None = None
    for reader in readers:
        rival = reader.rival(best.fit if best else above, right, sentences=sentences)
        best = rival or best
    return best
