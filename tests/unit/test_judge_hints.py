"""Hints spare the judge only what it would look for in vain: without them it says the same."""

import pytest

from benchmarks.judge_filings import HALVES, outcomes
from benchmarks.judge_wordings import trials
from finrisk_rules.judge import evidence, statements
from finrisk_rules.judge.bounds import _BOUNDS, _NOT_IT, WORDS_OF_BOUND, bound
from finrisk_rules.judge.hints import cannot_say, telling, words_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored

TRIALS = 60


def judgements() -> list[Judgement]:
    """Judge invented answers, right and wrong ones, of many wordings and kinds."""
    filings = [outcome.judgement for half in HALVES for _, outcome in outcomes(half)]
    return filings + [judge(question, answer, sources) for *_, question, answer, sources in trials(TRIALS, 3)]


def test_the_judge_says_the_same_without_hints(monkeypatch: pytest.MonkeyPatch) -> None:
    with_hints = judgements()
    for module in (statements, evidence):
        monkeypatch.setattr(module, "words_of", lambda _: None)
    evidence.evidence_of.cache_clear()
    without = judgements()
    evidence.evidence_of.cache_clear()

    assert with_hints == without


@pytest.mark.parametrize("phrase", sorted(phrase for phrase in {*_BOUNDS, *_NOT_IT} if phrase.isascii()))
def test_a_text_that_sets_a_bound_has_a_word_of_one(phrase: str) -> None:
    text = f"Sales were {phrase} 5 million"

    assert not bound(text, len(text) - 9, len(text)) or not cannot_say(words_of(text), WORDS_OF_BOUND)


def test_of_a_text_not_in_ascii_hints_prove_nothing() -> None:
    assert words_of("près de 5") is None
    assert not cannot_say(words_of("près de 5"), telling(["plus_de"]))
    assert cannot_say(words_of("The total was 5"), telling(["plus_de", "près_de"]))
    assert not cannot_say(words_of("Plus de 5"), telling(["plus_de"]))


@pytest.mark.parametrize(
    "day",
    ["1 January 2023", "1 Jan2023", "1er janv. 2023", "janv 1, 2023", "1 januari 2023", "1 janeiro 2023"],
)
def test_the_first_day_of_a_year_in_any_language_is_the_end_of_the_one_before(day: str) -> None:
    text = "| | 2022 | 2021 |\n|---|---|---|\n| Net debt | 1,250 | 1,118 |\n| Equity | 4,310 | 4,002 |"
    source = JudgedSource("Balance sheet", text, stored(facts_of(text)), "Vell SA", 2022)
    [figure] = judge("What was net debt?", f"Net debt was 1,250 at {day} [1].", [source]).figures
    assert figure.verdict == "stated"
