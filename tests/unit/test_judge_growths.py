"""Growth, swings and shares between figures that a sentence writes, and changes that go the other way."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

PAGE = """Summary of results (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Revenue | $ 2,412.6 | $ 2,190.4 | $ 1,985.0 |
| Gross profit | 966.8 | 821.3 | 744.1 |
| Term debt | 1,206.3 | 1,095.2 | 1,190.0 |
| EBITDA | 482.5 | 421.2 | 396.7 |
| Deposits received | 92.5 | 97.1 | 99.0 |
| Net increase (decrease) in cash | 41.5 | (63.2) | 12.4 |
| Capital expenditure as a percentage of revenue | 10% | 14% | 13% |

Change in net revenue of the network business (in millions)

| | Amount (in millions) |
|---|---|
| 2023 net revenue | $ 637.2 |
| Rate changes | 14.7 |
| Settlements | (7.7) |
| 2024 net revenue | $ 644.2 |

Rate base of the network business (in billions)

| | Rate base (in billions) |
|---|---|
| Electric, north | $ 6.8 |
| Electric, south | 3.1 |
| Gas | 2.6 |
| Total | $ 12.5 |

Net revenue of the network business increased by $7.0 million.

Hedges produced a gain of $47 million in 2024, after a loss of $136 million in 2023.

Trading revenues were $4.08 billion for 2024, 25% lower than 2023.
Trading revenues were $5.44 billion for 2023, 20% lower than 2022.

An investment of $100 in the shares was worth $269 at the end of 2024, and one in the index $187.

Deferred taxes (in millions)

| | 2024 |
|---|---|
| Total deferred tax assets | $ 147.2 |
| Valuation allowance | 31.4 |
"""


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on the page are right."""
    source = JudgedSource("Report 2024", PAGE, stored(facts_of(PAGE)), "Oakmere plc", 2024)
    return RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, [source]).figures)


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (
            "Revenue was $1,985.0 million in 2022, $2,190.4 million in 2023 and $2,412.6 million in 2024, "
            "a rise of {} in two years [1].",
            "21.5%",
            "31.5%",
        ),
        (
            "Net revenue of the network had grown by $7.0 million from $637.2 million ({}) [1].",
            "1.1%",
            "1.7%",
        ),
        (
            "Net revenue of the network was $644.2 million in 2024, $7.0 million or 1.1% {} than the "
            "$637.2 million of 2023 [1].",
            "more",
            "less",
        ),
        (
            "Cash increased by $41.5 million in 2024 after {} of $63.2 million in 2023 [1].",
            "a decrease",
            "an increase",
        ),
        (
            "Hedges produced a gain of $47 million in 2024 after a loss of $136 million in 2023, a "
            "swing of {} [1].",
            "$183 million",
            "$89 million",
        ),
        (
            "An investment in the shares was worth $269 at the end of 2024, against $187 for the index, "
            "a lead of {} [1].",
            "$82",
            "$92",
        ),
        (
            "At the end of 2024 a valuation allowance of $31.4 million stood against total deferred tax "
            "assets of $147.2 million, i.e. {} [1].",
            "21.3%",
            "23.1%",
        ),
        (
            "Earnings of $966.8 million covered borrowings of $1,206.3 million 0.80 times in 2024, "
            "compared with {} times in 2023 [1].",
            "0.75",
            "0.85",
        ),
        (
            "The two electric networks together have a rate base of $9.9 billion ($6.8 billion + $3.1 "
            "billion), i.e. about {} of the $12.5 billion total [1].",
            "79%",
            "71%",
        ),
        (
            "Capital expenditure {} [1].",
            "fell to 10% of revenue from 14%",
            "rose to 14% of revenue from 10%",
        ),
        ("Deposits received were $92.5 million in 2024, slightly {} than in 2023 [1].", "lower", "higher"),
        (
            "Trading revenues were {} [1].",
            "$5.44 billion in 2023 (-20%) and $4.08 billion in 2024 (-25%)",
            "$5.44 billion in 2023 (-25%) and $4.08 billion in 2024 (-20%)",
        ),
        ("Settlements {} $7.7 million [1].", "took away", "added"),
    ],
)
def test_what_a_sentence_derives_is_held_to_the_figures_that_it_writes(
    answer: str, right: str, wrong: str
) -> None:
    assert is_kept(answer.replace("{}", right))
    assert not is_kept(answer.replace("{}", wrong))
