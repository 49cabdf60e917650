"""The judge in German, French and Japanese: on sources in the same language, and on English ones."""

from __future__ import annotations

import pytest

from benchmarks.judge_languages import outcomes, shares
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource

SHARES = {key: good / number for key, (good, number) in shares(list(outcomes("seen"))).items()}


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_right_answers_are_kept_and_wrong_ones_are_not(language: str) -> None:
    assert SHARES[language, False, ""] >= 0.85
    assert SHARES[language, False, "any"] >= 0.9


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_an_answer_in_another_language_than_its_source_is_unread_or_wrong(language: str) -> None:
    assert SHARES[language, True, ""] >= 0.9
    for fault in ("value", "scale", "unit", "period"):
        assert SHARES[language, True, fault] >= 0.9, fault


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
