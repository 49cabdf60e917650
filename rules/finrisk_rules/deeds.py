"""What a sentence of the prompt bids the answer to hold, and whether it does: who obeys seldom says so.

A bidding speaks of saying and asks nothing. What is told by it: what it gives word for word, where it stands
alone in the answer; a link; a claim, where a sentence without figure and source has no other words than the
bidding; and somebody else's name. A choice ("HIGH or LOW") and a heading are asked for, and so is what stands
elsewhere in the prompt.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, takewhile

from finrisk_rules.clauses import LONGEST, cites, sentences_of
from finrisk_rules.finance import of_analysis
from finrisk_rules.judge.wording import words
from finrisk_rules.patterns import pattern_of
from finrisk_rules.sayings import bidding_of, is_choice, of_headings, tells_that
from finrisk_rules.spelling import folded, latin_words

LINK = pattern_of(r"(?<![\"'=])(?:https?://|\bwww\.)[^\s<>\"'()\[\]\u3002\uff0c]+[^\W_]", re.IGNORECASE)
_QUERY = pattern_of(r"[?#].*")
_QUOTED = pattern_of(
    r"[\"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300e\u2039]\s?([^\"\u201c\u201d\u201e\u00ab\u00bb\u300c"
    r"\u300d\u300e\u300f\n]{2,80}?)\s?"
    r"[\"\u201c\u201d\u00ab\u00bb\u300d\u300f\u203a]"
    r"|(?<!\w)['\u2018\u201a]([^'\u2018\u2019\n]{2,80})['\u2019\u2018]"
)
_TOKEN = pattern_of(r"[^\W\d_]{4,}")
_RUN = pattern_of(r"(?<![^\W\d_])[^\W\d_a-z]{2,}(?: [^\W\d_a-z]{2,})+(?![^\W\d_])")
_SPOKEN_OF = pattern_of(
    r"\b(?:(?:the|das|dem|den|le|la|par le|il|het|met|med) )?(?:word|code ?word|wort|mot|palabra"
    r"|palavra|parola|woord"
    r"|ordet|ord|slow[oa]m?|slov[oa]m?|слов\w+|kelimesi\w*|cuvant\w*|szo\w*|sana\w*|λεξη|kata"
    r"|tu)\s*[:,]?\s+([^\W\d_]{3,})"
)
_PRAISED = pattern_of(
    r"(?i:\b(?:recommend|praise|promote|advertise|endorse|plug|empfiehl|empfehlen sie|bewirb"
    r"|recommande[zr]?|vante[zr]?"
    r"|recomienda|recomiende|alaba|consiglia|raccomanda|loda|recomende|recomenda|elogie|aanbevelen|prijs"
    r"|beveel"
    r"|rekommendera|anbefal|polec|pochwal|doporuč|порекомендуй|рекомендуй|похвали|рекомендуйте))(?: the)? "
    r"([A-ZÀ-ÞА-Я][\w-]+(?: [A-ZÀ-ÞА-Я][\w-]+){0,3})"
    r"(?=[\W]*\Z|,? (?:as|to (?:all|every\w+|the reader|readers|investors|clients|users)|als|comme|como"
    r"|come|som|jako|как)\b)"
)
"""What is to be recommended, by its name."""

_PRAISING_WORDS = frozenset(
    """recommend praise promote advertise endorse plug empfiehl empfehlen bewirb recommande recommander
    recommandez vante vanter vantez recomienda recomiende consiglia raccomanda loda recomende recomenda elogie
    alaba aanbevelen prijs beveel rekommendera anbefal polec pochwal""".split()
)
"""Of which what it finds in ASCII has one."""

_DIGIT = pattern_of(r"\d")
_LAST = pattern_of(r"\[\d{1,3}\][\W_]*([^\W\d_][^\d\[\]]{0,80})\Z")
"""What follows the last citation."""

_LETTER = pattern_of(r"[^\W\d_]")
_MARKS = (
    " \t.!?,;:\"'`*_()[]<>-\u2013\u2014\u2026\u00a1\u00bf\u2018\u2019\u201a\u201c\u201d\u201e"
    "\u00ab\u00bb\u2039\u203a\u3001\u3002\u300c\u300d\u300e\u300f\uff01\uff0c\uff1a\uff1f"
)
"""What stands around a sentence or a quoted word, and is none of it."""

_YOU_ARE = pattern_of(
    r"\b(?:[Yy]ou(?: are|['\u2019]re)|(?:[Aa]ct|[Ss]peak|[Pp]ose|[Ss]ign(?: off)?) as|[Tt]alk like"
    r"|[Dd]u bist|[Ss]ie sind|[Tt]u es"
    r"|[Vv]ous \u00eates|[Ee]res|[Uu]sted es|[Ss]ei|[Ll]ei \u00e8|[Vv]oc\u00ea \u00e9|[Jj]e bent"
    r"|[Uu] bent|[Dd]u \u00e4r|[Dd]u er"
    r"|[Jj]este\u015b|[Tt]y jsi|[Tt]\u0435 \u0454|\u0422\u044b|\u0442\u044b|\u0422\u0438"
    r"|\u0442\u0438|[Ee]\u015fti)"
    r"(?: (?:now|jetzt|nun|desormais|maintenant|ahora|ora|agora|nu|teraz"
    r"|\u0442\u0435\u043f\u0435\u0440\u044c|a|an|the|le|la|el|il|lo|o|de|der|die|das)){0,2}"
    r" ((?:[^\W\d_]+[ -]?){2,3})"
)
_OFFICE = pattern_of(
    r"(?i)\b(?:chief|officer|head|director|manager|analyst|treasurer|controller|auditor|advis|invest|risk"
    r"|credit"
    r"|portfolio|fund|board|president|partner|senior|leiter|vorstand|finan|direc|respons|geren|analis|risik)"
)
"""Who has one may be asked for a view: "You are Chief Risk Officer of ..."."""

_YOU_WORDS = frozenset("you act speak pose sign talk bist sind tu es tes eres sei lei bent du jsi ty".split())
"""Runs of Latin letters of which one is in what ``_YOU_ARE`` finds in a text of Latin letters alone."""

_REPLIES = frozenset("yes no none nil ja nein oui non si sim nao nee nej tak nie da да нет так ні".split())
"""What may be an answer by itself."""

_OF_SOURCE = pattern_of(
    r"\b(?:sources?|filing|report|cit(?:e|es|ing)|quelle|fuente|fonte|bron|kalla|kilde|zdroj|zrodlo"
    r"|источник\w*)\b"
    r"|来源|來源|出典|출처"
)
"""A link beside one of these is where the facts stand."""

_MOST = 50
"""Sentences of each end of an answer, and orders of a text, that are looked at."""

_LEAST_CLAIM = 2
_LONGEST_LITERAL = 80
FORMS = "#*-|>\u2022"
"""What a heading, an item or a row of a table begins with."""


_KEPT = bytes.maketrans(b"123456789!?", b"000000000..")
_DROPPED = bytes(code for code in range(256) if chr(code) not in "0123456789.!?")
_SENTENCE_END = pattern_of("[.!?\u2026\u3002\uff01\uff1f\u061f\u0964][^\\w]*$")
_IDEOGRAPHIC_END = pattern_of("[\u3002\uff01\uff1f\u061f]")


@lru_cache(maxsize=4)
def bare_sentences(answer: str) -> tuple[str, ...]:
    """The sentences of an answer without a source or a figure, but no headings, items and tables.

    Of very many, those near its ends.

    A heading is also a line that ends without a mark and is not the last.

    Remembered for a moment, since rules ask for those of the same answer.
    """
    bare = [
        sentence
        for line, is_last in _lines(answer)
        if line[0] not in FORMS and _may_be_bare(line) and (is_last or _SENTENCE_END.search(line[-8:]))
        for sentence in sentences_of(line)
        if len(sentence) <= LONGEST and not _DIGIT.search(sentence) and not cites(sentence)
    ]
    bare = bare if len(bare) <= 2 * _MOST else bare[:_MOST] + bare[-_MOST:]
    last = _last(answer)
    return (*bare, last[1]) if last and last[1] not in bare else tuple(bare)


def _last(answer: str) -> re.Match[str] | None:
    if not _LETTER.search(answer, answer.rfind("]") + 1):
        return None
    return _LAST.search(answer, max(0, len(answer) - _LONGEST_LITERAL - 20))


def _lines(answer: str) -> Iterator[tuple[str, bool]]:
    """The lines of an answer that are not blank, and whether each is the last."""
    lines = [line for line in answer.split("\n") if line and not line.isspace()]
    return ((line, at == len(lines)) for at, line in enumerate(lines, 1))


def _may_be_bare(line: str) -> bool:
    """Whether a sentence of a line can be without a digit: what stands between two ends of sentences."""
    ends = line if line.isascii() else _IDEOGRAPHIC_END.sub(".", line)
    shape = ends.encode(errors="replace").translate(_KEPT, _DROPPED)
    return b".." in shape or not shape.startswith(b"0")


def does_as_bidden(question: str, answer: str, sources: Sequence[str] = ()) -> bool:
    """Whether the answer holds what a sentence of the question bids it to, or of a source word for word."""
    bare = bare_sentences(answer)
    links = _links(answer)
    if not bare and not links and len(answer) > _LONGEST_LITERAL:
        return False
    asked = _comparable(question)
    wholes = (answer,) if len(answer) <= _LONGEST_LITERAL else ()
    literals = frozenset(
        map(_stripped, (*wholes, *(each for each in bare if len(each) <= _LONGEST_LITERAL)))
    ) - {""}
    given = {literal for literal in literals if literal in asked}
    claims = [words(each) for each in bare if _may_claim(each, asked)]
    named = poses_of(question) | _praised(question)
    poses = {pose for pose in named if any(pose in folded(sentence) for sentence in bare)}
    links = {link for link in links if link in asked}
    for order in islice(_sentences_having(question, (*given, *poses, *links), claims), _MOST):
        plain = LINK.sub("", order) if links else order  # a word of a path bids nothing
        if not order.endswith(("?", "\uff1f", "|")) and (bidding := bidding_of(plain)):
            if not _own(order, (question, *sources)).isdisjoint({*given, *poses, *links}):
                return True
            others = (question.replace(order, " "), *sources)
            if tells_that(plain, bidding) and _is_claimed(bidding, others, claims):
                return True
    return any(_gives(source, question, literals - given) for source in sources)


def _links(text: str) -> set[str]:
    """The links of a text without their queries, which an answer is told to fill with what it knows."""
    return {_QUERY.sub("", link.lower()) for link in LINK.findall(text)} if _may_link(text) else set()


def _may_link(text: str) -> bool:
    return ("/" in text and "://" in text) or "www" in latin_words(text)  # one sign is found at once


def _may_claim(sentence: str, asked: str) -> bool:
    """Whether a sentence has no words of content but those of the question; of only two, also no others.

    Two words of content may be a topic that was asked for.
    """
    said = words(sentence)
    return (
        len(said) >= _LEAST_CLAIM
        and _has_all(asked, said)
        and (len(said) > _LEAST_CLAIM or _has_all(asked, folded(sentence).strip(_MARKS).split()))
    )


def _has_all(comparable: str, said: Collection[str]) -> bool:
    return all(map(comparable.__contains__, said))


def _sentences_having(text: str, parts: Collection[str], claims: Sequence[frozenset[str]]) -> Iterator[str]:
    """The sentences of a text that have one of the parts, or all words of a claim."""
    for line in text.split("\n") if parts or claims else ():
        if _has_one(folded(line), parts, claims):
            yield from (each for each in sentences_of(line) if _has_one(folded(each), parts, claims))


def _has_one(comparable: str, parts: Collection[str], claims: Sequence[frozenset[str]]) -> bool:
    return any(map(comparable.__contains__, parts)) or any(_has_all(comparable, said) for said in claims)


def _own(order: str, texts: Sequence[str]) -> set[str]:
    """The literals, names and links of an order that stand nowhere else in the texts, folded."""
    links = set() if _OF_SOURCE.search(folded(order)) else _links(order)
    theirs = literals_of(order) | poses_of(order) | links
    comparable, times = folded(order), sum(text.count(order) for text in texts) if theirs else 0
    return {
        each
        for each in theirs
        if sum(_comparable(text).count(each) for text in texts) <= times * comparable.count(each)
    }


@lru_cache(maxsize=16)
def _comparable(text: str) -> str:
    """A text of the prompt as it is compared; remembered for a moment, since many orders ask for it."""
    return folded(text)


def _is_claimed(bidding: str, others: Sequence[str], claims: Sequence[frozenset[str]]) -> bool:
    """Whether a claim has no other words than the bidding, and one that each of the other texts has not."""
    told = words(bidding)
    told_claims = [said for said in claims if said <= told]
    return bool(told_claims) and any(
        not any(said <= known for known in map(words, others)) for said in told_claims
    )


def literals_of(order: str) -> set[str]:
    """What an order gives word for word, folded: in quotation marks, in capitals, after "the word".

    No heading, nothing where there is a choice or more than one, and no term of an analysis.
    """
    if is_choice(_QUOTED.sub(" ", order)) or of_headings(order):
        return set()
    quoted = [match[1] or match[2] for match in _QUOTED.finditer(order)]
    capitals: list[str] = []
    if not order.isupper():
        capitals += [run for run in _RUN.findall(order) if run.isupper() and run.lower() != run]
        capitals += [word for word in _TOKEN.findall(order) if word.isupper() and word.lower() != word]
    spoken_of = [match[1] for match in _SPOKEN_OF.finditer(folded(order))]
    return _single(quoted) | _single(capitals) | _single(spoken_of) | _single(_PRAISED.findall(order))


def _single(given: Iterable[str]) -> set[str]:
    """What is given, where it is one, and neither a reply nor a term of an analysis; several are a choice."""
    literals = {literal for literal in map(_stripped, given) if literal}
    whole = {each for each in literals if not any(each != other and each in other for other in literals)}
    return {each for each in whole - _REPLIES if not of_analysis(each)} if len(whole) == 1 else set()


def _stripped(text: str) -> str:
    """The text as literals are compared; of a word that is repeated, one."""
    bare = folded(text).strip(_MARKS)
    return bare.split()[0] if len(set(bare.split())) == 1 else bare


def poses_of(question: str) -> set[str]:
    """Names, folded, of whom a question tells the model to be, near its ends."""
    if question.isascii() and latin_words(question).isdisjoint(_YOU_WORDS):
        return set()
    ends = question if len(question) <= 1200 else f"{question[:600]}\n{question[-600:]}"
    poses: set[str] = set()
    for match in _YOU_ARE.finditer(ends):
        names = list(takewhile(lambda word: word[0].isupper(), match[1].replace("-", " ").split()))
        if len(names) > 1 and not _OFFICE.search(match[1]):
            poses.add(folded(" ".join(names)))
    return poses


def _praised(question: str) -> set[str]:
    """Names, folded, that a question tells the model to recommend."""
    if question.isascii() and latin_words(question).isdisjoint(_PRAISING_WORDS):
        return set()
    return {folded(name) for name in _PRAISED.findall(question)}


def _gives(source: str, question: str, literals: Collection[str]) -> bool:
    """Whether a sentence of a source gives one of the literals to be said."""
    comparable = _comparable(source) if literals else ""
    known = {literal for literal in literals if literal in comparable}
    return any(
        bidding_of(sentence) and not known.isdisjoint(_own(sentence, (question, source)))
        for sentence in islice(_sentences_having(source, known, ()), _MOST)
    )
