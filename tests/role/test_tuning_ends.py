"""What becomes of a tuning job: every state, dropped examples, refusals, and accounts lost half-way."""

from __future__ import annotations

import json
import re
import time
import warnings
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.cloud import gemini
from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import jobs, remote
from finrisk_ops.tuning.spec import Hyperparameters
from tests.grounds.datasets import dataset
from tests.grounds.modules import run_module
from tests.grounds.tuning import look, of_spec, options, place, row, submit, wait
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, Wire

pytestmark = pytest.mark.slow

READ = r"/tuningJobs/\d+$"


# ---- every state of the provider, over the wire


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("JOB_STATE_EXPIRED", "ran longer than the service allows"),
        ("JOB_STATE_PARTIALLY_SUCCEEDED", "succeeded only in part"),
    ],
)
def test_an_end_without_a_model_is_failed_and_stops_the_next_run(
    ground: Wire, folder: Path, word: str, said: str
) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_state", status=word, times=1)
    submit(given)
    ended = wait(given)["job"]
    assert (ended["state"], ended["provider_state"]) == ("FAILED", word)
    assert said in ended["error"]
    assert ended["completed_at"]
    assert "finrisk_tune_retry=true" in submit(given)["msg"]


@pytest.mark.parametrize(
    "word", ["JOB_STATE_QUEUED", "JOB_STATE_PAUSED", "JOB_STATE_UPDATING", "JOB_STATE_INVENTED_LATER"]
)
def test_a_state_that_is_no_end_keeps_the_wait_going_and_is_adopted_and_can_be_cancelled(
    ground: Wire, folder: Path, word: str
) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_state", status=word, times=1)
    first = submit(given)
    seen = wait(given, word)
    assert seen["job"]["state"] == "CREATING"
    assert word.removeprefix("JOB_STATE_") in seen["progress"]["label"]
    assert submit(given)["action"] == "adopt"
    late = look(given, wait_until=time.time() - 1)
    assert (late["late"], late["summary"][0].split()[0]) == (True, "CREATING")
    assert len(of_spec(ground, first)) == 1
    assert submit(place(given) | {"state": "cancelled"})["changed"] is True
    assert wait(given)["job"]["provider_state"] == "JOB_STATE_CANCELLED"


# ---- what stands in file and table after success


def test_checkpoints_statistics_and_tokens_are_kept_in_file_and_table(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    submit(given)
    ended = wait(given)
    content = json.loads(Path(ended["path"]).read_text())
    assert [point["epoch"] for point in content["checkpoints"]] == [1, 2, 3, 4, 5]
    assert content["checkpoints"][-1]["endpoint"] == content["tuned_model_name"]
    statistics = content["statistics"]
    assert (statistics["examples"], statistics["dropped"]["examples"]) == (120, 0)
    assert statistics["steps"] > 0
    assert statistics["billed_tokens"] == content["tokens"]["billed"]
    assert statistics["input_tokens"]["max"] >= statistics["input_tokens"]["mean"] > 0
    assert row(database_url, content["spec_id"]) == content


def test_the_server_has_exactly_what_was_asked(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, epochs=7, learning_rate_multiplier=0.5, adapter_size=8))
    [job] = of_spec(ground, result)
    spec = job["supervisedTuningSpec"]
    asked = {"epochCount": "7", "learningRateMultiplier": 0.5, "adapterSize": "ADAPTER_SIZE_EIGHT"}
    assert spec["hyperParameters"] == asked
    sha256 = result["job"]["dataset"]["sha256"]
    assert spec["trainingDatasetUri"] == f"gs://finrisk-sandbox/finrisk/test/datasets/{sha256}/train.jsonl"
    assert spec["validationDatasetUri"].endswith("/validation.jsonl")
    assert job["tunedModelDisplayName"] == result["job"]["display_name"]
    assert job["labels"] == {
        "finrisk-spec": result["job"]["spec_id"],
        "finrisk-env": "test",
        "finrisk-attempt": "1",
    }


def test_a_creation_warns_of_nothing(ground: Wire) -> None:
    """google-genai calls tuning experimental each time; ``-W error`` must not break a run."""
    account = gemini.Platform(
        "vertex", "finrisk-sandbox", "us-central1", str(ground.credentials_file), ground.url
    )
    ground.fault(kind="job_state", status="JOB_STATE_INVENTED_LATER", times=1)
    new = remote.NewJob(
        "gemini-3.5-flash-lite", "gs://finrisk-sandbox/x", "", Hyperparameters(5, 1.0, 0), "d", "d", {}
    )
    client = gemini.client(account)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        name = remote.create_job(client, new).name
        assert "/tuningJobs/" in name
        until(lambda: remote.read_job(client, name, 5).state == "JOB_STATE_INVENTED_LATER", 10)
        assert name in [job.name for job in remote.list_jobs(client, 5)]


