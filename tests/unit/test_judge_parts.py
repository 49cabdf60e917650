"""Figures that follow from those beside them, and what asides, ratings and kanji say: a case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

TABLES = """Consolidated figures (in millions)

| | 2024 | 2023 |
|---|---|---|
| Net sales: | | |
| Pumps | $ 1,988.4 | $ 1,802.6 |
| Valves | 1,264.9 | 1,255.8 |
| Net sales | $ 4,211.6 | $ 3,746.9 |
| Segment profit: | | |
| Pumps | $ 352.8 | $ 301.4 |
| Adjusted EBITDA | 720.2 | 603.3 |
| Repurchases of common stock | (120.0) | (85.0) |
| Dividends paid | (90.6) | (85.4) |
| Combined ratio | 93.7% | 91.9% |
| Provisions | 70.9 | 80.5 |
| of which current | 41.1 | 51.9 |

| Indicator | Unit | 2023 | 2024 | Target 2030 |
|---|---|---|---|---|
| Clinker factor | % | 73.1 | 71.8 | 66.0 |
| Water withdrawal | million m³ | 35.2 | 36.1 | 30.0 |
| Lost-time injury rate | per million hours | 0.71 | 0.64 | 0.40 |
"""
PROSE = (
    "At the end of 2024 we had 9,412 customers, compared with 8,730 a year earlier, and 1,286 suppliers. "
    "Subscribers numbered 9,100, of whom 1,417 had annual recurring revenue above $100,000 (2023: 1,041). "
    "Cash was $296.4 million. Operating income was $1.38 billion, or 7.9% of net sales. For fiscal 2025 we "
    "expect net sales between $17.0 billion and $17.5 billion, an operating margin of about 7.5% and capital "
    "expenditures of $650 million, compared with $588 million in fiscal 2024."
)
JAPANESE = """連結損益計算書(単位:百万円)

| | 2024年3月期 | 2023年3月期 |
|---|---|---|
| 売上高 | 284,615 | 261,970 |
| 営業利益 | 27,363 | 22,437 |

