"""What a figure counts or weighs, gains and losses, openings of years: a readable case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

FIGURES = """Key figures (in EUR million)

| | 2023 | 2022 | Change |
|---|---|---|---|
| Revenue | 4,820 | 5,290 | (8.9)% |
| Impairment of goodwill | 60 | 81 | |
| Goodwill of the Asia segment | 12 | 72 | |
| Restaurants | 312 | 290 | |
| Employees (average) | 8,415 | 11,200 | |
| Copper production (kt) | 214.7 | 203.1 | |
| Yield (US cents) | 8.14 | 8.37 | |
| CET1 ratio | 14.2% | 14.4% | |
| Losses on disposals | 9 | 4 | |
| Inventory | 220 | 180 | 22.2% |
| Cost of sales | 820 | 800 | |
"""
PROSE = (
    "In 2023 the group recorded a gain of $14.2 million on the sale of its yard, compared with a loss of "
    "$3.6 million in 2022. Foreign exchange losses were $5.1 million. Headcount was 11,200 employees. "
    "The book holds 2.63 million lines. The operating margin rose to 9.4% from 8.8%. Net income was $38 "
    "million. Segment A revenue grew by 6.4% in 2023."
)


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right."""
    sources = [
        JudgedSource("Report 2023", text, stored(facts_of(text)), "Halden Marine Corp.", 2023)
        for text in (FIGURES, PROSE)
    ]
    return RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, sources).figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("It had 11,200 employees in 2022 [1].", "It had 11,200 million employees in 2022 [1]."),
        ("It had 11.2 thousand employees [2].", "Headcount was 11,200 thousand [2]."),
        ("It had 8,415 employees in 2023 [1].", "Employees were EUR 8,415 million in 2023 [1]."),
        ("Restaurants made EUR 312 million in 2023 [1].", "It ran 11,200 million restaurants in 2023 [1]."),
        ("Copper production was 214.7 kt in 2023 [1].", "Copper production was $214.7 million in 2023 [1]."),
        ("The yield was 8.14 US cents in 2023 [1].", "The yield was US$8.14 in 2023 [1]."),
        (
            "In EUR billion, 2023:\n- Revenue: 4.82 [1]\n- Employees: 8,415 [1]",
            "In EUR billion, 2023:\n- Revenue: 4,820 [1]\n- Employees: 8,415 [1]",
        ),
        (
            "Revenue was EUR 4,820 million (-8.9%) in 2023 [1].",
            "Revenue was EUR 4,820 million (+8.9%) in 2023 [1].",
        ),
        (
            "The operating margin rose by 0.6 points, or 60 bps, to 9.4% [2].",
            "The operating margin rose by 0.9 points, or 90 bps, to 9.4% [2].",
        ),
        ("Segment A revenue grew by 6.4% [2].", "Segment A revenue grew by 6.4 percentage points [2]."),
        ("Inventory rose by 22.2% in 2023 [1].", "Inventory rose by 22.2 percentage points in 2023 [1]."),
    ],
)
def test_a_figure_keeps_the_measure_of_its_place(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The sale of the yard brought a gain of $14.2 million in 2023 [2].",
            "The sale of the yard brought a loss of $14.2 million in 2023 [2].",
        ),
        (
            "A gain of $14.2 million in 2023 followed a loss of $3.6 million in 2022 [2].",
            "A loss of $14.2 million in 2023 followed a gain of $3.6 million in 2022 [2].",
        ),
        ("Foreign exchange losses were $5.1 million [2].", "Foreign exchange gains were $5.1 million [2]."),
        ("It made a net profit of $38 million [2].", "It made a net loss of $38 million [2]."),
        (
            "Disposals brought a loss of EUR 9 million in 2023 [1].",
            "Disposals brought a gain of EUR 9 million in 2023 [1].",
        ),
        (
            "Impairment of goodwill in the Asia segment was nil in 2023 [1].",
            "Impairment of goodwill was nil in 2023 [1].",
        ),
    ],
)
def test_a_gain_is_no_loss_and_nil_is_said_of_the_whole_row(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The CET1 ratio was 14.4% at the start of 2023 and 14.2% at its end [1].",
            "The CET1 ratio was 14.2% at the start of 2023 and 14.4% at its end [1].",
        ),
        (
            "On 1 January 2023 inventory was EUR 180 million [1].",
            "On 1 January 2023 inventory was EUR 220 million [1].",
        ),
        (
            "Opening inventory for 2023 was EUR 180 million [1].",
            "Opening inventory for 2023 was EUR 220 million [1].",
        ),
        (
            "The average inventory of 2023 and 2022 is (220 + 180) / 2 = 200 [1].",
            "The average inventory of 2023 and 2022 is (220 + 180) / 2 = 210 [1].",
        ),
        (
            "Average inventory: (220 + 180) / 2 = 200 [1]. Inventory turnover: 820 / 200 = 4.1 times [1].",
            "Average inventory: (220 + 180) / 2 = 200 [1]. Inventory turnover: 820 / 200 = 4.6 times [1].",
        ),
    ],
)
def test_an_opening_is_the_end_of_the_year_before_and_a_mean_of_all_its_years(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)
