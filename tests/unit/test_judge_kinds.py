"""Kinds of statement: bounds, denials, other firms, parts of a year, years as operands."""

from time import process_time

import pytest

from benchmarks.judge_kinds import HALVES, outcomes
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

PAGE = """Amounts in millions of dollars.

| | 2022 | 2021 |
|---|---|---|
| Net sales | 5,312 | 4,871 |
| Operating income | 846 | 902 |
| Capital expenditure | 1,909 | 1,336 |
| Notes at 5.51% due 2031 | 750 | 750 |
"""


def verdicts(answer: str) -> list[str]:
    """Return the verdicts on the figures of an answer on the page of 2022."""
    source = JudgedSource("Report 2022", PAGE, stored(facts_of(PAGE)), "Halden Marine Corp.", 2022)
    return [figure.verdict for figure in judge("What does it say?", answer, [source]).figures]


@pytest.mark.parametrize("half", HALVES)
def test_kinds(half: str) -> None:
    results = list(outcomes(half))
    right = [each for each in results if each.is_right]
    wrong = [each for each in results if not each.is_right]
    assert sum(each.is_kept for each in right) >= 0.92 * len(right)
    assert sum(each.is_kept for each in wrong) <= 0.1 * len(wrong)


@pytest.mark.parametrize(
    "said",
    [
        "more than $5,300 million",
        "at least $5.3 billion",
        "no less than $5,300 million",
        "less than $5,320 million",
        "not more than $5,320 million",
        "nearly $5,320 million",
        "just short of $5,320 million",
    ],
)
def test_a_bound_is_right_where_the_figure_is_near_and_on_its_side(said: str) -> None:
    assert verdicts(f"Net sales were {said} in 2022 [1].") == ["stated"]


@pytest.mark.parametrize(
    "said",
    [
        "more than $5,320 million",
        "at least $5.4 billion",
        "no less than $5,320 million",
        "less than $5,300 million",
        "not more than $5,300 million",
        "nearly $5,300 million",
        "more than $2,000 million",
        "just short of $5,312 million",
    ],
)
def test_a_bound_is_wrong_where_the_figure_is_on_the_other_side_or_far_away(said: str) -> None:
    assert not RIGHT.intersection(verdicts(f"Net sales were {said} in 2022 [1]."))


def test_what_a_figure_is_compared_with_sets_no_bound() -> None:
    answer = "Net sales of 2022, $5.3 billion, were higher than $4.9 billion in 2021 [1]."
    assert verdicts(answer) == ["stated", "stated"]


@pytest.mark.parametrize("said", ["did not reach", "were not", "didn't amount to", "failed to hit", "missed"])
def test_a_figure_that_is_denied_is_not_stated(said: str) -> None:
    assert verdicts(f"Net sales {said} $5,312 million in 2022 [1].") == ["unsupported"]


def test_a_number_that_looks_like_a_year_may_be_an_operand() -> None:
    assert verdicts("It rose by 1909 - 1336 = 573 [1].")[-1] == "computed"
    assert verdicts("It rose by 1909 - 1336 = 583 [1].")[-1] == "unsupported"
    assert verdicts("They run 2031 - 2022 = 9 [1].") == ["computed"]
    assert "computed" not in verdicts("They run 2035 - 2022 = 13 [1].")


def test_a_number_in_the_name_of_a_row_is_said_by_it() -> None:
    assert verdicts("The notes bear 5.51% [1].") == ["stated"]
    assert verdicts("The notes bear 5.61% [1].") == ["unsupported"]


@pytest.mark.parametrize(
    "said",
    [
        "Brightwater's net sales were $5,312 million in 2022 [1].",
        "In 2022 Castellan Foods reported net sales of $5,312 million [1].",
        "Net sales of Brightwater were $5,312 million in 2022 [1].",
        "Net sales 2022 of the Drummond Inc. group: $5,312 million [1].",
    ],
)
def test_a_figure_of_the_page_is_none_of_another_firm(said: str) -> None:
    assert verdicts(said) == ["misattributed"]


@pytest.mark.parametrize(
    "said",
    [
        "Halden's net sales were $5,312 million in 2022 [1].",
        "HALDEN MARINE CORP. reported net sales of $5,312 million in 2022 [1].",
        "HMC's net sales were $5,312 million in 2022 [1].",
        "Management reported net sales of $5,312 million in 2022 [1].",
        "The Group's net sales were $5,312 million in 2022 [1].",
        "Unlike Brightwater's, Halden's net sales were $5,312 million in 2022 [1].",
        "Turnover was $5,312 million in 2022 [1].",
    ],
)
def test_other_names_of_the_firm_and_other_capitals_name_no_other_firm(said: str) -> None:
    assert verdicts(said) == ["stated"]


def test_hostile_names_are_read_in_linear_time() -> None:
    source = JudgedSource("Report", PAGE, stored(facts_of(PAGE)), "Halden Marine Corp.", 2022)
    for text in ("A.A" * 10_000, "Aa " * 10_000, "A&-" * 10_000, "Beta's " * 4_000):
        started = process_time()
        judge("", f"Net sales were $5,312 million {text} in 2022 [1].", [source])
        assert process_time() - started < 3


