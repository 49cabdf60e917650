"""One tuning job for a spec in the ordinary course, its upload, its states, and which job is chosen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import jobs, states
from tests.grounds.datasets import dataset
from tests.grounds.tuning import of_spec, options, row, submit, wait
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


# ---- uploads


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
