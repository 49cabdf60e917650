"""What holds of any page: tables keep head and caption, spellings fold, facts are read in linear time."""

from __future__ import annotations

import itertools
import random
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finrisk_rules.lexemes import words
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.passages import LONGEST_PAGE, LONGEST_TABLE, lines_of, pages_of, passages_of
from finrisk_rules.spelling import folded

CAPTION = "Exposure by counterparty, in thousands of euros"
HEAD = "| Counterparty | 2025 | 2024 |\n|---|---|---|"
ODD_CELLS = st.one_of(
    st.text(max_size=12),
    st.characters(categories=["Cs"]),
    st.sampled_from(
        [
            "(1,234)",
            "$",
            "%",
            "</td>",
            "&nbsp;12",
            "<b>3</b>",
            "\u202e12",
            "١٢٣",
            "\u200f(45)",
            "\\|",
            "2025",
            "",
            "–",
        ]
    ),
)
ODD_ROWS = st.lists(st.lists(ODD_CELLS, max_size=6), max_size=12)


def table(rows: int, cells: int = 1) -> tuple[str, list[str]]:
    """Return a table below its caption, and its rows, each unlike the others."""
    lines = [f"| Party {number} {'holding ' * cells}| {number:,} | ({number}) |" for number in range(rows)]
    return "\n".join([CAPTION, "", HEAD, *lines]), lines


@settings(max_examples=30)
@given(rows=st.integers(1, 900), cells=st.integers(1, 30), before=st.text("ab \n", max_size=300))
def test_a_table_of_any_length_keeps_every_row_once_below_its_head_and_caption(
    rows: int, cells: int, before: str
) -> None:
    page, lines = table(rows, cells)
    pages = pages_of(f"{before}\n\n{page}")
    assert all(len(text) <= LONGEST_PAGE for _, text in pages)
    found = [
        passage for _, text in pages for passage in passages_of(lines_of(text)) if passage.kind == "table"
    ]
    assert all(passage.text.startswith(f"{CAPTION}\n{HEAD}\n| ") for passage in found)
    longest = max(len(line.split()) for line in lines)
    assert all(len(passage.text.split()) <= LONGEST_TABLE + longest + 30 for passage in found)
    kept = [line for passage in found for line in passage.text.split("\n")[3:]]
    assert kept == lines


def written_otherwise(text: str, dice: random.Random) -> str:
    """Return a text as somebody else writes it: case, width, accents apart, soft hyphens, ligatures."""
    ways: list[Callable[[str], str]] = [
        str,
        str.upper,
        lambda letter: chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter,
        lambda letter: f"{letter}\u00ad",
        lambda letter: unicodedata.normalize("NFD", letter),
        lambda letter: f"{letter}\u0301" if letter in "aeiou" else letter,
    ]
    return "".join(dice.choice(ways)(letter) for letter in text.replace("fi", dice.choice(["fi", "ﬁ"])))


@given(st.text("abcdefgijklmnopqrstuvwyzäöüéèçñ0123456789 ", max_size=80), st.randoms(use_true_random=False))
def test_a_text_written_otherwise_has_the_same_words(text: str, dice: random.Random) -> None:
    other = written_otherwise(text, dice)
    assert folded(other) == folded(text)
    assert words(other) == words(text)


@given(ODD_ROWS, st.text(max_size=60))
def test_facts_of_any_table_are_read_and_stored(rows: list[list[str]], above: str) -> None:
    page = "\n".join([above, *(f"| {' | '.join(row)}" for row in rows)])
    facts = facts_of(page)
    assert stored(facts)
    assert all(page[each.start : each.end].strip() for each in facts.statements)


def ragged(rows: int) -> str:
    """Return a table that holds what pages are broken by, in rows of other lengths."""
    odd = itertools.cycle(
        ["1,234", "(5 %)", "\ud83d", "\u202e12", "</td>", "&nbsp;7", "2025", "$", "", "a (1)"]
    )
    return "\n".join(
        f"| Row {number} | {' | '.join(next(odd) for _ in range(number % 7))} |" for number in range(rows)
    )


def prose(rows: int) -> str:
    return "\n".join(
        f"In {1990 + n % 40} losses of €{n:,} m (or {n % 100} %) rose by {n} bp." for n in range(rows)
    )


def cut(page: str) -> None:
    for _, text in pages_of(page):
        passages_of(lines_of(text))


@pytest.mark.parametrize(
    "step", [lambda page: stored(facts_of(page)), cut, words], ids=["facts", "cut", "words"]
)
@pytest.mark.parametrize("made", [ragged, prose])
def test_four_times_the_rows_take_about_four_times_as_long(
    made: Callable[[int], str], step: Callable[[str], object]
) -> None:
    few, many = (min(_seconds(step, made(rows)) for _ in range(3)) for rows in (2_500, 10_000))
    assert many < 11 * max(few, 0.02), (few, many)  # caches take some; a square would take 16 times as long


def _seconds(step: Callable[[str], object], page: str) -> float:
    start = time.process_time()
    step(page)
    return time.process_time() - start
