"""A sentence that a source has but for a year, a figure or a word that turns it says something else."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.edits import edit_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from tests.grounds.pace import settled_seconds

PAGE = """Freight revenue of the Nordic lines was $612 million in 2022, an increase of 9% compared to 2021.

The tax settlement reduced expenses by $14 million in 2022 and may be claimed until 2026.

Working capital decreased $0.4 million to $12.3 million at year end compared with $12.7 million a year ago.

The pilot fund paid $43 million, $8 million and $2 million for tugs, barges and cranes, respectively.

Cranes of the old yard were sold with a gain of $7.5 million above their book value. Interest was $61 million.
"""


def kept(sentence: str) -> bool:
    judgement = judge("What does the filing say?", f"- {sentence} [1]", [JudgedSource("", PAGE, None)])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Nordic lines' freight revenue was $612 million in 2022, an increase of 9% compared to 2021",
            "Nordic lines' freight revenue was $612 million in 2022, an increase of 9% compared to 2022",
        ),
        (
            "The tax settlement reduced expenses by $14 million in 2022 and may be claimed until 2026",
            "The tax settlement reduced expenses by $14 million in 2022 and may be claimed until 2027",
        ),
        (
            "Working capital decreased $0.4 million to $12.3 million at year end from $12.7 million",
            "Working capital increased $0.4 million to $12.3 million at year end from $12.7 million",
        ),
        (
            "Cranes of the old yard were sold with a gain of $7.5 million above their book value",
            "Cranes of the old yard were sold with a gain of $7.5 million below their book value",
        ),
        (
            "The pilot fund paid $43 million, $8 million and $2 million for tugs, barges and cranes",
            "The pilot fund paid $61 million, $8 million and $2 million for tugs, barges and cranes",
        ),
    ],
)
def test_a_like_sentence_is_right_and_one_that_turns_it_is_not(right: str, wrong: str) -> None:
    assert kept(right)
    assert kept(f"According to the filing, {right}")
    assert not kept(wrong)


@pytest.mark.parametrize(
    "said",
    [
        "Freight revenue of the Nordic lines was $612 million in 2022, an increase of 9%.",
        "Freight revenue of the Nordic lines was $612.0 million in 2022, an increase of 9% compared to 2021.",
        "The interest of the fund came to $61 million, and may have been more.",
    ],
)
def test_a_sentence_that_says_less_or_rounds_or_is_another_is_no_edit(said: str) -> None:
    (source, *_) = PAGE.split("\n")
    assert edit_of(said, [source]) is None


def test_a_sentence_that_another_one_has_whole_is_no_edit() -> None:
    last_year = "Rents of the quays were $7 million in 2021, all of them paid."
    this_year = "Rents of the quays were $9 million in 2022, all of them paid."
    assert edit_of("Rents of the quays were $9 million in 2022", [last_year, this_year]) is None


@pytest.mark.parametrize("piece", ["rose ", "2022 ", "5.1 ", "a", "gain of 2022, "])
def test_thirty_thousand_characters_are_compared_at_once(piece: str) -> None:
    text = (piece * 30_000)[:30_000]
    assert settled_seconds(lambda: edit_of(text, [PAGE, text[:-3]])) < 0.3
