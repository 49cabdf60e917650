"""Totals without a label are named by their section, by what their parts begin with, or by the caption."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

TAXES = """The components of income tax expense were as follows:

|  | 2024 | 2023 |
| --- | --- | --- |
| Current: Federal | $1,204,118 | $1,310,406 |
| Current: State | 311,702 | 298,554 |
|  | 1,515,820 | 1,608,960 |
| Deferred: Federal | 44,910 | (381,077) |
| Deferred: State | 7,215 | (60,423) |
|  | 52,125 | (441,500) |
| Income tax expense | $1,567,945 | $1,167,460 |
"""
LEASES = """Undiscounted lease payments of warehouses and vessels by year of payment (in thousands):

|  | 2024 | 2023 |
| --- | --- | --- |
| Within a year | 1,240 | 1,105 |
| Later | 3,815 | 4,020 |
|  | 5,055 | 5,125 |
"""


def is_kept(said: str, page: str) -> bool:
    source = JudgedSource("Annual report 2024", page, None, year=2024, company="Tamar Pumps")
    figures = judge("", f"{said} [1].", [source]).figures
    return bool(figures) and {figure.verdict for figure in figures} <= RIGHT


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("Current tax fell from $1,608,960 in 2023 to $1,515,820 in 2024", TAXES),
        ("The deferred tax was a benefit of $441,500 in 2023", TAXES),
        ("Undiscounted lease payments of warehouses and vessels were $5,055 thousand in 2024", LEASES),
    ],
)
def test_what_is_said_of_the_whole_stands_at_its_total(said: str, page: str) -> None:
    assert is_kept(said, page)


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("Current tax was $1,608,960 in 2024", TAXES),
        ("Current tax was $52,125 in 2024", TAXES),
        ("The deferred tax was a benefit of $60,423 in 2024", TAXES),
        ("Undiscounted lease payments of warehouses and vessels were $3,815 thousand in 2024", LEASES),
    ],
)
def test_what_is_of_a_part_or_another_total_is_told(said: str, page: str) -> None:
    assert not is_kept(said, page)


CHARGES = """What was recorded for it is as follows (in thousands):

|  | 2024 | 2023 |
| --- | --- | --- |
| Severance and related costs | 7,169 | 7,845 |
| Contracts that were ended | 1,286 | 2,802 |
| Total | 8,455 | 10,647 |
"""


def test_a_part_of_which_half_the_name_is_said_takes_nothing_from_the_total() -> None:
    assert is_kept(
        "Restructuring costs fell from $10,647 thousand in 2023 to $8,455 thousand in 2024", CHARGES
    )


@pytest.mark.parametrize(
    "said",
    [
        "Severance and related costs were $8,455 thousand in 2024",
        "Severance costs were $8,455 thousand in 2024",
        "Restructuring costs were $10,647 thousand in 2024",
    ],
)
def test_the_total_is_not_that_of_a_part_or_of_another_year(said: str) -> None:
    assert not is_kept(said, CHARGES)
