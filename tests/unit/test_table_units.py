"""The unit of a cell, where its cell, row, column or table say it."""

import pytest

from finrisk_rules.page_facts import facts_of
from finrisk_rules.scales import scale_said, unit_said


def units(page: str) -> list[tuple[int | None, str, str]]:
    return [(cell.scale, cell.unit, cell.currency) for table in facts_of(page).tables for cell in table.cells]


@pytest.mark.parametrize(
    ("text", "power", "currency"),
    [
        ("$ m", 6, "$"),
        ("2024 $ m", 6, "$"),
        ("31 Dec 2024 £m", 6, "GBP"),
        ("FY23 $M", 6, "$"),
        ("EUR m", 6, "EUR"),
        ("2024 NOKm", 6, "NOK"),
        ("US$ bn", 9, "USD"),
        ("CHF k", 3, "CHF"),
        ("Sales were 702 €m", None, ""),
        ("(12.5 $m)", None, ""),
        ("They try k-means", None, ""),
    ],
)
def test_a_letter_behind_a_currency_is_its_scale(text: str, power: int | None, currency: str) -> None:
    said = scale_said(text)
    assert (said.power, said.currency) == (power, currency)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("2017 %", "percent"),
        ("Change (%)", "percent"),
        ("Sensitivity to 10 %", ""),
        ("bps", "basis_points"),
        ("Cost of risk (basis points)", "basis_points"),
        ("Margin bps 2024", "basis_points"),
        ("Coste del riesgo (puntos básicos)", "basis_points"),
        ("Shift of +100 bps", ""),
        ("Value per basis point", ""),
    ],
)
def test_a_percentage_or_basis_points_are_no_unit_behind_a_number(text: str, unit: str) -> None:
    assert unit_said(text) == unit


@pytest.mark.parametrize(
    ("label", "head", "cell", "expected"),
    [
        ("Sales", "2024", "12.5", (6, "", "EUR")),
        ("Power", "Price €/MWh", "85.2", (0, "", "EUR")),
        ("Cash cost (US$/oz)", "2024", "974", (0, "", "EUR")),
        ("Hedges EUR/USD", "2024", "120", (6, "", "EUR")),
        ("Loans ($ bn)", "2024", "4.5", (9, "", "$")),
        ("EPS (in cents)", "2024", "45.2", (-2, "", "EUR")),
        ("Interim dividend of 14 cents", "2024", "13", (6, "", "EUR")),
        ("Margin (%)", "Change bps", "13", (None, "basis_points", "")),
        ("Leverage", "2024", "2.50x", (0, "", "")),
        ("Output (000 tonnes)", "2024", "45", (3, "", "EUR")),
    ],
)
def test_a_row_or_a_column_may_have_another_unit_than_its_table(
    label: str, head: str, cell: str, expected: tuple[int | None, str, str]
) -> None:
    page = f"Group figures\n(in € million)\n\n| | {head} |\n|---|---|\n| {label} | {cell} |"
    assert units(page) == [expected]


def test_a_column_of_units_says_those_of_its_rows() -> None:
    page = (
        "| | Unit | 2024 |\n|---|---|---|\n| Revenue | €m | 12.5 |\n| Quota | % | 4.5 |\n"
        "| Risk cost | bps | 31 |\n| Fleet | number | 14 |"
    )
    assert units(page) == [(6, "", "EUR"), (None, "percent", ""), (None, "basis_points", ""), (None, "", "")]


@pytest.mark.parametrize(
    ("note", "power"),
    [
        ("(1) In 2019, we invested 3.0 million Euro ($3.4 million) in a supplier.", 3),
        ("(1) Nach dem Kauf für 3,0 Mio. Euro wurde sie umbenannt.", 3),
        ("All figures below in million Euro.", 6),
        ("2019 million Euro", 6),
    ],
)
def test_an_amount_in_words_above_a_table_says_nothing_of_its_scale(note: str, power: int) -> None:
    page = f"Other assets (in thousands):\n{note}\n\n| | 2019 |\n| --- | --- |\n| Other assets | 18,111 |\n"

    assert [scale for scale, _, _ in units(page)] == [power]
