"""Which model a deploy takes, at which ratio, and when it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release.plan import Known, Plan, Running, Wish, listing, make_plan
from finrisk_ops.tuning.jobs import Job

BASE = "gemini-3.5-flash-lite"
ENDPOINT = "projects/p/locations/us-central1/endpoints/"
WISH = Wish(
    "newest", "", "", following=False, stages=[25, 50, 75, 100], base_model=BASE, allow_base_mismatch=False
)
NOTHING = Running()


def job(number: int, state: str = "ACTIVE", error: str | None = None, base: str = BASE) -> Job:
    return Job(
        job_name=f"projects/p/locations/us-central1/tuningJobs/{number}",
        state=state,
        provider_state={"ACTIVE": "JOB_STATE_SUCCEEDED", "FAILED": "JOB_STATE_FAILED"}.get(
            state, "JOB_STATE_RUNNING"
        ),
        tuned_model_name=ENDPOINT + str(number) if state == "ACTIVE" else None,
        display_name=f"finrisk-v{number}-0000000{number}",
        base_model=base,
        hyperparameters={},
        training_file="",
        validation_file=None,
        dataset={"sha256": f"data{number}", "train_examples": 900},
        spec_id=f"spec{number}",
        created_at=f"2026-01-0{number}T10:00:00+00:00",
        error=error,
    )


def plan(wish: Wish = WISH, running: Running = NOTHING, jobs: list[Job] | None = None) -> Plan:
    return make_plan(wish, running, Known([job(2), job(1)] if jobs is None else jobs))


def running(model: int, ratio: int) -> Running:
    return Running("r0004-00000000", ENDPOINT + str(model), ratio, proven=True)


def test_a_new_model_begins_at_the_first_stage() -> None:
    made = plan(running=running(1, 75))
    assert (made.model, made.ratio, made.experiment, made.dataset) == (ENDPOINT + "2", 25, "spec2", "data2")
    assert made.warm_up


def test_the_same_model_keeps_its_ratio_and_needs_no_warm_up() -> None:
    made = plan(running=running(2, 75))
    assert made.ratio == 75
    assert not made.warm_up


def test_a_model_that_runs_keeps_the_salt_of_its_users_where_its_job_is_not_known() -> None:
    held = replace(running(2, 25), experiment="spec2", dataset="data2")
    wish = replace(WISH, model=ENDPOINT + "2", ratio=50)
    made = plan(wish, held, jobs=[])
    assert (made.experiment, made.dataset) == ("spec2", "data2"), "no user is drawn anew"
    assert plan(replace(wish, model=ENDPOINT + "9"), held, jobs=[]).experiment not in ("", "spec2")


def test_after_a_rollback_a_plain_deploy_moves_nobody() -> None:
    made = plan(running=running(2, 0))
    assert made.ratio == 0
    assert not made.warm_up
    assert "the running ratio" in made.why_ratio


def test_newest_passes_over_a_newer_job_that_is_not_active_and_says_so() -> None:
    made = plan(jobs=[job(3, "FAILED", "quota exceeded"), job(2)])
    assert made.model == ENDPOINT + "2"
    assert "finrisk-v3-00000003 is newer but FAILED" in made.why_model


def test_no_active_job_is_refused_with_the_providers_message() -> None:
    with pytest.raises(FinriskError, match="quota exceeded"):
        plan(jobs=[job(3, "FAILED", "quota exceeded")])


def test_a_named_job_that_still_trains_is_refused() -> None:
    with pytest.raises(FinriskError, match="CREATING"):
        plan(replace(WISH, model="finrisk-v3-00000003"), jobs=[job(3, "CREATING"), job(2)])


def test_a_missing_model_is_named_beside_the_known_ones() -> None:
    with pytest.raises(FinriskError, match=r"'nope'.*endpoints/2"):
        plan(replace(WISH, model="nope"))


def test_no_job_at_all_is_refused_with_the_playbook_to_run() -> None:
    with pytest.raises(FinriskError, match=r"tune\.yml"):
        plan(jobs=[])


def test_ratio_0_needs_no_job_and_keeps_the_running_model() -> None:
    made = plan(replace(WISH, ratio="0"), running(7, 50), jobs=[job(3, "FAILED", "quota exceeded")])
    assert (made.model, made.ratio, made.warm_up) == (ENDPOINT + "7", 0, False)


def test_an_empty_model_means_base_only() -> None:
    made = plan(replace(WISH, model=""), running(2, 50))
    assert (made.model, made.ratio, made.experiment) == ("", 0, "")


def test_an_empty_model_with_a_ratio_is_refused() -> None:
    with pytest.raises(FinriskError, match="finrisk_model"):
        plan(replace(WISH, model="", ratio=50))


def test_a_full_name_that_no_job_here_made_is_taken_and_warmed_up() -> None:
    made = plan(replace(WISH, model=ENDPOINT + "99"), jobs=[])
    assert made.model == ENDPOINT + "99"
    assert len(made.experiment) == 40
    assert made.warm_up
    assert made.base_unknown
    assert not plan(replace(WISH, model=ENDPOINT + "99", allow_base_mismatch=True), jobs=[]).base_unknown
    assert not plan().base_unknown


def test_another_base_model_is_refused_unless_told() -> None:
    jobs = [job(2, base="gemini-9-pro")]
    with pytest.raises(FinriskError, match=r"gemini-9-pro.*finrisk_allow_base_mismatch"):
        plan(jobs=jobs)
    assert plan(replace(WISH, allow_base_mismatch=True), jobs=jobs).ratio == 25


def test_a_release_that_pins_another_dataset_is_refused() -> None:
    with pytest.raises(FinriskError, match=r"data2.*other"):
        plan(replace(WISH, dataset="other"))


@pytest.mark.parametrize("ratio", ["abc", 101, -1, 0.5])
def test_a_bad_ratio_is_refused_before_anything_else(ratio: object) -> None:
    with pytest.raises(FinriskError, match="from 0 to 100"):
        plan(replace(WISH, ratio=ratio), jobs=[])


def test_a_bad_ratio_of_the_environment_is_called_by_its_name() -> None:
    with pytest.raises(FinriskError, match="AB_TEST_RATIO is 'x'"):
        plan(replace(WISH, environment_ratio="x"))


def test_an_unknown_running_ratio_has_to_be_named() -> None:
    broken = Running("r0004-00000000", problem="config.json is not JSON")
    with pytest.raises(FinriskError, match=r"rollback\.yml"):
        plan(running=broken)
    assert plan(replace(WISH, ratio=10), broken).ratio == 10


def test_the_listing_shows_every_job_newest_first_and_which_would_be_deployed() -> None:
    jobs = [job(3, "FAILED", "quota exceeded"), job(2), job(1)]
    lines = listing(jobs, plan(jobs=jobs), "")
    assert [line.split()[0] for line in lines[1:4]] == [each.display_name for each in jobs]
    assert lines[2].endswith("<- would be deployed at 25 %")
    assert any("quota exceeded" in line for line in lines)


def test_the_listing_says_why_nothing_would_be_deployed() -> None:
    lines = listing([], None, "there is no tuning job yet")
    assert lines[-1] == "Nothing would be deployed: there is no tuning job yet"


def test_a_refusal_also_says_that_the_database_which_may_know_more_was_not_read() -> None:
    known = Known([job(1)], "The database cannot be reached")
    with pytest.raises(FinriskError, match=r"no tuning job made 'other'.*\. The database cannot be reached$"):
        make_plan(replace(WISH, model="other"), NOTHING, known)
    assert make_plan(WISH, NOTHING, known).model == ENDPOINT + "1"
