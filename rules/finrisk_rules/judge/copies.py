"""Sentences that a source has word for word: they say of their figures what it says."""

from functools import lru_cache

from finrisk_rules.judge.wording import is_silent
from finrisk_rules.patterns import pattern_of

_LEAST_WORDS = 6
_LONGEST_OPENING = 80
_MARKS = " \t*_#>•-"
_ENDS = ".;:!?"
_EDGES = f"{_MARKS}{_ENDS}"
_BRACKETS = pattern_of(r" ?\([^()]*\)")


def on_one_line(text: str) -> str:
    """Return a text in which one blank stands for each run of blanks and ends of lines."""
    return " ".join(text.split())


def is_copied(text: str, source: str) -> bool:
    """Whether a whole sentence of prose is a whole one of a source on one line, but for marks around it.

    "According to the filing," may stand before it, and what the source has in brackets may be missing. A part
    of a sentence may say something else, and a row of a table says nothing without its head.
    """
    if "|" in text:
        return False
    words = without_opening(text.strip(_EDGES)).split()
    if len(words) < _LEAST_WORDS:
        return False
    said = " ".join(words)
    if _is_sentence_of(said, source):
        return True
    return "(" in source and "(" not in said and _is_sentence_of(said, _without_asides(source))


@lru_cache(maxsize=64)
def _without_asides(source: str) -> str:
    """Return a source without what it has in brackets."""
    return _BRACKETS.sub("", source)


def without_opening(text: str) -> str:
    """Return a text without a first clause that speaks of its source alone: "According to the filing,"."""
    at = text.find(",", 0, _LONGEST_OPENING)
    return text[at + 1 :].strip() if at > 0 and all(map(is_silent, text[:at].split())) else text


def _is_sentence_of(said: str, source: str) -> bool:
    other = said[0].swapcase() + said[1:]
    return any(_is_whole(source, source.find(each), len(said)) for each in (said, other))


def _is_whole(source: str, at: int, length: int) -> bool:
    return at >= 0 and _is_begun(source, at) and _is_ended(source, at + length)


def _is_begun(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at].rstrip(_MARKS)
    return text[at].isupper() or not before or before[-1] in _ENDS


def _is_ended(text: str, at: int) -> bool:
    behind = text[at : at + 4].lstrip(_MARKS)
    return not behind or (behind[0] in _ENDS and not behind[1:2].isdigit())
