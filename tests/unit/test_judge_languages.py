"""The judge in German, French and Japanese: on sources in the same language, and on English ones."""

from __future__ import annotations

import pytest

from benchmarks.judge_languages import outcomes, shares
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource


@pytest.fixture(scope="module")
def seen() -> dict[tuple[str, bool, str], float]:
    """The share of verdicts that are as they should be, by language, whether it crosses, and fault."""
    return {key: good / number for key, (good, number) in shares(list(outcomes("seen"))).items()}


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_right_answers_are_kept_and_wrong_ones_are_not(
    seen: dict[tuple[str, bool, str], float], language: str
) -> None:
    assert seen[language, False, ""] >= 0.85
    assert seen[language, False, "any"] >= 0.9


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_an_answer_in_another_language_than_its_source_is_unread_or_wrong(
    seen: dict[tuple[str, bool, str], float], language: str
) -> None:
    assert seen[language, True, ""] >= 0.9
    for fault in ("value", "scale", "unit", "period"):
        assert seen[language, True, fault] >= 0.9, fault


@pytest.mark.parametrize("crosses", [False, True])
def test_the_same_holds_of_firms_and_wordings_that_the_rules_have_not_met(crosses: bool) -> None:
    results = [each for each in outcomes("unseen") if each.crosses == crosses]
    for is_wrong, least in ((False, 0.8), (True, 0.9)):
        good = [each.is_as_it_should_be for each in results if bool(each.fault) == is_wrong]
        assert sum(good) >= least * len(good)


@pytest.mark.parametrize(
    ("half", "right", "wrong"), [("later seen", 0.82, 0.88), ("later unseen", 0.75, 0.88)]
)
def test_answers_of_a_later_author_are_told_as_they_were(half: str, right: float, wrong: float) -> None:
    results = [each for each in outcomes(half) if not each.crosses]
    for is_wrong, least in ((False, right), (True, wrong)):
        good = [each.is_as_it_should_be for each in results if bool(each.fault) == is_wrong]
        assert sum(good) >= least * len(good), (sum(good), len(good))


PROSE = (
    "Der Konzern beschäftigte Ende 2022 insgesamt 7.412 Mitarbeiter, gegenüber 7.105 im Vorjahr. "
    "Die Steuerquote des Konzerns liegt bei 24,3 %."
)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Ende 2022: 7.412 Mitarbeiter [1].", "stated"),
        ("Ende 2021: 7.105 Mitarbeiter [1].", "stated"),
        ("Ende 2021: 7.412 Mitarbeiter [1].", "misattributed"),
        ("Ende 2022: 7.105 Mitarbeiter [1].", "misattributed"),
        ("At the end of 2022 the firm had 7,412 people [1].", "unread"),
        ("At the end of 2022 the firm had 7,105 people [1].", "misattributed"),
    ],
)
def test_a_figure_of_prose_is_of_the_year_that_its_sentence_gives_it(answer: str, verdict: str) -> None:
    (figure,) = judge("", answer, [JudgedSource("", PROSE, None)]).figures

    assert figure.verdict == verdict


def test_a_short_answer_has_the_language_of_its_question() -> None:
    page = JudgedSource(
        "", "The operating ratio was 78.4% in 2023, and that of the year before it was 80.1%.", None
    )
    question = "Wie hoch war die Quote der Eisenbahn im Jahr 2023?"
    (figure,) = judge(question, "Betriebsquote 2023: 78,4 % [1].", [page]).figures

    assert figure.verdict == "unread"


def test_a_count_of_prose_is_no_percentage() -> None:
    (figure,) = judge("", "Ende 2022 waren es 7.412 % [1].", [JudgedSource("", PROSE, None)]).figures

    assert figure.verdict == "wrong_scale"


def test_a_number_behind_a_word_of_a_script_without_capitals_is_no_name() -> None:
    page = JudgedSource("", "2022년 말 회사의 직원 수는 2,418명이었다.", None)
    (figure,) = judge("", "2022년 말 직원 수는 2,605명이었다 [1].", [page]).figures

    assert figure.verdict == "unsupported"


def test_words_of_another_subject_behind_a_figure_say_nothing_of_it() -> None:
    page = JudgedSource(
        "",
        "| | 2021年 | 2020年 |\n|---|---|---|\n| 純利益 | 531 | 469 |\n| 塗料 | 153 | 172 |\n\n業績である。",
        None,
    )
    answer = "純利益が469百万円から531百万円に上昇した一方、塗料は低下した[1]。"

    assert [each.verdict for each in judge("", answer, [page]).figures] == ["stated", "stated"]
