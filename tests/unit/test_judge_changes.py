"""Changes that a page does not state, but that follow from two cells of one row."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import FigureVerdict, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

PAGE = """Amounts in millions of dollars.

| | 2023 | 2022 | 2021 |
|---|---|---|---|
| Net sales | 5,331 | 4,871 | 4,402 |
| Operating income | 846 | 902 | 460 |
| Operating margin | 15.9% | 18.5% | 10.5% |
| Net loss from discontinued operations | (38) | (52) | (11) |
"""
QUARTERS = """In millions of dollars

| | Q1 2024 | Q2 2024 | Q3 2024 |
|---|---|---|---|
| Revenue | 212.4 | 224.8 | 231.0 |
"""
TURNED = """Millions of euros

| Year | Revenue | Orders |
|---|---|---|
| 2023 | 1,482 | 1,610 |
| 2022 | 1,397 | 1,525 |
"""


def figures(answer: str, page: str = PAGE) -> list[FigureVerdict]:
    """Return the figures of an answer on a page."""
    source = JudgedSource("Report 2023", page, stored(facts_of(page)), "Halden Marine Corp.", 2023)
    return list(judge("What does it say?", answer, [source]).figures)


def verdicts(answer: str, page: str = PAGE) -> list[str]:
    """Return the verdicts on the figures of an answer."""
    return [figure.verdict for figure in figures(answer, page)]


@pytest.mark.parametrize(
    "answer",
    [
        "Net sales rose by $460 million in 2023 [1].",
        "In 2023 net sales were up 9.4% [1].",
        "Net sales rose 9% in 2023 [1].",
        "An increase in net sales of $460 million was reported for 2023 [1].",
        "Operating income fell by $56 million in 2023 [1].",
        "Operating margin fell by 2.6 percentage points in 2023 [1].",
        "Operating margin narrowed by 260 basis points in 2023 [1].",
        "Net sales rose by $929 million from 2021 to 2023 [1].",
        "Net sales rose by more than $450 million in 2023 [1].",
        "The difference between net sales of 2023 and 2022 is $460 million [1].",
        "Growth in net sales was 9.4% in 2023 [1].",
        "The net loss from discontinued operations narrowed by $14 million in 2023 [1].",
    ],
)
def test_a_change_of_a_row_is_computed(answer: str) -> None:
    (figure,) = figures(answer)
    assert figure.verdict == "computed"
    assert figure.place is not None
    assert figure.place.column == "2023"
    assert figure.place.row


@pytest.mark.parametrize(
    "answer",
    [
        "Net sales rose by $480 million in 2023 [1].",
        "Net sales rose by $469 million in 2023 [1].",
        "Net sales rose by 10.7% in 2023 [1].",
        "Net sales rose by 56 million in 2023 [1].",
        "Net sales rose by $5,331 million in 2023 [1].",
        "Net sales rose by $460 billion in 2023 [1].",
        "Net sales rose by $846 million in 2023 [1].",
        "Operating margin fell by 2.6% in 2023 [1].",
        "Net sales rose to $460 million in 2023 [1].",
        "Net sales were $460 million in 2023 [1].",
        "Net sales rose by more than $480 million in 2023 [1].",
    ],
)
def test_another_figure_than_the_change_of_its_row_is_not(answer: str) -> None:
    (verdict,) = verdicts(answer)
    assert verdict not in ("computed", "stated")


def test_a_change_in_the_other_direction_is_one() -> None:
    assert verdicts("Net sales fell by $460 million in 2023 [1].") == ["wrong_direction"]
    assert verdicts("Operating income grew 6.2% in 2023 [1].") == ["wrong_direction"]


def test_a_change_is_said_again_in_percent_and_beside_what_it_leads_to() -> None:
    assert verdicts("Net sales rose $460 million, or 9.4%, to $5,331 million in 2023 [1].") == [
        "computed",
        "computed",
        "stated",
    ]
    assert (
        verdicts("Net sales rose $460 million, or 8.4%, to $5,331 million in 2023 [1].")[1] == "unsupported"
    )


def test_a_year_that_is_compared_with_is_not_that_of_the_figure() -> None:
    assert verdicts("- Net sales: $5,331 million (+9.4% vs. 2022) [1]") == ["stated", "computed"]
    assert verdicts("- Net sales: $5,331 million (-9.4% vs. 2022) [1]")[1] == "wrong_direction"
    assert verdicts("- Net sales: $5,331 million (+8.4% vs. 2022) [1]")[1] == "unsupported"
    assert verdicts("Net sales of 2023 were $5,331 million, a 9.4% increase over 2022 [1].")[1] == "computed"
    assert (
        verdicts("Net sales of 2023 were $5,331 million, a 10.7% increase over 2022 [1].")[1] == "unsupported"
    )


def test_written_operands_decide() -> None:
    assert (
        verdicts("Net sales rose by $460 million from $4,402 million to $5,331 million [1].")[0] != "computed"
    )
    assert verdicts("Net sales rose by $460 million from $4,872 million in 2023 [1].")[0] != "computed"


def test_the_operands_of_a_written_calculation_are_no_changes() -> None:
    """Those of a change that is written out stand right behind the words that lead to it."""
    right = "Net sales rose from 4,871 in 2022 to 5,331 in 2023, a change of 5,331 - 4,871 = 460 [1]."
    assert verdicts(right) == ["stated", "stated", "stated", "stated", "computed"]
    assert verdicts(right.replace("5,331 -", "5,341 -"))[2] == "unsupported"
    assert verdicts(right.replace("460", "470"))[-1] != "computed"
    assert (
        verdicts("Operating margin fell by 15.9% minus 18.5%, 2.6 percentage points [1].")[:2]
        == ["stated"] * 2
    )


def test_a_name_that_ends_with_a_colon_leads_to_no_change() -> None:
    page = "| | Drawn | Payments due by period: |\n|---|---|---|\n| Commitments | 900 | 1,754 |\n"
    assert verdicts("Commitments, Payments due by period: 1,754 [1]", page) == ["stated"]


def test_a_quarter_is_compared_with_the_one_before_and_rows_may_be_years() -> None:
    assert verdicts("Revenue grew by 2.8% in Q3 2024 [1].", QUARTERS) == ["computed"]
    assert verdicts("Revenue grew by 8.8% in Q3 2024 [1].", QUARTERS) == ["unsupported"]
    assert verdicts("Revenue grew by €85 million in 2023 [1].", TURNED) == ["computed"]
    assert verdicts("Orders fell by €85 million in 2023 [1].", TURNED) == ["wrong_direction"]


def test_a_column_of_changes_in_an_answer_follows_from_its_other_cells() -> None:
    head = "| $ million | 2023 | 2022 | Change |\n|---|---|---|---|\n"
    table = f"{head}| Net sales | 5,331 | 4,871 | {{}} |\n\nSource: [1]."
    assert verdicts(table.format("460")) == ["stated", "stated", "computed"]
    assert verdicts(table.format("+9.4%")) == ["stated", "stated", "computed"]
    assert verdicts(table.format("470"))[2] == "unsupported"


SHARES = """In millions of dollars

