"""The spec of a tuning job: one text, one id, one name for one thing that is asked."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from finrisk_ops.tuning.spec import Hyperparameters, Spec, display_name

SPEC = Spec(
    provider="vertex",
    project="p",
    region="us-central1",
    base_model="gemini-3.5-flash-lite",
    method="SUPERVISED_FINE_TUNING",
    hyperparameters=Hyperparameters(epochs=5, learning_rate_multiplier=1.0, adapter_size=4),
    training_sha256="a" * 64,
    validation_sha256="b" * 64,
    prompt_hash="c" * 16,
)


def test_the_id_is_the_start_of_the_sha256_of_sorted_json_without_spaces() -> None:
    text = SPEC.canonical()
    content = json.loads(text)
    assert text == json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert SPEC.id == hashlib.sha256(text.encode()).hexdigest()[:40]


def test_the_id_is_the_same_in_every_release() -> None:
    assert SPEC.id == "19f5def58993390936ce26a47e922696f1de8f75"


@pytest.mark.parametrize(
    "other",
    [
        replace(SPEC, provider="other"),
        replace(SPEC, project="q"),
        replace(SPEC, region="europe-west4"),
        replace(SPEC, base_model="gemini-3.5-flash"),
        replace(SPEC, method="PREFERENCE_TUNING"),
        replace(SPEC, hyperparameters=Hyperparameters(6, 1.0, 4)),
        replace(SPEC, hyperparameters=Hyperparameters(5, 1.5, 4)),
        replace(SPEC, hyperparameters=Hyperparameters(5, 1.0, 8)),
        replace(SPEC, training_sha256="d" * 64),
        replace(SPEC, validation_sha256="d" * 64),
        replace(SPEC, prompt_hash="d" * 16),
    ],
)
def test_any_other_value_gives_another_id(other: Spec) -> None:
    assert other.id != SPEC.id


def test_a_multiplier_of_1_and_of_1_point_0_are_one_spec() -> None:
    assert replace(SPEC, hyperparameters=Hyperparameters(5, 1, 4)).id == SPEC.id


def test_the_first_spec_is_v1_and_a_new_one_counts_on() -> None:
    assert display_name("ab" * 20, {}) == "finrisk-v1-abababab"
    assert display_name("ab" * 20, {"cd" * 20: "finrisk-v1-cdcdcdcd"}) == "finrisk-v2-abababab"


def test_a_known_spec_keeps_its_name() -> None:
    known = {"ab" * 20: "finrisk-v1-abababab", "cd" * 20: "finrisk-v2-cdcdcdcd"}
    assert display_name("ab" * 20, known) == "finrisk-v1-abababab"


def test_a_known_spec_whose_name_was_lost_does_not_count_itself() -> None:
    assert display_name("ab" * 20, {"ab" * 20: ""}) == "finrisk-v1-abababab"
