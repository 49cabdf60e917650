"""Changes of which the prose of a source has the earlier figure in the same place of a list."""

from time import process_time

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Verdict
from finrisk_rules.page_facts import facts_of, stored

PAGE = (
    "The pool had a volume of \u00a341.6bn and a return of 3.27% (2023: \u00a344.9bn and 2.85%). In 2024 we "
    "burned 2,310 million litres at an average price of $0.84, a bill of $1,940 million. In 2023 we burned "
    "2,045 million litres at an average price of $0.96, a bill of $1,963 million. Turnover was $8,420 million"
    " in 2024 and $7,950 million in 2023; the collection rate was 91.4% and 93.1%. Rental income was "
    "$318 million (2023: $297 million). Deposits were $640 million and rent $75 million (2023: $610 million "
    "and $69 million)."
)


def verdict_on(figure: str, answer: str, page: str = PAGE) -> Verdict:
    """Return the verdict on a figure of an answer on a page of 2024."""
    source = JudgedSource("Report 2024", page, stored(facts_of(page)), "Norgate plc", 2024)
    figures = judge("How did it develop?", answer, [source]).figures
    return next(each.verdict for each in figures if each.text == figure)


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        ("The return improved {} to 3.27% [1].", "42 basis points", "24 basis points"),
        ("The volume fell by {} to \u00a341.6bn [1].", "\u00a33.3bn", "\u00a33.9bn"),
        ("Volume burned rose {} to 2,310 million litres [1].", "13.0%", "10.3%"),
        ("The bill fell by {} to $1,940 million [1].", "$23 million", "$32 million"),
        ("The collection rate fell {} to 91.4% [1].", "1.7 percentage points", "7.1 percentage points"),
    ],
)
def test_the_earlier_figure_has_the_same_place_in_a_list_of_the_year_before(
    answer: str, right: str, wrong: str
) -> None:
    """Whether a change follows from it, and another one does not."""
    assert verdict_on(right, answer.format(right)) == "computed"
    assert verdict_on(wrong, answer.format(wrong)) == "unsupported"


@pytest.mark.parametrize(
    ("figure", "answer"),
    [
        ("42 basis points", "The return worsened 42 basis points to 3.27% [1]."),
        ("$23 million", "The bill rose by $23 million to $1,940 million [1]."),
    ],
)
def test_a_change_of_a_list_has_its_direction(figure: str, answer: str) -> None:
    """Whether what fell is not said to rise."""
    assert verdict_on(figure, answer) == "wrong_direction"


def test_a_figure_of_a_list_is_not_compared_with_its_neighbour() -> None:
    """Whether the last figure before the brackets has not changed from the first one in them."""
    assert verdict_on("$6 million", "Rent rose by $6 million to $75 million [1].") == "computed"
    assert verdict_on("$535 million", "Rent fell by $535 million to $75 million [1].") == "unsupported"


def test_a_change_follows_beside_a_wrong_amount() -> None:
    """Whether one wrong amount of a sentence leaves the change of another one right, and convicts none."""
    answer = "Rental income was $318 million, up {}; with other income it came to $977 million [1]."
    assert verdict_on("7.1%", answer.format("7.1%")) == "computed"
    assert verdict_on("1.7%", answer.format("1.7%")) == "unsupported"


def test_long_lists_are_not_compared() -> None:
    """Whether the time for a sentence of a source with many brackets and figures is bounded."""
    page = "Sales were " + "$31 million (2023: $29 million and " * 800 + ")."
    answer = "Sales rose by $2 million to $31 million [1]. " * 60
    verdict_on("$31 million", answer, page)
    start = process_time()
    verdict_on("$31 million", answer, page)
    assert process_time() - start < 1.0
