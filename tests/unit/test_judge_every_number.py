"""Every number that an answer says of something is judged: what is no figure could say anything."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import WRONG, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

PAGE = """Results (in millions)

| | 2024 | 2023 |
| --- | --- | --- |
| Net income | -47 | 59 |
| Net debt | 298 | 308 |
| Stores | 11 | 8 |
| Employees | 229 | 159 |
| Days of inventory | 124 | 141 |
| Cost per ASK (pence) | 5.18 | 5.02 |

Gold production was 352 koz; the new plant has 110 MW. Stores are in Ohio (26), Utah (22) and Iowa (19).
"""
KENNZAHLEN = """Kennzahlen des Konzerns in der Übersicht

| | 2024 | 2023 |
| --- | --- | --- |
| Umsatz (Mio. €) | 426,1 | 419,3 |
| Mitarbeiter | 3.276 | 3.315 |
"""


def wrong_figures(answer: str, page: str = PAGE) -> list[str]:
    source = JudgedSource("Annual report 2024", page, stored(facts_of(page)))
    return [each.text for each in judge("?", answer, [source]).figures if each.verdict in WRONG]


@pytest.mark.parametrize(
    ("right", "said", "another"),
    [
        ("Net income was -47 in 2024 [1].", "-47", "-45"),
        ("Net debt was 298 in 2024, down by 10 from 308 in 2023 [1].", "10", "11"),
        ("Stores rose from 8 in 2023 to 11 in 2024 [1].", "11", "12"),
        ("Stores: 11 (2023: 8) [1].", "11", "9"),
        ("The number of stores was 11 in 2024 [1].", "11", "10"),
        ("Employees rose from 159 to 229 in 2024 [1].", "229", "299"),
        ("Employees went from 159 at the end of 2023 to 229 a year later [1].", "229", "292"),
        ("Days of inventory fell by 17 to 124 in 2024 [1].", "17", "71"),
        ("Cost per ASK was 5.18p in 2024 [1].", "5.18", "5.81"),
        ("Gold production was 352koz [1].", "352", "342"),
        ("The new plant has 110MW [1].", "110", "120"),
        ("Stores are in Ohio (26), Utah (22) and Iowa (19) [1].", "(19)", "(16)"),
        (
            "| | 2024 | 2023 |\n| --- | --- | --- |\n| Employees | 229 | 159 |\n| Stores | 11 | 8 |\n\n[1]",
            "11",
            "10",
        ),
    ],
)
def test_a_number_that_is_said_of_something_is_a_figure(right: str, said: str, another: str) -> None:
    assert wrong_figures(right) == []
    assert wrong_figures(right.replace(f"{said}", another, 1)) != []


def test_a_number_behind_a_german_noun_is_a_figure() -> None:
    said = "Zum 31.12.2024 beschäftigte der Konzern {} Mitarbeiter, der Umsatz betrug 426,1 Mio. € [1]."

    assert wrong_figures(said.format("3.276"), KENNZAHLEN) == []
    assert wrong_figures(said.format("3.376"), KENNZAHLEN) == ["3.376"]


@pytest.mark.parametrize(
    "answer",
    [
        "There were 3 reasons why net debt was 298 in 2024 [1].",
        "Contracts run from 2 to 5 years, and net debt was 298 in 2024 [1].",
        "See Section 404, Level 3 and Tier 1: net debt was 298 in 2024 [1].",
        "For people aged 18 to 64, net debt was 298 in 2024 [1].",
        "Within 12 months net debt was 298 in 2024 (1) [1].",
    ],
)
def test_what_counts_names_or_lasts_is_none(answer: str) -> None:
    assert wrong_figures(answer) == []


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("Employees rose from 159 to 229 [1].", True),
        ("Net debt fell to 298 from 308 in 2024 [1].", True),
        ("Net debt fell to 298, in the year ended March 31, 2024, after 308 a year earlier [1].", True),
        ("Net debt fell to 298, in the year ended March 31, 2024, after 318 a year earlier [1].", False),
        ("Net debt rose from 298 to 308 [1].", False),
        ("Net debt rose to 308 from 298 in 2024 [1].", False),
    ],
)
def test_a_change_leads_to_the_later_year(answer: str, is_right: bool) -> None:
    assert (wrong_figures(answer) == []) is is_right


OCCUPANCY = "Occupancy was 72.5% (prior year: 48.3%)."


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("Occupancy was 72.5% [1].", []),
        ("Occupancy was 48.3% [1].", ["48.3%"]),
        ("Occupancy rose by 24.2 points to 48.3% [1].", ["48.3%"]),
        ("Occupancy had been 48.3% before [1].", []),
        ("Occupancy: 72.5% [1] - 48.3% [1] = 24.2 points.", []),
    ],
)
def test_what_was_before_is_not_said_as_what_is(answer: str, wrong: list[str]) -> None:
    assert wrong_figures(answer, OCCUPANCY) == wrong


COVER = """Report of the year 2024

| | 2024 | 2023 |
| --- | --- | --- |
| Revenue | 842.6 | 791.3 |
| Stores opened | 6 | 3 |

The interest cover was 7 (2023: 9). The audit committee met 5 times in 2024 (2023: 4).
"""


@pytest.mark.parametrize(
    "right",
    [
        "Interest cover was 7, compared with 9 in 2023 [1].",
        "Interest cover: 7 (9 at the end of 2023) [1].",
        "The stage of the asset was 3; revenue was 842.6 [1].",
        "The members of the panel were 3 or 4; revenue was 842.6 [1].",
        "Note: 4. Revenue was 842.6 [1].",
    ],
)
def test_a_small_number_takes_nothing_from_the_figures_beside_it(right: str) -> None:
    assert wrong_figures(right, COVER) == []


def test_a_count_of_a_year_is_a_figure_beside_what_something_is() -> None:
    assert wrong_figures("Interest cover was 9, compared with 7 in 2023 [1].", COVER) == ["7"]
