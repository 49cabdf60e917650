"""How well the places of a source fit a claim: by words of rows, columns and sentences, and by periods."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from finrisk_rules.judge.evidence import Evidence, Spot
from finrisk_rules.judge.period_fits import Claimed, best_fit, name_fit, period_fit, period_fits
from finrisk_rules.judge.stems import STEMS_OF_TOTAL
from finrisk_rules.judge.table_evidence import Figure, TableEvidence
from finrisk_rules.judge.wording import STEMS_ABOUT_SOURCES

ROW, COLUMN, PERIOD = 2.0, 0.8, 1.5
"""What row words, column words and period count for; the words of a sentence count as row and column do."""

BESIDE = 0.9
"""From which weight on a word stands beside its figure."""

FAR = 0.4
"""What words further away count for where those beside the figure name a row."""

CLEARLY = 0.15
"""By how much a place of another value must fit better to convict."""

GOOD_ROW, GOOD_SENTENCE = 0.6, 0.99
"""From which fit of its words on a place has no rival among sentences."""

VERBATIM = 0.6
"""What a sentence fits better that has nearly all words of the claim: no cell has those beside its names."""

OF_WORDS, OF_NEAR = 0.75, 0.25
"""What counts in a sentence: that it has the claim's words, and that they stand by its figure alike."""

NEARLY_ALL = 0.9
"""Share of the claim's words with which a sentence has it word for word."""

LEAST_WORDS = 3
"""Words from which on a claim says enough to be told from other sentences."""


class Fits:
    """The words and periods of a claim, with how well they fit the places of one source.

    ``near`` are the words beside its figure, ``topic`` those of the heading above its sentence.
    """

    def __init__(
        self,
        words: Mapping[str, float],
        topic: frozenset[str],
        periods: Claimed,
        evidence: Evidence,
        text: str,
    ) -> None:
        self.words, self.topic, self.periods = words, topic, periods
        self.evidence, self.text = evidence, text
        self.near = [word for word, weight in words.items() if weight >= BESIDE]
        self.total = sum(words.values()) or 1.0
        self._of_sentences: dict[int, float] = {}
        self._axes: dict[int, tuple[dict[int, float], list[float]]] = {}

    @cached_property
    def about_sources(self) -> dict[str, float]:
        """The words of the claim that speak of sources, with their weight."""
        return {word: self.words[word] for word in STEMS_ABOUT_SOURCES.intersection(self.words)}

    def fit(self, spot: Spot) -> tuple[float, float]:
        """Return how well a place fits the claim, all in all and by its row words alone."""
        table, statement, figure = spot
        if table < 0:
            return self.sentence_fit(statement, figure[0])
        rows, columns = self.table_fits(table)
        row_fit = rows.get(figure[0], 0.0)
        return row_fit + self.cell_fit(table, figure[0], figure[1], columns), row_fit / ROW

    def table_fits(self, at: int) -> tuple[dict[int, float], list[float]]:
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
        return {row: fit / ROW for row, fit in self.table_fits(at)[0].items()}

    def of_best_heads(self, at: int, cells: Sequence[Figure]) -> list[Figure]:
        """Return the cells of a row under the heads that fit the claim best."""
        fits = self.table_fits(at)[1]
        best = max(fits[cell[1]] for cell in cells)
        return [cell for cell in cells if fits[cell[1]] == best]

    def _words_for(self, table: TableEvidence) -> Mapping[str, float]:
        """Return the words of the claim; those beside it nearly alone where they name a row.

        Where no word of its sentence names one, the heading does, but for the word of a total.
        """
        where = (table.column_axis if table.is_turned else table.row_axis).where
        if where.keys().isdisjoint(self.near):
            topic = self.topic - STEMS_OF_TOTAL
            is_named = not topic or not where.keys().isdisjoint(self.words)
            return self.words if is_named else {**self.words, **dict.fromkeys(topic, 1.0)}
        if len(self.near) == len(self.words):
            return self.words
        return {word: weight if weight >= BESIDE else FAR * weight for word, weight in self.words.items()}

    def cell_fit(self, at: int, row: int, column: int, columns: list[float]) -> float:
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

    def sentence_fit(self, at: int, number: int) -> tuple[float, float]:
        """Return how well a figure of a sentence fits, all in all and by its words alone."""
        near, weight_there, named = self.evidence.statements[at].said(number, self.text)
        total, shared = self.total, self.shared(at) / self.total
        common = sum(
            [
                weight if weight < near[word] else near[word]
                for word, weight in self.words.items()
                if word in near
            ]
        )
        row_fit = OF_WORDS * shared + OF_NEAR * common / (total + weight_there - common)
        fit = (ROW + COLUMN) * row_fit
        if shared > NEARLY_ALL and len(self.words) - len(self.about_sources) >= LEAST_WORDS:
            fit += VERBATIM
        if self.periods:
            fit += PERIOD * best_fit(self.periods, named)
        return fit, row_fit

    def shared(self, at: int) -> float:
        """Return the weight of the claim's words that a sentence has.

        Those that speak of sources ("according to the filing") may be missing in it.
        """
        shared = self._of_sentences.get(at)
        if shared is None:
            words = self.evidence.statements[at].words(self.text)
            shared = sum([weight for word, weight in self.words.items() if word in words])
            shared = self._of_sentences[at] = self._without_sources(shared, words)
        return shared

    @cached_property
    def sharing(self) -> Mapping[int, float]:
        """The same of each of the first sentences that has one of the words."""
        sharing: dict[int, float] = {}
        where = self.evidence.sentences_with(self.text)
        for word, weight in self.words.items():
            for at in where.get(word, ()):
                sharing[at] = sharing.get(at, 0.0) + weight
        if self.about_sources:
            for at, shared in sharing.items():
                sharing[at] = self._without_sources(shared, self.evidence.statements[at].words(self.text))
        self._of_sentences.update(sharing)
        return sharing

    def _without_sources(self, shared: float, words: frozenset[str]) -> float:
        """Return the weight of the words that a sentence shares, as if it had those that speak of sources."""
        if not shared or not self.about_sources:
            return shared
        missing = sum([self.about_sources[word] for word in self.about_sources.keys() - words])
        return shared * (self.total / (self.total - missing))
