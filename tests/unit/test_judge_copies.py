"""What is copied from a source word for word is as it says; what is a part of it may not be."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.copies import is_copied, on_one_line
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from tests.grounds.pace import settled_seconds

SENTENCES = (
    "Corporate bonds rated BBB were $1.04 billion, and exposure below investment grade was $290 million.",
    "It averaged $12.4 million in 2023 and exceeded the limit of $15 million on four days in July.",
    "Operating expenses were $13.94 billion for 2023, 28% (28%) higher than 2022, due to higher provisions.",
    "The margin rose from 12.5% to 11.9% as the auditors noted in a correction of $3 million.",
)
TABLE = """
| Sales by customer ($ millions) | 2023 | 2022 |
| --- | --- | --- |
| Electric vehicle start-ups | 157 | 61 |
| All others | 1,254 | 1,161 |

The limit for start-ups was 15.0% at the end of 2023.
"""


def verdicts(answer: str, text: str) -> set[str]:
    return {
        each.verdict for each in judge("What was it in 2023?", answer, [JudgedSource("", text, None)]).figures
    }


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_copied_sentence_is_right_and_one_with_another_figure_is_not(sentence: str) -> None:
    page = f"Some words of the year.\n\n{sentence} Others follow it, with a loss of $77 million."
    assert verdicts(f"- {sentence} [1]", page) <= RIGHT
    (first, *_) = (word for word in sentence.split() if any(map(str.isdigit, word)))
    other = first.replace("1", "4").replace("2", "7")
    assert not verdicts(f"- {sentence.replace(first, other, 1)} [1]", page) <= RIGHT


def test_another_clause_is_not_what_a_figure_is_compared_with() -> None:
    page = " ".join(SENTENCES[:2])
    assert (
        verdicts("- BBB bonds were $1.04 billion, and exposure below investment grade $290 million [1]", page)
        <= RIGHT
    )
    assert (
        verdicts(
            "- It was $12.4 million on average and exceeded its limit of $15 million on days in July [1]",
            page,
        )
        <= RIGHT
    )


def test_a_cell_of_start_ups_is_of_its_own_year() -> None:
    assert verdicts("- In 2023, Electric vehicle start-ups was 157 million [1]", TABLE) == {"stated"}
    assert verdicts("- In 2023, Electric vehicle start-ups was 61 million [1]", TABLE) == {"misattributed"}


def test_a_part_of_a_sentence_and_a_row_of_a_table_are_no_copies() -> None:
    sentence = "net sales of the year were $ 5 million"
    assert is_copied(f"- **{sentence}**", f"As before, all rose. Net loss: {sentence} ; costs fell.")
    assert not is_copied(sentence, f"{sentence} less than in 2022.")
    assert not is_copied(sentence, f"{sentence}.7 in all.")
    assert not is_copied(sentence, f"None of the {sentence}.")
    assert not is_copied("| Sales | 1 | 2 | 3 | 4 |", "| Sales | 1 | 2 | 3 | 4 |")


@pytest.mark.parametrize("piece", ["a 1 ", "\n", ". A", "* "])
def test_thirty_thousand_characters_are_looked_through_at_once(piece: str) -> None:
    text = (piece * 30_000)[:30_000]

    def look() -> None:
        is_copied(text, on_one_line(text))
        is_copied("the sales of the year were 5", on_one_line(text))

    assert settled_seconds(look) < 0.3
