"""Statements without figures: their words are in the source, in any script, or the statement is not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from finrisk_rules.judge.languages import language_of, reads_as
from finrisk_rules.judge.wording import has_support, says_something, telling_words, words, words_among
from finrisk_rules.sentences import is_whole, sentences

HERE = Path(__file__).parent
LINES = [json.loads(line) for line in (HERE / "wordings.jsonl").read_text("utf-8").splitlines()]
CASES = {line["language"]: line for line in LINES if "language" in line}
SOURCES = {language: case["source"] for language, case in CASES.items()}


@pytest.mark.parametrize("language", SOURCES)
def test_a_statement_is_supported_by_the_source_that_has_its_words(language: str) -> None:
    source = words(SOURCES[language])
    assert says_something(CASES[language]["right"])
    assert has_support(telling_words(CASES[language]["right"]), source)
    assert says_something(CASES[language]["wrong"])
    assert not has_support(telling_words(CASES[language]["wrong"]), source)


@pytest.mark.parametrize(
    "statement",
    [
        "These amounts are taken from the table of the filing [1].",
        "The figures above are as reported in the excerpt.",
        "Alle Angaben stammen aus der Tabelle.",
        "Ces montants proviennent du tableau.",
        "[1] 5 %.",
        "",
    ],
)
def test_a_statement_about_the_sources_says_nothing_of_a_firm(statement: str) -> None:
    assert not says_something(statement)


def test_an_accent_a_width_and_an_ending_do_not_make_another_word() -> None:
    assert words("\uff32\uff45\uff56\uff45\uff4e\uff55\uff45 op\u00e9rations") == words("revenues operation")


def test_the_language_of_a_text_is_that_of_its_words() -> None:
    languages = {language: language_of(text) for language, text in SOURCES.items()}
    scripts = {"ko": "hangul", "th": "thai", "ru": "cyrillic"}
    assert languages == {language: scripts.get(language, language) for language in SOURCES}


def test_texts_read_as_one_language_unless_something_tells_them_apart() -> None:
    for first, text in SOURCES.items():
        for second, other in SOURCES.items():
            assert reads_as(text, other) == (first == second), (first, second)
        assert reads_as("[1] 5 % | 2022", text)
    assert reads_as("Net sales 2022: 5", SOURCES["de"]), "too short to tell"
    assert not reads_as("\u58f2\u4e0a\u9ad8\u306f5\u5104\u5186", SOURCES["en"]), "a script always tells"


def test_a_sentence_ends_in_every_script() -> None:
    for text in (line["two_sentences"] for line in LINES if "two_sentences" in line):
        assert len(list(sentences(text))) == 2, text
        assert is_whole(text)
        assert not is_whole(text.rstrip()[:-1])
    assert is_whole(
        "\u0e23\u0e32\u0e22\u0e44\u0e14\u0e49\u0e40\u0e1e\u0e34\u0e48\u0e21\u0e02\u0e36\u0e49\u0e19"
    ), "Thai has no sign"


@pytest.mark.parametrize(
    "text", [*SOURCES.values(), "Interesting: the interest rate swaps of \u20ac 5, not one bank's."]
)
def test_words_are_looked_for_in_a_text_as_if_all_of_it_were_read(text: str) -> None:
    others = ["interests are interesting", "banking on a swap", "the rat", *SOURCES.values()]
    terms = frozenset().union(*map(words, others), ["interest", "inter", "terest", "wap", "one", "rat"])
    assert words_among(terms, text) == words(text) & terms


def test_a_text_of_one_long_word_is_looked_through_once() -> None:
    long = "z" * 200_000
    began = time.process_time()
    assert words_among(["zzz"], long) == frozenset()
    assert time.process_time() - began < 5, "fifteen where each of its letters began a word"
