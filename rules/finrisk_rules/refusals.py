"""Refusals: answers that are nothing but talk about not answering, in the languages that models speak.

What the whole answer is decides. A clause tells of an inability of the one who speaks, of a lack in what it
was given, of a question that stays unanswered, is courtesy around them, or the rest. An answer whose rest
states something is an answer, and so is a denial of the matter that is reasoned.
"""

from collections.abc import Collection
from functools import lru_cache

from finrisk_rules.clauses import LONGEST, clauses, measures, sentences_of, states, tokens
from finrisk_rules.endings import HANGING
from finrisk_rules.judge.wording import words
from finrisk_rules.opinions import concludes, is_of_answering, judges
from finrisk_rules.patterns import pattern_of
from finrisk_rules.refusing_clauses import NOT, POLICIES, Kind, is_talk, kind_of
from finrisk_rules.spelling import folded, latin_words

_NAYSAYING = (
    NOT
    | POLICIES
    | frozenset(
        """en nem nu tidak khong nemohu nemuzu neumim nedokazu mogu nemozem siwezi preferirei preferiria
        prefiero prefiro preferisco pass passen let please could apologize apologise apologies sorry
        entschuldigung desole disculpe disculpa perdon need happy glad back insufficient enough dispiace scusa
        scusate desculpe desculpa przepraszam""".split()
    )
)
"""Without one of these words an answer in ASCII declines nothing."""

_ASKS_BACK = pattern_of(
    r"let me know|\?\W*\Z|\b(?:could|can|would|will) you\b|\bplease (?:tell|share|specify|clarify|provide"
    r"|upload|paste|send|name)|\btry (?:asking|again|rephrasing)"
)
"""Who is asked for an answer asks, or offers one."""

_APOLOGY = pattern_of(
    r"\b(?:sorry|apolog\w+|entschuldig\w+|desolee?|disculp\w+|perdon\w*|dispiace|scus\w+|desculp\w+"
    r"|przepraszam|izvin\w+)\b"
    r"|申し訳|抱歉|对不起|對不起|죄송|извин|\b(?:happy|glad) to (?:help|assist)|\bget back to you"
)
_PROMISED = pattern_of(
    r"\b(?:i(?:'ll| will| shall|(?:'m| am) going to)|let me) (?:\w+ ){0,2}(?:look|analy[sz]e|assess|review"
    r"|compare|check|go|search|read|prepare|calculate|work|get|begin|start|provide|walk)\b"
    r"|\bich werde\b|\bje vais\b|\bvoy a\b|\bik (?:zal|ga)\b|\beu vou\b|我将|我會|我会|请稍|請稍"
    r"|お待ち|잠시만"
)
"""Work that the one who speaks is about to do."""

_PROMISE = 2  # sentences of an answer that ends where it should begin
_LEAST_TOLD = 6
"""Words of content with which one has told before a colon what its list is of."""

_LAST_WORD = pattern_of(r"([^\W\d_]+)\s*\Z")

_NOTHING_NAMED = words(
    """help assist answer respond comply fulfil fulfill provide request question query discuss complete
    know sorry unable able cannot helfen beantworten frage anfrage aider repondre demande ayudar
    responder pregunta solicitud aiutare rispondere domanda richiesta ajudar pergunta pedido helpen
    beantwoorden vraag verzoek"""
)
"""Words of a refusal that names no part of the question: it refuses all of it."""

_DIGIT = pattern_of(r"\d")
_LEAST_WORDS = 2
"""Words of content in a reason."""