@pytest.mark.parametrize(
    ("head", "said", "verdict"),
    [
        ("Year ended December 31, 2022", "in Q4 2022", "misattributed"),
        ("Year ended December 31, 2022", "in the second half of 2022", "misattributed"),
        ("Year ended December 31, 2022", "in Q3 2022", "misattributed"),
        ("Year ended December 31, 2022", "in 2022", "stated"),
        ("As of December 31, 2022", "in Q4 2022", "stated"),
        ("As of December 31, 2022", "at the end of Q4 2022", "stated"),
        ("Three months ended December 31, 2022", "in Q4 2022", "stated"),
    ],
)
def test_the_figure_of_a_year_is_none_of_its_last_quarter(head: str, said: str, verdict: str) -> None:
    page = f"Millions of dollars\n\n| | {head} |\n|---|---|\n| Deposits | 5,312 |\n"
    source = JudgedSource("Report", page, stored(facts_of(page)), "Halden Marine Corp.", 2022)
    judged = judge("", f"Deposits were $5,312 million {said} [1].", [source])
    assert [figure.verdict for figure in judged.figures] == [verdict]


def test_a_loss_is_no_profit_and_what_is_positive_not_below_zero() -> None:
    assert verdicts("Operating income was $846 million in 2022 [1].") == ["stated"]
    assert verdicts("It made an operating loss of $846 million in 2022 [1].") == ["unsupported"]


def said_of(page: str, answer: str) -> list[str]:
    """Return the verdicts on the figures of an answer on a page."""
    return [each.verdict for each in judge("", answer, [JudgedSource("", page, None)]).figures]


def test_a_head_with_a_year_and_a_date_is_of_the_year_for_who_says_a_year() -> None:
    page = (
        "In millions\n\n| | Fiscal 2023 (ended February 1, 2024) | Fiscal 2022 (ended January 28, 2023) |\n"
        "|---|---|---|\n| Net sales | 5,312 | 4,871 |\n"
    )
    assert said_of(page, "Net sales were $5,312 million in fiscal 2023 [1].") == ["stated"]
    assert said_of(page, "Net sales were $4,871 million in fiscal 2023 [1].") == ["misattributed"]
    assert said_of(page, "Net sales were $5,312 million in fiscal 2024 [1].") == ["misattributed"]
    assert said_of(page, "In the year ended February 1, 2024, net sales were $5,312 million [1].") == [
        "stated"
    ]
    assert said_of(page, "In the year ended January 28, 2023, net sales were $5,312 million [1].") == [
        "misattributed"
    ]


def test_quarters_share_the_year_of_the_last_one() -> None:
    page = (
        "In millions\n\n| | Q1 2024 | Q2 2024 | Q3 2024 |\n|---|---|---|---|\n| Backlog | 618 | 655 | 640 |\n"
    )
    for when in ("Q1, Q2 and Q3 2024", "the first, second and third quarters of 2024", "Q1/Q2/Q3 2024"):
        said = f"In {when}, backlog was ${{}} million, ${{}} million and ${{}} million, respectively [1]."
        assert said_of(page, said.format(618, 655, 640)) == ["stated"] * 3
        assert "misattributed" in said_of(page, said.format(618, 640, 655))


def test_an_amount_in_another_currency_is_no_other_figure() -> None:
    page = "| | 2024 |\n|---|---|\n| Revenue (US$ million) | 1,529 |\n| Revenue (£ million) | 1,204 |\n"
    assert said_of(page, "Revenue of 2024 was £1,204 million, or $1,529 million [1].") == ["stated"] * 2
    assert said_of(page, "Revenue of 2024 was £1,529 million [1].") == ["wrong_scale"]


def test_a_head_may_hold_an_operand_but_states_nothing() -> None:
    page = "| Units bought at 5.6 each | Units sold |\n|---|---|\n| Total | 4.1 |\n"
    assert said_of(page, "5.6 - 4.1 = 1.5 [1].")[-1] == "computed"
    assert said_of(page, "5.7 - 4.1 = 1.6 [1].")[-1] != "computed"
    assert "stated" not in said_of(page, "The rate was 5.6 in 2023 [1].")


def test_a_number_that_looks_like_a_year_may_be_an_operand_in_words() -> None:
    assert verdicts("The ratio of 1909 to 5,312 is 0.36 [1].")[-1] == "computed"
    assert verdicts("1909 of 5,312 is 35.9% [1].")[-1] == "computed"
    assert verdicts("1908 of 5,312 is 35.9% [1].")[-1] != "computed"
    assert verdicts("2022 of 5,312 is 38.1% [1].")[-1] != "computed"


def test_an_article_is_no_spanish_word() -> None:
    page = "| | 2024 | 2023 |\n|---|---|---|\n| Diluted earnings per share | 3.18 | 2.86 |\n"
    said = "Diluted earnings came to $3.18 a share in 2024, after $2.86 the year before [1]."
    assert said_of(page, said) == ["stated"] * 2
