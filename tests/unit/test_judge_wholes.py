"""Parts and wholes, changes and lists as answers to real filings say them, where pages name no total."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import settled_seconds

REGIONS = """Tern Logistics. (Expressed in thousands of U.S. dollars)
Revenue by region

| | 2024 | 2023 |
|---|---|---|
| Baltic | $61,310 | $54,208 |
| Iberia | 40,205 | 43,117 |
| Levant | 22,485 | 20,375 |
| Total | $124,000 | $117,700 |
"""
CHARGES = """The charges of each year were as follows (in thousands):

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Severance and related costs | $6,820 | $5,410 | $3,260 |
| Closed depots | 1,180 | 2,090 | 940 |
| | $8,000 | $7,500 | $4,200 |
"""
PAYABLES = """Trade and other payables

| | 2024 | 2023 |
|---|---|---|
| | $ million | $ million |
| Current | | |
| Trade payables | 31.4 | 28.2 |
| Accruals | 12.6 | 15.8 |
| | 44.0 | 44.0 |
| Non-current | | |
| Grants | 2.5 | 3.0 |
| Deposits | 1.5 | 6.0 |
| | 4.0 | 9.0 |
| | 48.0 | 53.0 |
"""
METRICS = """Key figures (in millions, except percentages)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Operating cash flow | $ 310 | $ 372 | $ 405 |
| Fuel hedges | 240 | 215 | 190 |
| Rate hedges | 96 | 71 | 60 |
| Operating margin | 9.1% | 9.8% | 10.4% |
| Pledged cash | 40 | 61 | 82 |
| Debt at fair value | 1,530 | 1,411 | 1,302 |
| Debt at carrying value | 1,485 | 1,420 | 1,300 |
| Settlements | -12 | -31 | -19 |
| Ports served | 774 | 746 | 710 |
"""
PROSE = """The hedges are shown net of a tax expense of $ 14.2 million and $ 3.7 million for 2023 and 2022 ,
respectively , and a tax benefit of $ 9.6 million for 2021 .
0160 rents paid during 2024 , 2023 and 2022 were $ 1.43 million , $ 1.30 million and $ 1.04 million ,
respectively .
Other cost rose by $6.1 million in 2024, mostly
due to a $2.9 million decrease in interest income and a $1.8 million increase in port fees.
"""

SHARES = """Price of our common stock on each quarter

| | | Common Stock Price Range 2024 |
| --- | --- | --- |
| | Low | High |
| Third Quarter | $ 5.10 | $ 7.40 |
| Fourth Quarter | $ 2.35 | $ 4.80 |

| Interest | 2024 Amount | 2023 Amount | Change ($) | Change (%) |
| --- | --- | --- | --- | --- |
| Interest income | $20,480 | $9,140 | 11,340 | 124 |

| Depots by state | number of depots (1) |
| --- | --- |
| ohio | 57 |
| iowa | 26 |
| utah | 19 |
"""
LIQUIDITY = """Trade receivables are due in a month, our liabilities are trade payables, due in three months.
At 30 June 2024, the carrying amount and contractual cash flows is $25,153,000 (2023: $33,978,000).

