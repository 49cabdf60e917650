"""Which words and periods of a sentence belong to which of its figures.

A figure has what stands between it and its neighbours: what is left of a joint (a comma, "and", "from")
belongs to the figure before, the rest to the next one. As many periods as figures, said in one go, are
shared out in their order, and so are the items of a list before them ("respectively").
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from finrisk_rules.judge.comparison_words import (
    BASE_AT_SPLIT,
    BASE_BEFORE,
    BASE_BEHIND,
    CHANGED_ON,
    COMPARED,
    THAN_OF_EAST_ASIA,
    WORDS_OF_BASE,
    is_base,
    may_compare,
)
from finrisk_rules.judge.hints import Words, cannot_say
from finrisk_rules.judge.period_lists import periods_of_lists
from finrisk_rules.judge.splits import BEFORE_PERIOD, behind_each, contrast, split
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.vocabulary import (
    JOINT,
    LIST_JOINT,
    WORDS_OF_CLAUSES,
    whole,
)
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import Period

MOST_CHARACTERS = 400
"""Of a stretch between two figures: what is further away says nothing of them."""

FARTHEST = 3
"""Stretches before a figure whose words it may take up ("Revenue rose from 5 to 6": of both)."""

FADING = 0.6
"""What a word counts for with each figure that stands between."""

BEFORE, BEHIND, OF_LIST = 0.3, 0.9, 0.3
"""What words count for that belong to the figure before, that follow, or that stand outside a list."""

MOST_PERIODS = 4
"""Periods on one side of a figure that may be its own."""

ENDED = 0.1
"""What words count for that a semicolon parts from a figure, behind another one."""

LONGEST_GLUE = 40
_PERIOD_BEFORE = pattern_of(r"[(\uff08]\s*\x00+\s*[:\uff1a]?\s*[^\w\s]{0,3}\s?\Z")
"""Before a figure in brackets behind another one, its period: "5 (2022: 4)"."""

_DAY_BEFORE = pattern_of(r"[(\uff08]\d{1,2}月(?:期?末|\d{1,2}日)(?:時点)?[は:\uff1a]?[^\w\s]{0,3}\Z")
"""The same of a day without a year, in Japanese: "132億円(3月末は145億円)"."""

LONGEST_AGAIN, LONGEST_ASIDE = 12, 60
LEAST_AFTER_COLON = 3
"""Words between a colon and the first figure from which on what stands before the colon is further away."""

_COLON = pattern_of(r":\s")
_OF_NEXT = pattern_of(r"\s?[:\uff1a]\s?[-+\u2212]?[^\w\s]?\d")
LONGEST_LEAD = 12
"""Characters between a bracket and a period in it."""

_AGAIN = pattern_of(r"\s*,?\s*(?:or|i\.e\.,?|oder|soit|ossia|bzw\.)\s+[^\w\s]{0,3}", re.IGNORECASE)
_OPENS = pattern_of(r"\s*[(\uff08]\s*")
_NOTE = pattern_of(r"\( ?\d{1,2} ?\)")

Span = tuple[int, int]


class Phrase(NamedTuple):
    """What a sentence says of one of its figures.

    ``words`` are the telling words with their weight, 1 where they stand beside the figure; ``periods`` the
    (year, part) that stand by it, the nearest first; ``is_base`` whether the figure is what another one is
    compared with ("from 5", "against 5").
    """

    words: dict[str, float]
    periods: tuple[tuple[int | None, str], ...]
    is_base: bool


_NOTHING: frozenset[str] = frozenset()


class _Stretches:
    """A sentence, parted by its figures: stretch n stands before figure n, the last one behind the last."""

    def __init__(self, text: str, figures: Sequence[Span], periods: Sequence[Period], words: Words) -> None:
        self.count = len(figures)
        self.bare = _without(text, periods)
        self.is_parted = ";" in text
        self.may_compare = may_compare(words)
        self.may_have_base = not cannot_say(words, WORDS_OF_BASE)
        spans: list[Span] = []
        self.periods: list[Sequence[Period]] = []
        start = number = 0
        for end, following in figures:
            first = number
            while number < len(periods) and periods[number].start < end:
                number += 1
            self.periods.append(periods[first:number])
            spans.append((max(start, end - MOST_CHARACTERS), end))
            start = following
        self.periods.append(periods[number:])
        last = start, min(len(text), start + MOST_CHARACTERS)
        has_contrast = not cannot_say(words, WORDS_OF_CLAUSES)
        splits = [spans[0][0]]
        splits += [split(self.bare, *span) for span in spans[1:]]
        splits.append(contrast(self.bare, *last) if has_contrast else last[1])
        spans.append(last)
        self.spans, self.splits = spans, splits
        worded = _without_notes(text, " ")
        self.left = [
            stems(worded[start:split]) if split > start else _NOTHING
            for (start, _), split in zip(spans, splits, strict=True)
        ]
        firsts = [splits[0], *(behind_each(worded, end) for end in splits[1:])]
        self.right = [stems(worded[first:end]) for first, (_, end) in zip(firsts, spans, strict=True)]
        self.lead_in = _NOTHING
        self.has_colon = ":" in text or "\uff1a" in text
        start, end = spans[0]
        if self.has_colon and (colon := _COLON.search(worded, start, end)):
            said = stems(worded[colon.end() : end])
            if len(said) >= LEAST_AFTER_COLON:
                self.lead_in, self.right[0] = self.right[0] - said, said

    def words(self, at: int) -> dict[str, float]:
        """Return the words that figure ``at`` takes up, those beside it with the most weight.

        One that says again what the one before says ("5 million, or 3 %") has its words.
        """
        if self._is_again(at) and not self._is_again(at - 1):
            return dict.fromkeys(self.left[at + 1], FADING) | self.words(at - 1)
        words = dict.fromkeys(self.right[0], FADING**FARTHEST) if at > FARTHEST else {}
        for distance in range(min(at, FARTHEST), 0, -1):
            ended = self.left[at - distance]
            if self.is_parted and self._is_ended(at - distance):
                words |= dict.fromkeys(ended, ENDED)
                ended = _NOTHING
            words |= dict.fromkeys(ended | self.right[at - distance], FADING**distance)
        if self.left[at]:
            is_ended = self.is_parted and self._is_ended(at)
            words |= dict.fromkeys(self.left[at], ENDED if is_ended else BEFORE)
        if self.left[at + 1]:
            words |= dict.fromkeys(self.left[at + 1], BEHIND)
        if self._stands_first(at):
            words |= dict.fromkeys(self.right[1], BEHIND)
        words |= dict.fromkeys(self.right[at], 1.0)
        if self.lead_in and at <= FARTHEST:
            words = dict.fromkeys(self.lead_in, FADING ** (at + 1)) | words
        return words

    def _is_ended(self, at: int) -> bool:
        """Whether a semicolon ends what is said of the figure before figure ``at``."""
        return self.bare.find(";", *self.spans[at]) >= 0

    def _is_again(self, at: int) -> bool:
        start, end = self.spans[at]
        return at > 0 and end - start < LONGEST_AGAIN and _AGAIN.fullmatch(self.bare, start, end) is not None

    def _stands_first(self, at: int) -> bool:
        """Whether a figure begins its sentence: its words follow, "At 5 %, the margin was ..."."""
        return at == 0 and not self.right[0] and not self.left[1]

    def own_periods(self, at: int) -> list[Period]:
        """Return the periods by figure ``at``: first the one that is glued to it."""
        behind: Sequence[Period] = self.periods[at + 1][:MOST_PERIODS]
        if behind and self.has_colon:
            behind = [each for each in behind if not self._is_of_next(each)]
        if behind and at < self.count - 1:
            behind = [
                each
                for each in behind
                if each.start < self.splits[at + 1]
                and not BEFORE_PERIOD.search(self.bare, max(0, each.start - LONGEST_GLUE), each.start)
            ]
        elif behind:
            last = self.splits[at + 1]
            behind = [each for each in behind if each.start < last and not self.is_compared(each)]
        if not self.periods[at] and not behind and self._stands_first(at):
            return list(self.periods[1][:1])
        before: Sequence[Period] = self.periods[at][: -MOST_PERIODS - 1 : -1]
        if before and at:
            before = [each for each in before if each.start >= self.splits[at]]
        if before and self.bare.endswith(THAN_OF_EAST_ASIA, 0, before[0].start):
            before = before[1:]
        if before and (self._is_of_end(at, before[0]) or self._is_left(at, before[0])):
            before = ()
        if before and not at and not self.is_base(0):
            before = [each for each in before if not self._opens_comparison(each)]
        if behind and (not before or self._is_glued(self.spans[at + 1][0], behind[0].start)):
            if before and not at and self._goes_back(before[0].end):
                return behind if isinstance(behind, list) else list(behind)
            return [*behind, *before]
        return [*before, *behind]

    def _is_left(self, at: int, period: Period) -> bool:
        """Whether a comma ends what is said of a period that is compared: "5 % over 2023, reaching 5"."""
        if not at or not self.bare.startswith(",", period.end):
            return False
        return self.is_compared(period) and not self.is_base(at)

    def _is_of_end(self, at: int, period: Period) -> bool:
        """Whether a period before both ends of a change is that of the later one: "in 2024 from 5 to 6"."""
        start, end = self.spans[at]
        if at + 1 >= self.count or not _FROM.fullmatch(self.bare, period.end, end):
            return False
        if self.is_compared(period):
            return False
        return start <= period.start and _TO_END.fullmatch(self.bare, *self.spans[at + 1]) is not None

    def _is_of_next(self, period: Period) -> bool:
        """Whether a period in brackets is that of the figure behind it, be that a count: "21 (2023: 4)"."""
        opens = self.bare.find("(", max(0, period.start - LONGEST_LEAD), period.start) >= 0
        return opens and _OF_NEXT.match(self.bare, period.end) is not None

    def periods_of(self, at: int) -> Sequence[Period]:
        """Return the periods of a figure, or those of the one that says the same in another unit.

        A figure and the one in brackets behind it are of the period behind these: "$5 (18 %) in 2023".
        """
        if aside := self._periods_behind_aside(at):
            return aside
        if own := self.own_periods(at):
            return own
        if at + 1 < self.count and self._is_again(at + 1):
            return self.own_periods(at + 1)
        is_end = at > 0 and _TO.fullmatch(self.bare, *self.spans[at])
        if is_end and (before := self.periods[at - 1]) and self._is_of_end(at - 1, before[-1]):
            return before[-1:]
        return self.own_periods(at - 1) if is_end or self._is_again(at) else own

    def _periods_behind_aside(self, at: int) -> Sequence[Period]:
        """Return the periods behind the brackets that open behind a figure and hold the next one alone."""
        if at + 1 >= self.count or not self.periods[at + 2] or self.periods[at + 1]:
            return ()
        if not _OPENS.fullmatch(self.bare, *self.spans[at + 1]):
            return ()
        behind = self.own_periods(at + 1)
        closes = self.bare.find(")", self.spans[at + 1][1], self.spans[at + 1][1] + LONGEST_ASIDE)
        return behind if behind and 0 <= closes < behind[0].start else ()

    def _goes_back(self, start: int) -> bool:
        """Whether words behind a period lead to what is compared: "none in 2021, after 5 in 2022"."""
        joint = JOINT.search(self.bare, start, self.spans[0][1])
        return joint is not None and bool(BASE_AT_SPLIT.match(self.bare, joint.start(), self.spans[0][1]))

    def is_compared(self, period: Period) -> bool:
        """Whether a figure is compared with that of this period: "6 % over 2022", "(+6 % vs. 2022)"."""
        first = max(0, period.start - LONGEST_GLUE)
        if not period.part and CHANGED_ON.search(self.bare, first, period.start):
            return True
        return bool(COMPARED.search(self.bare, first, period.start))

    def _opens_comparison(self, period: Period) -> bool:
        """Whether a sentence begins with what is compared: "Against 2022, sales rose by 5 to 41"."""
        return (
            period.start < LONGEST_GLUE
            and _OPENS_COMPARISON.fullmatch(self.bare, 0, period.start) is not None
        )

    def _is_glued(self, start: int, end: int) -> bool:
        return end - start < LONGEST_GLUE and not JOINT.search(self.bare, start, end)

    def shared_periods(self) -> Sequence[Period]:
        """Return the periods in the order of the figures, where they are said in one go, one for each.

        "800 less in 2023 than in 2022" compares two instead, and so does "in 2023 over 2022, 5 or 3 %".
        """
        places = [at for at, each in enumerate(self.periods) if each]
        if self.count < 2 or len(places) != 1 or places[0] not in (0, self.count):
            return ()
        periods = self.periods[places[0]]
        if len(periods) != self.count:
            return ()
        compares = (places[0] or self._is_again(1)) and any(map(self.is_compared, periods[1:]))
        return () if compares else periods

    def shared_items(self) -> list[frozenset[str]]:
        """Return the words of each item of a list before the figures, where there is one for each."""
        if self.count < 2 or not all(LIST_JOINT.fullmatch(self.bare, *span) for span in self.spans[1:-1]):
            return []
        items = [stems(item) for item in LIST_JOINT.split(self.bare[slice(*self.spans[0])])]
        items = [item for item in items if item]
        return items if len(items) == self.count else []

    def is_base(self, at: int) -> bool:
        """Whether another figure is compared with this one, or with the one that it says again."""
        if self._is_again(at) and not self._is_again(at - 1):
            return self.is_base(at - 1)
        start, end = self.spans[at][1], self.spans[at + 1][0]
        if self.may_have_base:
            following = self.bare[end : self.spans[at + 1][1]] if at + 1 < self.count else ""
            if is_base(self.bare, self.splits[at], start, following):
                return True
            if at and BASE_AT_SPLIT.match(self.bare, self.splits[at], start):
                return True
        if _DAY_BEFORE.search(self.bare, max(0, start - LONGEST_GLUE), start):
            return True
        if self.periods[at] and _PERIOD_BEFORE.search(self.bare, max(0, start - LONGEST_GLUE), start):
            return True
        if not self.may_compare:
            return False
        if BASE_BEHIND.match(self.bare, end):
            return True
        return bool(BASE_BEFORE.search(self.bare, max(self.splits[at], start - LONGEST_GLUE), start))


def phrases(text: str, figures: Sequence[Span], periods: Sequence[Period], words: Words) -> list[Phrase]:
    """Return what the text says of each figure, in their order; time is linear in the text.

    ``words`` are those of the text.
    """
    if not figures:
        return []
    stretches = _Stretches(text, figures, periods, words)
    shared, items = stretches.shared_periods(), stretches.shared_items()
    of_lists = {} if shared else periods_of_lists(stretches)
    of_items = frozenset().union(*items) if items else frozenset()
    result = []
    for at in range(len(figures)):
        own_words = stretches.words(at)
        if items:
            own_words = dict.fromkeys(own_words.keys() - of_items, OF_LIST) | dict.fromkeys(items[at], 1.0)
        listed = shared[at] if shared else of_lists.get(at)
        own = [listed] if listed else stretches.periods_of(at)
        named = [(period.year, period.part) for period in own]
        result.append(Phrase(own_words, tuple(named), stretches.is_base(at)))
    return result


def _without(text: str, periods: Sequence[Period]) -> str:
    """Return the text without its periods and marks of notes, which part nothing; places in it stay."""
    if not periods and "(" not in text:
        return text
    pieces: list[str] = []
    at = 0
    for period in periods:
        if period.start >= at:
            between = text[at : period.start]
            is_span = pieces and _DASH.fullmatch(between)
            pieces += ["\x00" * len(between) if is_span else between, "\x00" * (period.end - period.start)]
            at = period.end
    pieces.append(text[at:])
    return _without_notes("".join(pieces), "\x00")


def _without_notes(text: str, filler: str) -> str:
    """Return the text with its marks of notes, ``(5)``, filled up: they are neither joints nor words."""
    return _NOTE.sub(lambda match: filler * len(match[0]), text) if "(" in text else text


_TO = pattern_of(r"\s*(?:[-\u2013\u2014]|to|bis|à|a|hasta)\s*[^\w\s]?", re.IGNORECASE)
"""Between both ends of a range."""

_FROM = pattern_of(rf"[\s,]*{whole('from von da dal desde')}[^\w]*", re.IGNORECASE)
_TO_END = pattern_of(rf"\s*{whole('to auf a al hasta')}[^\w]*", re.IGNORECASE)
"""Before the earlier end of a change, right behind a period, and between both ends."""

_DASH = pattern_of(r"\s?[-\u2013\u2014~\u301c]\s?")
"""What joins the ends of a span of periods: "2025-2027" is of one figure."""

_OPENS_COMPARISON = pattern_of(rf"\W*(?:{COMPARED.pattern})", re.IGNORECASE)
"""At the head of a sentence, what compares its figures with that of the period behind it."""
