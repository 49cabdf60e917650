"""Figures of cells that speak in words, or of another period than their column's."""

import pytest

from finrisk_rules.page_facts import facts_of
from finrisk_rules.table_cells import said_of
from finrisk_rules.tables import Cell


@pytest.mark.parametrize(
    ("cell", "value", "unit", "bound"),
    [
        ("at least 2.50x", "2.50", "", "above"),
        ("below 60 %", "60", "percent", "below"),
        ("not more than 65.0%", "65.0", "percent", "below"),
        ("minimum 60", "60", "", "above"),
        ("mindestens 12", "12", "", "above"),
        ("2.1 years", "2.1", "", ""),
        ("12 months", "12", "", ""),
        ("about €190m", "190", "", ""),
        ("up to 5", "5", "", "below"),
    ],
)
def test_a_figure_in_words_keeps_unit_and_bound(cell: str, value: str, unit: str, bound: str) -> None:
    assert [(str(said.figure.value), said.figure.unit, said.bound) for said in said_of(cell)] == [
        (value, unit, bound)
    ]


@pytest.mark.parametrize(
    "cell", ["Level 3", "Without ASC 606", "million m3", "Tier 1 and Tier 2", "see Note 14"]
)
def test_a_number_of_a_name_is_no_figure(cell: str) -> None:
    assert said_of(cell) == ()


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("n/m (2023: 14)", [("14", "2023")]),
        ("15.2 (2022: 14.8)", [("15.2", ""), ("14.8", "2022")]),
        ("up from 14 % in 2023", [("14", "2023")]),
        ("4.5% due 2027", [("4.5", "")]),
        ("Q3 2023: 3.5", [("3.5", "Q3 2023")]),
        ("F18 (3)", []),
        ("1,029 (2)", [("1029", "")]),
    ],
)
def test_a_figure_behind_a_period_is_of_that_one(cell: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(said.figure.value), said.period) for said in said_of(cell)] == expected


def cells(page: str) -> list[Cell]:
    return [cell for table in facts_of(page).tables for cell in table.cells]


def test_a_figure_of_another_period_has_a_head_that_says_so() -> None:
    page = (
        "| | Group 2024 | Group 2023 |\n|---|---|---|\n| Return | 15.2 (2022: 14.8) | n/m |\n"
        "| Yield | 4.4 (2023: 4.1) | |\n| Cost | 2024: 5.5 | |"
    )
    [table] = facts_of(page).tables
    assert table.heads == ("", "Group 2024", "Group 2023", "Group 2022")
    assert [(str(cell.value.value), cell.head) for cell in table.cells] == [
        ("15.2", "Group 2024"),
        ("14.8", "Group 2022"),
        ("4.4", "Group 2024"),
        ("4.1", "Group 2023"),
        ("5.5", "Group 2024"),
    ]


def test_words_in_a_head_are_no_figures() -> None:
    page = (
        "| | 53 weeks | 52 weeks |\n|---|---|---|\n| NZ$ million | F19 | F18 (3) |\n| Sales | 10.5 | 11.5 |"
    )
    assert [str(cell.value.value) for cell in cells(page)] == ["10.5", "11.5"]
