"""A figure is said of another quarter or year than that of its place, or a later one of the year before."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """The vacancy rate was 4.1 % in the third quarter of 2024, after 4.6 % in the second quarter.
Lettings came to 212,400 square metres in the first half of 2024.

| €m | 2024 | 2023 |
|---|---|---|
| Rental income | 318.4 | 341.7 |
| Net debt | 2,140 | 1,985 |

In 2024 the group paid interest of €71.2 million (2023: €58.3 million), and fees of €9.6 million.
Refurbishment of the arcades costs €44.5 million.
"""
SEITE = """Im vierten Quartal 2024 lag der Leerstand bei 5,3 %.

| Mio. € | 2024 | 2023 |
|---|---|---|
| Mieterlöse | 127,9 | 119,4 |
"""


def is_kept(said: str, page: str = PAGE) -> bool:
    source = JudgedSource("Annual report 2024", page, None, year=2024, company="Alder Estates")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong", "page"),
    [
        ("Vacancy was 4.1 % in Q3 2024", "Vacancy was 4.1 % in Q4 2024", PAGE),
        (
            "In the third quarter of 2024 vacancy was 4.1 %",
            "In the first quarter of 2024 vacancy was 4.1 %",
            PAGE,
        ),
        (
            "Lettings were 212,400 square metres in H1 2024",
            "Lettings were 212,400 square metres in H2 2024",
            PAGE,
        ),
        ("Im Q4 2024 betrug der Leerstand 5,3 %", "Im Q2 2024 betrug der Leerstand 5,3 %", SEITE),
    ],
)
def test_a_figure_is_of_the_quarter_that_is_said(right: str, wrong: str, page: str) -> None:
    assert is_kept(right, page)
    assert not is_kept(wrong, page)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Fees were €9.6 million in 2024", "Fees were €9.6 million in 2021"),
        (
            "Refurbishment of the arcades costs €44.5 million",
            "Refurbishment of the arcades cost €44.5 million in 2019",
        ),
    ],
)
def test_prose_without_a_year_is_of_none_that_stands_nowhere_near(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong", "page"),
    [
        (
            "Rental income was €318.4 million (prior year: €341.7 million)",
            "Rental income was €341.7 million (prior year: €318.4 million)",
            PAGE,
        ),
        (
            "Net debt was €2,140 million, against €1,985 million a year earlier",
            "Net debt was €1,985 million, against €2,140 million a year earlier",
            PAGE,
        ),
        (
            "Die Mieterlöse lagen bei 127,9 Mio. € (Vorjahr: 119,4 Mio. €)",
            "Die Mieterlöse lagen bei 119,4 Mio. € (Vorjahr: 127,9 Mio. €)",
            SEITE,
        ),
    ],
)
def test_what_is_called_the_year_before_is_of_no_later_one(right: str, wrong: str, page: str) -> None:
    assert is_kept(right, page)
    assert not is_kept(wrong, page)
