"""Which words stand over a column and before a row: groups of heads, sections of a period, corners."""

import pytest

from finrisk_rules.page_facts import facts_of
from finrisk_rules.tables import Cell
from tests.grounds.pace import settled_seconds


def table(*lines: str) -> str:
    return "\n".join([lines[0], "|---" * (lines[0].count("|") - 1) + "|", *lines[1:]])


def cells(page: str) -> list[Cell]:
    return [cell for each in facts_of(page).tables for cell in each.cells]


def heads(page: str) -> list[str]:
    return [cell.head for cell in cells(page)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ("| | Loans | | Growth |", "| | 2023 | 2022 | |", "| A | 1.5 | 2.5 | 3.5 |"),
            ["Loans 2023", "Loans 2022", "Growth"],
        ),
        (
            ("| | Loans | Loans | Growth |", "| | 2023 | 2022 | |", "| A | 1.5 | 2.5 | 3.5 |"),
            ["Loans 2023", "Loans 2022", "Growth"],
        ),
        (
            ("| | 2023 | 2022 | Growth |", "| | Mio. € | Mio. € | |", "| A | 1.5 | 2.5 | 3.5 |"),
            ["2023 Mio. €", "2022 Mio. €", "Growth"],
        ),
        (
            (
                "| | 2019 | | 2018 | |",
                "| | | share of | | share of |",
                "| | Fees | all | Fees | all |",
                "| A | 1.5 | 2.5 | 3.5 | 4.5 |",
            ),
            ["2019 Fees", "2019 share of all", "2018 Fees", "2018 share of all"],
        ),
        (
            ("| | Loans | Bonds | Bills | Notes |", "| | 2023 | | 2022 | |", "| A | 1.5 | 2.5 | 3.5 | 4.5 |"),
            ["Loans 2023", "Bonds 2023", "Bills 2022", "Notes 2022"],
        ),
        (
            ("| | 2019 | 2018 | |", "| | audited | | outlook |", "| A | 1.5 | 2.5 | 3.5 |"),
            ["2019 audited", "2018 audited", "2018 outlook"],
        ),
    ],
    ids=["group", "group said twice", "unit said twice", "broken lines", "years merged", "open end"],
)
def test_an_empty_head_cell_takes_no_word_of_another_group(
    rows: tuple[str, ...], expected: list[str]
) -> None:
    assert heads(table(*rows)) == expected


@pytest.mark.parametrize("over", ["Gross | | | Net | |", "| Gross | | | Net |", "| | Gross | | | Net"])
def test_a_head_is_over_its_block_of_years_wherever_it_stands(over: str) -> None:
    page = table(
        f"| | {over} |",
        "| | 2023 | 2022 | 2021 | 2023 | 2022 | 2021 |",
        "| Brands | 1.5 | 2.5 | 3.5 | 4.5 | 5.5 | 6.5 |",
    )
    years = ("2023", "2022", "2021")
    assert heads(page) == [f"{each} {year}" for each in ("Gross", "Net") for year in years]


def test_a_head_of_eight_rows_is_read_whole() -> None:
    page = table(
        *(f"| | {word} | |" for word in "unaudited interim figures of our holding shown below".split()[:7]),
        "| | Fees | Costs |",
        "| A | 1.5 | 2.5 |",
    )
    assert [head.split()[-1] for head in heads(page)] == ["Fees", "Costs"]
    assert all("interim" in head for head in heads(page))


def sections(page: str) -> list[tuple[str, str]]:
    return [(cell.section, cell.head) for cell in cells(page)]


def test_a_period_in_a_row_of_its_own_is_of_the_rows_below_it_and_of_the_sections_within() -> None:
    page = table(
        "| | Loans | Notes |",
        "| Year ended December 31, 2023 | | |",
        "| Retail | 10.5 | 11.5 |",
        "| Abroad: | | |",
        "| Retail | 8.5 | |",
        "| Year ended December 31, 2022 | | |",
        "| Retail | 12.5 | |",
    )
    assert sections(page) == [
        ("Year ended December 31, 2023", "Loans"),
        ("Year ended December 31, 2023", "Notes"),
        ("Abroad, Year ended December 31, 2023", "Loans"),
        ("Year ended December 31, 2022", "Loans"),
    ]


def test_a_period_above_the_heads_or_in_their_corner_is_of_all_rows() -> None:
    assert sections(table("| 31 March 2024 | | |", "| | Loans | Notes |", "| Retail | 10.5 | |")) == [
        ("31 March 2024", "Loans")
    ]
    assert sections(table("| 31 March 2024 | Loans | Notes |", "| Retail | 10.5 | |")) == [
        ("31 March 2024", "Loans")
    ]
    assert sections(table("| Restated in 2024 | 2023 | 2022 |", "| Retail | 10.5 | |")) == [("", "2023")]


def test_a_period_over_all_columns_stands_in_place_of_the_last_one() -> None:
    page = table(
        "| | Loans | Notes |",
        "| | 2023 | |",
        "| Retail | 10.5 | 11.5 |",
        "| | 2022 | |",
        "| Retail | 12.5 | 13.5 |",
    )
    assert heads(page) == ["Loans 2023", "Notes 2023", "Loans 2022", "Notes 2022"]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["| | Gross | | Net | |"] * 1_200),
        "\n".join(["| Year ended December 31, 2023 | | |", "| Retail | 10.5 | |"] * 500),
        "\n".join(["| | 2023 | | |", "| Retail | 10.5 | 1 (2022: 7) |"] * 550),
        "| | " + "2023 | 2022 | " * 2_000,
        "\n".join(f"| A | 1 (20{n % 90 + 10}: {n}) |" for n in range(1_500)),
    ],
    ids=["groups", "sections", "heads", "columns", "periods"],
)
def test_thirty_thousand_hostile_characters_of_heads_are_read_at_once(text: str) -> None:
    assert settled_seconds(lambda: facts_of(text)) < 0.3
