"""Tuning jobs on the simulator's wire, against Google's own client and Google's own schemas."""

from __future__ import annotations

import time
import warnings
from typing import Any

import pytest
from google.genai import errors, types

from tests.grounds import discovery
from tests.grounds.google_client import (
    ASK,
    JOBS,
    LITE,
    PROMPT,
    Judge,
    create,
    dataset,
    good_dataset,
    job_body,
    training_rows,
    vertex,
    wait,
)
from tests.grounds.wire import Wire, wire


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_tuning_job_goes_through_its_states_and_its_endpoint_answers(gemini: Wire, version: str) -> None:
    judge = Judge(version)
    client = vertex(gemini, version, judge)
    label = f"spec-{version}"
    held_out = types.TuningValidationDataset(gcs_uri=good_dataset(gemini, "validation.jsonl", 12))
    config = types.CreateTuningJobConfig(
        epoch_count=3,
        learning_rate_multiplier=1.0,
        adapter_size=types.AdapterSize.ADAPTER_SIZE_FOUR,
        tuned_model_display_name="finrisk-v1",
        description="d",
        labels={"finrisk-spec": label},
        validation_dataset=held_out,
    )
    gemini.fault(kind="job_slow", seconds=8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        training = types.TuningDataset(gcs_uri=good_dataset(gemini))
        job = client.tunings.tune(base_model=LITE, training_dataset=training, config=config)
    assert job.state == types.JobState.JOB_STATE_PENDING
    states, checkpoints, moved = [], [], set()
    while not job.has_ended:
        time.sleep(0.04)
        job = client.tunings.get(name=job.name)
        states.append(job.state.name.removeprefix("JOB_STATE_"))
        moved.add(job.update_time)
        if states[-1] == "RUNNING" and job.tuned_model:
            assert job.tuned_model.endpoint is None
            checkpoints.append(len(job.tuned_model.checkpoints))
            assert job.tuning_data_stats.supervised_tuning_data_stats.tuning_step_count == 30

    assert list(dict.fromkeys(states)) == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert 0 < checkpoints[0] < 3
    assert checkpoints == sorted(checkpoints)
    assert len(moved) > 5
    assert [(c.epoch, c.step) for c in job.tuned_model.checkpoints] == [(1, 10), (2, 20), (3, 30)]
    assert job.tuned_model.model.endswith("@1")
    stats = job.tuning_data_stats.supervised_tuning_data_stats
    assert (stats.tuning_dataset_example_count, stats.total_truncated_example_count) == (40, None)
    assert stats.total_billable_token_count > 40 * 3 * 100
    assert job.start_time < job.end_time

    answer = client.models.generate_content(model=job.tuned_model.endpoint, contents=PROMPT)
    assert answer.model_version == f"extractive-1-tuned-{job.tuned_model.endpoint.rpartition('/')[2]}"
    assert "[1]" in (answer.text or "")
    found = client.tunings.list(config={"filter": f'labels.finrisk-spec="{label}"'})
    assert [listed.name for listed in found] == [job.name]
    assert judge.problems == []


def test_jobs_are_listed_newest_first_in_pages_and_by_label(gemini: Wire) -> None:
    uri, bearer = good_dataset(gemini), gemini.bearer()
    gemini.fault(kind="job_slow", seconds=60)
    made = [create(gemini, job_body(uri, labels={"batch": "pages", "n": str(n)}))["name"] for n in range(3)]
    wanted = f"{JOBS}?pageSize=2&filter=labels.batch%3D%22pages%22"
    first = gemini.call("GET", wanted, headers=bearer).json
    second = gemini.call("GET", f"{wanted}&pageToken={first['nextPageToken']}", headers=bearer).json
    assert [job["name"] for job in (*first["tuningJobs"], *second["tuningJobs"])] == made[::-1]
    assert "nextPageToken" not in second
    both = f"{JOBS}?filter=labels.batch%3Apages%20AND%20labels.n%3D1"
    assert [job["name"] for job in gemini.call("GET", both, headers=bearer).json["tuningJobs"]] == [made[1]]
    for broken in ("filter=nonsense", "pageToken=x", "pageSize=-1"):
        assert gemini.call("GET", f"{JOBS}?{broken}", headers=bearer).status == 400
    for name in made:
        gemini.call("POST", f"/v1/{name}:cancel", {}, bearer)


def test_a_cancelled_job_is_cancelling_and_then_cancelled_and_only_once(gemini: Wire) -> None:
    judge = Judge("v1")
    client = vertex(gemini, "v1", judge)
    gemini.fault(kind="job_slow", seconds=60, times=1)
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    wait(gemini, name, "RUNNING")
    client.tunings.cancel(name=name)
    assert client.tunings.get(name=name).state == types.JobState.JOB_STATE_CANCELLING
    ended = wait(gemini, name, "CANCELLED")
    assert "endpoint" not in ended.get("tunedModel", {})
    with pytest.raises(errors.ClientError, match="FAILED_PRECONDITION"):
        client.tunings.cancel(name=name)
    assert [p for p in judge.problems if "error" not in p] == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{broken\n" * 20, "Row 1 is not JSON"),
        (b'{"text_input": "a", "output": "b"}\n' * 20, 'Unknown name "text_input"'),
        (
            training_rows(20, "x").replace(b'"model"', b'"user"'),
            "the last turn must have the role model",
        ),
        (training_rows(3, "x"), "has 3 usable examples; at least 10 are needed"),
    ],
)
def test_a_dataset_that_google_would_refuse_fails_the_job_with_the_row(
    gemini: Wire, content: bytes, message: str
) -> None:
    name = create(gemini, job_body(dataset(gemini, content, "bad.jsonl")))["name"]
    error = wait(gemini, name, "FAILED")["error"]
    assert error["code"] == 3
    assert message in error["message"]


