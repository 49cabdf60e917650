"""An offline evaluation's arithmetic: pairs, intervals, what is proven, and which questions are asked."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.gate.rules import Rules
from finrisk_ops.offline import bootstrap, calls, comparison, trial
from finrisk_ops.offline.answers import Answers
from finrisk_ops.offline.calls import Cost, Models
from finrisk_ops.offline.nearest import Examples
from finrisk_ops.offline.questions import drawn, questions
from finrisk_ops.release import trial as release_trial
from tests.grounds.datasets import dataset

RULES = Rules()


def answer(quality: float = 0.9, wrong: bool = False, outcome: str = "answered") -> dict[str, Any]:
    told = {"outcome": outcome, "quality": quality, "wrong": wrong, "text": "x" * 100}
    numbers = {"latency_ms": 100.0, "prompt_tokens": 10, "answer_tokens": 20, "model_version": "v"}
    measured: dict[str, Any] | None = comparison.measured(told | numbers)
    assert measured
    return measured


def rows(*columns: Sequence[dict[str, Any] | None]) -> list[dict[str, Any]]:
    """A row for each pair of answers of tuned and base."""
    return [
        {"line": line, "tuned": tuned, "base": base}
        for line, (tuned, base) in enumerate(zip(*columns, strict=True), start=1)
    ]


def state(found: list[dict[str, Any]], metric: str) -> str:
    return str(of(found, metric).state)


def of(found: list[dict[str, Any]], metric: str) -> Any:
    told = comparison.differences(found, "tuned", "base", RULES)
    return next(each for each in told if each.metric == metric)


def test_an_interval_is_the_same_each_time_and_as_wide_as_theory_says() -> None:
    coin = random.Random(1)  # noqa: S311  not a secret
    differences = [coin.gauss(0.1, 1.0) for _ in range(200)]
    ends = bootstrap.interval(differences, 0.005, "seed")
    assert ends == bootstrap.interval(differences, 0.005, "seed")
    assert [round(end, 6) for end in ends] == [-0.015764, 0.332851]
    mean = sum(differences) / 200
    error = (sum((each - mean) ** 2 for each in differences) / 200 / 200) ** 0.5
    for end, theory in zip(ends, (mean - 2.5758 * error, mean + 2.5758 * error), strict=True):
        assert end == pytest.approx(theory, abs=0.15 * error)
    assert bootstrap.interval([0.25] * 50, 0.005, "seed") == (0.25, 0.25)


def test_flipped_signs_of_shares_are_the_coins_of_a_binomial() -> None:
    assert bootstrap.flip_test([1.0] * 7 + [0.0] * 50, "seed") == pytest.approx(1 / 128, rel=0.25)
    assert bootstrap.flip_test([1.0] * 3 + [-1.0], "seed") == pytest.approx(5 / 16, rel=0.1)
    assert bootstrap.flip_test([0.0] * 9, "seed") == 1.0


def test_a_model_that_answers_alike_is_not_worse() -> None:
    found = rows([answer(0.9)] * 60, [answer(0.9)] * 60)
    assert {metric: state(found, metric) for metric in comparison.DECIDING} == dict.fromkeys(
        comparison.DECIDING, "not_worse"
    )
    assert trial.verdict_of(comparison.differences(found, "tuned", "base", RULES)) == "not_worse"


def test_a_fifth_of_wrong_figures_is_proven_and_a_handful_is_not() -> None:
    base = [answer()] * 100
    assert state(rows([answer(0.45, wrong=True)] * 20 + [answer()] * 80, base), "wrong_figures") == "worse"
    few = rows([answer(0.9, wrong=True)] * 7 + [answer()] * 93, base)
    assert of(few, "wrong_figures").interval[0] > 0
    assert state(few, "wrong_figures") == "open", "seven coins may all fall on one side"
    assert state(rows(base, [answer(0.45, wrong=True)] * 20 + [answer()] * 80), "wrong_figures") == "better"


def test_who_refuses_what_base_answers_is_worse_although_its_answers_are_better() -> None:
    found = rows([answer(outcome="refused")] * 30 + [answer(0.99)] * 70, [answer(0.9)] * 100)
    assert (of(found, "unanswered").difference, state(found, "unanswered")) == (0.3, "worse")
    assert (of(found, "quality").pairs, state(found, "quality")) == (70, "better")
    assert trial.verdict_of(comparison.differences(found, "tuned", "base", RULES)) == "worse"


def test_a_failed_call_is_in_no_pair_and_too_few_pairs_prove_nothing() -> None:
    found = rows([answer(0.1)] * 29 + [None] * 71, [answer(0.9)] * 100)
    assert of(found, "unanswered").pairs == 29
    assert {state(found, metric) for metric in comparison.DECIDING} == {"unknown"}
    assert trial.verdict_of(comparison.differences(found, "tuned", "base", RULES)) == "unknown"


def test_of_who_asked_several_questions_the_means_count_once() -> None:
    found = rows([answer(wrong=True)] * 8 + [answer()] * 2, [answer()] * 10)
    alike = [row | {"person": 1 if row["line"] <= 8 else row["line"]} for row in found]
    told = of(alike, "wrong_figures")
    assert (told.pairs, told.first, told.second, told.worse) == (3, pytest.approx(1 / 3, abs=1e-6), 0, 1)
    unjudged = [{"person": 1, "tuned": {**answer(), "wrong": None}, "base": answer()}]
    assert (of(unjudged, "wrong_figures").pairs, of(unjudged, "quality").pairs) == (0, 1)


def test_equal_models_are_seldom_called_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most 1 %: of 100 experiments five would be found with a chance of 0.3 % only."""
    for method in (bootstrap.interval, bootstrap.flip_test):
        monkeypatch.setattr(method, "__defaults__", (1_500,))
    coin = random.Random(7)  # noqa: S311  not a secret

    def one() -> dict[str, Any]:
        wrong = coin.random() < 0.05
        quality = min(1.0, max(0.0, coin.gauss(0.9, 0.1))) * (0.5 if wrong else 1)
        return answer(quality, wrong, "refused" if coin.random() < 0.03 else "answered")

    worse = 0
    for _ in range(100):
        found = rows([one() for _ in range(60)], [one() for _ in range(60)])
        worse += trial.verdict_of(comparison.differences(found, "tuned", "base", RULES)) == "worse"
    assert worse < 5


