"""Figures whose working or whose other end stands beside them: formulas in brackets, swaps."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

PAGE = """Harbour Lines plc (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Freight revenue | 729.4 | 688.1 | 640.2 |
| Port fees | 312.0 | 290.7 | 281.5 |
| Gross profit | 402.0 | 388.4 | 371.3 |
| Depreciation of vessels | 61.3 | 58.8 | 55.0 |
| Operating profit (loss) of the harbour business | 93.5 | (12.4) | 31.0 |
| Maximum month-end borrowings | 168.8 | 150.7 | 149.1 |

| | Gain (loss) of 2024 | Gain (loss) of 2023 |
|---|---|---|
| Fuel swaps | (1.9) | 2.7 |

Freight revenue was $729.4 million, an increase of $41.3 million, or 6.0%, compared with $688.1 million for
2023. In 2024 the charter margin represented 24% of fees, compared to 21% in 2023 and 18% in 2022. Our order
book stood at $21.4 billion at year-end, and yearly deliveries were $8.2 billion. Distributable cash, which we
define as operating cash less fleet upkeep, was $237 million in 2024 and $190 million in 2023. Operating cash
was $412 million and fleet upkeep was $175 million. Higher fuel cost 35 basis points of margin, and lower
tolls gave back 18 basis points. A rise of 100 basis points in rates would lift interest income by 2.4%.
"""


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on this page are right, and one is read."""
    source = JudgedSource(
        "Harbour Lines plc annual report", PAGE, stored(facts_of(PAGE)), "Harbour Lines plc", 2024
    )
    figures = judge("What does it say?", answer, [source]).figures
    return bool(figures) and all(figure.verdict in RIGHT for figure in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param(
            "Port fees took 42.8% of freight revenue over 60 days late in 2024 (312.0 / 729.4) [1].",
            "Port fees took 48.2% of freight revenue over 60 days late in 2024 (312.0 / 729.4) [1].",
            id="working in brackets behind other words",
        ),
        pytest.param(
            "Port fees were 42.8% of their 2024 base of $729.4 million (312.0 / 729.4) [1].",
            "Port fees were 42.6% of their 2024 base of $729.4 million (312.0 / 729.4) [1].",
            id="working in brackets behind its base",
        ),
        pytest.param(
            "The order book was $21.4 billion and deliveries $8.2 billion, about 2.6 years (21.4 / 8.2) [1].",
            "The order book was $21.4 billion and deliveries $8.2 billion, about 3.6 years (21.4 / 8.2) [1].",
            id="operands in short",
        ),
        pytest.param(
            "Distributable cash for 2024 was $412 million − $175 million = $237 million [1].",
            "Distributable cash for 2024 was $412 million − $190 million = $237 million [1].",
            id="the name before a formula is of its result",
        ),
        pytest.param(
            "Freight revenue grew by $41.3 million to $729.4 million [1].",
            "Freight revenue grew by $729.4 million to $41.3 million [1].",
            id="a change and what it led to",
        ),
        pytest.param(
            "The charter margin went from 18% in 2022 to 21% in 2023 and 24% in 2024 [1].",
            "The charter margin went from 21% in 2022 to 18% in 2023 and 24% in 2024 [1].",
            id="years in the other order",
        ),
        pytest.param(
            "Borrowings peaked at $168.8 million in 2024, up from a peak of $150.7 million in 2023 [1].",
            "Borrowings peaked at $168.8 million in 2024, down from a peak of $150.7 million in 2023 [1].",
            id="a row of peaks",
        ),
        pytest.param(
            "A 100 basis point rise would lift interest income by 2.4% [1].",
            "A 100 basis point rise would lift interest income by 4.2% [1].",
            id="basis points are no rival of a percentage",
        ),
        pytest.param(
            "Fuel swaps brought losses of $1.9 million in 2024 and gains of $2.7 million in 2023 [1].",
            "Fuel swaps brought gains of $1.9 million in 2024 and $2.7 million in 2023 [1].",
            id="a column of gains has losses below zero",
        ),
        pytest.param(
            "The harbour business earned $93.5 million in 2024 and lost $12.4 million in 2023 [1].",
            "The harbour business lost $93.5 million in 2024 and earned $12.4 million in 2023 [1].",
            id="what is earned and lost",
        ),
        pytest.param(
            "Borrowings peaked at a maximum of $168.8 million in 2024 [1].",
            "Month-end borrowings averaged $168.8 million in 2024 [1].",
            id="a mean is no maximum",
        ),
        pytest.param(
            "Freight revenue was $729.4 million and fees $312.0 million, 42.8 % (312.0 / 729.4) [1].",
            "Fees were 42.8 % (312.0 / 729.4), and 41.8 % in 2022 (281.5 / 640.2) [1].",
            id="each bracket works out its own figure",
        ),
        pytest.param(
            "Fees were 42.8 % of freight in 2024 (312.0 / 729.4), and 42.2 % in 2023 (290.7 / 688.1) [1].",
            "Fees were 42.8 % of freight in 2024 (312.0 + 729.4), and 42.2 % in 2023 (290.7 / 688.1) [1].",
            id="brackets that come out at nothing",
        ),
        pytest.param(
            "Distributable cash = operating cash − fleet upkeep = 412 − 175 = $237 million [1].",
            "Distributable cash = operating cash − fleet upkeep = 412 − 190 = $237 million [1].",
            id="the name of a formula is no operand's",
        ),
        pytest.param(
            "The harbour business lost $12.4 million in 2023 [1].",
            "The harbour business lost $93.5 million in 2024 [1].",
            id="what was lost is a loss",
        ),
        pytest.param(
            "- Gross profit 2024: 402.0 [1]\n  - Depreciation: −61.3 [1]",
            "- Gross profit 2024: −402.0 [1]\n  - Depreciation: −61.3 [1]",
            id="what a list takes off",
        ),
    ],
)
def test_works_out_what_stands_beside(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)
