"""One tuning job for a spec, whatever happens: the modules against the simulator and PostgreSQL."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.cloud import gemini, patience
from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import jobs, states
from finrisk_ops.tuning.table import Table
from tests.grounds.datasets import dataset
from tests.grounds.modules import start_module
from tests.grounds.postgresql import cut_connections
from tests.grounds.tuning import look, of_spec, options, place, row, submit, wait
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire

pytestmark = pytest.mark.slow

JOB_KEYS = [
    "job_name", "state", "provider_state", "tuned_model_name", "display_name", "base_model",
    "hyperparameters", "training_file", "validation_file", "dataset", "spec_id", "created_at", "completed_at",
    "error", "tokens", "estimated_cost", "smoke_test", "checkpoints", "statistics",
]  # fmt: skip


# ---- the ordinary course


def test_a_run_submits_a_job_that_becomes_active_when_its_endpoint_answers(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    first = submit(given)
    assert (first["changed"], first["action"], first["job"]["state"]) == (True, "submit", "CREATING")
    assert re.fullmatch(rf"finrisk-v\d+-{first['job']['spec_id'][:8]}", first["job"]["display_name"])
    ended = wait(given)
    assert ended["job"]["state"] == "ACTIVE"
    assert ended["job"]["smoke_test"]["ok"] is True
    assert ended["summary"] == [f"ACTIVE {ended['job']['tuned_model_name']}", ended["path"]]
    assert "/endpoints/" in ended["job"]["tuned_model_name"]


def test_the_job_file_has_exactly_the_agreed_keys_and_the_table_says_the_same(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    first = submit(given)
    assert list(json.loads(Path(first["path"]).read_text())) == JOB_KEYS
    ended = wait(given)
    content = json.loads(Path(ended["path"]).read_text())
    assert list(content) == JOB_KEYS
    [created] = [job["createTime"] for job in ground.jobs() if job["name"] == content["job_name"]]
    assert content["created_at"] == f"{created[:23]}+00:00"
    assert row(database_url, content["spec_id"]) == content
    assert Path(ended["path"]).stat().st_mode & 0o777 == 0o600
    assert content["created_at"][:19].replace("-", "").replace(":", "").replace("T", "_") in ended["path"]
    assert content["tokens"]["billed"] == pytest.approx(content["tokens"]["total_estimated"], rel=0.15)


def test_a_second_run_adopts_the_running_job_and_a_third_reuses_the_finished_one(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="job_slow", seconds=12, times=1)
    first = submit(given)
    second = submit(given)
    assert (second["changed"], second["action"]) == (False, "adopt")
    wait(given)
    third = submit(given)
    assert (third["changed"], third["action"], third["job"]["state"]) == (False, "reuse", "ACTIVE")
    assert {first["job"]["job_name"]} == {job["name"] for job in of_spec(ground, first)}


def test_another_machine_without_file_or_table_adopts_the_job_by_its_label(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ground.fault(kind="job_slow", seconds=600, times=1)
    first = submit(options(ground, folder))
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    dataset(elsewhere, seed=folder.name)
    second = submit(options(ground, elsewhere))
    assert second["action"] == "adopt"
    assert second["job"]["job_name"] == first["job"]["job_name"]
    assert second["job"]["display_name"] == first["job"]["display_name"]


def test_another_parameter_is_another_job_with_the_next_number(ground: Wire, folder: Path) -> None:
    first = submit(options(ground, folder))["job"]
    second = submit(options(ground, folder, epochs=6))["job"]
    assert first["job_name"] != second["job_name"]
    number = int(first["display_name"].split("-")[1][1:])
    assert int(second["display_name"].split("-")[1][1:]) == number + 1


def test_the_job_is_found_on_a_later_page(ground: Wire, folder: Path) -> None:
    from finrisk_ops.tuning import remote

    ground.fault(kind="job_slow", seconds=600, times=1)
    first = submit(options(ground, folder))
    submit(options(ground, folder, epochs=7))
    submit(options(ground, folder, epochs=8))
    page, remote._PAGE = remote._PAGE, 1
    try:
        again = submit(options(ground, folder))
    finally:
        remote._PAGE = page
    assert (again["action"], again["job"]["job_name"]) == ("adopt", first["job"]["job_name"])


def test_check_mode_sends_look_ups_alone_and_announces_the_submission(ground: Wire, folder: Path) -> None:
    announced = submit(options(ground, folder, training_prices={"gemini-3.5-flash-lite": 2.0}), check=True)
    assert (announced["changed"], announced["action"]) == (True, "submit")
    assert {entry["method"] for entry in ground.requests("^/v1/")} == {"GET"}
    assert not ground.requests(UPLOAD)
    assert not list(folder.glob("finetuning_job_*")) + list(folder.glob(".submitting*"))
    text = "\n".join(announced["plan"])
    assert "120 for training, 13 for validation" in text
    assert "x 5 epochs" in text
    assert "$" in text


def test_without_a_database_the_run_says_that_files_alone_keep_the_job(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, "postgresql://nobody:hidden@127.0.0.1:1/none"))
    assert result["changed"]
    text = json.dumps(result)
    assert "kept in its file alone" in text
    assert "hidden" not in text


# ---- exactly one job


def test_ten_runs_with_kills_lost_answers_and_refusals_leave_exactly_one_job(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="latency", path=UPLOAD, ms=3000, times=1)
    killed("finrisk_tuning_job", given, lambda: ground.requests(CREATE, "GET"))  # while uploading
    ground.clear()
    refused = submit_with_a_fault_at_the_creation(ground, given, kind="status", code=429, retry_after=0)
    assert refused["failed"] is True
    ground.fault(kind="status", path=UPLOAD, code=503, times=2)
    results = [submit_with_a_fault_at_the_creation(ground, given, kind="drop", after=True)]
    for rule in ({"kind": "drop"}, {"kind": "status", "code": 500}, {"kind": "status", "code": 429}):
        ground.fault(path=CREATE, times=1, **rule)  # hits the look-up
        results.append(submit(given))
    killed("finrisk_tuning_job_info", place(given), lambda: True)  # while waiting
    killed("finrisk_tuning_job", given, lambda: True)
    results += [submit(given), submit(given)]

    assert [result["changed"] for result in results] == [True] + [False] * 5
    assert len(of_spec(ground, results[0])) == 1
    assert wait(given)["job"]["state"] == "ACTIVE"


def submit_with_a_fault_at_the_creation(ground: Wire, given: dict[str, Any], **rule: Any) -> dict[str, Any]:
    """The look-up has the same path and stays as it is."""
    ground.fault(method="POST", path=CREATE, times=1, **rule)
    return submit(given)


def killed(name: str, given: dict[str, Any], happened: Callable[[], object]) -> None:
    """Start a module and kill it as soon as something has happened."""
    process = start_module(name, given)
    try:
        until(happened)
        time.sleep(0.3)
    finally:
        process.kill()
        process.communicate()


def test_a_lost_answer_to_the_creation_is_settled_by_looking_again(ground: Wire, folder: Path) -> None:
    result = submit_with_a_fault_at_the_creation(ground, options(ground, folder), kind="drop", after=True)
    assert result["action"] == "submit"
    assert len(ground.requests(CREATE, "POST")) == 1
    assert len(of_spec(ground, result)) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_refused_creation_is_not_repeated_by_the_run_itself(ground: Wire, folder: Path, code: int) -> None:
    given = options(ground, folder)
    result = submit_with_a_fault_at_the_creation(ground, given, kind="status", code=code)
    assert result["failed"] is True
    assert "a creation is never sent twice" in result["msg"]
    assert len(ground.requests(CREATE, "POST")) == 1
    assert submit(given)["action"] == "submit"


@pytest.mark.parametrize("with_database", [True, False])
def test_a_creation_that_was_on_its_way_when_its_run_was_killed_is_found_by_the_next_one(
    ground: Wire, folder: Path, database_url: str, with_database: bool
) -> None:
    given = options(ground, folder, database_url if with_database else "", request_timeout=15)
    marked = (
        (lambda: submitting(database_url)) if with_database else (lambda: list(folder.glob(".submitting*")))
    )
    ground.fault(kind="latency", method="POST", path=CREATE, ms=4000, times=1)  # it arrives late
    process = start_module("finrisk_tuning_job", given)
    until(marked)
    time.sleep(1)
    process.kill()
    process.communicate()
    result = submit(given)
    time.sleep(3)
    assert len(of_spec(ground, result)) == 1
    assert not marked()


def submitting(database_url: str) -> bool:
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "select count(*) from tuning_jobs where job ? 'submitting_since'"
        ).fetchone()
    return bool(found and found[0])


@pytest.mark.parametrize("with_database", [True, False])
def test_runs_at_the_same_moment_submit_one_job(
    ground: Wire, folder: Path, database_url: str, with_database: bool
) -> None:
    given = options(ground, folder, database_url if with_database else "")
    ground.fault(kind="job_slow", seconds=600, times=1)
    processes = [start_module("finrisk_tuning_job", given) for _ in range(3)]
    results = [json.loads(process.communicate(timeout=180)[0]) for process in processes]
    assert sorted(result["action"] for result in results) == ["adopt", "adopt", "submit"]
    assert len(of_spec(ground, results[0])) == 1


# ---- bad ends


def test_a_failed_job_stops_the_run_with_the_services_own_message_until_told_to_retry(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="job_fail", message="Training example 7 is not valid.", times=1)
    first = submit(given)
    ended = wait(given)
    assert (ended["job"]["state"], ended["job"]["error"]) == ("FAILED", "Training example 7 is not valid.")
    assert ended["summary"][0] == "FAILED Training example 7 is not valid."
    stopped = submit(given)
    assert stopped["failed"] is True
    assert "Training example 7 is not valid." in stopped["msg"]
    assert "finrisk_tune_retry=true" in stopped["msg"]
    assert len(of_spec(ground, first)) == 1

    ground.fault(kind="job_slow", seconds=12, times=1)
    retried = submit(given | {"retry": True})
    assert (retried["changed"], retried["action"]) == (True, "submit")
    assert [job["labels"]["finrisk-attempt"] for job in of_spec(ground, first)] == ["1", "2"]
    assert retried["job"]["display_name"] == first["job"]["display_name"]
    assert submit(given | {"retry": True})["action"] == "adopt"
    assert wait(given)["job"]["state"] == "ACTIVE"
    assert submit(given)["action"] == "reuse"


def test_a_cancelled_job_is_failed_and_cancelling_twice_changes_nothing(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=600, times=1)
    submit(given)
    pretended = submit(place(given) | {"state": "cancelled"}, check=True)
    assert pretended["changed"] is True
    name = f"{pretended['job']['job_name']} ({pretended['job']['display_name']})"
    assert re.fullmatch(
        rf"Would cancel {re.escape(name)}, which is (PENDING|RUNNING)", pretended["summary"][0]
    )
    assert not ground.requests(":cancel$")
    asked = submit(place(given) | {"state": "cancelled"})
    assert asked["changed"] is True
    assert asked["summary"][0].startswith(f"Asked to cancel {name}, which is ")
    assert "to watch it" not in asked["summary"][0]
    assert wait(given)["job"]["provider_state"] == "JOB_STATE_CANCELLED"
    again = submit(place(given) | {"state": "cancelled"})
    assert again["changed"] is False
    assert again["summary"] == [f"{name} is over (CANCELLED): nothing was cancelled", again["path"]]
    assert "the job was cancelled; run again with -e finrisk_tune_retry=true if" in submit(given)["msg"]


def test_the_newest_job_is_cancelled_though_another_machine_submitted_it(
    ground: Wire, folder: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="job_slow", seconds=30, times=2)
    mine = submit(given)["job"]["job_name"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    dataset(elsewhere, seed="elsewhere")
    newest = submit(options(ground, elsewhere, database_url))["job"]["job_name"]
    assert submit(place(given) | {"state": "cancelled"})["changed"] is True
    states_now = {job["name"]: job["state"] for job in ground.jobs()}
    assert "CANCEL" in states_now[newest]
    assert "CANCEL" not in states_now[mine]


def test_a_connection_that_is_lost_with_the_lock_hides_no_error(database_url: str) -> None:
    def lose_both(table: Table) -> None:
        with table.lock():
            cut_connections(database_url)
            raise FinriskError("the job is named")

    with Table.open(database_url) as table, pytest.raises(FinriskError, match="the job is named"):
        lose_both(table)


def test_a_proxys_page_in_another_character_set_is_no_traceback() -> None:
    def unreadable() -> None:
        "für".encode("latin-1").decode()

    with pytest.raises(patience.UnreachableError, match="cannot list jobs: the answer cannot be read"):
        gemini.ask("list jobs", unreadable)


def test_a_job_that_is_over_by_now_is_not_cancelled(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    name = submit(given)["job"]["job_name"]
    until(lambda: {job["name"]: job["state"] for job in ground.jobs()}[name] == "JOB_STATE_SUCCEEDED")
    for check, said in ((True, "would be"), (False, "was")):
        left = submit(place(given) | {"state": "cancelled"}, check)
        assert left["changed"] is False
        assert left["summary"][0].endswith(f" is over (SUCCEEDED): nothing {said} cancelled")
    assert not ground.requests(":cancel$")


def test_a_look_survives_a_server_error_and_a_lost_connection(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    submit(given)
    for rule in ({"kind": "status", "code": 503}, {"kind": "drop"}):
        ground.fault(path=r"/tuningJobs/\d+$", times=1, **rule)
        seen = look(given)
        assert (seen["reachable"], seen["job"]["state"]) == (False, "CREATING")
        assert seen["problem"]
    assert wait(given)["job"]["state"] == "ACTIVE"


def test_a_job_whose_endpoint_does_not_answer_is_not_active(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    submit(given)
    ground.fault(kind="status", arm="tuned", code=503)
    until(lambda: look(given)["job"]["provider_state"] == "JOB_STATE_SUCCEEDED")
    seen = look(given)
    assert seen["job"]["state"] == "CREATING"
    assert "does not answer yet" in seen["job"]["error"]
    assert json.loads(Path(seen["path"]).read_text())["smoke_test"]["ok"] is False
    ground.clear()
    assert wait(given)["job"]["error"] is None


def test_progress_counts_finished_epochs(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=12, times=1)
    submit(given)
    seen: list[dict[str, Any]] = []

    def half_done() -> bool:
        seen.append(look(given)["progress"])
        return bool(seen[-1]["total"] == 5 and 2 <= seen[-1]["done"] < 5)

    until(half_done)
    assert seen[-1]["label"] == f"RUNNING, epoch {seen[-1]['done']} of 5 finished"
    assert wait(given)["progress"] == {"done": 1, "total": 1, "label": "ACTIVE"}


# ---- uploads and credentials


def test_a_dataset_that_is_there_already_is_compared_and_not_sent_again(ground: Wire, folder: Path) -> None:
    submit(options(ground, folder))
    ground.forget_requests()
    assert submit(options(ground, folder, epochs=9))["action"] == "submit"
    assert ground.requests(UPLOAD) == []
    assert [entry["status"] for entry in ground.requests("/o/finrisk")] == [200, 200]


def test_other_bytes_under_the_datasets_name_are_an_error(ground: Wire, folder: Path) -> None:
    from finrisk_ops.cloud import account
    from finrisk_ops.cloud import bucket as storage

    credentials = account.credentials(str(ground.credentials_file))
    bucket = storage.Bucket("finrisk-sandbox", ground.url, credentials)
    (folder / "one").write_bytes(b"a" * 100)
    (folder / "other").write_bytes(b"b" * 100)
    (folder / "longer").write_bytes(b"b" * 101)
    name = f"finrisk/test/datasets/{folder.name}/train.jsonl"
    assert storage.upload(bucket, name, storage.LocalFile.of(folder / "one")).added is True
    assert storage.upload(bucket, name, storage.LocalFile.of(folder / "one")).added is False
    for different in ("other", "longer"):
        with pytest.raises(FinriskError, match="exists with other content"):
            storage.upload(bucket, name, storage.LocalFile.of(folder / different))


def test_a_missing_bucket_is_named_before_any_job_exists(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, bucket="elsewhere"))
    assert result["failed"] is True
    assert "finrisk_bucket" in result["msg"]
    assert not ground.requests(CREATE, "POST")


def test_credentials_of_somebody_else_are_refused_in_one_sentence(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from sandbox.gemini import service_account

    other = tmp_path_factory.mktemp("other")
    service_account(other, f"{ground.url}/token", "finrisk-sandbox")
    result = submit(options(ground, folder, credentials_file=str(other / "service-account.json")))
    assert result["failed"] is True
    assert "refused the credentials" in result["msg"]
    assert "first look at the clock: this machine says that it is 20" in result["msg"]
    assert "PRIVATE KEY" not in json.dumps(result)


def test_a_bearer_that_expires_between_two_requests_is_renewed(ground: Wire, folder: Path) -> None:
    ground.fault(kind="token_seconds", seconds=2, times=1)
    ground.fault(kind="latency", path=UPLOAD, ms=2400, times=1)
    assert submit(options(ground, folder))["action"] == "submit"


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"type": "nothing"}'])
def test_a_file_that_holds_no_credentials_is_named(ground: Wire, folder: Path, content: str) -> None:
    broken = folder / "broken.json"
    broken.write_text(content)
    result = submit(options(ground, folder, credentials_file=str(broken)))
    assert f"{broken} is not a Google credentials file" in result["msg"]


# ---- what is refused before anything is sent


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"epochs": 0}, "from 1 to 100"),
        ({"epochs": 101}, "from 1 to 100"),
        ({"learning_rate_multiplier": 0}, "above 0"),
        ({"learning_rate_multiplier": -1}, "above 0"),
        ({"learning_rate_multiplier": "nan"}, "above 0"),
        ({"adapter_size": 3}, "1, 2, 4, 8, 16, 32"),
        ({"base_model": "gemini-1.5-flash-002"}, "retired; use gemini-3.5-flash-lite"),
        ({"base_model": "models/gemini-1.5-flash-002"}, "retired; use gemini-3.5-flash-lite"),
        ({"base_model": "tunedModels/finrisk-v1-abc"}, "projects/P/locations/L/endpoints/E"),
        ({"base_model": "gemini-9-ultra"}, "finrisk_tunable_models"),
        ({"provider": "gemini_api"}, "ended tuning with an API key in May 2025"),
        ({"location": "global"}, "name a region"),
        ({"project": ""}, "finrisk_google_project"),
        ({"max_cost": 1}, "the price is unknown"),
        ({"dataset_metadata": "/nonexistent/metadata.json"}, "prepare.yml"),
    ],
)
def test_a_bad_request_is_refused_before_a_job_is_created(
    ground: Wire, folder: Path, asked: dict[str, Any], said: str
) -> None:
    result = submit(options(ground, folder) | asked)
    assert result["failed"] is True
    assert said in result["msg"]
    assert not ground.requests(f"{UPLOAD}|{CREATE}", "POST")


def test_a_cost_above_the_limit_stops_the_run(ground: Wire, folder: Path) -> None:
    prices = {"gemini-3.5-flash-lite": 100.0}
    result = submit(options(ground, folder, training_prices=prices, max_cost=1))
    assert "more than finrisk_max_cost 1" in result["msg"]
    assert not ground.requests(f"{UPLOAD}|{CREATE}", "POST")


def test_fewer_than_100_examples_are_refused(ground: Wire, tmp_path: Path) -> None:
    dataset(tmp_path, training=99)
    result = submit(options(ground, tmp_path))
    assert "99 training examples, fewer than the 100" in result["msg"]
    assert not ground.requests()


def test_a_file_changed_since_it_was_prepared_is_refused(ground: Wire, folder: Path) -> None:
    with next(folder.glob("training_set_*")).open("a") as file:
        file.write("{}\n")
    assert "was changed since it was prepared" in submit(options(ground, folder))["msg"]


def test_unusual_epochs_are_warned_about(ground: Wire, folder: Path) -> None:
    result = submit(options(ground, folder, epochs=3), check=True)
    assert any("5 to 10 is usual" in str(warning) for warning in result["warnings"])


# ---- states, and choosing a job to deploy


RUNNING = "UNSPECIFIED QUEUED PENDING RUNNING PAUSED UPDATING CANCELLING INVENTED_LATER".split()
ENDED_BADLY = "FAILED CANCELLED EXPIRED PARTIALLY_SUCCEEDED".split()


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        *((f"JOB_STATE_{word}", "CREATING") for word in RUNNING),
        *((f"JOB_STATE_{word}", "FAILED") for word in ENDED_BADLY),
    ],
)
def test_every_state_is_shown_as_one_of_three(word: str, shown: str) -> None:
    assert states.state_of(word, answers=False) == shown


def test_a_job_that_succeeded_is_active_only_when_it_answers() -> None:
    assert states.state_of("JOB_STATE_SUCCEEDED", answers=False) == "CREATING"
    assert states.state_of("JOB_STATE_SUCCEEDED", answers=True) == "ACTIVE"


def test_files_and_table_are_one_list_and_the_newest_active_job_is_chosen(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    submit(given)
    done = wait(given)["job"]
    ground.fault(kind="job_fail", message="No capacity.", times=1)
    submit(given | {"epochs": 6})
    failed = wait(given)["job"]
    Path(next(folder.glob("finetuning_job_*"))).unlink()

    known = jobs.known_jobs(folder, database_url)
    assert [job.job_name for job in known] == [failed["job_name"], done["job_name"]]
    assert jobs.choose(known, "newest").job_name == done["job_name"]
    assert jobs.choose(known, done["tuned_model_name"]).job_name == done["job_name"]
    with pytest.raises(FinriskError, match="No capacity"):
        jobs.choose(known, failed["display_name"])
    with pytest.raises(FinriskError, match="no tuning job made 'x'"):
        jobs.choose(known, "x")
    assert len(jobs.known_jobs(folder, "postgresql://nobody:pw@127.0.0.1:1/none")) == 1
    with pytest.raises(FinriskError, match="no tuning job yet"):
        jobs.choose([], "newest")
