"""Mentions: where a sentence names lines of a table: rows, or columns where the rows are periods."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stem, stems_of_name
from finrisk_rules.judge.table_evidence import Axis, TableEvidence
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

LONGEST = 1_000
"""Characters of a sentence from which on no names are looked for in it."""

MOST_NAMESAKES = 24
"""Lines that have one word, from which on it leads to none of them."""

LEAST_SHARE = 0.5
"""Share of a name's weight that a shortened one has; it must be of one line alone."""

_WORD = pattern_of(r"[^\W_]+")
_ASIDE = pattern_of(r"\([^()]*\)")
"""What may be left out of a name: "China (including Hong Kong)"."""

_BREAK = pattern_of(r"[\d;:|]")
_AND = pattern_of(rf",|{whole('and und et y e plus')}", re.IGNORECASE)
_LIST_JOINT = pattern_of(
    r"\W*(?:(?:of|at|with|was|were|von|mit|de)\W*)*"
    rf"(?:[,;&+/\u3001]|{whole('and plus or with und sowie plus et y e con')}|と|及び)"
    rf"\W*(?:{whole('and also with as_well_as its our the their die der den les la le el los')}\W*)*",
    re.IGNORECASE,
)
"""Between two names of a list, where figures are blanked."""

_OF = pattern_of(
    r"(?:['’]s?)?\W{0,3}"
    rf"(?:{whole('of for in from by at its the our von der des im in de du des del della')}\W*)*",
    re.IGNORECASE,
)
"""Between the name of a line and that of the section in which it is."""


class Mention(NamedTuple):
    """A line that a sentence names, and where."""

    start: int
    end: int
    line: int


def names_of(table: TableEvidence) -> Sequence[tuple[str, str]]:
    """Return the names of the lines of a table, each with its section."""
    return [(head, "") for head in table.heads] if table.is_turned else table.rows


@lru_cache(maxsize=128)
def mentions(text: str, table: TableEvidence) -> Sequence[Mention]:
    """Return the lines of a table that a sentence names, in order; none of a sentence that is too long.

    A line is named by all words of its name, or by half of them or more that no other line has. Of two
    namesakes, the one is meant of whose section the sentence has more words.
    """
    if len(text) > LONGEST:
        return ()
    lines = _Lines(table, text)
    found: list[Mention] = []
    at = 0
    while at < len(lines.words):
        mention, at = lines.named(at)
        if mention:
            found.append(mention)
    return _of_sections(text, found, table)


def lists(bare: str, named: Sequence[Mention]) -> Iterator[Sequence[Mention]]:
    """Yield the mentions in stretches that are lists; ``bare`` is the text without figures and periods."""
    listed: list[Mention] = []
    for mention in named:
        if listed and not _LIST_JOINT.fullmatch(bare, listed[-1].end, mention.start):
            yield listed
            listed = []
        listed.append(mention)
    if listed:
        yield listed


class _Word(NamedTuple):
    """A word of a sentence: its place, and what it is compared as, "" for one that says nothing."""

    start: int
    end: int
    stem: str


