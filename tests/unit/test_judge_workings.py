"""Figures that follow from two right ones of their own sentence, and those that only look like it."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

TABLES = """Summary of results (in millions)

| | 2024 | 2023 |
|---|---|---|
| Revenue | $ 2,412.6 | $ 2,190.4 |
| Gross profit | 966.8 | 821.3 |
| Operating cash flow | 412.3 | 376.9 |
| Purchases of equipment | 131.4 | 150.2 |
| Dividends | 84.5 | 80.1 |
| Tickets | 1,318.2 | 1,204.7 |
| Catering | 402.9 | 371.5 |

Restricted funds at the end of 2024 (in millions)

| | Fair value |
|---|---|
| Restricted funds | $ 223.8 |

Restricted funds at the end of 2023 (in millions)

| | Fair value |
|---|---|
| Restricted funds | $ 179.0 |
"""
PROSE = (
    "Hedges produced a gain of $47 million in 2024, after a loss of $136 million in 2023. "
    "Of the program of $120.0 million, $104.6 million had been charged by the end of 2024. "
    "The average cost of debt fell to 3.4% in 2024 from 3.9%. The carrying amount of the "
    "notes was $3,774 million "
    "and their fair value $4,074 million. Spending on safety was $184 million (2023: $169 million), of which "
    "$71 million was capital expenditure."
)


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right."""
    sources = [
        JudgedSource("Report 2024", page, stored(facts_of(page)), "Oakmere plc", 2024)
        for page in (TABLES, PROSE)
    ]
    return RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, sources).figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Gross profit of $966.8 million represented 40.1% of revenue of $2,412.6 million in 2024 [1].",
            "Gross profit of $966.8 million represented 41.1% of revenue of $2,412.6 million in 2024 [1].",
        ),
        (
            "Tickets and catering together came to $1,721.1 million in 2024, up 9.2% from "
            "$1,576.2 million [1].",
            "Tickets and catering together came to $1,721.1 million in 2024, down 9.2% from "
            "$1,576.2 million [1].",
        ),
        (
            "Restricted funds were $223.8 million at the end of 2024 against $179.0 million at "
            "the end of 2023, "
            "a plus of 25% [1].",
            "Restricted funds were $223.8 million at the end of 2024 against $179.0 million at "
            "the end of 2023, "
            "a plus of 35% [1].",
        ),
        (
            "Of the program of $120.0 million, $104.6 million had been charged, leaving $15.4 million [2].",
            "Of the program of $120.0 million, $104.6 million had been charged, leaving $16.4 million [2].",
        ),
        (
            "Hedges produced a gain of $47 million in 2024 after a loss of $136 million in 2023, "
            "a swing of $183 million [2].",
            "Hedges produced a gain of $47 million in 2024 after a loss of $136 million in 2023, "
            "a swing of $193 million [2].",
        ),
        (
            "The average cost of debt fell from 3.9% to 3.4% in 2024, i.e. by 50 basis points [2].",
            "The average cost of debt fell from 3.9% to 3.4% in 2024, i.e. by 40 basis points [2].",
        ),
        (
            "The notes had a carrying amount of $3,774 million and a fair value of $4,074 "
            "million, a premium of "
            "$300 million [2].",
            "The notes had a carrying amount of $3,774 million and a fair value of $4,074 "
            "million, a premium of "
            "$310 million [2].",
        ),
        (
            "Gross profit of $966.8 million is a margin of 40% in 2024 [1].",
            "Gross profit of $966.8 million is a margin of 44% in 2024 [1].",
        ),
        (
            "In 2024 gross profit was 40.1% of revenue ($966.8 million of $2,412.6 million), up "
            "from 37.5% in 2023 "
            "[1].",
            "In 2024 gross profit was 40.1% of revenue ($966.8 million of $2,412.6 million), up "
            "from 38.5% in 2023 "
            "[1].",
        ),
        (
            "In 2024 gross profit was 40.1% of revenue ($966.8 million of $2,412.6 million), up "
            "from 37.5% in 2023 "
            "[1].",
            "In 2024 gross profit was 40.1% of revenue ($966.8 million of $2,412.6 million), down "
            "from 37.5% in "
            "2023 [1].",
        ),
        (
            "Operating cash flow of $412.3 million less purchases of equipment of $131.4 million "
            "left $280.9 million "
            "in 2024, after $226.7 million in 2023 [1].",
            "Operating cash flow of $412.3 million less purchases of equipment of $131.4 million "
            "left $280.9 million "
            "in 2024, after $236.7 million in 2023 [1].",
        ),
        (
            "Dividends of $84.5 million against operating cash flow of $412.3 million are a "
            "payout of about 20% in "
            "2024 [1].",
            "Dividends of $84.5 million against operating cash flow of $412.3 million are a "
            "payout of well over 30% "
            "in 2024 [1].",
        ),
        (
            "Spending on safety was $184 million, of which $71 million was capital expenditure "
            "and hence $113 million "
            "operating cost [2].",
            "Spending on safety was $184 million in 2023, of which $71 million was capital "
            "expenditure and hence $113 "
            "million operating cost [2].",
        ),
        (
            "Catering made up 16.7% of 2024 revenue [1].",
            "Catering made up 18.7% of 2024 revenue [1].",
        ),
    ],
)
def test_what_follows_from_two_figures_of_a_sentence_is_computed(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


SERIES = """Selected data (amounts in millions, except per share amounts)

| | 2021 | 2022 | 2023 | 2024 |
|---|---|---|---|---|
| Dividend per share | 1.15 | 1.25 | 1.40 | 1.50 |
| Operating cash flow | 291.2 | 320.4 | 402.9 | 442.1 |
| Injury rate per million hours | 1.84 | 1.61 | 1.27 | 1.12 |
| Prepaid customers | 4.1 | 3.9 | 3.5 | 3.1 |

Catastrophe losses, net of reinsurance, were $318 million in 2024.

The average cost of debt fell to 3.4% in 2024.

| Revenue by market | 2024 |
|---|---|
| Cars | 983.5 |
| Industry | 541.2 |
| Data centers | 512.8 |
| Total | 2,037.5 |
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "The dividend per share was raised every year: $1.15 (2021), $1.25 (2022), $1.40 "
            "(2023), $1.50 (2024) [1].",
            "The dividend per share was raised every year: $1.15 (2021), $1.40 (2022), $1.25 "
            "(2023), $1.50 (2024) [1].",
        ),
        (
            "The dividend per share went from $1.15 in 2021 to $1.25, $1.40 and finally $1.50 in 2024 [1].",
            "The dividend per share went from $1.15 in 2021 to $1.40, $1.25 and finally $1.50 in 2024 [1].",
        ),
        (
            "The dividend per share went from $1.15 in 2021 to $1.25, $1.40 and finally $1.50 in 2024 [1].",
            "The dividend per share went from $1.15 in 2021 to $1.25, $1.40 and finally $1.50 "
            "million in 2024 [1].",
        ),
        (
            "Operating cash flow climbed to $442.1 million in 2024, from $402.9 million in 2023 "
            "and $320.4 million in "
            "2022 [1].",
            "Operating cash flow sank to $442.1 million in 2024, from $402.9 million in 2023 and "
            "$320.4 million in "
            "2022 [1].",
        ),
        (
            "The injury rate was 1.12 per million hours in 2024, after 1.27 in 2023 [1].",
            "The injury rate was 1.12 per thousand hours in 2024, after 1.27 in 2023 [1].",
        ),
        (
            "Prepaid customers shrank by 11.4% over the year to 3.1 million in 2024 [1].",
            "Prepaid customers grew by 11.4% over the year to 3.1 million in 2024 [1].",
        ),
        (
            "Net catastrophe losses were $318 million in 2024 [1].",
            "Gross catastrophe losses were $318 million in 2024 [1].",
        ),
        (
            "Debt cost 3.4% on average in 2024 [1].",
            "The marginal cost of debt fell to 3.4% in 2024 [1].",
        ),
        (
            "In 2024 Cars led with $983.5 million; Industry came second ($541.2 million) and Data "
            "centers third "
            "($512.8 million) [1].",
            "In 2024 Cars led with $983.5 million; Industry came third ($541.2 million) and Data "
            "centers second "
            "($512.8 million) [1].",
        ),
    ],
)
def test_what_series_ranks_and_words_of_a_rate_say_is_held_to_their_place(right: str, wrong: str) -> None:
    source = JudgedSource("Report 2024", SERIES, stored(facts_of(SERIES)), "Oakmere plc", 2024)
    kept = [
        RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, [source]).figures)
        for answer in (right, wrong)
    ]
    assert kept == [True, False]
