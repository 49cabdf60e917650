"""The judge in German, French and Japanese: on sources in the same language, and on English ones."""

from __future__ import annotations

import pytest

from benchmarks.judge_languages import outcomes, shares

SHARES = {key: good / number for key, (good, number) in shares(list(outcomes())).items()}


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_right_answers_are_kept_and_wrong_ones_are_not(language: str) -> None:
    assert SHARES[language, False, ""] >= 0.85
    assert SHARES[language, False, "any"] >= 0.9


@pytest.mark.parametrize("language", ["de", "fr", "ja"])
def test_an_answer_in_another_language_than_its_source_is_unread_or_wrong(language: str) -> None:
    assert SHARES[language, True, ""] >= 0.9
    for fault in ("value", "scale", "unit", "period"):
        assert SHARES[language, True, fault] >= 0.9, fault
