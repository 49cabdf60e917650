"""Answers that name no row: their figures are of what is asked about."""

import pytest

from benchmarks.judge_kinds import source_of
from finrisk_rules.judge.judgement import judge

PAGE = source_of(
    {
        "title": "Halden Marine annual report 2022",
        "company": "Halden Marine",
        "year": 2022,
        "text": "| ($ millions) | 2022 | 2021 |\n| --- | --- | --- |\n| Revenue | 500 | 450 |\n"
        "| Operating profit | 80 | 64 |\n| Net income | 41 | 35 |\n| Total assets | 900 | 870 |\n"
        "| CET1 ratio | 11.4% | 11.1% |\n| Tier 1 ratio | 13.0% | 12.6% |\n",
    }
)
ASKED = "What was net income in 2022?"


def verdicts(question: str, answer: str) -> set[str]:
    return {figure.verdict for figure in judge(question, answer, [PAGE]).figures}


@pytest.mark.parametrize(
    ("question", "wrong", "right"),
    [
        (ASKED, "It was $80 million [1].", "It was $41 million [1]."),
        (ASKED, "$80 million [1]", "$41 million [1]"),
        (ASKED, "Answer: 500 [1]", "Answer: 41 [1]"),
        (ASKED, "The company reported $80 million in 2022 [1].", "The company reported $41 million [1]."),
        (
            ASKED,
            "**$80 million** in 2022, up from $64 million [1].",
            "**$41 million**, up from $35 million [1].",
        ),
        ("How did net income change?", "It rose from $64m to $80m [1].", "It rose from $35m to $41m [1]."),
        ("What was the CET1 ratio in 2022?", "The ratio was 13.0% [1].", "The ratio was 11.4% [1]."),
        ("Wie hoch war 2022 Net income?", "80 Mio. $ [1].", "41 Mio. $ [1]."),
        ("2022年のNet incomeは?", "80百万ドル [1]。", "41百万ドル [1]。"),
    ],
)
def test_a_figure_without_a_row_is_of_the_row_that_is_asked_about(
    question: str, wrong: str, right: str
) -> None:
    assert "misattributed" in verdicts(question, wrong)
    assert verdicts(question, right) == {"stated"}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (ASKED, "Operating profit was $80 million. It was $64 million in 2021 [1]."),
        (ASKED, "## Operating profit\nIt was $80 million [1]."),
        (ASKED, "Profit from operations was $80 million [1]."),
        ("What are operating profit and net income?", "$80 million and $41 million [1]."),
        ("How did the firm do?", "It made $80 million [1]."),
        ("How did operating costs weigh on net income?", "$80 million [1]"),
    ],
)
def test_a_row_may_be_said_anywhere_in_the_answer(question: str, answer: str) -> None:
    assert verdicts(question, answer) == {"stated"}


FIRM = source_of(
    {
        "title": "Halden Marine annual report 2008",
        "company": "Halden Marine",
        "year": 2008,
        "text": "| ($ millions) | 2008 | 2007 |\n|---|---|---|\n| Total inventories | 1,931 | 1,625 |\n",
    }
)
OTHER = source_of(
    {
        "title": "Inventories and their valuation",
        "company": None,
        "year": None,
        "text": "| ($ millions) | 2019 | 2018 |\n|---|---|---|\n| Total inventories | 9,801 | 9,222 |\n",
    }
)
UNDATED = "Total inventories were $9,801 million [2]."


@pytest.mark.parametrize(
    ("question", "answer", "verdict"),
    [
        ("What were total inventories in 2008?", UNDATED, "misattributed"),
        ("Halden Marine 2008: how did total inventories change since 2007?", UNDATED, "misattributed"),
        ("What were total inventories in 2019?", UNDATED, "stated"),
        ("How did total inventories change from 2008 to 2019?", UNDATED, "stated"),
        ("What are total inventories?", UNDATED, "stated"),
        ("What were total inventories in 2008?", "In 2019 inventories were $9,801 million [2].", "stated"),
        ("What were total inventories in 2008?", "Total inventories were $1,931 million [1].", "stated"),
    ],
)
def test_a_figure_without_a_year_is_of_a_year_that_is_asked_about(
    question: str, answer: str, verdict: str
) -> None:
    assert {figure.verdict for figure in judge(question, answer, [FIRM, OTHER]).figures} == {verdict}