def test_the_worst_regressions_come_first_and_what_only_base_answered_lost_all() -> None:
    tuned = [answer(0.8), answer(outcome="blocked"), answer(0.4, wrong=True), answer(0.4), answer(0.95), None]
    assert trial.regressions(rows(tuned, [answer(0.9)] * 6)) == [2, 3, 4, 1]


def test_a_higher_limit_asks_what_a_lower_one_asked_and_the_nearest_examples_are_about_the_same(
    tmp_path: Path,
) -> None:
    dataset(tmp_path, training=120, validation=40)
    validation, training = (
        tmp_path / "validation_set_20261101_120000.jsonl",
        tmp_path / "training_set_20261101_120000.jsonl",
    )
    few, more = ({each.line for each in drawn(questions(validation), limit)} for limit in (10, 30))
    assert (len(few), len(more), few < more) == (10, 30, True)
    assert len(drawn(questions(validation), 0)) == 40
    known = Examples(training)
    (asked,) = [each for each in questions(training) if "Firm a17 " in each.text]
    *_, nearest = known.nearest(asked, 3)
    assert nearest == (asked.prompt, asked.answer)
    assert len(known.nearest(asked, 3)) == 3

    models = Models("base", "tuned", 2)
    made = calls.calls(drawn(questions(validation), 10), models, known, {})
    assert {call.column: len(call.examples) for call in made} == {"base": 0, "tuned": 0, "prompted": 2}
    assert len({call.id for call in made}) == 30
    other = calls.calls(drawn(questions(validation), 10), models, known, {"MAX_OUTPUT_TOKENS": "64"})
    assert not {call.id for call in made} & {call.id for call in other}, "another limit gives other answers"


@pytest.mark.parametrize(
    "entry", [3, {"prompt": 1}, {"prompt": -1, "answer": 1}, {"prompt": "x", "answer": 1}]
)
def test_a_price_that_is_none_is_named(entry: object) -> None:
    with pytest.raises(FinriskError, match="finrisk_answer_prices gives"):
        calls.cost([], "m", {"m": entry})


def test_a_cost_beyond_the_limit_is_refused_and_so_is_one_that_nobody_knows() -> None:
    calls.check(Cost(10, 1, 1, 0.5), 1)
    calls.check(Cost(0, 0, 0, None), 1)
    for dollars, said in (
        (2.0, "about \\$2.00, more than finrisk_max_cost 1"),
        (None, "the price is unknown"),
    ):
        with pytest.raises(FinriskError, match=said):
            calls.check(Cost(10, 1, 1, dollars), 1)


def test_answers_survive_a_line_that_was_cut_and_forget_failures(tmp_path: Path) -> None:
    path = tmp_path / "offline_answers_x.jsonl"
    path.write_bytes(b'{"id": "a", "outcome": "answered"}\n{"id": "b", "outc')
    answers = Answers(path)
    assert answers.get("a")
    assert answers.get("b") is None
    with answers.writing() as writer:
        with pytest.raises(FinriskError, match="another run asks"), Answers(path).writing():
            pass
        writer.add(json.dumps({"id": "c", "outcome": "failed"}).encode())
        writer.add(json.dumps({"id": "b", "outcome": "blocked"}).encode())
    again = Answers(path)
    assert [again.get(name) is not None for name in "abc"] == [True, True, False]
    answered_meanwhile = b'{"id": "c", "outcome": "answered"}'
    with again.writing() as writer:
        writer.add(answered_meanwhile)
    with answers.writing():
        assert answers.get("c"), "a run that began before the other one ended asks for none of its answers"
    with Answers(tmp_path / "new.jsonl").writing():
        assert (tmp_path / "new.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ([("worse", 40), ("better", 40)], "better"),
        ([("worse", 40), ("unknown", 10)], "worse"),
        ([("worse", 40), ("better", 40), ("unknown", 10)], "unknown"),
        ([("better", 40), ("worse", 10)], "worse"),
    ],
)
def test_harm_that_was_proven_stands_until_as_many_questions_say_otherwise(
    tmp_path: Path, told: list[tuple[str, int]], verdict: str
) -> None:
    for number, (each, asked) in enumerate(told):
        content = {"model": "m", "verdict": each, "reason": "", "at": "", "questions": [{}] * asked}
        path = tmp_path / f"offline_2026010{number + 1}_100000.json"
        path.write_text(json.dumps({**content, "sha256": release_trial.sha256(content)}))
    known = release_trial.known(tmp_path, "m")
    assert known
    assert known.verdict == verdict