| | 2023 | 2022 |
|---|---|---|
| Europe | 2,790 | 2,555 |
| North America | 5,622 | 5,350 |
| Net sales | 8,412 | 7,905 |
"""


@pytest.mark.parametrize(
    "answer",
    [
        "Europe made up 33% of net sales in 2023 [1].",
        "In 2022, Europe accounted for 32.3% of net sales [1].",
        "66.8% of net sales came from North America in 2023 [1].",
        "More than 66% of net sales came from North America in 2023 [1].",
    ],
)
def test_a_share_of_another_row_is_computed(answer: str) -> None:
    (figure,) = figures(answer, SHARES)
    assert figure.verdict == "computed"
    assert figure.place is not None
    assert figure.place.row in ("Europe", "North America")


@pytest.mark.parametrize(
    "answer",
    [
        "Europe made up 34% of net sales in 2023 [1].",
        "Europe made up 66.8% of net sales in 2023 [1].",
        "Europe made up 32.3% of net sales in 2023 [1].",
        "Asia made up 33.2% of net sales in 2023 [1].",
        "Europe grew by 33.2% in 2023 [1].",
        "More than 68% of net sales came from North America in 2023 [1].",
    ],
)
def test_another_share_is_not(answer: str) -> None:
    assert verdicts(answer, SHARES) == ["unsupported"]
