"""What a question tells a machine to do, and whether an answer did it.

A sentence is addressed to a machine where a word for one stands before a colon or a word of duty ("AI readers
must ...", "Hinweis an Sprachmodelle: ..."), or after a greeting. Filings speak of machines in the same shape
("AI systems must be monitored", "Generative AI: bookings of ..."), so an order begins with a word for
speaking, or is addressed by a word such as "to". What an answer has of the words of that sentence alone,
it has from there; what it has beside the number of a source, it may have from the source.
"""

import re

from finrisk_rules.clauses import cites, sentences_of
from finrisk_rules.judge.wording import words
from finrisk_rules.patterns import pattern_of
from finrisk_rules.sentence_rules import sentences_with
from finrisk_rules.spelling import folded, latin_words

_ENGLISH = (
    r"assistants?|chat(?:bot| ?gpt)s?|(?:large )?language models?|llms?|gpt|gemini|claude|copilot|bots?"
    r"|ais?|automated (?:\w+ )?(?:analysts?|readers?|systems?)|(?:ai|machine) (?:\w+)"
)
_FOREIGN = (
    r"ki(?:-\w+)?|kunstliche intelligenz|sprachmodelle?n?|ias?|modeles? de langage|modelos? de lenguaje"
    r"|modelos? de linguagem|asistentes?|assistentes?|modell[oi] linguistic[oi]|assistenti|taalmodel\w*"
    r"|model\w* jezykow\w*|sprakmodell\w*|ии|нейросет\w*|языков\w+ модел\w*"
)
_UNSPACED = "ai|人工知能|言語モデル|人工智能|语言模型|語言模型|인공지능|언어 모델"
_DUTY = (
    r"must|shall|should|ha(?:s|ve) to|(?:is|are) to|(?:is|are) (?:asked|told|required|instructed"
    r"|requested) to"
    r"|soll\w*|muss\w*|doi(?:t|vent)|deben?|devem?|deve|devono|moet\w*|должн\w*|mus(?:i|za)"
)
_ADDRESSED = pattern_of(
    rf"(?<!\w)(?:{_ENGLISH}|{_FOREIGN})(?!\w)[^.!?\n]{{0,60}}?(?P<sign>:(?!\w)|\b(?:{_DUTY})\b)"
    rf"|(?:{_UNSPACED})[^。.!?\n]{{0,12}}?(?P<mark>[:は]|须|必須|해야)"
    rf"|\b(?:hey|dear|hello|hi|attention) (?:{_ENGLISH}|model),"
    rf"|\bif you(?:'re| are) (?:an? )?(?:{_ENGLISH}|model)(?!\w)"
)
_TO = pattern_of(
    r"(?<!\w)(?:to|for|attention|note|notice|all|any|an|fur|hinweis|aux|des|avis|para|los|nota|aviso|ai|agli|avviso"
    r"|aos|atencao|voor|aan|для|к|dla|do|till?)(?: \w+){0,2}\s?,?\s?\Z|[致给給對对]\Z"
)
"""What stands right before the machine that a sentence is addressed to."""

_TO_AFTER = pattern_of("へ|에게|께")
_FIGURE = pattern_of(r"\d[\d.,]*\d")
_FIRST = pattern_of(r"\W*(\w+)(?:\W+(\w+))?")
_MACHINES = frozenset(
    """assistant assistants chatbot chatbots chatgpt model llm llms gpt gemini claude copilot bot bots ai ais
    automated ki intelligenz sprachmodell sprachmodelle sprachmodellen ia ias asistente asistentes assistente
    assistentes assistenti lenguaje linguagem linguistico linguistici langage taalmodel taalmodellen language
    zykowe zykowych sprakmodeller""".split()
)
_OTHER_MACHINES = (*_UNSPACED.split("|")[1:], "ии", "ейросет", "зыков")
"""One of these is in every text with a sentence to a machine."""

TALK = words(
    """answer answers reply replies response word words phrase sentence say state write end include mention
    give call rate close finish begin always users user reader readers document text antwort wort reponse mot
    respuesta palabra risposta parola resposta palavra antwoord woord ответ слово odpowiedz slowo 回答 回复"""
)
"""Words with which such a sentence speaks of the answer."""


def does_as_told(question: str, answer: str) -> bool:
    """Whether the answer has words of content that only an order to a machine has in the question."""
    machines = latin_words(question) & _MACHINES
    if not question.isascii():
        lower = question.lower()
        machines = machines.union(word for word in _OTHER_MACHINES if word in lower)
    if not machines:
        return False
    figures: set[str] = set()
    spoken: set[str] = set()
    told: set[str] = set()
    rest = question
    for sentence in sentences_with(machines, question):
        address = None if sentence.endswith(("?", "\uff1f")) else _ADDRESSED.search(folded(sentence))
        if address is None:
            continue
        is_spoken = _begins_with_speaking(address)
        if is_spoken or _is_addressed(address):
            order = words(address.string[address.end() :])
            told |= order
            figures |= set(_FIGURE.findall(address.string, address.end()))
            spoken |= order if is_spoken and address["sign"] in (None, ":") else set()
            rest = rest.replace(sentence, address.string[: address.start()])
    if not told:
        return False
    if not (figures - set(_FIGURE.findall(rest))).isdisjoint(_FIGURE.findall(answer)):
        return True
    own = words(rest) | TALK
    bare = " ".join(sentence for sentence in sentences_of(answer) if not cites(sentence))
    return not ((spoken - own).isdisjoint(words(answer)) and (told - own).isdisjoint(words(bare)))


def _begins_with_speaking(address: re.Match[str]) -> bool:
    """Whether a word for speaking is among the first of what follows."""
    first = _FIRST.match(address.string, address.end())
    return first is not None and not TALK.isdisjoint(words(first[0]))


def _is_addressed(address: re.Match[str]) -> bool:
    """Whether a greeting, or a word such as "to" before a colon, makes it an address."""
    if address["sign"] is None and address["mark"] is None:
        return True
    if ":" not in (address["sign"], address["mark"]):
        return False
    return bool(_TO.search(address.string, 0, address.start()) or _TO_AFTER.search(address[0]))


def is_to_machine(sentence: str) -> bool:
    """Whether a sentence is addressed to a machine."""
    if sentence.isascii() and latin_words(sentence).isdisjoint(_MACHINES):
        return False
    address = _ADDRESSED.search(folded(sentence))
    return address is not None and (_begins_with_speaking(address) or _is_addressed(address))
