"""Comparisons, swaps, opposites and the base of growth: a readable case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

QUARTERS = """Quarterly data (in millions)

| | Mar 31, 2024 | Jun 30, 2024 | Sep 30, 2024 | Dec 31, 2024 |
|---|---|---|---|---|
| Revenue | 302.8 | 315.5 | 300.5 | 339.8 |
| Net income (loss) | 12.6 | 19.1 | (7.3) | 26.4 |
| Comparable sales | (1.8)% | 6.4% | 2.2% | 3.1% |

| Covenant test | 6M Mar-24 | LTM Mar-24 |
|---|---|---|
| EBITDA | 27.1 | 54.9 |

| Sales by class | 2024 | 2023 |
|---|---|---|
| Revenues (in thousands): | | |
| Residential | 1,284,610 | 1,217,345 |
| Commercial | 987,402 | 951,866 |
| Customers at year end: | | |
| Residential | 812,406 | 803,957 |
| Commercial | 104,733 | 103,580 |
| AISC (US$/oz) | 1,259 | 1,147 |
"""
PROSE = (
    "The earned return was 9.2% in 2024; the authorized return is 9.65%. The consideration of $1,960 million "
    "consists of $1,200 million in cash and $760 million in stock. Total debt was 4.10x EBITDA, against a "
    "maximum of 5.25x. Gross margin was 38.4% in 2024 as compared to 37.1% in 2023. Free cash flow was "
    "$177 million in 2024 and $118 million in 2023. Backlog was $889.0 million, compared with $835.5 million "
    "a year before. The trial enrolled 1,164 patients, of whom 46.2% reached remission at week 12. Revenue "
    "grew 3.4% to $5,872 million. We raise our guidance to $6.25 to $6.45, from $6.10 to $6.35."
)


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right."""
    sources = [
        JudgedSource("Report 2024", text, stored(facts_of(text)), "Halden Marine Corp.", 2024)
        for text in (QUARTERS, PROSE)
    ]
    return RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, sources).figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The earned return of 9.2% was below the authorized 9.65% [2].",
            "The earned return of 9.2% was above the authorized 9.65% [2].",
        ),
        (
            "$1,200 million is paid in cash and $760 million in stock [2].",
            "$760 million is paid in cash and $1,200 million in stock [2].",
        ),
        (
            "Total debt is 4.10x EBITDA, with a maximum of 5.25x [2].",
            "Total debt is 4.10x EBITDA, with a minimum of 5.25x [2].",
        ),
        (
            "Gross margin expanded by 1.3 percentage points, from 37.1% to 38.4% [2].",
            "Gross margin expanded by 1.3 percent, from 37.1% to 38.4% [2].",
        ),
        (
            "Revenue was $300.5 million in Q3 2024 [1]; free cash flow for 2024 was $177 million [2].",
            "Revenue was $300.5 million in Q3 2024 [1]; free cash flow for 2024 was $118 million [2].",
        ),
        (
            "Backlog: $889.0 million, after $835.5 million. It grew by $53.5 million to $889.0m [2].",
            "Backlog: $889.0 million, after $835.5 million. It shrank by $53.5 million to $889.0m [2].",
        ),
        (
            "Of 1,164 patients, 46.2% reached remission at week 12 [2].",
            "Of 1,164 patients, 64.2% reached remission at week 12 [2].",
        ),
        (
            "Revenue was $5,872 million (about $5.9 billion) [2].",
            "Revenue was $5,872 million (about $5.8 billion) [2].",
        ),
        ("Revenue rose 3.4% to $5,872 million [2].", "Revenue fell 3.4% to $5,872 million [2]."),
        (
            "Guidance was raised to $6.25–$6.45 from $6.10–$6.35 [2].",
            "Guidance was cut to $6.25–$6.45 from $6.10–$6.35 [2].",
        ),
    ],
)
def test_prose(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "In the second quarter of 2024 revenue was $315.5 million [1].",
            "In Q2 2024 revenue was $300.5 million [1].",
        ),
        (
            "It lost $7.3 million in the third quarter; 2024 was a year of change [1].",
            "It lost $7.3 million in Q2 2024 [1].",
        ),
        (
            "Q4 2024 revenue rose 13.1%: (339.8 - 300.5) / 300.5 = 13.1% [1].",
            "Q4 2024 revenue dropped 13.1%: (339.8 - 300.5) / 300.5 = 13.1% [1].",
        ),
        (
            "Q3 2024 revenue fell 4.8%: (315.5 - 300.5) / 315.5 = 4.8% [1].",
            "Q3 2024 revenue rose 4.8%: (315.5 - 300.5) / 315.5 = 4.8% [1].",
        ),
        ("LTM Mar-24 EBITDA was $54.9 million [1].", "LTM Mar-24 EBITDA was $27.1 million [1]."),
        ("Comparable sales fell 1.8% in Q1 2024 [1].", "Comparable sales rose 1.8% in Q1 2024 [1]."),
        (
            "It had 104,733 commercial customers at the end of 2024 [1].",
            "It had 987,402 commercial customers at the end of 2024 [1].",
        ),
        (
            "AISC rose to US$1,259/oz in 2024 from US$1,147/oz in 2023 [1].",
            "AISC rose to US$1,147/oz in 2024 from US$1,259/oz in 2023 [1].",
        ),
    ],
)
def test_tables(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)
