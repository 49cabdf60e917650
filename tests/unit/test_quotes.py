"""Rows that name no source are kept together by what they quote."""

from __future__ import annotations

import time
from collections.abc import Iterable

from finrisk_ops.dataset.quotes import _BLOCK, LONGEST, Quotes, quotes_of

TABLE = "| Land | $773,068 | $773,068 |\n| Vehicles | 3,687,901 | 3,229,551 |"
PASSAGE = "The canteen was renovated by the landlord after a long dispute about the lease."
MANNER = "One year is not a trend; compare with the periods before it."


def shared(texts: Iterable[tuple[str, str]], among: int = 1_000) -> list[list[int]]:
    """The groups of rows with one quote, among so many that quote nothing."""
    quotes = Quotes()
    for row, (strategy, analysis) in enumerate(texts):
        quotes.add(row, quotes_of(strategy, analysis))
    return sorted(map(list, {tuple(held) for held in quotes.holders(set(range(among)))}))


def test_an_answer_and_a_question_that_quote_one_table_are_of_one_document() -> None:
    asked = f"What is the value of land?\n{TABLE}"
    changed = TABLE.replace("7", "8").replace("3,", "4,")
    assert shared([(asked, "It is 773,068."), ("Assess vehicles.", f"Evidence.\n{TABLE}")]) == [[0, 1]]
    assert shared([(asked, "It is 773,068."), ("Assess vehicles.", f"Evidence.\n{changed}")]) == []


def test_a_sentence_without_figures_ties_a_few_rows_and_a_manner_of_speaking_none() -> None:
    assert shared([("Why?", f"{PASSAGE} Case {n}.") for n in range(3)]) == [[0, 1, 2]]
    assert shared([(f"Why {n}?", f"{MANNER} Case {n}.") for n in range(30)]) == []
    assert shared([("Why?", PASSAGE), ("How?", PASSAGE)], among=50) == []  # too few rows to tell


def test_a_line_with_figures_that_a_tenth_of_all_rows_hold_is_no_documents() -> None:
    rows = [(f"Why {n}?", "A haircut of 12.5 % is assumed.") for n in range(101)]
    assert shared(rows, among=1_010) == [list(range(101))]
    assert shared(rows, among=1_000) == []


def test_a_question_that_names_firm_and_year_of_a_filing_is_of_it() -> None:
    asked = [
        ("For the committee: what fell? Company: Corvane Bank (fiscal 2012). State it.", ""),
        ("What portion is due next? Please analyse Corvane Bank (fiscal 2012).", ""),
        ("What portion is due in the next quarter? Please analyse Corvane Bank (fiscal 2013).", ""),
        ("What is due?\nOthers: Corvane Bank (2012) is smaller than ours, and so on.", ""),
    ]
    assert [0, 1] in shared(asked)
    assert not any({2, 3} & set(held) for held in shared(asked))


def test_a_line_of_capitals_costs_no_more_than_a_moment() -> None:
    for line in ("A" * 30_000, "A " * 15_000, "&A" * 15_000):
        began = time.process_time()
        quotes_of(line, "")
        assert time.process_time() - began < 1, line[:10]


def test_a_question_that_quotes_at_length_is_told_by_its_answer_alone() -> None:
    other = " ".join(f"Item {n} is {n}.5 million." for n in range(LONGEST))
    assert shared([(f"What? {PASSAGE} {other}", "It fell."), ("Why?", PASSAGE)]) == []
    assert shared([(f"What? {other}", PASSAGE), ("Why?", PASSAGE)]) == [[0, 1]]


def test_quotes_that_went_to_disk_are_read_with_those_that_did_not() -> None:
    quotes, again = Quotes(), quotes_of("Why?", PASSAGE)
    for row in (0, *range(1, _BLOCK + 1), _BLOCK + 1):
        quotes.add(row, again)
    assert list(quotes.holders({0, _BLOCK + 1, *range(10_000, 11_000)})) == [[0, _BLOCK + 1]]
