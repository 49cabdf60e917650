"""Full names of Google's resources: which is a tuned model, which a tuning job, and where it lives."""

from __future__ import annotations

import pytest

from finrisk_rules.platforms import is_endpoint, is_tuning_job, location_of

PLACE = "projects/p/locations/europe-west4"


def test_an_endpoint_and_a_job_are_told_apart() -> None:
    assert (is_endpoint(f"{PLACE}/endpoints/8"), is_tuning_job(f"{PLACE}/endpoints/8")) == (True, False)
    assert (is_endpoint(f"{PLACE}/tuningJobs/8"), is_tuning_job(f"{PLACE}/tuningJobs/8")) == (False, True)


@pytest.mark.parametrize(
    "name",
    [
        "gemini-3.5-flash-lite",
        "tunedModels/x",
        "endpoints/8",
        f"{PLACE}/endpoints/",
        f"{PLACE}/endpoints/8/x",
        f"{PLACE}/endpoints/8\n",
        f" {PLACE}/endpoints/8",
        f"{PLACE}/models/8",
    ],
)
def test_any_other_name_is_neither_and_has_no_place_of_its_own(name: str) -> None:
    assert not is_endpoint(name)
    assert not is_tuning_job(name)
    assert location_of(name, "us-central1") == "us-central1"


@pytest.mark.parametrize("kind", ["endpoints", "tuningJobs"])
def test_a_resource_is_asked_in_its_own_region(kind: str) -> None:
    assert location_of(f"{PLACE}/{kind}/8", "global") == "europe-west4"