@lru_cache(maxsize=64)
def is_refusal(answer: str) -> bool:
    """Whether the model declined to answer: the answer refuses, and states nothing beside.

    An answer that opens with a refusal of the whole question is one, whatever follows.
    """
    if _is_cut(answer) or _is_promise(answer):
        return True
    if answer.isascii() and latin_words(answer).isdisjoint(_NAYSAYING):
        return False
    parts: list[tuple[str, Kind]] = []
    for place, sentence in enumerate(sentences_of(answer)):
        spoken = list(clauses(sentence))
        for at, clause in enumerate(spoken):
            comparable = folded(clause[:LONGEST])
            kind = kind_of(comparable)
            if kind == "unable" and comparable.isascii():
                if judges(comparable, folded(" ".join(spoken[at + 1 : at + 2])[:LONGEST])):
                    return False
                kind = kind if is_of_answering(comparable) else "denial"
            if (kind in ("rest", "weak") and states(clause)) or (kind == "unanswered" and measures(clause)):
                return False
            if kind in ("unable", "denial") and place == 0 and _refuses_all(clause):
                return True
            parts.append((comparable, kind))
    return _declines(parts)


def _is_cut(answer: str) -> bool:
    """Whether the answer breaks off before it says a figure or a source: one sentence, or a bare promise.

    Who tells before a colon of what the list is has said something; a name is no word that hangs.
    """
    end = answer[-16:].rstrip()[-1:]
    if not (end.isalpha() or end == ":") or _DIGIT.search(answer):
        return False
    if end == ":":
        return len(words(folded(answer))) < _LEAST_TOLD and len(list(sentences_of(answer))) <= _PROMISE
    last = _LAST_WORD.search(answer[-24:])
    is_hanging = last is not None and (last[1].islower() or answer.isupper()) and folded(last[1]) in HANGING
    return is_hanging and len(list(sentences_of(answer))) == 1


def _is_promise(answer: str) -> bool:
    """Whether the answer says that one is to come, and nothing else."""
    if _DIGIT.search(answer):
        return False
    said = [folded(sentence[:LONGEST]) for sentence in sentences_of(answer)]
    return any(map(_PROMISED.search, said)) and all(
        tokens(sentence).isdisjoint(NOT) and (is_talk(sentence) or len(words(sentence)) <= _LEAST_WORDS)
        for sentence in said
    )


def _declines(parts: list[tuple[str, Kind]]) -> bool:
    """Whether clauses that state nothing refuse: they open with an inability, or mostly talk about it."""
    read = [
        (clause, "courtesy" if kind == "rest" and is_talk(clause) else kind)
        for clause, kind in parts
        if words(clause)
    ]
    kinds = {kind for _, kind in read}
    if kinds == {"courtesy"}:
        return any(_ASKS_BACK.search(clause) or _APOLOGY.search(clause) for clause, _ in read)
    if kinds == {"courtesy", "rest"} and _is_empty(read):
        return True
    if any(kind == "rest" and _is_reasoned(clause, kinds) for clause, kind in read):
        return False
    if not kinds & {"unable", "denial", "lacking", "unanswered"} and not kinds >= {"weak", "courtesy"}:
        return False
    opening = next(kind for _, kind in read if kind != "courtesy")
    return opening in ("unable", "denial") or _is_mostly_talk(read)


def _is_mostly_talk(read: list[tuple[str, Kind]]) -> bool:
    """Whether what says something of the matter is no longer than the rest."""
    rest = sum(len(clause) for clause, kind in read if kind == "rest")
    return 2 * rest <= sum(len(clause) for clause, _ in read)


def _is_empty(read: list[tuple[str, Kind]]) -> bool:
    """Whether talk opens and asks back at the end, and what is between is no more and has no digit."""
    return (
        read[0][1] == read[-1][1] == "courtesy"
        and _ASKS_BACK.search(read[-1][0]) is not None
        and not any(_DIGIT.search(clause) for clause, _ in read)
        and _is_mostly_talk(read)
    )


def _is_reasoned(clause: str, kinds: Collection[Kind]) -> bool:
    """Whether a clause gives the reason of a denial of the matter, or concludes from what is lacking."""
    if is_of_answering(clause) or len(words(clause)) < _LEAST_WORDS:
        return False
    return "denial" in kinds or concludes(clause)


def _refuses_all(clause: str) -> bool:
    return not _DIGIT.search(clause) and words(clause) <= _NOTHING_NAMED
