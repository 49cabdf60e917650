"""Words of a text in any script, and whether a statement without figures has its words from its source."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.stems import stems
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

LEAST_SHARE = 0.55
"""Share of a statement's content words that its source must have: more than half."""

LEAST_OF_ANSWER = 2
"""Words of a text from which on they tell that it is in the language of a source."""

LEAST_WORDS = 3
"""Content words from which a statement says something that can be looked up."""


def _marks() -> str:
    """Return the combining marks, as ranges of a character class: in many scripts a vowel is one."""
    codes = {code for code in range(0x300, 0xABFF) if unicodedata.category(chr(code)) in ("Mn", "Mc")}
    starts = sorted(code for code in codes if code - 1 not in codes)
    ends = sorted(code for code in codes if code + 1 not in codes)
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


_SYLLABIC = "\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_UNSPACED = "\u0e00-\u0e4f\u0e80-\u0ecf\u1000-\u103f\u1780-\u17df"
_GRAMMAR = (
    "\u7684\u4e86\u662f\u5728\u548c\u4e0e\u8207\u53ca\u4e3a\u70ba\u4e4b"
    "\u5176\u4e8e\u65bc\u4e5f\u5c06\u5c07\u800c\u6216\u88ab\u5bf9\u5c0d"
)
"""Chinese characters that are words of grammar; hiragana are those of Japanese."""

_WORD = pattern_of(
    rf"(?P<syllabic>[{_SYLLABIC}]+)|(?P<unspaced>[{_UNSPACED}]+)"
    rf"|(?P<word>[^\W\d_\u3041-\u309f{_SYLLABIC}{_UNSPACED}][^\W\d_\u3041-\u309f{_SYLLABIC}{_UNSPACED}{_marks()}]+)"
)
_GRAMMAR_SIGN = pattern_of(f"[{_GRAMMAR}]+")
_SYLLABIC_GRAM, _UNSPACED_GRAM = 2, 4
"""Characters that stand for a word where no blanks do: fewer where a character is a syllable."""

_ENDING = pattern_of(
    r"(?<=[a-z]{4})(?:(?:at)?(?:ings?|ions?|ed|es?)|ies|ungen|ung|s|y|en|em|ern?|n|as?|os?|i)\Z"
    r"|(?<=[\u0400-\u04ff]{4})[\u0430\u0435\u0438\u043e\u0443\u044b\u044d\u044e\u044f\u0439\u044c\u043c\u0445\u0432\u0456\u0457\u0454]{1,3}\Z"
    r"|(?<=[\u0370-\u03ff]{4})[\u03b1\u03b5\u03b7\u03b9\u03bf\u03c5\u03c9\u03c3\u03c2\u03bd]{1,2}\Z"
)
_SHORTEST = 3
"""Letters of the shortest content word in the alphabets of Europe."""

_ASCII_WORD = pattern_of(f"[a-z]{{{_SHORTEST},}}")
_OTHER_LETTER = pattern_of(r"[^\W\x00-\x7f]")

_ABOUT_SOURCES = frozenset(
    """source sources filing filings table tables figure figures amount amounts value values page pages
    excerpt excerpts passage passages document documents report reports statement statements section
    sections item items line lines above below following taken given stated reported shown listed
    result results calculation calculations calculated computed answer
    provided quoted cited derived drawn based according come comes directly respectively see note quelle
    quellen tabelle angaben werte betrage bericht entnommen stammen genannt auszug seite tableau
    montants valeurs rapport extrait extraits proviennent tires fuente fuentes tabla cifras importes
    informe fonte fonti tabella importi fontes tabela valores bron bronnen tabel bedragen""".split()
)
"""Words with which an answer speaks of its sources: a statement of nothing else says nothing of a firm."""


LONGEST_PASSAGE = 4_000
"""Characters of a text whose words are remembered for long: a longer one comes again in its request alone."""


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    return _ENDING.sub("", word, count=1)


