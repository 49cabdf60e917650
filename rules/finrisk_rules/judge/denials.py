"""Denials: "insured" said of what is "uninsured", "gross" of what is net, "including" of what excludes it."""

import re
from functools import lru_cache

from finrisk_rules.judge.hints import Words, telling
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_PREFIXES = ("un", "non", "in", "im", "ir", "dis")
_NON = pattern_of(r"(?<![^\W_])non[- ]")
_WORD = pattern_of(r"[^\W\d_]{5,}")
_NETS, _GROSS = "net netto nette neto netta", "gross brutto brut bruto lordo"
_NETS_BEHIND = "net nets nette nettes neto netos neta netas netto netta líquido líquidos líquida líquidas"
_GROSS_BEHIND = "brut bruts brute brutes bruto brutos bruta brutas lordo lordi lorda lorde"
_NET = pattern_of(rf"(?:(?P<net>{whole(_NETS)})|{whole(_GROSS)})[\s-]+(?P<of>[\w-]{{3,}})", re.IGNORECASE)
_MORE_NOUNS = pattern_of(r"[\s-]+(?!of\b|in\b|for\b|and\b|was\b|were\b|to\b)(?P<of>[^\W\d_]{3,})")
_NET_OF = pattern_of(
    rf"(?P<of>[^\W\d_]{{3,}})\s*[,(]?\s+(?:(?P<net>{whole('net_of')})|{whole('gross_of')})", re.IGNORECASE
)
"""Behind a noun, that it is net of something: "losses, net of reinsurance"."""

_NET_BEHIND = pattern_of(
    rf"(?P<of>[\w-]{{3,}})\s+(?:(?P<net>{whole(_NETS_BEHIND)})|{whole(_GROSS_BEHIND)})", re.IGNORECASE
)
WORDS_OF_NET = telling(f"{_NETS} {_NETS_BEHIND} {_GROSS} {_GROSS_BEHIND}".split())


_EXCEPT = (
    ("excluding excl without ohne exklusive hors excluyendo sin excluindo sem escluso esclusi",
     "including incl with einschließlich inklusive mit y_compris incluyendo incluindo compreso inclusi"),
    ("before pre vor avant antes_de antes_dos antes_das prima_di",
     "after post nach après después_de depois_de dopo"),
)  # fmt: skip
_EXCEPTED = pattern_of(
    "|".join(
        rf"(?:{whole(first)}|(?P<with{n}>{whole(second)}))"
        r"(?:[\s.-]+(?:the|any|all|its|les|la|le|el|los|as|os))?[\s.-]+"
        rf"(?P<of{n}>[^\W\d_]{{3,}})"
        for n, (first, second) in enumerate(_EXCEPT)
    ),
    re.IGNORECASE,
)
WORDS_OF_EXCEPT = telling(word for pair in _EXCEPT for words in pair for word in words.split())


def may_deny(words: Words, text: str) -> bool:
    """Whether one of the words of a sentence may deny one of a text, or the reverse."""
    if words is None or "non" in words:
        return True
    there = _words(text)
    return not (there.isdisjoint(_denied(words)) and words.isdisjoint(_denied(there)))


@lru_cache(maxsize=2048)
def _denied(words: frozenset[str]) -> frozenset[str]:
    """Return what the words deny: "insured" of "uninsured"."""
    able = [word for word in words if word.startswith(_PREFIXES)]
    return frozenset(
        word.removeprefix(prefix) for word in able for prefix in _PREFIXES if word.startswith(prefix)
    )


def denies(said: str, there: str) -> bool:
    """Whether a word is said that the place has denied, or the reverse: "insured" of "uninsured"."""
    mine, its = _words(said), _words(there)
    return any(_denies(word, mine, its) for word in mine - its) or any(
        _denies(word, its, mine) for word in its - mine
    )


def is_gross_for_net(said: str, there: str) -> bool:
    """Whether "gross charge-offs" are said of "net charge-offs", or the reverse."""
    mine = _nets(said)
    its = _nets(there) if mine else set()
    return any((not is_gross, of) in its - mine and (is_gross, of) not in its for is_gross, of in mine)


def excepts_otherwise(said: str, there: str) -> bool:
    """Whether a figure is said "including spectrum" where its place excludes it, "after" for "before tax"."""
    mine = _excepted(said)
    its = _excepted(there) if mine else set()
    return any((n, not side, of) in its - mine and (n, side, of) not in its for n, side, of in mine)


def _excepted(text: str) -> set[tuple[int, bool, str]]:
    """Return what a text says to be in or out: which pair of words, which of them, and the noun behind it."""
    found = set()
    for match in _EXCEPTED.finditer(text):
        n = 0 if match["of0"] else 1
        found.add((n, match[f"with{n}"] is not None, match[f"of{n}"].lower()))
    return found


def _denies(word: str, own: frozenset[str], others: frozenset[str]) -> bool:
    """Whether only the others deny a word."""
    return any(f"{prefix}{word}" in others and f"{prefix}{word}" not in own for prefix in _PREFIXES)


def _nets(text: str) -> set[tuple[bool, str]]:
    """Return of what a text says gross (true) or net: the noun behind the word, or before it in Romance."""
    found = {(match["net"] is None, match["of"].lower()) for match in _NET.finditer(text)}
    for match in _NET.finditer(text):
        noun = _MORE_NOUNS.match(text, match.end())
        found |= {(match["net"] is None, noun["of"].lower())} if noun else set()
    found |= {(match["net"] is None, match["of"].lower()) for match in _NET_OF.finditer(text)}
    return found | {(match["net"] is None, match["of"].lower()) for match in _NET_BEHIND.finditer(text)}


@lru_cache(maxsize=2048)
def _words(text: str) -> frozenset[str]:
    """Return the longer words of a text in small letters, "non" joined to the word that it denies."""
    return frozenset(_WORD.findall(_NON.sub("non", text.lower())))