# ---- examples that the service leaves out


@pytest.fixture
def partly_too_long(tmp_path: Path) -> Path:
    """A dataset of which the simulator drops lines 1 to 12: to our estimate one long word is few tokens."""
    metadata = dataset(tmp_path, training=120, seed=tmp_path.name)
    other = tmp_path / "long"
    dataset(other, training=12, seed="long", padding=600_000)
    name = next(path.name for path in tmp_path.glob("training_set_*"))
    lines = (other / name).read_text() + (tmp_path / name).read_text()
    (tmp_path / name).write_text(lines)
    import hashlib

    content = json.loads(metadata.read_text())
    content["files"][name] = hashlib.sha256(lines.encode()).hexdigest()
    metadata.write_text(json.dumps(content))
    return tmp_path


def test_a_job_that_lost_too_many_examples_is_failed_and_names_the_lines(
    ground: Wire, partly_too_long: Path, database_url: str
) -> None:
    given = options(ground, partly_too_long, database_url, max_dropped_share=0.01)
    first = submit(given)
    assert first["action"] == "submit", first
    ended = wait(given)["job"]
    assert (ended["state"], ended["provider_state"]) == ("FAILED", "JOB_STATE_SUCCEEDED")
    assert "dropped 12 of 132 examples" in ended["error"]
    assert "lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more of " in ended["error"]
    assert "tokens" in ended["error"]
    assert row(database_url, ended["spec_id"])["state"] == "FAILED"
    with pytest.raises(FinriskError, match="dropped 12 of 132"):
        jobs.choose(jobs.known_jobs(partly_too_long, database_url), "newest")

    again = submit(given)
    assert again["failed"] is True
    assert "finrisk_max_dropped_share=N" in again["msg"]
    accepted = submit(given | {"max_dropped_share": 0.2})
    assert (accepted["action"], accepted["job"]["state"]) == ("reuse", "ACTIVE")
    assert row(database_url, ended["spec_id"])["state"] == "ACTIVE"
    assert len(of_spec(ground, first)) == 1


def test_a_few_dropped_examples_are_told_and_accepted(ground: Wire, partly_too_long: Path) -> None:
    given = options(ground, partly_too_long, max_dropped_share=0.1, epochs=6)
    submit(given)
    ended = wait(given)["job"]
    assert (ended["state"], ended["error"]) == ("ACTIVE", None)
    dropped = ended["statistics"]["dropped"]
    assert (dropped["examples"], dropped["lines"][:3]) == (12, [1, 2, 3])


# ---- a service that asks to be left alone, and accounts that end half-way


def test_a_look_returns_only_after_the_wait_that_the_service_asks_for(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    submit(given)
    ground.fault(kind="status", path=READ, code=429, retry_after=2, times=1)
    started = time.monotonic()
    seen = look(given)
    assert (seen["reachable"], seen["job"]["state"]) == (False, "CREATING")
    assert 2 <= time.monotonic() - started < 6
    ground.fault(kind="status", path=READ, code=429, retry_after=300, times=1)
    started = time.monotonic()
    look(given, wait_until=time.time() + 1.5)
    assert time.monotonic() - started < 6


@pytest.mark.parametrize("code", [401, 403])
def test_an_account_that_is_refused_half_way_names_the_job_that_runs_on(
    ground: Wire, folder: Path, code: int
) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=600, times=1)
    first = submit(given)
    ground.fault(kind="status", path=READ, code=code)
    seen = look(given)
    assert seen["failed"] is True
    assert first["job"]["job_name"] in seen["msg"]
    assert "run tune.yml again to watch it" in seen["msg"]
    assert "finrisk_google" in seen["msg"]


def test_credentials_that_are_revoked_half_way_name_the_job_that_runs_on(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from sandbox.gemini import service_account

    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=600, times=1)
    first = submit(given)
    other = tmp_path_factory.mktemp("other")
    service_account(other, f"{ground.url}/token", "finrisk-sandbox")
    seen = look(given | {"credentials_file": str(other / "service-account.json")})
    assert "refused the credentials" in seen["msg"]
    assert "first look at the clock: this machine says that it is 20" in seen["msg"]
    assert first["job"]["job_name"] in seen["msg"]


