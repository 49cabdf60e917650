"""Figures that stand under another head of their row than the one that is said or asked about."""

import pytest

from benchmarks.judge_kinds import source_of
from finrisk_rules.judge.judgement import judge

PAGE = source_of(
    {
        "title": "Corvane Bank annual report 2024",
        "company": "Corvane Bank",
        "year": 2024,
        "text": (
            "| Parallel shift | Change in net interest income 2024 | Change in economic value of equity 2024 "
            "| Board limit on economic value of equity |\n| --- | --- | --- | --- |\n"
            "| +200 basis points | (4.1)% | (12.6)% | (15.0)% |\n"
            "| +100 basis points | (1.9)% | (6.0)% | (10.0)% |\n\n"
            "| Losses ($ millions) | 1 in 50 years | 1 in 250 years |\n| --- | --- | --- |\n"
            "| Earthquake | 188 | 598 |\n| Windstorm | 160 | 322 |\n\n"
            "| Product sales ($ millions) | United States | Rest of world | Total |\n"
            "| --- | --- | --- | --- |\n"
            "| Ovalira | 1,064 | 422 | 1,486 |\n| Older products | 52 | 31 | 83 |\n\n"
            "| Inventory ($ millions) | 2024 | 2023 | Markdown reserve 2024 |\n| --- | --- | --- | --- |\n"
            "| Apparel | 498 | 611 | 29 |\n| Seasonal | 96 | 141 | 19 |\n"
        ),
    }
)
OF_LIMITS = "What is the board limit on economic value of equity?"
OF_LOSSES = "How large is the 1 in 250 year loss by earthquake and windstorm?"


def verdicts(question: str, answer: str) -> list[str]:
    return [figure.verdict for figure in judge(question, answer, [PAGE]).figures]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (
            OF_LIMITS,
            "In 2024, at +100 basis points the board limit on economic value of equity was (6.0)% [1]",
        ),
        ("What is told?", "- +200 basis points, Board limit on economic value of equity, 2024: (12.6)% [1]"),
        ("What is told?", "- Seasonal, markdown reserve: $141 million [1]"),
        (OF_LOSSES, "- Earthquake: 188 [1]"),
        (OF_LOSSES, "The windstorm loss is $160 million [1]."),
        ("How reliant is the firm on Ovalira?", "- Ovalira: $1,064 million [1]"),
    ],
)
def test_a_figure_under_another_head_is_misattributed(question: str, answer: str) -> None:
    judged = [figure for figure in judge(question, answer, [PAGE]).figures if "basis" not in figure.text]
    assert [figure.verdict for figure in judged] == ["misattributed"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (OF_LIMITS, "The economic value of equity changed by (6.0)%, with a board limit of (10.0)% [1]."),
        ("What is told?", "- Seasonal, 2024: 96; 2023: 141; markdown reserve 2024: 19 [1]"),
        (OF_LOSSES, "- Earthquake: 598 [1]"),
        (OF_LOSSES, "An earthquake would cost $188 million once in 50 years [1]."),
        ("How reliant is the firm on Ovalira?", "- Ovalira: $1,486 million [1]"),
        ("How reliant is the firm on Ovalira?", "Ovalira brought $1,064 million at home [1]."),
        ("What does the firm sell in the United States?", "- Ovalira: $1,064 million [1]"),
        ("What is told?", "## United States\n- Ovalira: $1,064 million [1]"),
    ],
)
def test_a_head_may_be_said_by_the_claim_the_question_or_the_heading(question: str, answer: str) -> None:
    assert set(verdicts(question, answer)) == {"stated"}


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Inventory of Apparel went from $498 million in 2024 to $498 million in 2025 [1].", "misattributed"),
        ("Inventory of Apparel was $498 million in 2024 and $498 million in 2022 [1].", "misattributed"),
        ("Inventory of Apparel fell from $611 million in 2023 to $498 million in 2024 [1].", "stated"),
    ],
)
def test_of_two_figures_each_is_of_its_own_year(answer: str, verdict: str) -> None:
    assert verdicts("What is told?", answer) == ["stated", verdict]


PRICES = source_of(
    {
        "title": "Halden Marine annual report 2018",
        "company": "Halden Marine",
        "year": 2018,
        "text": "|  |  | Common Stock Price Range 2018 |\n| --- | --- | --- |\n|  | Low | High |\n"
        "| First Quarter | $ 5.99 | $ 8.40 |\n| Second Quarter | $ 4.79 | $ 6.48 |\n",
    }
)


@pytest.mark.parametrize(
    ("low", "high", "is_right"), [("5.99", "8.40", True), ("8.40", "5.99", False), ("4.79", "8.40", False)]
)
def test_two_figures_of_a_row_stand_under_the_heads_that_fit_both(
    low: str, high: str, is_right: bool
) -> None:
    head = "Common Stock Price Range 2018"
    answer = f"- First Quarter, {head} Low: ${low}; {head} High: ${high} [1]"
    said = {figure.verdict for figure in judge("What is the low?", answer, [PRICES]).figures}
    assert (said == {"stated"}) == is_right
