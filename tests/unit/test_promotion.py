"""Only a release that an environment runs and proved is promoted, whatever the environment runs on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.release.promotion import promotable
from ansible.module_utils.finrisk_ops.release.revision import PROVEN, Release, Revision, labelled, make

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
    told = promotable(Place(revision()), "staging").summary
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
        (Place(revision(replace(RELEASE, image=""))), ["names no image"]),
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
