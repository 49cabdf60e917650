"""Rules over one sentence, and the sentences of a text that are worth a look."""

import re
from collections.abc import Collection, Set
from dataclasses import dataclass

from finrisk_rules.patterns import pattern_of

_SENTENCE_END = pattern_of(r"\s(?<=[.!?;]\s)\s*")  # in a line; begins with what a search finds fast


@dataclass(frozen=True)
class Rule:
    """What gives an order away; a sentence is looked at that has one of ``words`` and one of ``others``."""

    kind: str
    words: frozenset[str]
    pattern: re.Pattern[str]
    others: frozenset[str] = frozenset()
    """Whatever the pattern finds has one of them; none: that goes for ``words`` alone."""
    patterns: tuple[str, ...] = ()
    """Of which the pattern is made."""

    def may_find(self, words: Set[str]) -> bool:
        """Whether the pattern can find something in a sentence that has these words."""
        return not self.words.isdisjoint(words) and not (self.others and self.others.isdisjoint(words))


def sentences_with(words: Collection[str], text: str) -> set[str]:
    """The sentences of a text, or lines, that have one of the words in small letters, if in a longer one."""
    sentences: set[str] = set()
    before = ""
    for line in text.split("\n") if words else ():
        if any(map(line.lower().__contains__, words)):
            own = line.lstrip() if before.endswith((".", "!", "?", ";")) else line
            sentences.update(_SENTENCE_END.split(own))
        before = line.rstrip() or before
    return {sentence for sentence in sentences if any(map(sentence.lower().__contains__, words))}