class _Lines:
    """The lines of a table before one sentence."""

    def __init__(self, table: TableEvidence, text: str) -> None:
        self.text, self.names = text, names_of(table)
        self.axis: Axis = table.column_axis if table.is_turned else table.row_axis
        self.cells = table.by_column if table.is_turned else table.by_row
        self.words = [_Word(each.start(), each.end(), stem(folded(each[0]))) for each in _WORD.finditer(text)]
        self.said = {word.stem for word in self.words}

    def named(self, at: int) -> tuple[Mention | None, int]:
        """Return the line that is named from a word on, if any, and the next word to look at."""
        places = self.axis.where.get(self.words[at].stem, ())
        if len(places) > MOST_NAMESAKES:
            return None, at + 1
        lines = [line for line, share in places if share == 1.0 and line in self.cells]
        best = self._fitting(at, lines, is_short=False) or self._fitting(at, lines, is_short=True)
        if not best:
            return None, at + 1
        fit = max(each[0] for each in best)
        alike = [(line, last) for each, line, last in best if each == fit]
        last = max(last for _, last in alike)
        meant = self._meant([line for line, _ in alike])
        if meant is None:
            return None, last + 1
        return Mention(self.words[at].start, self.words[last].end, meant), last + 1

    def _fitting(
        self, at: int, lines: Sequence[int], *, is_short: bool
    ) -> list[tuple[tuple[float, bool, int], int, int]]:
        """Return fit, line and last word of the lines that are named; ``is_short`` without their asides."""
        found = []
        for line in lines:
            label = self.names[line][0]
            if is_short and "(" not in label:
                continue
            name = stems_of_name(_ASIDE.sub(" ", label) if is_short else label)
            fit, last = self._fit(at, line, name) if name else ((0.0, False, 0), at)
            if fit[0] >= LEAST_SHARE:
                found.append((fit, line, last))
        return found

    def _fit(self, at: int, line: int, name: Set[str]) -> tuple[tuple[float, bool, int], int]:
        """Return how much of a line's name stands from a word on, and the last word of it."""
        label, section = self.names[line]
        own = name - STEMS_OF_TOTAL or name
        known = stems_of_name(label) | STEMS_OF_TOTAL | stems_of_name(section)
        matched: set[str] = set()
        last = at
        for number in range(at, len(self.words)):
            word = self.words[number]
            if word.stem and word.stem not in known:
                break
            if number > at and _BREAK.search(self.text, self.words[number - 1].end, word.start):
                break
            if word.stem and own <= matched and self._is_apart(last, word):
                break
            if word.stem:
                matched.add(word.stem)
                last = number
        if not own <= matched and self._is_of_others(own & matched, line):
            return (0.0, False, 0), last
        weights = self.axis.weights
        share = sum(weights[word] for word in own & matched) / sum(weights[word] for word in own)
        are_totals = bool(name & STEMS_OF_TOTAL) == bool(matched & STEMS_OF_TOTAL)
        return (round(share, 9), are_totals, len(matched & own)), last

    def _is_apart(self, last: int, word: _Word) -> bool:
        """Whether a comma or "and" parts a word from the last one of a name: another name begins."""
        return bool(_AND.search(self.text, self.words[last].end, word.start))

    def _is_of_others(self, words: Set[str], line: int) -> bool:
        """Whether another line has these words too: then they are no short name of this one."""
        return any(
            other != line and words <= stems_of_name(self.names[other][0])
            for word in words
            for other, _ in self.axis.where[word][:MOST_NAMESAKES]
        )

    def _meant(self, lines: Sequence[int]) -> int | None:
        """Return the one of several lines of whose section the sentence has more words than of others'."""
        if len(lines) == 1:
            return lines[0]
        said = [len(stems_of_name(self.names[line][1]) & self.said) for line in lines]
        return lines[said.index(max(said))] if said.count(max(said)) == 1 else None


def _of_sections(text: str, found: Sequence[Mention], table: TableEvidence) -> Sequence[Mention]:
    """Return the mentions without those that say in which section another one beside them is.

    "Net sales of Energy Services" names a row below "Net sales", and no total.
    """
    names = names_of(table)
    result: list[Mention] = []
    for mention in found:
        before = result[-1] if result else None
        if before and _OF.fullmatch(text, before.end, mention.start):
            own, other = (
                {*stems_of_name(names[each.line][0])} - STEMS_OF_TOTAL for each in (before, mention)
            )
            if own and own <= stems_of_name(names[mention.line][1]):
                result[-1] = mention._replace(start=before.start)
                continue
            if other and other <= stems_of_name(names[before.line][1]):
                result[-1] = before._replace(end=mention.end)
                continue
        result.append(mention)
    return result
