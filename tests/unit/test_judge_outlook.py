"""Outlooks, bases without a year, what is better: a readable case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

TABLE = """Segments (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Process | 1,988.4 | 1,802.6 | 1,711.0 |
| Building | 1,264.9 | 1,255.8 | 1,198.3 |
| Sensing | 958.3 | 688.5 | 593.1 |
| Total net sales | 4,211.6 | 3,746.9 | 3,502.4 |

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Interest expense | 97.6 | 88.1 | 52.4 |
| Acquisitions, net of cash acquired | (846.0) | (57.3) | (412.8) |
| Combined ratio | 93.7% | 91.9% | 92.8% |
| CET1 ratio | 11.42% | 10.87% | 10.55% |
| Weighted average shares - diluted | 105.9 | 104.7 | 103.2 |
"""
PROSE = (
    "For 2025 we expect sales of $915 million and an operating margin of about 14%; the margin was 11.6% in "
    "2024. Average ticket decreased 1.7%."
)


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right, and one is read."""
    sources = [
        JudgedSource("Report 2024", text, stored(facts_of(text)), "Halden Controls Corp.", 2024)
        for text in (TABLE, PROSE)
    ]
    figures = judge("What does it say?", answer, sources).figures
    return bool(figures) and RIGHT.issuperset(each.verdict for each in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Interest expense was $97.6 million in 2024 [1].", "Interest income was $97.6 million in 2024 [1]."),
        (
            "Acquisitions used $846.0 million in 2024 [1].",
            "Acquisitions brought in $846.0 million in 2024 [1].",
        ),
        (
            "The combined ratio deteriorated to 93.7% in 2024 from 91.9% in 2023 [1].",
            "The combined ratio improved to 93.7% in 2024 from 91.9% in 2023 [1].",
        ),
        (
            "The CET1 ratio improved to 11.42% in 2024 from 10.87% [1].",
            "The CET1 ratio improved to 11.42% in 2024 from 10.55% [1].",
        ),
        (
            "The CET1 ratio improved to 11.42% in 2024 [1].",
            "The CET1 ratio deteriorated to 11.42% in 2024 from 10.87% in 2023 [1].",
        ),
        (
            "Process sold $1,988.4 million in 2024, more than the $1,264.9 million of Building [1].",
            "Process sold $1,988.4 million in 2024, more than the $1,255.8 million of Building [1].",
        ),
        (
            "Weighted average diluted shares were 105.9 million in 2024 [1].",
            "Weighted average diluted shares were $105.9 million in 2024 [1].",
        ),
        ("The operating margin was 11.6% in 2024 [2].", "The operating margin was 14% in 2024 [2]."),
        (
            "For 2025 management expects a margin of about 14% [2].",
            "For 2025 management expects a margin of about 11.6% [2].",
        ),
        ("Average ticket was down 1.7% [2].", "Average ticket was down 1.7 percentage points [2]."),
    ],
)
def test_right_answers_are_kept_and_wrong_ones_are_not(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


PAGE = """The combined ratio improved to 96.8% in 2024 from 98.5% in 2023.
Sales of Velorix were $2.31 billion in 2024, or 54% of total revenue,
compared with $2.05 billion, or 51%, in 2023.
Legal provisions amounted to $64 million at year-end 2024 against $29 million a year before.
We expect charge-offs of between $150 million and $180 million in 2025.

|  | Number of shares | Grant Date Fair Value |
| --- | --- | --- |
|  | (In thousands) |  |
| Non-vested at December 31, 2023 | 17,059 | $19.65 |
| Granted(1) | 9,780 | 12.41 |
| Vested | (9,038) | 19.54 |
| Forfeited | (1,757) | 18.62 |
| Non-vested at December 31, 2024 | 16,044 | 15.42 |
"""


@pytest.mark.parametrize(
    "right",
    [
        "The combined ratio improved to 96.8% in 2024.",
        "Velorix made $2.31 billion in 2024, 54% of revenue, against $2.05 billion or 51% a year earlier.",
        "Next year's charge-offs are seen between $150 million and $180 million.",
        "Unvested shares fell to 16.0 million in 2024 from 17.1 million, with 9.8 million granted.",
    ],
)
def test_other_words_for_the_same_are_kept(right: str) -> None:
    figures = judge("", f"{right} [1]", [JudgedSource("", PAGE, None, None, 2024)]).figures
    assert RIGHT.issuperset(each.verdict for each in figures)


PLANS = (
    "For 2026 we plan capital expenditures of $340 million and output of 88 kt. "
    "We spent $295 million in 2025.",
    "Für 2026 rechnen wir mit einem Ergebnis vor Steuern von 71 Mio. €, nach 66 Mio. € in 2025.",
    "L'objectif pour 2026 est un chiffre d'affaires de 930 M€. Il était de 880 M€ en 2025.",
    "Para 2026 esperamos unos ingresos de 415 millones de euros, frente a 402 millones en 2025.",
    "2026年12月期は売上高52,300百万円を見込んでいる。2025年12月期の売上高は49,800百万円だった。",
    "公司预计2026年营业收入为73.5亿元。2025年营业收入为70.2亿元。",
    "| Capital spending | 2025 actual | 2026 | 2027 |\n|---|---|---|---|\n| Grid | 512 | 604 | 655 |",
)


def says_plans(answer: str) -> bool:
    sources = [JudgedSource("Report 2025", text, None, "Orrin Power", 2025) for text in PLANS]
    figures = judge("", answer, sources).figures
    return bool(figures) and RIGHT.issuperset(each.verdict for each in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Capital expenditures of $340 million are planned for 2026, after $295 million in 2025.",
            "Capital expenditures came to $340 million in 2026, after $295 million in 2025.",
        ),
        (
            "Output is to reach 88 kt in 2026, while $295 million was spent in 2025.",
            "The company achieved output of 88 kt in 2026, while it plans to spend more.",
        ),
        (
            "Für 2026 wird ein Ergebnis vor Steuern von 71 Mio. € erwartet.",
            "Für 2026 wurde ein Ergebnis vor Steuern von 71 Mio. € erzielt.",
        ),
        (
            "Le groupe vise un chiffre d'affaires de 930 M€ en 2026.",
            "Le groupe a réalisé un chiffre d'affaires de 930 M€ en 2026.",
        ),
        (
            "La empresa espera unos ingresos de 415 millones de euros en 2026.",
            "La empresa obtuvo unos ingresos de 415 millones de euros en 2026.",
        ),
        (
            "2026年12月期の売上高は52,300百万円の見通しです。",
            "2026年12月期は売上高52,300百万円を計上しました。",
        ),
        ("公司预计2026年实现营业收入73.5亿元。", "公司2026年实现了营业收入73.5亿元。"),
        (
            "Grid spending is set to rise to 604 in 2026, after an actual 512 in 2025.",
            "Grid spending was actually 604 in 2026, after 512 in 2025.",
        ),
    ],
)
def test_what_is_planned_has_not_come_so(right: str, wrong: str) -> None:
    assert says_plans(right)
    assert not says_plans(wrong)


@pytest.mark.parametrize(
    "right",
    [
        "In 2025 Orrin Power spent $295 million.",
        "Im Jahr 2025 wurden vor Steuern 66 Mio. € erzielt.",
        "En 2025, le groupe a réalisé un chiffre d'affaires de 880 M€.",
        "2025年12月期の売上高は49,800百万円でした。",
    ],
)
def test_what_was_is_said_beside_what_is_planned(right: str) -> None:
    assert says_plans(right)
