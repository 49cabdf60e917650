"""The largest part of a total, and the lowest year of a row, are what their table says."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from tests.grounds.pace import settled_seconds

PAGE = """Revenue of the yards (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Repair | 410 | 395 | 388 |
| New ships | 820 | 610 | 720 |
| Dredging | 96 | 104 | 101 |
| Other | 12 | 9 | 11 |
| Total revenue | 1,338 | 1,118 | 1,220 |

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Loss ratio | 61.2% | 63.4% | 58.9% |
| Employees | 4,120 | 4,410 | 4,090 |
"""


def kept(sentence: str) -> bool:
    judgement = judge("Which yard matters?", f"- {sentence} [1]", [JudgedSource("", PAGE, None)])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "New ships was the largest yard in 2024, with revenue of $820 million",
            "Repair was the largest yard in 2024, with revenue of $410 million",
        ),
        (
            "The smallest yard in 2024 was Dredging with $96 million",
            "The smallest yard in 2024 was New ships with $820 million",
        ),
        ("Die größte Werft 2024: New ships, 820", "Die kleinste Werft 2024: New ships, 820"),
        (
            "Repair rose to $410 million in 2024, its highest level in three years",
            "Repair rose to $410 million in 2024, its lowest level in three years",
        ),
        ("The loss ratio was highest in 2023 at 63.4%", "The loss ratio was lowest in 2023 at 63.4%"),
        ("Employees were lowest in 2022 at 4,090", "Employees were highest in 2022 at 4,090"),
        ("Employees bottomed in 2022 at 4,090", "Employees bottomed in 2023 at 4,410"),
        (
            "Employees fell from 4,410 in 2023 to 4,120 in 2024",
            "Employees fell from 4,410 in 2023 to 4,120 in 2024, the highest level of the three years",
        ),
        (
            "The smallest amount was earned by Other in 2024, $12 million",
            "The smallest amount was earned by New ships in 2024, $820 million",
        ),
    ],
)
def test_what_is_largest_or_lowest_is_looked_up(right: str, wrong: str) -> None:
    assert kept(right)
    assert not kept(wrong)


@pytest.mark.parametrize(
    "said",
    [
        "Repair was the second-largest yard in 2024, with revenue of $410 million",
        "Repair, one of the largest yards, had revenue of $410 million in 2024",
        "The largest decline was that of Dredging, with revenue of $96 million in 2024",
        "The highest loss ratio since the merger was 61.2% in 2024",
        "Dredging fell to $96 million in 2024, its lowest level in three years",
        "Repair revenue reached its highest in 2024, at $410 million",
        "Dredging, with the highest margins, had revenue of $96 million in 2024",
        "The biggest risk is Dredging, with revenue of $96 million in 2024",
        "Among the smaller yards, Repair was the largest in 2024, with revenue of $410 million",
        "The largest river yard is Dredging with revenue of $96 million in 2024",
        "New ships ($820 million) was the largest yard and Dredging ($96 million) the smallest in 2024",
    ],
)
def test_other_ranks_are_not_read(said: str) -> None:
    assert kept(said)


OF_HEADS = """| Segment ($ millions) | Premiums 2024 | Change | Combined ratio 2024 | Combined ratio 2023 |
|---|---|---|---|---|
| Personal lines | 1,420 | 2.4% | 97.9% | 101.6% |
| Commercial lines | 1,265 | 6.3% | 93.2% | 95.4% |
| Specialty | 385 | 4.6% | 96.4% | 95.0% |
| Total | 3,070 | 4.2% | 95.8% | 98.3% |
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Commercial lines has the best combined ratio, 93.2%",
            "Personal lines has the best combined ratio, 97.9%",
        ),
        (
            "Specialty worsened to a combined ratio of 96.4% from 95.0%",
            "Specialty improved to a combined ratio of 96.4% from 95.0%",
        ),
        (
            "Personal lines is the largest segment, with premiums of $1,420 million",
            "Commercial lines is the largest segment, with $1,265 million",
        ),
    ],
)
def test_what_a_head_measures_may_be_better_where_it_is_lower(right: str, wrong: str) -> None:
    def is_kept(said: str) -> bool:
        judgement = judge("", f"{said} [1].", [JudgedSource("", OF_HEADS, None)])
        return {figure.verdict for figure in judgement.figures} <= RIGHT

    assert is_kept(right)
    assert not is_kept(wrong)


OF_PLANTS = """Output of the works , in thousands of tons

| | kiln | mill | quarry |
|---|---|---|---|
| output | 640 | 310 | 95 |

| ( in millions ) | 2023 | 2022 | 2021 |
|---|---|---|---|
| cost ratio | 41.2% ( 41.2 % ) | 43.0% ( 43.0 % ) | 44.9% ( 44.9 % ) |
| order book | 512 | 398 | 671 |

| ( in millions ) | amount |
|---|---|
| 2021 margin | $ 310.4 |
| price of lime | 38.2 |
| volume | -11.6 ( 11.6 ) |
| freight | -4.3 ( 4.3 ) |
| 2022 margin | $ 332.7 |

| Region | Sales | Growth |
|---|---|---|
| North | 210 | 4% |
| Coast | 180 | 9% |
| Inland | 95 | 2% |
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The kiln has the largest output, 640 thousand tons, ahead of the mill with 310 thousand tons",
            "The kiln has the smallest output, 640 thousand tons, ahead of the mill with 310 thousand tons",
        ),
        (
            "The price of lime added the most with $38.2 million",
            "The price of lime added the least with $38.2 million",
        ),
        (
            "Coast grew fastest at 9%, versus 4% in the North",
            "Coast grew slowest at 9%, versus 4% in the North",
        ),
        (
            "The cost ratio fell to 41.2% from 43.0% in 2022 and 44.9% in 2021, its lowest level",
            "The cost ratio fell to 41.2% from 43.0% in 2022 and 44.9% in 2021, its highest level",
        ),
        (
            "The order book reached $512 million in 2023 from its three-year low of $398 million in 2022",
            "The order book reached $512 million in 2023 from its three-year high of $398 million in 2022",
        ),
    ],
)
def test_what_stands_beside_a_rank_contradicts_it(right: str, wrong: str) -> None:
    def is_kept(said: str) -> bool:
        judgement = judge("", f"{said} [1].", [JudgedSource("", OF_PLANTS, None)])
        return {figure.verdict for figure in judgement.figures} <= RIGHT

    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize("piece", ["Largest 410. ", "the largest ", "largest 820 smallest 96 "])
def test_thirty_thousand_characters_are_judged_at_once(piece: str) -> None:
    text = (piece * 30_000)[:30_000]
    assert settled_seconds(lambda: judge("", text, [JudgedSource("", PAGE, None)])) < 0.6
