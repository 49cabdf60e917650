"""Hints spare the judge only what it would look for in vain: without them it says the same."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies

from benchmarks.judge_filings import HALVES, outcomes
from benchmarks.judge_wordings import trials
from finrisk_rules.judge import evidence, statements
from finrisk_rules.judge.bounds import _BOUNDS, _NOT_IT, WORDS_OF_BOUND, bound
from finrisk_rules.judge.denials import _PREFIXES, denies, may_deny
from finrisk_rules.judge.evidence import Evidence
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


WORDS = (
    "insured secured operating income current controlling recurring tangible regular continued non".split()
)
SAID = strategies.lists(
    strategies.builds(str.__add__, strategies.sampled_from(("", *_PREFIXES)), strategies.sampled_from(WORDS)),
    max_size=4,
).map(" ".join)


@given(SAID, SAID)
def test_a_sentence_that_denies_a_name_has_a_word_that_may(said: str, there: str) -> None:
    assert not denies(said, there) or may_deny(words_of(f"The {said} was 5"), there)


def test_words_that_deny_nothing_of_a_name_tell_so() -> None:
    assert not may_deny(words_of("The insured amount was 5"), "Secured notes")


@given(
    strategies.decimals("0.01", "99999", places=2),
    strategies.decimals("0.94", "1.06", places=3),
    strategies.integers(-12, 12),
    strategies.sampled_from((0.0, 1e-6, 0.004, 0.05, 0.1, 0.99)),
)
def test_a_figure_that_a_value_finds_in_any_power_of_ten_has_its_digits(
    there: Decimal, factor: Decimal, power: int, share: float
) -> None:
    evidence = Evidence(f'{{"t": [], "s": [[0, 9, [["{there}", null, "", "", 0, 5]], []]]}}')
    value = float(there * factor) * 10.0**power
    found = evidence.of_value(value / 10.0**power, share * value / 10.0**power)
    assert not found or evidence.may_say(value, share * value)


def test_a_value_whose_digits_no_figure_has_is_not_looked_for() -> None:
    evidence = Evidence(
        '{"t": [], "s": [[0, 9, [["9.99", 6, "", "$", 0, 5], ["0", null, "", "", 6, 7]], []]]}'
    )
    assert evidence.may_say(1.0, 0.002)
    assert evidence.may_say(99_900.0, 0.5)
    assert not evidence.may_say(9.97, 0.005)
    assert not Evidence("").may_say(1.0, 0.1)


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
