"""A revision: its name, its content and what belongs to neither."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.process.gunicorn import Place
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release.revision import (
    CURRENT,
    PROVEN,
    RELEASE,
    REVISION,
    Release,
    Revision,
    at_base,
    labelled,
    make,
    next_number,
    same_content,
)

MODEL = "projects/p/locations/us-central1/endpoints/1"
HALF = Release(model=MODEL, ratio=50, image="local", experiment="abc", who="me", when="now", why="test")


def config_map(**settings: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "finrisk-config", "labels": {"app": "finrisk-api"}},
        "data": {"BASE_MODEL": "gemini-3.5-flash-lite", "AB_TEST_TRAFFIC_SPLIT": "0", **settings},
    }


def secret() -> dict[str, Any]:
    return {
        "kind": "Secret",
        "metadata": {"name": "finrisk-secrets"},
        "stringData": {"FINETUNED_MODEL_NAME": ""},
    }


def revision(release: Release = HALF, number: int = 3, **settings: str) -> Revision:
    return make(config_map(**settings), secret(), release, number)


def test_the_name_holds_the_number_and_a_hash_of_the_content() -> None:
    made = revision()
    assert made.name == f"r0003-{made.digest}"
    assert made.intact
    assert made.number == 3
    assert made.label(REVISION) == made.name
    assert made.config["metadata"]["name"] == f"finrisk-config-{made.name}"
    assert made.secret["metadata"]["name"] == f"finrisk-secrets-{made.name}"
    assert made.config["immutable"] is True


def test_the_traffic_keys_and_the_model_come_from_the_release_alone() -> None:
    made = revision(ENABLE_FINETUNING="false", AB_TEST_TRAFFIC_SPLIT="0.9")
    assert made.settings["ENABLE_FINETUNING"] == "true"
    assert made.settings["AB_TEST_TRAFFIC_SPLIT"] == "0.5"
    assert made.settings["AB_EXPERIMENT"] == "abc"
    assert made.secret_settings == {"FINETUNED_MODEL_NAME": MODEL}


def test_who_when_and_why_are_no_content() -> None:
    other = revision(replace(HALF, who="you", when="later", why="because"), number=9)
    assert same_content(revision(), other)
    assert revision().digest == other.digest


@pytest.mark.parametrize(
    "other", [replace(HALF, ratio=51), replace(HALF, model="other"), replace(HALF, image="v2")]
)
def test_ratio_model_and_image_are_content(other: Release) -> None:
    assert not same_content(revision(), revision(other))


def test_a_setting_is_content() -> None:
    assert revision().digest != revision(LOG_LEVEL="DEBUG").digest


def test_the_annotation_tells_the_release() -> None:
    made = revision()
    assert made.release == HALF
    assert json.loads(made.config["metadata"]["annotations"][RELEASE])["ratio"] == 50


@pytest.mark.parametrize("told", ["{", "[]", "5", '{"ratio": "x"}', '{"ratio": null}', '{"image": 5}'])
def test_a_broken_annotation_is_an_empty_release(told: str) -> None:
    made = revision()
    made.config["metadata"]["annotations"][RELEASE] = told
    assert made.release == Release()


@pytest.mark.parametrize("part", ["annotations", "labels"])
def test_a_revision_whose_metadata_is_of_another_kind_is_named(tmp_path: Path, part: str) -> None:
    target = ProcessTarget(Place(tmp_path, tmp_path, 1, 2))
    target.store(revision())
    path = target.folder / revision().name / "config.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"metadata": content["metadata"] | {part: "none"}}))
    with pytest.raises(FinriskError, match=r"config\.json is not an object that deploy wrote"):
        target.read(revision().name)


def test_an_edit_by_hand_is_seen() -> None:
    made = revision()
    made.config["data"]["AB_TEST_TRAFFIC_SPLIT"] = "0.9"
    assert not made.intact
    assert not same_content(made, made)


def test_labels_are_no_content_and_can_be_taken_away() -> None:
    made = labelled(labelled(revision(), PROVEN, "true"), CURRENT, "true")
    assert made.proven
    assert made.intact
    assert not labelled(made, PROVEN, None).proven


def test_a_revision_of_another_loses_its_labels_and_its_old_name() -> None:
    proven = labelled(revision(), PROVEN, "true")
    base = at_base(proven, proven.release, 4)
    assert not base.proven
    assert base.name.startswith("r0004-")
    assert base.config["metadata"]["name"] == f"finrisk-config-{base.name}"
    assert base.settings["ENABLE_FINETUNING"] == "false"
    assert base.settings["AB_TEST_TRAFFIC_SPLIT"] == "0"
    assert base.secret_settings["FINETUNED_MODEL_NAME"] == MODEL


def test_numbers_go_on_after_the_highest_and_beyond_four_digits() -> None:
    assert next_number([]) == 1
    assert next_number(["r0009-00000000", "r0010-00000000", "lost+found"]) == 11
    assert make(config_map(), secret(), HALF, 12345).name.startswith("r12345-")


def test_a_value_that_is_no_text_is_refused_by_its_key() -> None:
    broken = config_map()
    broken["data"]["WORKERS"] = 2
    with pytest.raises(FinriskError, match="WORKERS"):
        make(broken, secret(), HALF, 1)
