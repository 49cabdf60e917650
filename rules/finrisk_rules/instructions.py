"""Text that orders the model about instead of informing it: it is answered, but nothing is learnt from it.

The frame and the system instruction guard an answer; what is trained on must not even hold an order, since a
model learns from what such a text was answered. Looked for are orders, in English by ``orders`` and in other
languages by ``foreign_orders``, and the marks by which chats and our own prompts are built.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from finrisk_rules.disguises import REVERSALS, appearances, is_undisguised
from finrisk_rules.foreign_orders import LAW_ROOTS, drops_instructions, laws_named, may_name_law
from finrisk_rules.lookalikes import skeleton
from finrisk_rules.orders import RULES
from finrisk_rules.patterns import pattern_of
from finrisk_rules.sentence_rules import Rule, sentences_with
from finrisk_rules.spelling import Signs, latin_words

_WRAPPED = pattern_of(r"\n(?<=[^\n]\n)(?=[^\n])")
_WORD = pattern_of(r"[a-z]+")
_CHAT = pattern_of(
    r"""(?imx)
      <\|[\w\ ]{2,24}\|> | <(?:start|end)_of_turn> | <</?sys>> | \[/?inst\]
    | \{\{\ *(?:system|prompt|instructions?)\ *[:}]
    | </?(?:system|assistant|instructions?|prompt)> | "role"\s*:\s*"(?:system|assistant|user)"
    | ^[^\w\n]*(?-i:SYSTEM):\ | ^\#{1,6}\ *system\ *: | ^\#{3}\ *system\ *$
    | ^[^\w\n]*(?:system|developer)\ (?:prompt|message)\b[^\w\n]{0,3}:
    | \[\s*(?:system|assistant|user|admin|developer)\s*[\]:] | ^```\ *(?:system|assistant|user)\b
    | (?<![a-z])(?:system|admin(?:istrator)?|developer|hidden|ai|llm|gpt|chatbot|assistant|priority)[\ _]
      (?:override|instructions?|prompt|command|note)\b[^.\n]{0,40}["':>]
    | ^\#{1,6}\ *(?:system|instructions?|assistant|response|user|human)\b[^\n]{0,12}:\ *$
    """
)
_CHAT_WORDS = frozenset(
    """admin administrator ai assistant bot chatbot developer gpt hidden human inst instruction instructions
    llm priority prompt response role sys system turn user""".split()
)
"""A chat's mark has one of them, or a control token's ``<|``."""
_ORDER_WORDS = frozenset[str]().union(*(rule.words for rule in RULES))
_SPEAKER = pattern_of(
    r"^[^\w\n]*(system|assistant|ai|user|human|model|bot)\b(?: (?:message|prompt))?[^\w\n]*(?:[:>]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_FRAME = pattern_of(
    r"""(?mx)
      ^[^\w\n]*(?:SOURCES|QUESTION)\ *[^\w\n]{0,4}$                    # a heading of the prompt, alone
    | ^[^\w\n]*(?:SOURCES|QUESTION|\[\d{1,4}\])\ [a-z]{16}$            # and with a mark
    | </?(?i:sources?|question)>
    | (?<![-=*\#<\[])[-=*\#<\[]{2,40}+\ {0,8}
      (?i:end\ of\ (?:the\ )?(?:sources|question|instructions|prompt|context))\ {0,8}[-=*\#>\]]{2}
    | ^[^\w\n]*(?i:(?:begin|start|end)\ (?:of\ )?(?:the\ |new\ )?
      (?:sources|question|instructions|document|prompt))\b[^\w\n]*$
    | ^[^\w\n]*\[\d{1,4}\]\ [^\n]*                                   # number, title and name of a source
      \((?=[\w.:/-]*[-_:/.\d])[\w.:/-]*[A-Za-z][\w.:/-]*\)$
    """
)
_FRAME_WORDS = frozenset("source sources question begin start end".split())
"""What fakes the frame has one of them, or the bracket of a source's number."""

_PAIR_SIGNS = Signs(_CHAT_WORDS | _ORDER_WORDS | _FRAME_WORDS, (*LAW_ROOTS, *REVERSALS))
"""Of which a pair in ASCII with an order, or with letters in another order than they are read in, has one."""


def looks_like_instruction(text: str) -> bool:
    """Whether a text that is to be analysed gives the model an order, or fakes the frame of our prompt."""
    readings = list(appearances(text))
    return any(map(_fakes_frame, readings)) or _orders(readings)


def gives_order(text: str) -> bool:
    """Whether the text gives the model an order or fakes a chat; it may list sources, as answers do."""
    return _orders(appearances(text))


def may_hold_order(question: str, answer: str) -> bool:
    """Whether ``looks_like_instruction`` of a question or ``gives_order`` of its answer can be true.

    Of most pairs both are told from their words at once.
    """
    if not (question.isascii() and answer.isascii()):
        return True
    if skeleton(question) != question or skeleton(answer) != answer:
        return True
    words, text = latin_words(question) | latin_words(answer), f"{question}\n\n{answer}"
    return "[" in question or _PAIR_SIGNS.among(words) or not is_undisguised(text, words)


def kinds_of_order(readings: Iterable[str]) -> Iterator[str]:
    """What gives an order away in the readings of a text, as it is found.

    ``chat`` (roles and control tokens), the kinds of ``RULES``, and ``foreign`` (another language).
    """
    known: set[str] = set()
    for reading in readings:
        words = latin_words(reading)
        if ("<|" in reading or not words.isdisjoint(_CHAT_WORDS)) and (
            _CHAT.search(reading) or _has_speakers(reading)
        ):
            yield "chat"
        if words.isdisjoint(_ORDER_WORDS) and not may_name_law(reading, words):
            continue
        rules = [rule for rule in RULES if not rule.words.isdisjoint(words)]
        unwrapped = _WRAPPED.sub(" ", reading)
        laws = laws_named(unwrapped.lower(), words)
        signs = laws.union(*(rule.words & words for rule in rules))
        if not signs:
            continue
        sentences = sentences_with(signs, reading) | sentences_with(signs, unwrapped)
        sentences -= known
        yield from (kind for sentence in sentences for kind in _kinds(sentence, rules))
        known |= sentences


def _fakes_frame(reading: str) -> bool:
    if reading.isascii() and "[" not in reading and latin_words(reading).isdisjoint(_FRAME_WORDS):
        return False
    return _FRAME.search(reading) is not None


def _orders(readings: Iterable[str]) -> bool:
    return next(kinds_of_order(readings), None) is not None


def _kinds(sentence: str, rules: Sequence[Rule]) -> Iterator[str]:
    words = set(_WORD.findall(sentence.lower())) if rules else set()
    yield from (rule.kind for rule in rules if rule.may_find(words) and rule.pattern.search(sentence))
    if drops_instructions(sentence):
        yield "foreign"


def _has_speakers(text: str) -> bool:
    """Whether lines are spoken by turns, one of them by a machine."""
    speakers = {speaker.lower() for speaker in _SPEAKER.findall(text)}
    return len(speakers) > 1 and bool(speakers & {"assistant", "ai", "bot", "system"})
