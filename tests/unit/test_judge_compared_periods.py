"""A period that is compared with, or that stands before both ends of a change, is not that of each figure."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """Selected figures (in millions):

|  | 2024 | 2023 |
| --- | --- | --- |
| Sales to Norway | 313.4 | 652.3 |
| Operating income (loss) | 7.8 | (0.1) |
| Deferred revenue | 232.6 | 225.1 |
| Settled awards | 255.4 | 131.2 |
"""


def is_kept(said: str) -> bool:
    source = JudgedSource("Annual report 2024", PAGE, None, year=2024, company="Tamar Pumps")
    figures = judge("", f"{said} [1].", [source]).figures
    return bool(figures) and {figure.verdict for figure in figures} <= RIGHT


@pytest.mark.parametrize(
    "said",
    [
        "Sales to Norway more than halved in 2024, from $652.3 million to $313.4 million",
        "Yes in 2024: an operating loss of $0.1 million in 2023 became operating income of $7.8 million",
        "Deferred revenue was $232.6 million, $7.5 million more than at the end of 2023",
        "Deferred revenue was $232.6 million, $7.5 million above the 2023 balance",
        "Deferred revenue rose by $7.5 million (+3.3%) compared to 2023, reaching $232.6 million",
        "Settled awards cost $255.4 million, nearly double the $131.2 million of 2023",
        "Sales to Norway fell to $313.4 million, in 2024 from $652.3 million, in 2023",
    ],
)
def test_a_figure_is_not_of_the_period_that_it_is_compared_with(said: str) -> None:
    assert is_kept(said)


@pytest.mark.parametrize(
    "said",
    [
        "Sales to Norway more than doubled in 2024, from $313.4 million to $652.3 million",
        "It moved from operating income of $7.8 million in 2023 to an operating loss of $0.1 million in 2024",
        "Deferred revenue was $225.1 million in 2024, $7.5 million more than at the end of 2023",
        "Settled awards cost $131.2 million in 2024, half the $255.4 million of 2023",
        "Sales to Norway rose to $652.3 million, in 2024 from $313.4 million, in 2023",
    ],
)
def test_what_is_of_the_other_year_is_told(said: str) -> None:
    assert not is_kept(said)
