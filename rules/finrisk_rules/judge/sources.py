"""The question and the sources of an answer: what they say, name and know, read as the court asks for it."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import islice

from finrisk_rules.judge.agreement import says, tolerance
from finrisk_rules.judge.bare_numbers import Pairs, is_count
from finrisk_rules.judge.copies import is_copied, on_one_line
from finrisk_rules.judge.evidence import Evidence, evidence_of, facts_now
from finrisk_rules.judge.languages import are_alike, language_of
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.table_evidence import Named
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.judge.vocabulary import PART_OF_YEAR, counted
from finrisk_rules.judge.wording import has_support, is_worded_as, words
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Quantity, quantities

_MOST_ASKED = 1000
"""Numbers of a question that are looked at."""


class Sources:
    """The sources of an answer, numbered from 1, with the question that they were found for."""

    def __init__(self, question: str, answer: str, sources: Sequence[JudgedSource]) -> None:
        self.question, self.answer = question, answer
        self._sources = sources
        self._all = range(1, len(sources) + 1)
        self._asked: frozenset[tuple[Decimal, str]] | None = None
        self._evidence: dict[int, Evidence] = {}
        self._reads: dict[int, bool] = {}
        self._contents: dict[int, frozenset[str]] = {}
        self._lines: dict[int, str] = {}

    @cached_property
    def asked_words(self) -> frozenset[str]:
        """The telling words of the question."""
        return stems(self.question)

    @cached_property
    def asked_periods(self) -> Sequence[Named]:
        """The periods that the question names, each once."""
        return list(dict.fromkeys((period.year, period.part) for period in periods(self.question)))

    @cached_property
    def asked_years(self) -> frozenset[int]:
        """The years of these periods."""
        return frozenset(year for year, _ in self.asked_periods if year)

    @cached_property
    def words_of_answer(self) -> frozenset[str]:
        """The telling words of the answer."""
        return stems(self.answer)

    @cached_property
    def speaks_of_parts(self) -> bool:
        """Whether question or answer speak of months, or of parts of a year, anywhere."""
        return bool(PART_OF_YEAR.search(self.question) or PART_OF_YEAR.search(self.answer))

    def __getitem__(self, n: int) -> JudgedSource:
        """Return source ``n``."""
        return self._sources[n - 1]

    def evidence(self, n: int) -> Evidence:
        """Return what the facts of a source say; where none were kept, its text is read now."""
        evidence = self._evidence.get(n)
        if evidence is None:
            source = self[n]
            facts = source.facts if source.facts is not None else facts_now(source.text)
            evidence = self._evidence[n] = evidence_of(facts)
        return evidence

    def names(self, cited: Sequence[int]) -> Pairs:
        """Return the numbers in names of rows and columns of these sources."""
        known = self.known(cited)
        if len(known) == 1:
            return self.evidence(known[0]).names
        return frozenset().union(*(self.evidence(n).names for n in known))

    def reads(self, n: int) -> bool:
        """Whether the words of the answer can be compared with those of a source.

        An answer too short to tell its language has that of the question, or of a source that has its words.
        """
        if n not in self._reads:
            said = language_of(self.answer)
            there = self.evidence(n).language
            language = language_of(self[n].text) if there is None else there
            if said == "zh" and language == "ja":  # kanji alone
                said = language_of(self.question)
            asked = said or language_of(f"{self.question}\n{self.answer}")
            self._reads[n] = are_alike(asked, language) or (not said and self._has_words(n))
        return self._reads[n]

    def _has_words(self, n: int) -> bool:
        """Whether a source has most words of the answer."""
        return is_worded_as(self.answer, self._words(n))

    def first_cited(self, cited: Sequence[int]) -> str:
        """Return the text of the first cited source, "" where there is none."""
        return next((self[n].text for n in self.known(cited)), "")

    def known(self, cited: Sequence[int]) -> list[int]:
        """Return the cited sources that there are; all where nothing is cited."""
        return [n for n in cited if n in self._all] if cited else list(self._all)

    def supports(self, said: frozenset[str], cited: Sequence[int]) -> bool | None:
        """Whether a cited source has the words of a statement without figures; None if none can be read."""
        known = self.known(cited)
        is_read = False
        for n in known:
            if self.reads(n):
                is_read = True
                if has_support(said, self._words(n)):
                    return True
        return False if is_read or not known else None

    def _words(self, n: int) -> frozenset[str]:
        """Return the content words of a source and its title."""
        if n not in self._contents:
            source = self[n]
            self._contents[n] = words(f"{source.title}\n{source.text}")
        return self._contents[n]

    def has_sentence(self, n: int, text: str) -> bool:
        """Whether a source has a sentence word for word."""
        if n not in self._lines:
            self._lines[n] = on_one_line(self[n].text)
        return is_copied(text, self._lines[n])

    def name_row(self, words: Iterable[str], cited: Sequence[int]) -> bool:
        """Whether one of the words stands in the name of a row of these sources."""
        tables = [table for n in cited for table in self.evidence(n).tables]
        return any(word in table.row_axis.where for word in words for table in tables)

    def have_name(self, name: str, quantity: Quantity, cited: Sequence[int]) -> bool:
        """Whether one of these sources has a number behind a name, alone or in a list: "Notes 14 and 15"."""
        listed = rf"s?(?:\W{{1,3}}\d+){{0,4}}\W{{1,3}}(?:and )?{quantity.value}(?!\d)"
        named = re.compile(re.escape(name.removesuffix("s")) + listed, re.IGNORECASE)
        return any(named.search(self[n].text) for n in cited)

    def others_with(self, quantity: Quantity, half: float, cited: set[int]) -> list[int]:
        """Return the sources that are not cited, and say the same as a quantity."""
        return [n for n in self._all if n not in cited and says(self.evidence(n), quantity, half)]

    def is_asked(self, quantity: Quantity) -> bool:
        """Whether the question names a quantity."""
        if self._asked is None:
            self._asked = frozenset(
                (abs(each.amount), each.unit) for each in islice(quantities(self.question), _MOST_ASKED)
            )
        return (abs(quantity.amount), quantity.unit) in self._asked

    def has_value(self, quantity: Quantity) -> bool:
        """Whether a source has the value of a quantity, whatever it is said of; a count also in words."""
        half = tolerance(quantity, is_about=False)
        if any(says(self.evidence(n), quantity, half) for n in self._all):
            return True
        word = counted(quantity.value) if is_count(quantity) else None
        return word is not None and any(word.search(source.text) for source in self._sources)

    def names_year(self, quantity: Quantity) -> bool:
        """Whether a source has a number that is written as a year."""
        number = re.compile(rf"(?<!\d){abs(quantity.value)}(?!\d)")
        return any(number.search(source.text) for source in self._sources)
