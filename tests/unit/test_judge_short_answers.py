"""Faults that short answers have: a rank, a bound, a unit, a target, the word of another figure."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import settled_seconds

TABLE = """Segment information (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Net sales: | | | |
| Pumps | $ 1,988.4 | $ 1,802.6 | $ 1,711.0 |
| Valves | 1,264.9 | 1,255.8 | 1,198.3 |
| Sensors | 958.3 | 688.5 | 593.1 |
| Total net sales | 4,211.6 | 3,746.9 | 3,502.4 |
| Segment profit: | | | |
| Pumps | 352.8 | 301.4 | 268.0 |
| Valves | 151.7 | 163.2 | 149.9 |
| Sensors | 139.6 | 78.9 | 55.2 |
| Total segment profit | 644.1 | 543.5 | 473.1 |

| | 2024 | % of total | 2023 | % of total |
|---|---|---|---|---|
| China | 421.2 | 10% | 449.6 | 12% |
| Other countries | 3,790.4 | 90% | 3,297.3 | 88% |

| | Auto | Home | Total |
|---|---|---|---|
| Prior-year development, favorable (unfavorable) | 41 | (13) | 28 |

| Indicator | Unit | 2023 | 2024 | Target 2030 |
|---|---|---|---|---|
| Emissions | Mt | 21.9 | 20.6 | 17.0 |
| Clinker factor | % | 73.1 | 71.8 | 66.0 |
| Life of a turbine (years) | | 21.9 | 21.6 | 25.5 |

| | Nine months ended Sept. 30, 2024 | Pro forma LTM |
|---|---|---|
| Net debt | 218.9 | 291.3 |
"""
PROSE = " ".join(
    """Net revenue retention was 111% in 2024, and our gross retention was 94%. As of year-end, we had
1,286 customers with recurring revenue above $100,000. Capital expenditures were $134.6 million, and
we expect capital expenditures of between $150 million and $170 million in 2025. We expect
annualized savings of about $40 million, of which about $15 million was realized in 2024. We may be
required to pay up to $410.0 million of milestones. Net debt was 4.5x EBITDA. Uninsured deposits
were $7.6 billion. Customer concentration was 29% (2023: 33%). A rise of rates would raise net
interest income by 2.4%. Nonperforming loans were $148.7 million, or 0.81% of loans, compared with
$104.9 million, or 0.60%, a year before. We opened 31 shops
and closed 14 shops during the year.
""".split()
)


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right, and one is read."""
    sources = [
        JudgedSource("Report 2024", text, stored(facts_of(text)), "Halden Corp.", 2024)
        for text in (TABLE, PROSE)
    ]
    figures = judge("What does it say?", answer, sources).figures
    return bool(figures) and RIGHT.issuperset(each.verdict for each in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The second-largest segment in 2024 was Valves, with net sales of $1,264.9 million [1].",
            "The second-largest segment in 2024 was Sensors, with net sales of $958.3 million [1].",
        ),
        (
            "Sensors was the least profitable segment in 2024 with $139.6 million [1].",
            "Valves was the least profitable segment in 2024 with $151.7 million [1].",
        ),
        (
            "Net sales peaked in 2024 at $4,211.6 million [1].",
            "Net sales peaked in 2023 at $3,746.9 million [1].",
        ),
        (
            "Segment profit in 2024: Pumps $352.8 million, Valves $151.7 million [1].",
            "Segment profit in 2024: Pumps $352.8 million, Valves $1,264.9 million [1].",
        ),
        (
            "Pumps sold $1,988.4 million, while net sales of Valves were $1,264.9 million [1].",
            "Pumps sold $1,988.4 million, while net sales of Valves were $1,255.8 million [1].",
        ),
        (
            "China sold $421.2 million in 2024, against $449.6 million in 2023 [1].",
            "China sold $421.2 in 2024, and Valves $1,264.9 million [1].",
        ),
        ("China made up 12% of net sales in 2023 [1].", "China made up 10% of net sales in 2023 [1]."),
        (
            "Development of Home was unfavorable by $13 million [1].",
            "Home had favorable development of $13 million [1].",
        ),
        ("Emissions were 20.6 Mt in 2024 [1].", "Emissions were 20.6 kt in 2024 [1]."),
        ("The clinker factor was 71.8% in 2024 [1].", "The clinker factor was 71.8 Mt in 2024 [1]."),
        ("The clinker factor is to be 66.0% by 2030 [1].", "The clinker factor reached 66.0% [1]."),
        ("A turbine lived 21.6 years in 2024 [1].", "A turbine lived 21.6 months in 2024 [1]."),
        (
            "Net debt was $218.9 million in the nine months to September 2024 [1].",
            "Net debt was $218.9 million in the third quarter of 2024 [1].",
        ),
        ("Gross retention was 94% in 2024 [2].", "Gross retention was 111% in 2024 [2]."),
        (
            "1,286 customers have recurring revenue above $100,000 [2].",
            "1,286 customers have recurring revenue of at most $100,000 [2].",
        ),
        (
            "1,286 customers have recurring revenue above $100,000 [2].",
            "1,286 employees have recurring revenue above $100,000 [2].",
        ),
        (
            "Capital expenditures of at least $150 million are expected for 2025 [2].",
            "Capital expenditures of at least $170 million are expected for 2025 [2].",
        ),
        (
            "Milestones of up to $410.0 million may be due [2].",
            "The firm paid milestones of $410.0 million [2].",
        ),
        ("Halden closed 14 shops [2].", "Halden closed 31 shops [2]."),
        (
            "Customers concentrated to 29%, compared with 33% in 2023 [2].",
            "Customers concentrated to 33%, compared with 29% in 2023 [2].",
        ),
        ("Net debt was 4.5x EBITDA [2].", "Net debt was 4.5% of EBITDA [2]."),
        ("Uninsured deposits were $7.6 billion [2].", "Insured deposits were $7.6 billion [2]."),
        (
            "Customer concentration was 29% (2023: 33%) [2].",
            "Customer concentration was 33% (2023: 29%) [2].",
        ),
        (
            "A rise of rates would lift net interest income by 2.4% [2].",
            "A rise of rates would lower net interest income by 2.4% [2].",
        ),
        (
            "Nonperforming loans rose to $148.7 million in 2024 [2].",
            "Nonperforming loans fell to $148.7 million in 2024 [2].",
        ),
    ],
)
def test_right_answers_are_kept_and_wrong_ones_are_not(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


def test_a_table_without_names_has_figures_in_its_first_column() -> None:
    table = "Net sales of Pumps, $ million [1]:\n\n| 2024 | 2023 |\n|---|---|\n| {} | 1,802.6 |\n"

    assert is_kept(table.format("1,988.4"))
    assert not is_kept(table.format("1,711.0"))


def test_a_change_in_a_table_has_the_sign_of_its_row() -> None:
    head = "| Sales, $ million | 2024 | 2023 | Change |\n|---|---|---|---|\n"
    table = head + "| Pumps | 1,988.4 | 1,802.6 | {}10.3% |\n"

    assert is_kept(f"{table.format('+')}[1]")
    assert not is_kept(f"{table.format('-')}[1]")


def test_what_stands_before_a_colon_is_no_operand() -> None:
    assert is_kept("Step 3 \u2013 total of both: 20.6 + 71.8 = 92.4 [1]")
    assert not is_kept("Step 3 \u2013 total of both: 20.6 + 71.8 = 93.4 [1]")


@pytest.mark.parametrize(
    "piece",
    [
        "ranked second, ",
        "the most 1.5 of ",
        "non-insured 5% and ",
        "$5 versus $6 million ",
        "12 x 4.5x at most ",
    ],
)
def test_thirty_thousand_characters_are_judged_at_once(piece: str) -> None:
    text = (piece * 30_000)[:30_000]
    assert settled_seconds(lambda: is_kept(text)) < 0.6