| | 2024 $'000 | 2023 $'000 |
| --- | --- | --- |
| Trade receivables and contract assets | 22,989 | 28,710 |
| Cash | 21,956 | 33,045 |
"""


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right, and one is read."""
    pages = (REGIONS, CHARGES, PAYABLES, METRICS, PROSE.replace("\n", " "), SHARES, LIQUIDITY)
    sources = [
        JudgedSource(f"Page {n} of 2024", text, stored(facts_of(text)), "Tern Logistics", 2024)
        for n, text in enumerate(pages, 1)
    ]
    figures = judge("What does it say?", answer, sources).figures
    return bool(figures) and RIGHT.issuperset(each.verdict for each in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Iberia brought $40,205 thousand in 2024, or 32% of total revenue [1].", ("32%", "37%")),
        ("Revenue was $124.0 million in 2024, of which Iberia made up 32% [1].", ("32%", "37%")),
        ("Severance was 85% of the charges in 2024 ($6,820 of $8,000 thousand) [2].", ("85%", "58%")),
        ("Severance cost $5,410 of $7,500 thousand in 2023 [2].", ("7,500", "8,000")),
        ("They total $48.0 million in 2024, $44.0 million of it current [3].", ("48.0", "53.0")),
        ("Severance made up most of the total of $8.0 million in 2024 [2].", ("8.0", "7.5")),
    ],
)
def test_a_whole_goes_by_the_name_of_its_part(right: str, wrong: tuple[str, str]) -> None:
    assert is_kept(right)
    assert not is_kept(right.replace(*wrong))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Operating cash flow fell from $405 million in 2022 to $372 million in 2023 and $310 million "
            "in 2024, a total drop of $95 million [4].",
            ("$95", "$59"),
        ),
        (
            "Debt at fair value was $1,530 million in 2024 against $1,411 million in 2023, a plus of 8% [4].",
            ("8%", "13%"),
        ),
        ("In 2024 there were 774 ports served, a net addition of 28 ports [4].", ("28", "36")),
        (
            "Fuel hedges gained $25 million and rate hedges $25 million in 2024 [4].",
            ("rate hedges $25", "rate hedges $52"),
        ),
        (
            "Pledged cash has halved since 2022: it was $82 million then, $61 million in 2023 and $40 "
            "million in 2024 [4].",
            ("halved", "tripled"),
        ),
        (
            "The margin fell to 9.1% from 9.8% in 2023 and 10.4% in 2022, its lowest level [4].",
            ("lowest", "highest"),
        ),
        (
            "Settlements were highest in 2023, when they lowered the balance by $31 million, versus "
            "$19 million in 2022 and only $12 million in 2024 [4].",
            ("$12", "$21"),
        ),
        (
            "Other cost rose by $6.1 million, of which $2.9 million came from lower interest income [5].",
            ("lower", "higher"),
        ),
    ],
)
def test_a_change_is_told_in_other_words(right: str, wrong: tuple[str, str]) -> None:
    assert is_kept(right)
    assert not is_kept(right.replace(*wrong))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("In the fourth quarter of 2024 the stock traded between $2.35 and $4.80 [6].", ("2.35", "5.10")),
        ("Interest income was $20,480, up $11,340 or 124% on fiscal 2023 [6].", ("20,480", "24,080")),
        ("Most depots are in Ohio (57) and Iowa (26) [6].", ("57", "75")),
        ("Trade payables were $25.2 million (2023: $34.0 million) [7].", ("$25.2", "$23.0")),
    ],
)
def test_a_figure_is_of_what_its_words_say(right: str, wrong: tuple[str, str]) -> None:
    assert is_kept(right)
    assert not is_kept(right.replace(*wrong))


def test_a_list_of_periods_is_of_the_list_before_it() -> None:
    assert is_kept("The tax expense on the hedges was $3.7 million in 2022 [5].")
    assert is_kept("The tax expense on the hedges was $14.2 million in 2023 [5].")
    assert not is_kept("The tax expense on the hedges was $3.7 million in 2023 [5].")
    assert not is_kept("The tax expense on the hedges was $14.2 million in 2022 [5].")


def test_a_list_behind_its_periods_is_theirs_whatever_stands_before() -> None:
    assert is_kept("Rents paid were $1.43 million in 2024 [5].")
    assert not is_kept("Rents paid were $1.30 million in 2024 [5].")


def test_a_table_of_rows_without_names_is_read_in_time() -> None:
    rows = "\n".join(f"| | {n} | {n + 1} |" for n in range(2_000))
    page = f"Costs (in thousands)\n\n| | 2024 | 2023 |\n|---|---|---|\n| Rent | 5 | 4 |\n{rows}\n"
    source = JudgedSource("Page", page, stored(facts_of(page)), "Tern Logistics", 2024)
    answer = "Costs were $5 thousand of $9 thousand in 2024 [1]."
    assert settled_seconds(lambda: judge("What were the costs?", answer, [source])) < 0.3
