"""Words of rise and fall: which figures they speak of, and whether those do what they say."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.governors import governors
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.quantities import quantities

TABLE = """| | 2022 | 2021 |
| --- | --- | --- |
| {sales} | 120.5 | 110.4 |
| {costs} | (31.8) | (28.6) |

{prose}
"""
PAGES = {
    "de": TABLE.format(
        sales="Umsatz",
        costs="Energiekosten",
        prose="Der Auftragseingang stieg um 8.6 %, während die Netzverluste um 5.2 % zurückgingen.",
    ),
    "en": TABLE.format(
        sales="Sales", costs="Energy costs", prose="The company sells power to its customers."
    ),
    "ja": TABLE.format(sales="売上高", costs="燃料費", prose="会社は電力を販売している。"),
    "ko": TABLE.format(sales="매출", costs="연료비", prose="회사는 전력을 판매한다."),
}


def verdicts(answer: str, language: str = "en") -> list[str]:
    """Return the verdicts on the figures of an answer."""
    return [each.verdict for each in judge("", answer, [JudgedSource("", PAGES[language], None)]).figures]


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Sales rose to 5.5 in 2022 and costs of 3.3 fell.", [True, False]),
        ("Umsatz stieg auf 5.5, während der Gewinn um 3.3 % sank.", [True, False]),
        ("Umsatz nahm von 5.5 auf 4.4 ab.", [False, False]),
        ("売上高は5.5から6.6に増加し、在庫は3.3%減少した。", [True, True, False]),
        ("매출은 5.5에서 6.6으로 늘었다.", [True, True]),
        ("出口收入增长5.8%、存货下降3.4%。", [True, False]),
        ("Margin was 3.3 and equity 5.5.", [None, None]),
    ],
)
def test_a_word_speaks_of_the_figures_of_its_clause_on_both_sides(
    sentence: str, said: list[bool | None]
) -> None:
    spans = [(each.start, each.end) for each in quantities(sentence) if each.places]

    assert [each.rises if each else None for each in governors(sentence, spans)] == said


@pytest.mark.parametrize(
    ("language", "right", "wrong"),
    [
        (
            "de",
            "Der Umsatz ist von 110.4 (2021) auf 120.5 (2022) gestiegen [1].",
            "Der Umsatz ist von 110.4 (2021) auf 120.5 (2022) gesunken [1].",
        ),
        (
            "ja",
            "売上高は2021年の110.4から2022年の120.5に増加した[1]。",
            "売上高は2021年の110.4から2022年の120.5に減少した[1]。",
        ),
        (
            "ko",
            "매출은 2021년 110.4에서 2022년 120.5로 늘었다 [1].",
            "매출은 2021년 110.4에서 2022년 120.5로 줄었다 [1].",
        ),
        (
            "de",
            "Der Auftragseingang nahm um 8.6 % zu [1].",
            "Der Auftragseingang nahm um 8.6 % ab [1].",
        ),
    ],
)
def test_the_word_behind_its_figures_is_checked(language: str, right: str, wrong: str) -> None:
    assert set(verdicts(right, language)) == {"stated"}
    assert "wrong_direction" in verdicts(wrong, language)


def test_costs_below_zero_may_be_said_to_rise_or_to_fall_from_one_year_to_the_next() -> None:
    assert verdicts("Energy costs rose from 28.6 in 2021 to 31.8 in 2022 [1].") == ["stated", "stated"]
    assert verdicts("Energy costs fell from 28.6 in 2021 to 31.8 in 2022 [1].") == ["stated", "stated"]


def test_costs_below_zero_rise_when_their_amount_grows() -> None:
    assert verdicts("Energy costs rose to 31.8 in 2022 [1].") == ["stated"]
    assert "wrong_direction" in verdicts("Energy costs fell to 31.8 in 2022 [1].")


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("doubled", "stated"),
        ("nearly doubled", "stated"),
        ("more than doubled", "unsupported"),
        ("tripled", "unsupported"),
        ("nearly tripled", "unsupported"),
        ("halved", "wrong_direction"),
    ],
)
def test_figures_bear_out_a_multiple_in_words(said: str, verdict: str) -> None:
    page = "In millions\n\n| | 2022 | 2021 |\n|---|---|---|\n| Cash | 1,212 | 618 |\n"

    for answer in (
        f"Cash {said} from $618 million in 2021 to $1,212 million in 2022 [1].",
        f"Cash {said} to $1,212 million in 2022 [1].",
    ):
        assert [each.verdict for each in judge("", answer, [JudgedSource("", page, None)]).figures][
            -1
        ] == verdict


def test_a_multiple_of_one_row_says_nothing_of_another() -> None:
    page = "In millions\n\n| | 2022 | 2021 |\n|---|---|---|\n| Cash | 1,212 | 618 |\n| Sales | 840 | 790 |\n"
    answer = "Sales rose to $840 million in 2022, while cash doubled to $1,212 million [1]."

    assert [each.verdict for each in judge("", answer, [JudgedSource("", page, None)]).figures] == [
        "stated"
    ] * 2


def test_less_of_a_ratio_may_be_an_improvement() -> None:
    page = "| | 2022 | 2021 |\n|---|---|---|\n| Combined ratio | 94.6% | 101.3% |\n| Margin | 4.6% | 5.3% |\n"

    for answer, verdict in (
        ("The combined ratio improved to 94.6% in 2022 from 101.3% in 2021 [1].", "stated"),
        ("The combined ratio rose to 94.6% in 2022 from 101.3% in 2021 [1].", "wrong_direction"),
        ("The margin improved to 4.6% in 2022 from 5.3% in 2021 [1].", "wrong_direction"),
    ):
        assert judge("", answer, [JudgedSource("", page, None)]).figures[0].verdict == verdict