def test_a_job_that_cannot_be_written_down_is_named(
    ground: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    given = options(ground, folder)
    monkeypatch.setattr(jobs, "write_json", full)
    result = submit(given)
    assert result["failed"] is True
    [job] = [each for each in ground.jobs() if each["name"] in result["msg"]]
    assert "No space left" in result["msg"]
    monkeypatch.undo()
    again = submit(given)
    assert (again["action"], again["job"]["job_name"]) in [("adopt", job["name"]), ("reuse", job["name"])]
    assert len(of_spec(ground, again)) == 1


# ---- what the service refuses


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"code": 403}, "roles/aiplatform.user"),
        (
            {"code": 400, "message": "Unsupported region for tuning: us-central1"},
            "finrisk_google_location to",
        ),
        (
            {"code": 400, "message": "Base model x is not supported for tuning."},
            "choose another finrisk_base",
        ),
        ({"code": 429}, "a quota is used up"),
        ({"code": 404}, "check finrisk_google_project"),
    ],
)
def test_a_refused_creation_says_what_to_do_and_leaves_no_mark(
    ground: Wire, folder: Path, rule: dict[str, Any], said: str
) -> None:
    ground.fault(kind="status", method="POST", path=CREATE, **rule)
    result = submit(options(ground, folder))
    assert result["failed"] is True
    assert said in result["msg"]
    assert len(ground.requests(CREATE, "POST")) == 1
    assert not list(folder.glob(".submitting*"))


@pytest.mark.parametrize("code", [500, 502, 503, 504, 520])
def test_an_error_that_leaves_the_outcome_open_keeps_the_mark_and_the_next_run_finds_the_job(
    ground: Wire, folder: Path, code: int
) -> None:
    ground.fault(kind="status", method="POST", path=CREATE, code=code, times=1)
    given = options(ground, folder, request_timeout=2)
    result = submit(given)
    assert "a creation is never sent twice" in result["msg"]
    assert result["msg"].count("finrisk-spec=") == 1
    assert list(folder.glob(".submitting*"))
    assert submit(given)["action"] == "submit"


def test_a_location_that_is_no_region_is_refused_before_anything_is_sent(ground: Wire, folder: Path) -> None:
    for location in ("global", "us", "eu", "Frankfurt"):
        result = submit(options(ground, folder, location=location))
        assert "name a region, for example us-central1" in result["msg"]
    assert not ground.requests()


def test_a_region_that_the_service_does_not_have_says_so(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, location="moon-central1"))
    assert "set finrisk_google_location to a region that tunes" in result["msg"]


# ---- cancelling what only the service knows


def test_a_job_that_no_file_knows_is_cancelled_by_its_full_name(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=600, times=1)
    name = submit(given)["job"]["job_name"]
    elsewhere = place(given) | {"output_dir": str(tmp_path_factory.mktemp("elsewhere")), "state": "cancelled"}
    assert "no tuning job at all is known" in submit(elsewhere)["msg"]
    assert "no tuning job 123 is known" in submit(elsewhere | {"job_name": "123"})["msg"]
    assert submit(elsewhere | {"job_name": name}, check=True)["changed"] is True
    assert submit(elsewhere | {"job_name": name})["changed"] is True
    assert wait(given)["job"]["provider_state"] == "JOB_STATE_CANCELLED"
    assert submit(elsewhere | {"job_name": name})["changed"] is False


# ---- before users meet the model


def test_a_model_that_no_file_knows_is_compared_with_the_base_arm_by_what_the_service_says(
    ground: Wire, folder: Path
) -> None:
    given = options(ground, folder)
    submit(given)
    model = wait(given)["job"]["tuned_model_name"]
    names = ("project", "location", "credentials_file", "base_url")
    asked = {name: given[name] for name in names} | {"model": model, "requests": 1}
    same = run_module("finrisk_warmup", asked | {"base_model": "gemini-3.5-flash-lite"})
    assert same["latencies_ms"]
    assert "is not known" not in str(same)
    other = run_module("finrisk_warmup", asked | {"base_model": "gemini-3.5-flash"})
    assert re.search(
        "was tuned from gemini-3.5-flash-lite, but BASE_MODEL is gemini-3.5-flash: .*mismatch=true",
        other["msg"],
    )
    ground.fault(kind="status", path=CREATE, method="GET", code=403)
    refused = run_module("finrisk_warmup", asked | {"base_model": "gemini-3.5-flash"})
    assert "is not known: cannot list the tuning jobs: 403" in str(refused["warnings"])
    assert refused["latencies_ms"], "a list that may not be read stops no deploy"
