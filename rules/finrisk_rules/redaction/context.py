"""Identifiers that a word before them tells: the word, a few words between, the value."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from finrisk_rules.patterns import pattern_of

LETTER = r"(?:[^\W\d_](?-i:(?<=[\0-\u0dff])))"
"""A letter of a script with blanks. A class takes the longer to compile the more characters its ranges have:
one that names the other scripts takes 1.5 ms in each of 50 patterns, this one a twelfth."""

FOREIGN = r"[^\W\d_\0-\xff]"
"""A letter that is not of Latin-1: those of scripts without capitals, at hardly a cost to compile."""

BEGIN = rf"(?<!{LETTER})"
"""What stands before a word: no letter of it; scripts without blanks write other words right before."""

END = r"(?!\w(?-i:(?<=[\0-\u024f]))|[.,/-]?\d)"
"""What follows no value: more of it, or the rest of a figure."""


def after(
    words: str,
    value: str,
    between: str = r"(?![^\d\n|;]{49}|[^\d\n|;]{0,48}(?:[\n|;]|\Z))[^\d\n|;]{0,30}?(?<![A-Za-z0-9])",
    flags: re.RegexFlag = re.IGNORECASE,
) -> re.Pattern[str]:
    """A pattern of a value (group 1) that stands after one of the words."""
    return pattern_of(rf"{BEGIN}(?:{words})(?!{LETTER}){between}({value}){END}", flags)


def one_of(words: Iterable[str]) -> str:
    """A pattern, for any case, of one of several words or patterns that begin with a letter, longest first.

    Sorted by that letter, which is looked at before all the rest: a match that fails costs a fifth.
    """
    by_letter: defaultdict[str, list[str]] = defaultdict(list)
    for word in sorted(set(words), key=len, reverse=True):
        by_letter[word[0].lower()].append(word[1:])
    return "|".join(
        f"(?-i:[{letter}{letter.upper()}])(?:{'|'.join(rests)})" for letter, rests in by_letter.items()
    )


def alternatives(pattern: str) -> Iterator[str]:
    """The parts of a pattern that a ``|`` outside of all brackets parts."""
    start = depth = 0
    for match in re.finditer(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]", pattern, re.DOTALL):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == "|" and not depth:
            yield pattern[start : match.start()]
            start = match.end()
    yield pattern[start:]