_EMPTY_STEMS = frozenset(_stem(word) for word in COMMON_WORDS | _ABOUT_SOURCES)


STEMS_ABOUT_SOURCES = stems(" ".join(_ABOUT_SOURCES))
"""The same words as they are compared with names."""


def words(text: str) -> frozenset[str]:
    """Return the content words of a text, folded and without their endings, in any script.

    Words of grammar and figures are none. Where no blanks part the words, pairs of characters (fours in
    Thai, Lao, Khmer and Burmese) stand for them.
    """
    return _words_of_passage(text) if len(text) <= LONGEST_PASSAGE else _words_of_answer(text)


def _read(text: str) -> frozenset[str]:
    comparable = folded(text)
    if not comparable.isascii() and _OTHER_LETTER.search(comparable):
        return frozenset(_words(comparable))
    return frozenset(map(_stem, set(_ASCII_WORD.findall(comparable)) - COMMON_WORDS))


_words_of_passage = lru_cache(maxsize=1024)(_read)
_words_of_answer = lru_cache(maxsize=8)(_read)


def words_among(terms: Iterable[str], text: str) -> frozenset[str]:
    """Return those of these words that a text has: as ``words`` has them, without reading all of it."""
    comparable = folded(text)
    if not comparable.isascii() and _OTHER_LETTER.search(comparable):
        return words(text).intersection(terms)
    return frozenset(term for term in terms if _has(comparable, term))


def _has(comparable: str, stem: str) -> bool:
    """Whether a word of this stem stands somewhere in a text of Latin letters: it begins with it."""
    at = comparable.find(stem)
    while at >= 0:
        is_whole = at == 0 or not "a" <= comparable[at - 1] <= "z"
        word = _ASCII_WORD.match(comparable, at) if is_whole else None
        if word and word[0] not in COMMON_WORDS and _stem(word[0]) == stem:
            return True
        at = comparable.find(stem, at + 1)
    return False


def _words(comparable: str) -> set[str]:
    result: set[str] = set()
    for match in _WORD.finditer(comparable):
        if match["word"]:
            if _counts(match["word"]):
                result.add(_stem(match["word"]))
        elif match["unspaced"]:
            result.update(_grams(match["unspaced"], _UNSPACED_GRAM))
        else:
            for run in _GRAMMAR_SIGN.split(match["syllabic"]):
                result.update(_grams(run, _SYLLABIC_GRAM))
    return result


def _counts(word: str) -> bool:
    return (len(word) >= _SHORTEST or word > "\u0600") and word not in COMMON_WORDS


def _grams(run: str, length: int) -> list[str]:
    if 1 < len(run) < length:
        return [run]
    return [run[at : at + length] for at in range(len(run) - length + 1)]


def content(statement: str) -> frozenset[str]:
    """Return the words of a statement that can be looked up: those that do not speak of the sources."""
    return words(statement) - _EMPTY_STEMS


def is_silent(word: str) -> bool:
    """Whether a word is one of grammar, or speaks of the sources alone."""
    comparable = folded(word)
    return comparable in COMMON_WORDS or comparable in _ABOUT_SOURCES


def telling_words(statement: str) -> frozenset[str]:
    """Return the content of a statement; nothing where it says less of a firm than of its sources."""
    said = words(statement)
    own = said - _EMPTY_STEMS
    return own if len(own) >= LEAST_WORDS and 2 * len(own) > len(said) else frozenset()


def says_something(statement: str) -> bool:
    """Whether a statement says anything of a firm that can be looked up, more than of its sources."""
    return bool(telling_words(statement))


def has_support(said: frozenset[str], source: frozenset[str]) -> bool:
    """Whether a source that has these words has the telling words of a statement: LEAST_SHARE of them."""
    return len(said & source) >= LEAST_SHARE * len(said)


def is_worded_as(text: str, source: frozenset[str]) -> bool:
    """Whether a source that has these words has most of a text's, which has enough to tell its language."""
    said = content(text)
    return len(said) >= LEAST_OF_ANSWER and has_support(said, source)