def test_a_dataset_that_is_not_there_fails_the_job(gemini: Wire) -> None:
    name = create(gemini, job_body("gs://finrisk-sandbox/none.jsonl"))["name"]
    assert "training dataset cannot be read" in wait(gemini, name, "FAILED")["error"]["message"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baseModel": "gemini-1.5-flash-002"}, "gemini-1.5-flash-002 is not supported"),
        ({"baseModel": "gemini-3.8-flash"}, "gemini-3.8-flash is not supported"),
        ({"batchSize": 4}, 'Unknown name "batchSize"'),
        ({"labels": {"A": "b"}}, "Invalid label"),
        ({"tunedModelDisplayName": "x" * 129}, "at most 128"),
        ({"supervisedTuningSpec": {"trainingDatasetUri": "/tmp/x"}}, "must be a Cloud Storage URI"),
        (
            {
                "supervisedTuningSpec": {
                    "trainingDatasetUri": "gs://b/o",
                    "hyperParameters": {"learningRate": 0.1},
                }
            },
            "Unknown name \"learningRate\" at 'supervised_tuning_spec.hyper_parameters'",
        ),
    ],
)
def test_a_job_that_google_would_refuse_is_refused_at_creation(
    gemini: Wire, change: dict[str, Any], message: str
) -> None:
    answer = gemini.call("POST", JOBS, job_body("gs://finrisk-sandbox/o") | change, gemini.bearer())
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert message in answer.json["error"]["message"]


def test_a_removed_endpoint_is_gone(gemini: Wire) -> None:
    bearer = gemini.bearer()
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    endpoint = wait(gemini, name, "SUCCEEDED")["tunedModel"]["endpoint"]
    judge = discovery.load("aiplatform.v1")
    shown = gemini.call("GET", f"/v1/{endpoint}", headers=bearer)
    removed = gemini.call("DELETE", f"/v1/{endpoint}", headers=bearer)
    assert judge.problems("GET", f"/v1/{endpoint}", {}, None, shown.json) == []
    assert judge.problems("DELETE", f"/v1/{endpoint}", {}, None, removed.json) == []
    assert gemini.call("POST", f"/v1/{endpoint}:generateContent", ASK, bearer).status == 404


def test_jobs_objects_and_endpoints_survive_a_kill(tmp_path: Any) -> None:
    with wire(tmp_path, tuning_seconds=1.5) as first:
        uri = good_dataset(first)
        bearer = first.bearer()
        name = create(first, job_body(uri))["name"]
        wait(first, name, "RUNNING")
        first.process.kill()
        first.process.wait()
    with wire(tmp_path, tuning_seconds=1.5) as second:
        done = wait(second, name, "SUCCEEDED")
        assert (
            second.call("POST", f"/v1/{done['tunedModel']['endpoint']}:generateContent", ASK, bearer).status
            == 200
        )
        assert second.stop() == 0
    with wire(tmp_path) as third:
        assert third.call("GET", f"/v1/{name}", headers=bearer).json == done
        assert (
            third.call("POST", f"/v1/{done['tunedModel']['endpoint']}:generateContent", ASK, bearer).status
            == 200
        )
