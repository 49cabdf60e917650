"""Figures of longer answers that were lost beside others: a case of each rule, on invented pages."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

QUESTION = "How did the year go?"
BRIDGE = """Net revenue

| | Amount (in millions) |
|---|---|
| 2022 net revenue | $ 612.4 |
| Retail electric price | 12.9 |
| Volume and weather | 9.9 |
| Reserve equalization | (2.8) |
| Net wholesale revenue | (2.4) |
| Other | (1.1) |
| 2023 net revenue | $ 628.9 |
"""
SECTIONS = """Composition of captions (in millions)

| | January 3, 2024 | December 28, 2022 |
|---|---|---|
| Other current assets: | | |
| Transition costs | $ 98 | $ 145 |
| Other | 306 | 357 |
| | $ 404 | $ 502 |
| Other assets: | | |
| Equity method investments | $ 19 | $ 26 |
| Other | 200 | 134 |
| | $ 219 | $ 160 |
"""
QUARTERS = """Prices of the common stock. On November 1, 2016 the parts business was separated: 80.1% of its
shares were distributed, and we retained 19.9% of them.

| Quarter | High | Low | Dividend |
|---|---|---|---|
| First | $ 30.69 | $ 18.64 | $ 0.06 |
| Second | 28.65 | 21.76 | 0.06 |
| Fourth (separation occurred on November 1 2016) | 27.85 | 22.74 | 0.06 |
| Year | $ 30.69 | $ 18.64 | $ 0.18 |
"""
CONTRACTS = (
    "For the years ended December 31, 2023 and 2022, we recognized expense of $2.7 billion and $2.0 billion, "
    "respectively, associated with the amortization of contract costs. During the years ended December 31, "
    "2023 and 2022, 32% and 24%, respectively, of total sales took place outside Norland. Research "
    "spending was $1.4 billion (16 percent of net sales) in 2023 and $1.2 billion (14 percent of net "
    "sales) in 2022. "
    "Cash and debt were $310 million and $820 million, respectively."
)
LINES = """Credit lines are comprised of a $1.5 billion revolving facility, uncommitted loan facilities
approximating $364 million and uncommitted trade facilities approximating $428 million.

| (in millions) | 2023 |
|---|---|
| Long-term debt | $ 1,200.5 |
| Leases | 731.0 |
| Total | $ 1,931.5 |
"""
RECEIVABLES = """Receivables (in thousands)

| | December 31, 2023 | December 31, 2022 |
|---|---|---|
| Billed receivables | $ 213,654 | $ 239,275 |
| Allowance for doubtful accounts | 5,149 | 3,912 |
| Total debt at carrying amount | 3,774 | 3,474 |
| Total debt at fair value | 4,074 | 3,535 |
| Available under the facility | 198,500 | 248,060 |
"""
TAXES = (
    "The balance of unrecognized benefits at December 31, 2023, 2022 and 2021 includes $250 million, "
    "$226 million and $194 million, respectively, that "
    "would affect the effective tax rate.\n\n"
    "| (in millions) | 2023 | 2022 |\n|---|---|---|\n| Balance at December 31 | $ 404 | $ 349 |\n"
)
PAGES = {
    name: JudgedSource("Report 2023", text, stored(facts_of(text)), "Halden Corp.", 2023)
    for name, text in {
        "bridge": BRIDGE,
        "sections": SECTIONS,
        "quarters": QUARTERS,
        "contracts": CONTRACTS,
        "lines": LINES,
        "receivables": RECEIVABLES,
        "taxes": TAXES,
    }.items()
}


def _wrong(page: str, answer: str) -> list[str]:
    """Return the figures of an answer that are not right."""
    figures = judge(QUESTION, answer, [PAGES[page]]).figures
    assert figures
    return [each.text for each in figures if each.verdict not in RIGHT]


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        (
            "bridge",
            "In 2023 the reserve equalization (-$2.8 million) and net wholesale revenue (-$2.4 million) "
            "weighed on the figure [1].",
        ),
        ("sections", "Other current assets were $404 million at January 3, 2024 [1]."),
        ("sections", "Other assets rose from $160 million to $219 million [1]."),
        ("quarters", "**Separation (November 1, 2016):** 80.1% was distributed, and 19.9% was retained [1]."),
        ("quarters", "The high was $30.69, though prices before November 1, 2016 are not comparable [1]."),
        (
            "contracts",
            "Amortization of contract costs was $2.7 billion in 2023 and $2.0 billion in 2022 [1].",
        ),
        (
            "contracts",
            "In 2023, 32% of total sales took place outside Norland, compared with 24% in 2022 [1].",
        ),
        ("contracts", "Research took $1.2 billion in 2022 and $1.4 billion (16 percent) in 2023 [1]."),
        (
            "lines",
            "Bank credit lines totaled approximately:\n\n"
            "- uncommitted trade facilities of about $428 million, which ended in June [1]",
        ),
        (
            "receivables",
            "The allowance was $5,149 thousand in 2023 although billed receivables were $213,654 thousand.",
        ),
        (
            "taxes",
            "The balance rose by $55 million in 2023 (404 - 349) [1]. Of the balance of "
            "benefits, $250 million would affect the effective tax rate [1].",
        ),
        (
            "receivables",
            "At December 31, 2023 $198,500 thousand was available [1]. A year earlier $248,060 thousand was "
            "available under the facility [1].",
        ),
    ],
)
def test_right(page: str, answer: str) -> None:
    assert _wrong(page, answer) == []


@pytest.mark.parametrize(
    ("page", "answer", "figure"),
    [
        ("bridge", "In 2023 net wholesale revenue (-$9.9 million) weighed on it [1].", "(-$9.9 million)"),
        ("contracts", "Cash was $820 million and debt was $310 million [1].", "$820 million"),
        (
            "receivables",
            "At December 31, 2023 $198,500 thousand was available [1]. A year earlier $198,500 thousand was "
            "available under the facility [1].",
            "$198,500 thousand",
        ),
    ],
)
def test_wrong(page: str, answer: str, figure: str) -> None:
    assert figure in _wrong(page, answer)
