"""Alternations of words find what a plain list of them finds, and are a tree."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules.alternations import alternation
from finrisk_rules.judge.vocabulary import any_word

WORDS = st.lists(st.text("abé_.*|(+ ", min_size=1, max_size=6), min_size=1, max_size=12)
TEXTS = st.text("abé_.*|(+ ", max_size=20)


@given(WORDS, TEXTS)
def test_what_a_list_finds_the_longest_first_a_tree_finds(words: list[str], text: str) -> None:
    plain = "|".join(map(re.escape, sorted(set(words), key=len, reverse=True)))
    tree = alternation(words)
    assert [each.span() for each in re.finditer(tree, text)] == [
        each.span() for each in re.finditer(plain, text)
    ]


@given(WORDS, TEXTS)
def test_a_word_that_is_another_ones_beginning_is_whole_where_it_ends(words: list[str], text: str) -> None:
    end = r"(?![^\W_])"
    plain = "|".join(re.escape(word) + end for word in sorted(set(words), key=len, reverse=True))
    tree = alternation(words, end=lambda _: end)
    assert re.findall(tree, text) == re.findall(plain, text)


def test_what_words_begin_with_stands_once() -> None:
    assert alternation(["net loss", "net income", "net"], sign=str) == "net(?: (?:loss|income)|)"


def test_a_sign_of_a_word_may_be_a_pattern() -> None:
    gap = alternation(["net_loss", "net_income"], sign=lambda sign: r"\s+" if sign == "_" else sign)
    assert re.fullmatch(gap, "net \n income")
    assert not re.fullmatch(gap, "net_income")


def test_of_a_word_and_any_ending_the_longer_one_is_taken() -> None:
    match = re.match(any_word("cost* costs_of_sales"), "costs of sales")
    assert match
    assert match[0] == "costs of sales"


def test_no_words_are_an_error_and_never_fit_everywhere() -> None:
    with pytest.raises(ValueError, match="no words"):
        alternation([])
