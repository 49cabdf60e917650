"""What rules look for before they read a text: whatever a pattern finds must have it.

The sentences are made of the patterns themselves, so a pattern that is added without its words fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies

from finrisk_rules import deeds, disguises, error_texts, obedience
from finrisk_rules.disguises import appearances
from finrisk_rules.instructions import gives_order, looks_like_instruction, may_hold_order
from finrisk_rules.orders import RULES
from finrisk_rules.redaction import columns, reading, redactor
from finrisk_rules.redaction.context import alternatives
from finrisk_rules.redaction.reading import Reading
from finrisk_rules.sentence_rules import Rule
from finrisk_rules.spelling import Signs, latin_words

Look = Callable[[str], bool]
PLAIN = "The margins of both banks fell by 12 million"
SET = [json.loads(line) for line in Path(__file__).with_name("injections.jsonl").open()]


def has_shape_signs(text: str) -> bool:
    return error_texts._SHAPE_SIGNS.among(latin_words(text)) or bool(error_texts._BEGINNING.match(text))


def has_talk_signs(text: str) -> bool:
    return error_texts._TALK_SIGNS.among(latin_words(text))


def has_again_signs(text: str) -> bool:
    return error_texts._AGAIN_SIGNS.among(latin_words(text))


def has_instructed_words(text: str) -> bool:
    return not latin_words(text).isdisjoint(obedience._INSTRUCTED_WORDS)


def has_obedience_signs(text: str) -> bool:
    said = latin_words(text)
    return bool(obedience._signs(said)) or said.isdisjoint(obedience._SIGNS)  # odd forms that nobody writes


PATTERNS: list[tuple[Look, str, int]] = [
    *((has_shape_signs, rf"\A\W{{0,3}}(?:{each})", re.VERBOSE) for each in alternatives(error_texts._SHAPES)),
    *((has_again_signs, each, 0) for each in alternatives(error_texts._MACHINE_TALK.pattern)),
    *((has_talk_signs, each, 0) for each in alternatives(error_texts._FOREIGN_TALK.pattern)),
    (has_talk_signs, error_texts._LABEL.pattern, 0),
    *((error_texts._may_have_frames, each, 0) for each in alternatives(error_texts._FRAMES)),
    (has_instructed_words, obedience._INSTRUCTED.pattern, 0),
    (deeds._may_link, deeds.LINK.pattern, re.IGNORECASE),
    (reading._may_have_digits, reading._ASCII_DIGITS.pattern, 0),
    *(
        (has_obedience_signs, pattern, re.IGNORECASE | re.VERBOSE)
        for rule in obedience.RULES
        for pattern in rule.patterns
    ),
]


@pytest.mark.parametrize(("look", "pattern", "flags"), PATTERNS)
def test_nothing_that_a_pattern_finds_is_passed_over(look: Look, pattern: str, flags: int) -> None:
    @settings(
        max_examples=20,
        derandomize=True,
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategies.from_regex(re.compile(pattern, flags)))
    def passes(text: str) -> None:
        assert look(text.strip()) or not text.isascii()  # other texts are always read

    passes()


def test_alternatives_of_a_pattern_are_told_from_those_within_brackets() -> None:
    assert list(alternatives(r"a(?:b|c)[|(]|\||d")) == [r"a(?:b|c)[|(]", r"\|", "d"]


def test_signs_are_words_or_parts_of_words_and_what_is_known_of_words_has_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signs = Signs(["rate"], ["error"])
    assert signs.among(frozenset(["the", "rate"]))
    assert signs.among(frozenset(["valueerror"]))
    for _ in range(2):
        assert not signs.among(frozenset(["rates", "the"]))
    monkeypatch.setattr(Signs, "_MOST", 2)
    for word in ("a", "b", "c", "d"):
        assert not signs.among(frozenset([word]))
    assert len(signs._silent) <= 3
    assert signs.among(frozenset(["rate", "a"]))


@pytest.mark.parametrize("text", ["1gn0re", "re5t", "gn0", "0gn", "x1", "1x"])
def test_digits_beside_letters_are_seen_on_either_side(text: str) -> None:
    mixed = f"so 12 a {text} 3".encode().translate(disguises._LETTERS_AND_DIGITS)
    assert disguises._ADJACENT.search(mixed)
    assert not disguises._ADJACENT.search(b"aa 11 a 1 a")
    assert (len(list(appearances(f"so 12 a {text} 3"))) > 1) is (len(text) > 2)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.kind)
def test_a_pair_with_a_word_of_orders_is_read(rule: Rule) -> None:
    assert all(may_hold_order(PLAIN, f"{PLAIN} {word}") for word in rule.words)
    assert all(may_hold_order(f"{PLAIN} {word}", PLAIN) for word in rule.words)
    assert not may_hold_order(PLAIN, PLAIN)


def test_no_pair_with_an_order_or_a_disguise_is_passed_over() -> None:
    for entry in SET:
        text = entry["text"]
        if looks_like_instruction(text):
            assert may_hold_order(text, PLAIN), text
        if gives_order(text):
            assert may_hold_order(PLAIN, text), text
        if text.isascii() and len(list(appearances(text))) > 1:
            assert may_hold_order(PLAIN, text), text
    assert not may_hold_order(PLAIN, PLAIN)


def test_a_word_that_tells_a_kind_within_another_is_looked_for() -> None:
    search = redactor._EVERYTHING
    always = {word for _, word, _ in search._inside_signless}
    for _, word, _ in search._inside:
        for text in (f"the x{word}s of both", f"la m\u00eame x{word.upper()}s"):
            assert word in always or search._inside_signs.among(latin_words(text))


@pytest.mark.parametrize("head", sorted(columns._HEADS))
def test_a_head_that_tells_more_than_figures_is_looked_for(head: str) -> None:
    """Of a column of accounts alone nothing is told; one beside another head may be somebody's."""
    text = f"In short:\naccount, {head}\n12345678, 87654321\n"
    _, line, _ = re.finditer(r"[^\n]+", text)
    assert columns._tops(Reading(text)) == {line.start()} or not columns._headed(line)
