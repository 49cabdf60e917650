"""Only a release that an environment runs and proved is promoted, whatever the environment runs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
import yaml

from finrisk_ops.errors import FinriskError
from finrisk_ops.release.promotion import (
    Promotable,
    Proof,
    objection,
    promotable,
    release_file,
)
from finrisk_ops.release.revision import PROVEN, Release, Revision, labelled, make
from finrisk_ops.tuning.jobs import Job

MODEL = "projects/p/locations/us-central1/endpoints/1"
RELEASE = Release(model=MODEL, ratio=50, image="registry.example.com/finrisk:1", dataset="ab" * 32)


def revision(release: Release = RELEASE, *, proven: bool = True) -> Revision:
    config = {"kind": "ConfigMap", "metadata": {"name": "finrisk-config"}, "data": {"BASE_MODEL": "base"}}
    secret = {"kind": "Secret", "metadata": {"name": "finrisk-secrets"}, "stringData": {}}
    return labelled(make(config, secret, release, 7), PROVEN, "true" if proven else None)


@dataclass(frozen=True)
class Place:
    """What promotion asks of a target."""

    held: Revision | None
    missing: str = ""

    def current(self) -> str:
        return self.held.name if self.held else ""

    def read(self, _name: str) -> Revision:
        assert self.held
        return self.held

    def pending(self, _revision: Revision) -> str:
        return self.missing


def promoted(place: Any) -> dict[str, str]:
    return dict(promotable(place, "staging").release)


def test_model_image_and_dataset_travel_and_the_ratio_stays() -> None:
    expected = {"model": MODEL, "image": RELEASE.image, "dataset": RELEASE.dataset}
    assert promoted(Place(revision())) == expected
    target: Any = Place(revision())
    told = promotable(target, "staging").summary
    assert "50 % tuned" in told
    assert MODEL in told


def test_a_release_of_base_alone_can_be_promoted() -> None:
    assert promoted(Place(revision(replace(RELEASE, model="", ratio=0))))["model"] == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Place(None), ["runs no revision", "site.yml"]),
        (Place(revision(proven=False)), ["no deploy came to its end", "deploy.yml"]),
        (Place(revision(), "pod finrisk-api-x runs r0006-00000000"), ["does not run everywhere", "r0006"]),
        (Place(revision(replace(RELEASE, ratio=0))), ["base alone", MODEL, "finrisk_ab_ratio"]),
        (Place(revision(replace(RELEASE, image=""))), ["runs image 'none'", "-i inventory/staging"]),
        (Place(revision(replace(RELEASE, image="local"))), ["runs image 'local'", "no cluster can pull"]),
    ],
)
def test_what_is_not_run_and_proven_is_refused_with_the_reason(place: Place, words: list[str]) -> None:
    with pytest.raises(FinriskError) as refused:
        promoted(place)
    for word in words:
        assert word in refused.value.message


def test_a_revision_that_was_edited_by_hand_is_refused() -> None:
    edited = revision()
    edited.config["data"]["BASE_MODEL"] = "another"
    with pytest.raises(FinriskError, match="edited by hand"):
        promoted(Place(edited))


ARM = {
    "users": 412,
    "requests": 1900,
    "quality": 0.9312,
    "p95_ms": 1432.0,
    "errors": {"upstream": 1, "timeout": 2, "cut": 0},
    "feedback": {"liked": 31, "disliked": 4},
}
JOB = Job(
    job_name="projects/p/locations/us-central1/tuningJobs/7",
    state="ACTIVE",
    provider_state="JOB_STATE_SUCCEEDED",
    tuned_model_name=MODEL,
    display_name="finrisk-v3-ab12cd34",
    base_model="base",
    hyperparameters={},
    training_file="t",
    validation_file=None,
    dataset={},
    spec_id="s",
    created_at="2026-11-01T00:00:00Z",
)
PROOF = Proof(
    JOB, {"arms": {"tuned": ARM, "base": ARM}}, "alice", "2026-11-28T12:00:00Z", "RISK-4711\n- x: 1"
)


def test_the_release_file_says_who_promoted_what_on_which_figures() -> None:
    made = revision(replace(RELEASE, who="bob@vm", when="2026-11-20T08:00:00Z"))
    text = release_file(Promotable(made, "staging"), PROOF, "")
    assert yaml.safe_load(text) == {
        "finrisk_model": MODEL,
        "finrisk_image": RELEASE.image,
        "finrisk_dataset_sha256": RELEASE.dataset,
    }
    for words in (
        f"# Proved by staging as {made.name} at 50 % tuned, 50 % base, released there "
        "2026-11-20T08:00:00Z by bob@vm.",
        "# Model: finrisk-v3-ab12cd34, of job projects/p/locations/us-central1/tuningJobs/7",
        "# Figures: tuned: 412 users, 1,900 requests, quality 0.931, p95 1.43 s, 3 errors, ratings +31/-4",
        "# Promoted 2026-11-28T12:00:00Z by alice: RISK-4711 - x: 1",
    ):
        assert words in text.splitlines()


def test_a_release_that_was_promoted_keeps_the_figures_of_its_day_and_another_revision_does_not() -> None:
    first = release_file(Promotable(revision(), "staging"), PROOF, "")
    later = replace(PROOF, figures=None, who="carol", when="2026-12-01T00:00:00Z")
    assert release_file(Promotable(revision(), "staging"), later, first) == first
    again = release_file(Promotable(revision(replace(RELEASE, ratio=75)), "staging"), later, first)
    assert "# Figures: not known when it was promoted" in again
    assert "by carol" in again


def finding(what: str, *, roll_back: bool = False, of_tuned: bool = False) -> dict[str, Any]:
    return {"what": what, "roll_back": roll_back, "of_tuned": of_tuned}


def test_what_the_model_does_worse_stops_a_promotion_whether_or_not_it_is_rolled_back() -> None:
    held = [finding("Nobody rated."), finding("The tuned model is slower.", of_tuned=True)]
    assert objection(held, MODEL) == f"has a finding against {MODEL}: The tuned model is slower"
    assert objection(held[:1], MODEL) == ""


def test_what_else_sends_to_a_rollback_stops_a_promotion_and_is_not_told_as_the_models_fault() -> None:
    image = finding("Pod a cannot get the image.", roll_back=True)
    assert objection([image], MODEL) == "has a finding that sends to a rollback: Pod a cannot get the image"
    slower = finding("The tuned model is slower.", of_tuned=True)
    assert "slower" in objection([image, slower], MODEL), "what the model does comes first"
