"""What a page says in figures: its tables cell by cell, its sentences figure by figure."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finrisk_rules import scales
from finrisk_rules.page_facts import facts_of
from finrisk_rules.table_cells import figures_of
from finrisk_rules.tables import Cell
from tests.grounds.pace import settled_seconds


def cells(page: str) -> list[tuple[str, int | None, str, str, str]]:
    return [_shown(cell) for table in facts_of(page).tables for cell in table.cells]


def _shown(cell: Cell) -> tuple[str, int | None, str, str, str]:
    label = f"{cell.section} > {cell.label}" if cell.section else cell.label
    return str(cell.value.value), cell.scale, cell.unit, label, cell.head


def test_head_rows_add_up_and_a_lone_cell_is_over_all_columns() -> None:
    page = (
        "|  |  | Year ended March 31, |  |\n"
        "|---|---|---|---|\n"
        "|  | 2019 | 2018 | 2017 |\n"
        "|  |  | (in thousands) |  |\n"
        "| Costs | $234 | (259) | 282 |"
    )
    assert cells(page) == [
        ("234", 3, "", "Costs", "Year ended March 31, 2019 (in thousands)"),
        ("-259", 3, "", "Costs", "Year ended March 31, 2018 (in thousands)"),
        ("282", 3, "", "Costs", "Year ended March 31, 2017 (in thousands)"),
    ]


def test_a_merged_head_is_over_the_columns_right_of_it_up_to_the_next() -> None:
    page = (
        "| Unit | Loans |  | Deposits |  |\n"
        "|---|---|---|---|---|\n"
        "|  | 2023 | 2022 | 2023 | 2022 |\n"
        "| A | 1.5 | 2.5 | 3.5 | 4.5 |"
    )
    assert [cell[4] for cell in cells(page)] == ["Loans 2023", "Loans 2022", "Deposits 2023", "Deposits 2022"]


@pytest.mark.parametrize(
    ("caption", "head", "label", "scale"),
    [
        ("Amounts in millions of euros", "2023", "Sales", 6),
        ("", "2023 ($ million)", "Sales", 6),
        ("", "2023", "Sales (in thousands)", 3),
        ("Beträge in TEUR", "2023", "Umsatz", 3),
        ("単位\uff1a百万円", "2023年度", "売上高", 6),
        ("$000", "2023", "Sales", 3),
        ("We borrowed $45 million.", "2023", "Sales", None),
        ("(in millions, except per share amounts)", "2023", "Earnings per share", 0),
        ("(in millions)", "2023", "Margin (%)", None),
    ],
)
def test_a_unit_stands_in_caption_head_or_label(
    caption: str, head: str, label: str, scale: int | None
) -> None:
    page = f"{caption}\n\n|  | {head} |\n|---|---|\n| {label} | 12.5 |\n"
    assert [cell[1] for cell in cells(page)] == [scale]


def test_percent_is_the_rows_or_the_columns() -> None:
    page = (
        "(in millions)\n"
        "|  | 2023 | Change % |\n"
        "|---|---|---|\n"
        "| Sales | 1,200 | 4.5 |\n"
        "| Gross margin, percent | 31.2 | 0.4 |"
    )
    assert [cell[2] for cell in cells(page)] == ["", "percent", "percent", "percent"]


def test_sections_footnotes_and_units_within_the_table() -> None:
    page = (
        "|  | 2019 | 2018 |\n|---|---|---|\n| (In thousands) | | |\n| Current assets: | | |\n"
        "| Cash (1) | 100 (a) | $ 90 |\n| Inventory* | 7* | — |\n| Total (2) | 107 | 90 |"
    )
    assert cells(page) == [
        ("100", 3, "", "Current assets > Cash", "2019"),
        ("90", 3, "", "Current assets > Cash", "2018"),
        ("7", 3, "", "Current assets > Inventory", "2019"),
        ("107", 3, "", "Current assets > Total", "2019"),
        ("90", 3, "", "Current assets > Total", "2018"),
    ]


def test_signs_in_columns_of_their_own_belong_to_their_figures() -> None:
    page = (
        "|  |  | 2019 |  |  | 2018 |  |\n"
        "|---|---|---|---|---|---|---|\n"
        "| Loss | $ | (12.5 | ) | $ | (9.1 | ) |\n"
        "| Rate |  | 3.5 | % |  | 4.5 | % |\n"
        "| None | - | 7 |  | - | 8 |  |"
    )
    assert [(cell[0], cell[2]) for cell in cells(page)] == [
        ("-12.5", ""), ("-9.1", ""), ("3.5", "percent"), ("4.5", "percent"), ("7", ""), ("8", ""),
    ]  # fmt: skip


def test_a_table_without_head_keeps_its_first_row() -> None:
    page = (
        "debt maturities ( in millions ) :\n"
        "\n"
        "| 2015 | $ 1432 |\n"
        "| --- | --- |\n"
        "| 2016 | 350 |\n"
        "| 2017 | 2014 |"
    )
    assert [cell[:4:3] for cell in cells(page)] == [("1432", "2015"), ("350", "2016"), ("2014", "2017")]


def test_years_of_maturity_are_no_figures() -> None:
    page = "| Bond | Maturity | Amount |\n|---|---|---|\n| Senior | 2027 | 500 |\n| Junior | 2031 | 2,025 |"
    assert [cell[0] for cell in cells(page)] == ["500", "2025"]


def test_a_second_head_within_the_table_counts_from_there() -> None:
    page = (
        "|  | 2019 | 2018 |\n"
        "|---|---|---|\n"
        "| Sales | 10.5 | 11.5 |\n"
        "|  | 2017 | 2016 |\n"
        "| Sales | 12.5 | 13.5 |"
    )
    assert [cell[4] for cell in cells(page)] == ["2019", "2018", "2017", "2016"]


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("-10.5 ( 10.5 )", ["-10.5"]),
        ("1,234 (1)", ["1234"]),
        ("2.25% to 3.75%", ["2.25", "3.75"]),
        ("(20,415 )", ["-20415"]),
        ("December 31, 2019", []),
        ("nm", []),
        ("Change in constant currency (2)", []),
    ],
)
def test_the_figures_of_a_cell(cell: str, values: list[str]) -> None:
    assert [figure.value for figure in figures_of(cell)] == [Decimal(value) for value in values]


def test_a_sentence_keeps_its_figures_and_periods() -> None:
    page = (
        "Sales grew.\n"
        "Deposits were $21.4 billion at December 31, 2023, of which 37% (37 %) were "
        "insured (1). In 2022 none."
    )
    [statement] = facts_of(page).statements
    assert page[statement.start : statement.end].startswith("Deposits were")
    assert [(str(q.value), q.scale, q.unit) for q in statement.figures] == [
        ("21.4", 9, ""),
        ("37", None, "percent"),
    ]
    assert [(period.year, period.part) for period in statement.periods] == [(2023, "12")]


ODD = {
    "no rows": "|\n|---|\n|",
    "ragged": "| a | b\n|---|\n| x | 1 | 2 | 3 |\n| y |",
    "only numbers": "| 1 | 2 |\n|---|---|\n| 3 | 4 |",
    "no numbers": "| a | b |\n|---|---|\n| c | d |",
    "html left over": "| <b>x</b> | &nbsp;1 |\n|---|---|\n| <br> | 2</td> |",
    "right to left": "| \u0627\u0644\u0625\u064a | \u0661\u0662\u0663 |\n|---|---|\n| x | 1 |",
    "half a pair": "| \ud83d | 1 |\n|---|---|\n| \udc00 | 2 |",
    "escaped bar": "| a \\| b | 1 |\n|---|---|\n| c | 2.5 |",
}


@pytest.mark.parametrize("page", ODD.values(), ids=ODD.keys())
def test_an_odd_table_is_read_without_an_error(page: str) -> None:
    facts_of(page)


HOSTILE = {
    "digits": "1" * 30_000,
    "groups": "1," * 15_000,
    "blank groups": "1 111" * 6_000,
    "brackets": "(" * 15_000 + "1" + ")" * 14_000,
    "currency": "$ " * 15_000,
    "months": "may " * 7_500,
    "scale": "in millions " * 2_500,
    "minus": "- " * 15_000,
    "rows": "| 1 | 2 |\n" * 3_000,
    "columns": "| 1 " * 7_500 + "|",
    "heads": "| a | b |\n" * 3_000,
    "ends": ". A" * 10_000,
    "notes": "(1)" * 10_000,
    "per": "per " * 7_500 + "cent",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_thirty_thousand_hostile_characters_are_read_at_once(text: str) -> None:
    assert settled_seconds(lambda: facts_of(text)) < 0.3


@pytest.mark.parametrize("said", ["in fr.m", "(rs. k)", "$m", "in € bn"])
def test_a_letter_of_scale_behind_a_currency_is_looked_for(said: str) -> None:
    assert scales.may_say_scale(said)


@settings(max_examples=400)
@given(data=st.data())
def test_what_says_a_scale_has_a_hint_of_it(data: st.DataObject) -> None:
    said = data.draw(st.from_regex(re.compile(scales._SAID.pattern, scales._SAID.flags))).lower()
    assert scales.may_say_scale(said) or not scales._SAID.search(said)