この表は連結の損益を示しています。
"""


def is_kept(answer: str, question: str = "What does it say?", text: str = "") -> bool:
    """Whether all figures of an answer on these pages are right."""
    sources = [
        JudgedSource("Report 2024", page, stored(facts_of(page)), "Halden Marine Corp.", 2024)
        for page in ([text] if text else [TABLES, PROSE])
    ]
    return RIGHT.issuperset(each.verdict for each in judge(question, answer, sources).figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "It gave $210.6 million in 2024: $120.0 million repurchased and $90.6 million of dividends [1].",
            "It gave $201.6 million in 2024: $120.0 million repurchased and $90.6 million of dividends [1].",
        ),
        (
            "Of provisions of $70.9 million, $41.1 million (58%) is current [1].",
            "Of provisions of $70.9 million, $41.1 million (85%) is current [1].",
        ),
        (
            "Adjusted EBITDA was $720.2 million (17.1% margin) in 2024 [1].",
            "Adjusted EBITDA was $720.2 million (11.7% margin) in 2024 [1].",
        ),
        (
            "Pumps: 47% of net sales in 2024 ($1,988.4 million of $4,211.6 million), against 48% in 2023[1].",
            "Pumps: 47% of net sales in 2024 ($1,988.4 million of $3,746.9 million), against 48% in 2023[1].",
        ),
        (
            "The clinker factor was 71.8% in 2024, 5.8 percentage points above the 2030 target of 66.0% [1].",
            "The clinker factor was 71.8% in 2024, 5.8 percentage points below the 2030 target of 66.0% [1].",
        ),
        (
            "A combined ratio of 93.7% in 2024 is $3,946.3 million (0.937 × 4,211.6) of net sales [1].",
            "A combined ratio of 93.7% in 2024 is $3,946.3 million (0.739 × 4,211.6) of net sales [1].",
        ),
        (
            "The combined ratio deteriorated by 1.8 percentage points to 93.7% in 2024 [1].",
            "The combined ratio improved by 1.8 percentage points to 93.7% in 2024 [1].",
        ),
        (
            "- Water withdrawal: 36.1 million m³ (2023: 35.2 million m³) [1]",
            "- Water withdrawal: 36.1 thousand m³ (2023: 35.2 million m³) [1]",
        ),
        (
            "The injury rate improved to 0.64 (0.71 in 2023) [1].",
            "The injury rate worsened to 0.64 (0.71 in 2023) [1].",
        ),
        (
            "Net sales climbed to $4,211.6 million ($3,746.9 million in 2023) [1].",
            "Net sales fell to $4,211.6 million ($3,746.9 million in 2023) [1].",
        ),
        (
            "It had 9,412 customers at the end of 2024, up from 8,730, and 1,286 suppliers [2].",
            "It had 9,412 customers at the end of 2024, down from 8,730, and 1,286 suppliers [2].",
        ),
        (
            "Of 9,100 subscribers, 1,417 had recurring revenue above $100,000, against 1,041 in 2023 [2].",
            "Of 9,100 subscribers, 1,417 had recurring revenue below $100,000, against 1,041 in 2023 [2].",
        ),
        (
            "1,417 had annual recurring revenue above $100,000 [2].",
            "1,417 had annual recurring revenue above $100,000 million [2].",
        ),
        (
            "It had 9,100 subscribers, and 1,417 had annual recurring revenue above $100,000 [2].",
            "It had 9,100 subscribers, and 9,100 of them had annual recurring revenue above $100,000 [2].",
        ),
        (
            "In fiscal 2025 it expects an operating margin of 7.5%, compared with 7.9% in fiscal 2024 [2].",
            "In fiscal 2025 it expects an operating margin of 7.9%, compared with 7.5% in fiscal 2024 [2].",
        ),
        (
            "Capital expenditures were $588 million in 2024 and should be $650 million in fiscal 2025 [2].",
            "Capital expenditures were $650 million in 2024 and should be $588 million in fiscal 2025 [2].",
        ),
        (
            "- **2023**\n  - Net sales: $3,746.9 million\n- **2024**\n  - Net sales: $4,211.6 million [1]",
            "- **2023**\n  - Net sales: $4,211.6 million\n- **2024**\n  - Net sales: $3,746.9 million [1]",
        ),
    ],
)
def test_follows_from_what_stands_beside(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


def test_kanji_alone_are_of_a_japanese_question() -> None:
    formula = "営業利益率 = 27,363 ÷ 284,615 × 100 = 9.6%[1]"
    assert is_kept(formula, "営業利益率を計算してください。", JAPANESE)
    assert not is_kept(formula.replace("9.6", "6.9"), "営業利益率を計算してください。", JAPANESE)


def test_a_short_answer_in_the_words_of_its_source_writes_decimals_as_that_does() -> None:
    page = (
        "Conto economico consolidato (migliaia di Euro)\n\n| | 2023 | 2022 |\n|---|---|---|\n"
        "| Ricavi | 318.640 | 342.915 |\n| Risultato operativo | 26.905 | 35.112 |\n\n"
        "I tre principali clienti rappresentano il 29% dei ricavi, e sono gli stessi del 2022."
    )
    answer = "| Migliaia di euro | 2022 | 2023 |\n|---|---|---|\n| Ricavi | 342.915 | 318.640 |\n\n[1]"
    assert is_kept(answer, text=page)
    assert not is_kept(answer.replace("Migliaia", "Milioni"), text=page)


def test_debt_that_falls_due_does_not_fall() -> None:
    page = TABLES.replace("Dividends paid", "Debt")
    assert is_kept("Debt of $90.6 million falls due in 2024 [1].", text=page)


def test_a_dash_before_a_cell_is_a_minus() -> None:
    (table,) = facts_of("| | 2024 | Change |\n|---|---|---|\n| Ratio | 92.7% | –2.7% |\n").tables
    assert [float(cell.value.value) for cell in table.cells] == [92.7, -2.7]


def test_a_share_is_not_of_the_contrary() -> None:
    page = """Movement of provisions (EUR thousand)

| | Warranty | Total |
|---|---|---|
| Balance at 1 January 2023 | 48,310 | 80,499 |
| Balance at 31 December 2023 | 48,152 | 70,904 |
| of which current | 29,840 | 41,055 |
"""
    assert is_kept("Of total provisions of €70.9 million, €41.1 million (58%) is current [1].", text=page)
    assert not is_kept(
        "Of total provisions of €70.9 million, €41.1 million (58%) is non-current [1].", text=page
    )
