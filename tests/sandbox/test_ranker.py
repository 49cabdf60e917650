"""The ranker, and that tuning it changes what it picks for the better."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from sandbox.gemini import dataset, fitting
from sandbox.gemini.blanks import lookup
from sandbox.gemini.dataset import DatasetError
from sandbox.gemini.example import Example
from sandbox.gemini.extractive import picks
from sandbox.gemini.knowledge import Knowledge
from sandbox.gemini.passages import parse
from sandbox.gemini.ranker import BASE, FEATURES, Weights, candidates, choose
from sandbox.gemini.training import main
from tests.grounds.lessons import example


def examples(seed: int, number: int) -> list[Example]:
    dice = random.Random(seed)  # noqa: S311 - test data
    return [example(dice) for _ in range(number)]


def fitted(train: list[Example], epochs: int = 5, multiplier: float = 1.0) -> Weights:
    return list(fitting.epochs(fitting.lessons(train), BASE, epochs, multiplier))[-1]


def first_two(held_out: list[Example], weights: Weights) -> float:
    """The share of the wanted statements that are among the two best."""
    shares = []
    for one in held_out:
        prompt = parse(one.prompt)
        best = [c.statement.text for c in picks(prompt, lookup(prompt), Knowledge(weights))[:2]]
        shares.append(sum(text in one.answer for text in best) / 2)
    return sum(shares) / len(shares)


@pytest.mark.parametrize("number", [40, 200])
def test_tuning_ranks_the_statements_of_held_out_answers_higher(number: int) -> None:
    held_out, tuned = examples(99, 60), fitted(examples(1, number))
    before, after = first_two(held_out, BASE), first_two(held_out, tuned)
    assert before < 0.5
    assert after > 0.75


def test_tuning_learns_what_the_answers_have_in_common() -> None:
    tuned = dict(zip(FEATURES, fitted(examples(1, 100)).values, strict=True))
    base = dict(zip(FEATURES, BASE.values, strict=True))
    assert (base["overlap"], base["figures"], base["title"]) == (1.0, 0.0, 0.0)
    for wanted in ("figures", "title", "year"):
        assert tuned[wanted] > max(0.5, tuned["overlap"] + 1, tuned["length"] + 1)


def test_the_same_dataset_gives_the_same_weights_and_another_one_others() -> None:
    assert fitted(examples(1, 40)) == fitted(examples(1, 40))
    assert fitted(examples(1, 40)) != fitted(examples(2, 40))


def test_epochs_and_learning_rate_multiplier_count() -> None:
    train = examples(1, 40)
    assert fitted(train, epochs=1) != fitted(train, epochs=3)
    slow, fast = (abs(fitted(train, 1, multiplier).values[3]) for multiplier in (0.1, 1.0))
    assert slow < fast


def test_examples_without_sources_teach_nothing() -> None:
    bare = [Example("SOURCES\n(none)\n\nQUESTION\nWhat is the risk?", "None is known.", 10, 5, 2)] * 20
    assert fitting.lessons(bare) == []
    assert fitted(bare) == BASE


def test_a_choice_prefers_something_new_over_the_same_again() -> None:
    found = candidates(parse(examples(1, 1)[0].prompt))[:4]
    for candidate, similarity, word in zip(found, (0.9, 0.9, 0.7, 0.1), "aabc", strict=True):
        candidate.features = (similarity, *candidate.features[1:])
        candidate.vector = {word: 1.0}
    assert choose(found, BASE, picks=3) == [found[0], found[2], found[1]]


def test_weights_survive_being_stored() -> None:
    tuned = fitted(examples(1, 40))
    assert Weights.from_json(json.loads(json.dumps(tuned.as_json()))) == tuned


def row(one: Example) -> str:
    turns = [
        {"role": "user", "parts": [{"text": one.prompt}]},
        {"role": "model", "parts": [{"text": one.answer}]},
    ]
    return json.dumps({"contents": turns})


def test_the_fitting_process_leaves_a_checkpoint_for_each_epoch_and_the_gain(tmp_path: Path) -> None:
    train, held_out = tmp_path / "train.jsonl", tmp_path / "held_out.jsonl"
    train.write_text("\n".join(map(row, examples(1, 50))))
    held_out.write_text("\n".join(map(row, examples(2, 20))))
    spec = {"training": str(train), "validation": str(held_out), "epochs": 3, "multiplier": 1.0}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert main([str(tmp_path / "spec.json")]) == 0
    results = [json.loads((tmp_path / f"epoch-{epoch}.json").read_text()) for epoch in (1, 2, 3)]
    assert [(result["epoch"], result["step"]) for result in results] == [(1, 13), (2, 26), (3, 39)]
    assert results[-1]["recall"]["tuned"] >= results[-1]["recall"]["start"]
    assert Weights.from_json(results[-1]) == fitted(examples(1, 50), epochs=3)
    assert (
        json.loads((tmp_path / "stats.json").read_text())["supervisedTuningDataStats"]["tuningStepCount"]
        == "39"
    )


def test_a_row_that_is_no_example_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    lines = [row(one) for one in examples(1, 12)]
    file.write_text("\n".join([*lines, '{"contents": [{"role": "user", "parts": [{"text": "x"}]}]}']))
    with pytest.raises(DatasetError, match=r"Row 13: the last turn must have the role model"):
        dataset.read(file)
