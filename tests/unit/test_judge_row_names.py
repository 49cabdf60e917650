"""A row whose name a statement says in whole is meant, not one of which it says some words."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

CHARGES = """Tax reconciliation (in millions)

|  | 2024 | 2023 |
| --- | --- | --- |
| Profit before tax | 752.0 | 728.5 |
| Prior year adjustments | (21.0) | 3.7 |
| Tax charge | 188.2 | 182.4 |
"""
RETURNS = """The graph compares the total return of an investment of $100 in our stock.

|  | 12/31/10 | 12/31/11 | 12/31/12 |
| --- | --- | --- | --- |
| Tamar Pumps | 126.19 | 123.05 | 176.42 |
| Index of machine builders | 150.65 | 153.83 | 178.48 |
"""


def is_kept(said: str, page: str) -> bool:
    source = JudgedSource("Annual report 2013", page, None, year=2013, company="Tamar Pumps")
    figures = judge("", f"{said} [1].", [source]).figures
    return bool(figures) and {figure.verdict for figure in figures} <= RIGHT


@pytest.mark.parametrize(
    ("said", "page"),
    [
        (
            "Prior year adjustments were a credit of $21.0 million in 2024, whereas they were a charge of "
            "$3.7 million in 2023",
            CHARGES,
        ),
        ("An investment in Tamar Pumps was worth $123.05 at the end of 2011", RETURNS),
    ],
)
def test_the_row_that_is_named_in_whole_is_meant(said: str, page: str) -> None:
    assert is_kept(said, page)


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("The tax charge was $3.7 million in 2023, below the profit before tax of $728.5 million", CHARGES),
        ("Prior year adjustments were a charge of $182.4 million in 2023", CHARGES),
        ("An investment in Tamar Pumps was worth $126.19 at the end of 2011", RETURNS),
        ("An investment in Tamar Pumps was worth $123.05 at the end of 2009", RETURNS),
    ],
)
def test_another_row_or_year_is_told(said: str, page: str) -> None:
    assert not is_kept(said, page)
