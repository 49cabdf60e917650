"""The simulator's wire against Google's own client and Google's own schemas."""

from __future__ import annotations

import json
import time
import warnings
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from tests.contract import discovery, wire
from tests.contract.wire import PARENT, PROMPT, Simulator

LITE = "gemini-3.5-flash-lite"
GENERATE = f"/v1/{PARENT}/publishers/google/models/{LITE}:generateContent"
STREAM = f"/v1/{PARENT}/publishers/google/models/{LITE}:streamGenerateContent?alt=sse"
DEVELOPER = "/v1beta/models/gemini-3.8-flash:generateContent"
JOBS = f"/v1/{PARENT}/tuningJobs"
ASK = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
KEY = {"x-goog-api-key": "any"}

warnings.filterwarnings("ignore", category=UserWarning, module="google.genai")


class Judge:
    """Checks every call of a client against a discovery document."""

    def __init__(self, version: str) -> None:
        self.document = discovery.load(f"aiplatform.{version}")
        self.calls: list[str] = []
        self.problems: list[str] = []

    def seen(self, response: httpx2.Response) -> None:
        request, parts = response.request, urlsplit(str(response.request.url))
        sent = json.loads(request.content) if request.content else None
        body = response.read().decode()
        events = [json.loads(line[6:]) for line in body.splitlines() if line.startswith("data: ")]
        for answered in events or [json.loads(body)]:
            self.calls.append(parts.path.rpartition("/")[2])
            self.problems += self.document.problems(
                request.method, parts.path, dict(parse_qsl(parts.query)), sent, answered
            )


def vertex(gemini: Simulator, version: str = "v1", judge: Judge | None = None) -> Any:
    hooks = {"event_hooks": {"response": [judge.seen]}} if judge else {}
    return genai.Client(
        vertexai=True,
        project="finrisk-sandbox",
        location="us-central1",
        credentials=gemini.credentials(),
        http_options=types.HttpOptions(
            base_url=gemini.url, api_version=version, timeout=10_000, client_args=hooks
        ),
    )


def developer(gemini: Simulator, version: str) -> Any:
    options = types.HttpOptions(base_url=gemini.url, api_version=version, timeout=10_000)
    return genai.Client(api_key="any", http_options=options)


def dataset(gemini: Simulator, content: bytes, name: str) -> str:
    path = f"/upload/storage/v1/b/finrisk-sandbox/o?uploadType=media&name={name}"
    assert gemini.call("POST", path, content, gemini.bearer()).status == 200
    return f"gs://finrisk-sandbox/{name}"


def good_dataset(gemini: Simulator, name: str = "good.jsonl", rows: int = 40) -> str:
    answer = gemini.call("POST", DEVELOPER, ASK, KEY).json["candidates"][0]["content"]["parts"][0]["text"]
    return dataset(gemini, wire.training_rows(rows, answer), name)


def job_body(uri: str, **more: Any) -> dict[str, Any]:
    spec = {"trainingDatasetUri": uri, "hyperParameters": {"epochCount": "3"}}
    return {"baseModel": LITE, "supervisedTuningSpec": spec, **more}


def create(gemini: Simulator, body: dict[str, Any]) -> dict[str, Any]:
    answer = gemini.call("POST", JOBS, body, gemini.bearer())
    assert answer.status == 200, answer.body
    return dict(answer.json)


def wait(gemini: Simulator, name: str, *states: str) -> dict[str, Any]:
    deadline, bearer = time.monotonic() + 15, gemini.bearer()
    while time.monotonic() < deadline:
        job = gemini.call("GET", f"/v1/{name}", headers=bearer).json
        if job["state"] in {f"JOB_STATE_{state}" for state in states}:
            return dict(job)
        time.sleep(0.03)
    raise AssertionError(f"{name} is still {job['state']}")


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_every_inference_call_of_googles_client_is_one_that_google_publishes(
    gemini: Simulator, version: str
) -> None:
    judge = Judge(version)
    client = vertex(gemini, version, judge)
    config = types.GenerateContentConfig(
        system_instruction="Answer from the sources.",
        temperature=0.2,
        max_output_tokens=900,
        labels={"arm": "base"},
    )
    answer = client.models.generate_content(model=LITE, contents=PROMPT, config=config)
    chunks = list(client.models.generate_content_stream(model=LITE, contents=PROMPT, config=config))
    counted = client.models.count_tokens(model=LITE, contents=PROMPT)
    one = client.models.embed_content(
        model="gemini-embedding-001",
        contents="cash",
        config=types.EmbedContentConfig(output_dimensionality=64),
    )
    two = client.models.embed_content(
        model="gemini-embedding-001", contents=["cash and deposits", "phishing"]
    )
    old = client.models.embed_content(model="text-embedding-005", contents=["cash"])

    assert judge.problems == []
    assert {call.partition(":")[2] for call in judge.calls} == {
        "generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents",
        "predict",
    }  # fmt: skip
    assert answer.text == "".join(chunk.text or "" for chunk in chunks)
    assert answer.text.startswith(
        "Extract of 3 statements from 2 sources; no language model wrote this text."
    )
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    assert answer.model_version == "extractive-1"
    assert answer.usage_metadata.traffic_type == types.TrafficType.ON_DEMAND
    assert len(chunks) > 2
    assert [bool(chunk.usage_metadata) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert chunks[-1].usage_metadata == answer.usage_metadata
    assert counted.total_tokens == len(PROMPT) // 4 + 1
    assert len(one.embeddings[0].values) == 64
    assert sum(x * x for x in one.embeddings[0].values) == pytest.approx(1.0, abs=1e-4)
    assert [len(e.values) for e in (*two.embeddings, *old.embeddings)] == [3072, 3072, 768]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_the_developer_api_serves_the_same_client_with_a_key(gemini: Simulator, version: str) -> None:
    client = developer(gemini, version)
    answer = client.models.generate_content(model="gemini-3.8-flash", contents=PROMPT)
    streamed = client.models.generate_content_stream(model="gemini-3.8-flash", contents=PROMPT)
    assert answer.text == "".join(chunk.text or "" for chunk in streamed)
    assert answer.candidates[0].index == 0
    assert answer.create_time is None
    assert (
        len(client.models.embed_content(model="gemini-embedding-001", contents=["a b", "c"]).embeddings) == 2
    )
    assert client.models.count_tokens(model="gemini-3.8-flash", contents="x" * 40).total_tokens == 10
    assert LITE in {str(model.name).removeprefix("models/") for model in client.models.list()}


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_tuning_job_goes_through_its_states_and_its_endpoint_answers(
    gemini: Simulator, version: str
) -> None:
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
    gemini.faults({"kind": "job_slow", "seconds": 2.5})
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
    assert (stats.tuning_dataset_example_count, stats.total_truncated_example_count) == (40, 0)
    assert stats.total_billable_token_count > 40 * 3 * 100
    assert job.start_time < job.end_time

    answer = client.models.generate_content(model=job.tuned_model.endpoint, contents=PROMPT)
    assert answer.model_version == f"extractive-1-tuned-{job.tuned_model.endpoint.rpartition('/')[2]}"
    assert "[1]" in (answer.text or "")
    found = client.tunings.list(config={"filter": f'labels.finrisk-spec="{label}"'})
    assert [listed.name for listed in found] == [job.name]
    assert judge.problems == []


def test_jobs_are_listed_newest_first_in_pages_and_by_label(gemini: Simulator) -> None:
    uri, bearer = good_dataset(gemini), gemini.bearer()
    gemini.faults({"kind": "job_slow", "seconds": 60})
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


def test_a_cancelled_job_is_cancelling_and_then_cancelled_and_only_once(gemini: Simulator) -> None:
    judge = Judge("v1")
    client = vertex(gemini, "v1", judge)
    gemini.faults({"kind": "job_slow", "seconds": 60, "times": 1})
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
            wire.training_rows(20, "x").replace(b'"model"', b'"user"'),
            "the last turn must have the role model",
        ),
        (wire.training_rows(3, "x"), "has 3 usable examples; at least 10 are needed"),
    ],
)
def test_a_dataset_that_google_would_refuse_fails_the_job_with_the_row(
    gemini: Simulator, content: bytes, message: str
) -> None:
    name = create(gemini, job_body(dataset(gemini, content, "bad.jsonl")))["name"]
    error = wait(gemini, name, "FAILED")["error"]
    assert error["code"] == 3
    assert message in error["message"]


def test_a_dataset_that_is_not_there_fails_the_job(gemini: Simulator) -> None:
    name = create(gemini, job_body("gs://finrisk-sandbox/none.jsonl"))["name"]
    assert "training dataset cannot be read" in wait(gemini, name, "FAILED")["error"]["message"]


def test_an_example_that_is_too_long_is_dropped_and_named(gemini: Simulator) -> None:
    rows = wire.training_rows(12, "word " * 10) + wire.training_rows(1, "word " * 120_000)
    name = create(gemini, job_body(dataset(gemini, rows, "long.jsonl")))["name"]
    stats = wait(gemini, name, "SUCCEEDED")["tuningDataStats"]["supervisedTuningDataStats"]
    assert (stats["tuningDatasetExampleCount"], stats["totalTruncatedExampleCount"]) == ("13", "1")
    assert stats["truncatedExampleIndices"] == ["13"]
    assert "more than the limit of 131072" in stats["droppedExampleReasons"][0]


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
    gemini: Simulator, change: dict[str, Any], message: str
) -> None:
    answer = gemini.call("POST", JOBS, job_body("gs://finrisk-sandbox/o") | change, gemini.bearer())
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert message in answer.json["error"]["message"]


@pytest.mark.parametrize("path", [GENERATE, DEVELOPER])
@pytest.mark.parametrize(
    "change",
    [
        {"temprature": 1},
        {"contents": [{"role": "user", "parts": [{"txt": "x"}]}]},
        {"generationConfig": {"maxTokens": 5}},
        {"generationConfig": {"temperature": "hot"}},
        {"contents": []},
        {"contents": [{"role": "assistant", "parts": [{"text": "x"}]}]},
        {"contents": "x"},
    ],
)
def test_a_body_that_google_would_refuse_gets_400(
    gemini: Simulator, path: str, change: dict[str, Any]
) -> None:
    answer = gemini.call("POST", path, ASK | change, gemini.bearer() | KEY)
    assert (answer.status, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_snake_case_is_accepted_as_proto_json_does(gemini: Simulator) -> None:
    body = ASK | {
        "system_instruction": {"parts": [{"text": "x"}]},
        "generation_config": {"max_output_tokens": 5},
    }
    answer = gemini.call("POST", GENERATE, body, gemini.bearer()).json
    assert answer["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert answer["usageMetadata"]["candidatesTokenCount"] == 5


def test_without_a_good_bearer_vertex_answers_401_in_googles_shape(gemini: Simulator) -> None:
    gemini.faults({"kind": "token_seconds", "seconds": 0, "times": 1})
    expired, good = gemini.bearer(), gemini.bearer()
    foreign = {"Authorization": good["Authorization"][:-2] + "xx"}
    for headers in ({}, expired, foreign, {"Authorization": "Bearer ya29.x"}):
        for path in (GENERATE, JOBS):
            answer = gemini.call("POST", path, ASK, headers)
            assert (answer.status, answer.json["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert gemini.call("POST", GENERATE, ASK, good).status == 200


def test_an_assertion_signed_by_another_key_gets_no_token(gemini: Simulator, tmp_path: Any) -> None:
    from sandbox.gemini import service_account

    made = service_account(tmp_path, f"{gemini.url}/token", "finrisk-sandbox")
    other = Simulator(tmp_path, gemini.url, gemini.process)
    with pytest.raises(Exception, match="Invalid JWT Signature"):
        other.bearer()
    again = service_account(tmp_path, "http://127.0.0.1:1/token", "finrisk-sandbox")
    assert (again["private_key"], again["token_uri"]) == (made["private_key"], "http://127.0.0.1:1/token")
    assert (tmp_path / "service-account.json").stat().st_mode & 0o777 == 0o600


def test_a_call_without_a_key_or_for_a_model_or_project_that_is_not_there_says_so(gemini: Simulator) -> None:
    bearer = gemini.bearer()
    assert gemini.call("POST", DEVELOPER, ASK).status == 403
    retired = GENERATE.replace(LITE, "gemini-1.5-flash-002")
    assert gemini.call("POST", retired, ASK, bearer).json["error"]["status"] == "NOT_FOUND"
    assert gemini.call("POST", f"/v1/{PARENT}/endpoints/8:generateContent", ASK, bearer).status == 404
    assert gemini.call("POST", GENERATE.replace("finrisk-sandbox", "other"), ASK, bearer).status == 403
    assert gemini.call("POST", GENERATE.replace("us-central1", "mars-1"), ASK, bearer).status == 400
    gone = gemini.call("POST", "/v1beta/tunedModels/x:generateContent", ASK, KEY)
    assert gone.status == 404
    assert "May 2025" in gone.json["error"]["message"]


def test_a_removed_endpoint_is_gone(gemini: Simulator) -> None:
    bearer = gemini.bearer()
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    endpoint = wait(gemini, name, "SUCCEEDED")["tunedModel"]["endpoint"]
    judge = discovery.load("aiplatform.v1")
    shown = gemini.call("GET", f"/v1/{endpoint}", headers=bearer)
    removed = gemini.call("DELETE", f"/v1/{endpoint}", headers=bearer)
    assert judge.problems("GET", f"/v1/{endpoint}", {}, None, shown.json) == []
    assert judge.problems("DELETE", f"/v1/{endpoint}", {}, None, removed.json) == []
    assert gemini.call("POST", f"/v1/{endpoint}:generateContent", ASK, bearer).status == 404


def test_a_429_carries_retry_after_as_often_as_asked(gemini: Simulator) -> None:
    gemini.faults({"kind": "status", "code": 429, "retry_after": 7, "times": 2, "path": "generateContent"})
    bearer = gemini.bearer()
    answers = [gemini.call("POST", GENERATE, ASK, bearer) for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert gemini.call("GET", "/_sandbox/faults").json["faults"][0]["fired"] == 2


def test_a_dropped_connection_ends_without_a_byte_before_or_after_the_work(gemini: Simulator) -> None:
    uri, bearer = good_dataset(gemini), gemini.bearer()
    gemini.faults({"kind": "drop", "path": "tuningJobs$", "times": 1, "after": True})
    with pytest.raises((ConnectionError, OSError)):
        gemini.call("POST", JOBS, job_body(uri, labels={"lost": "yes"}), bearer)
    listed = gemini.call("GET", f"{JOBS}?filter=labels.lost%3Dyes", headers=bearer).json
    assert len(listed["tuningJobs"]) == 1
    gemini.faults({"kind": "drop", "arm": "base", "times": 1})
    with pytest.raises((ConnectionError, OSError)):
        gemini.call("POST", GENERATE, ASK, bearer)


@pytest.mark.parametrize(
    ("kind", "reason"), [("safety", "SAFETY"), ("empty", "MAX_TOKENS"), ("blocked_prompt", None)]
)
def test_a_blocked_or_empty_answer_is_200_without_text(
    gemini: Simulator, kind: str, reason: str | None
) -> None:
    judge = Judge("v1")
    client = vertex(gemini, "v1", judge)
    gemini.faults({"kind": kind})
    answers = [
        client.models.generate_content(model=LITE, contents=PROMPT),
        *client.models.generate_content_stream(model=LITE, contents=PROMPT),
    ]
    assert len(answers) == 2
    for answer in answers:
        assert answer.text is None
        if reason:
            assert answer.candidates[0].finish_reason.name == reason
        else:
            assert answer.prompt_feedback.block_reason is not None
    assert judge.problems == []


def test_a_cut_stream_breaks_and_a_clean_cut_ends_without_a_reason(gemini: Simulator) -> None:
    client = vertex(gemini)
    gemini.faults({"kind": "cut_stream", "after_chunks": 2, "times": 1})
    received: list[Any] = []
    with pytest.raises(httpx2.RemoteProtocolError):
        received.extend(client.models.generate_content_stream(model=LITE, contents=PROMPT))
    assert len(received) == 2
    gemini.faults({"kind": "clean_cut", "after_chunks": 2, "times": 1})
    chunks = list(client.models.generate_content_stream(model=LITE, contents=PROMPT))
    assert len(chunks) == 2
    assert chunks[-1].candidates[0].finish_reason is None
    assert chunks[-1].usage_metadata is None


def test_latency_is_added_for_the_arm_that_is_asked_for(gemini: Simulator) -> None:
    bearer = gemini.bearer()
    gemini.faults(
        {"kind": "latency", "ms": 300, "arm": "tuned"}, {"kind": "latency", "ms": [100, 120], "model": LITE}
    )
    started = time.monotonic()
    assert gemini.call("POST", GENERATE, ASK, bearer).status == 200
    assert 0.1 <= time.monotonic() - started < 0.3
    started = time.monotonic()
    gemini.call("POST", f"/v1/{PARENT}/endpoints/8:generateContent", ASK, bearer)
    assert time.monotonic() - started >= 0.3


def test_a_seeded_probability_gives_the_same_failures_again(gemini: Simulator) -> None:
    def run() -> list[int]:
        gemini.clear()
        gemini.faults({"kind": "status", "code": 503, "probability": 0.5, "seed": 11, "path": "3.8-flash"})
        return [gemini.call("POST", DEVELOPER, ASK, KEY).status for _ in range(12)]

    first = run()
    assert first == run()
    assert set(first) == {200, 503}


def test_a_refused_key_is_not_valid_and_never_shown(gemini: Simulator) -> None:
    gemini.faults({"kind": "refuse_key", "key": "revoked-key"})
    refused = gemini.call("POST", DEVELOPER, ASK, {"x-goog-api-key": "revoked-key"})
    assert (refused.status, refused.json["error"]["details"][0]["reason"]) == (400, "API_KEY_INVALID")
    assert gemini.call("POST", DEVELOPER, ASK, KEY).status == 200
    shown = gemini.call("GET", "/_sandbox/faults").body + gemini.call("GET", "/_sandbox/requests").body
    assert b"revoked-key" not in shown


def test_a_job_fails_with_the_message_asked_for(gemini: Simulator) -> None:
    gemini.faults({"kind": "job_fail", "message": "Quota of tuning cores is used up.", "times": 1})
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    assert wait(gemini, name, "FAILED")["error"] == {
        "code": 13,
        "message": "Quota of tuning cores is used up.",
    }


@pytest.mark.parametrize(
    "rule", [{"kind": "gremlin"}, {"kind": "status", "cod": 1}, {"kind": "drop", "path": "("}, 5]
)
def test_a_rule_that_makes_no_sense_is_refused(gemini: Simulator, rule: Any) -> None:
    assert gemini.call("POST", "/_sandbox/faults", [rule]).status == 400
    assert gemini.call("GET", "/_sandbox/faults").json == {"faults": []}


def test_the_journal_has_labels_and_digests_but_no_token_and_no_text(gemini: Simulator) -> None:
    bearer = gemini.bearer()
    gemini.call("POST", f"{GENERATE}?key=secret-in-query", ASK, bearer)
    create(gemini, job_body("gs://finrisk-sandbox/none.jsonl", labels={"finrisk-spec": "j1"}))
    answer = gemini.call("GET", "/_sandbox/requests?limit=2")
    last = answer.json["requests"]
    assert [entry["path"] for entry in last] == [GENERATE, JOBS] or last[-1]["labels"] == {
        "finrisk-spec": "j1"
    }
    for secret in (bearer["Authorization"][7:], "secret-in-query", "Northwind"):
        assert secret.encode() not in answer.body


def test_jobs_objects_and_endpoints_survive_a_kill(tmp_path: Any) -> None:
    with wire.simulator(tmp_path, "--tuning-seconds", "1.5") as first:
        uri = good_dataset(first)
        bearer = first.bearer()
        name = create(first, job_body(uri))["name"]
        wait(first, name, "RUNNING")
        first.process.kill()
        first.process.wait()
    with wire.simulator(tmp_path, "--tuning-seconds", "1.5") as second:
        done = wait(second, name, "SUCCEEDED")
        assert (
            second.call("POST", f"/v1/{done['tunedModel']['endpoint']}:generateContent", ASK, bearer).status
            == 200
        )
        assert second.stop() == 0
    with wire.simulator(tmp_path) as third:
        assert third.call("GET", f"/v1/{name}", headers=bearer).json == done
        assert (
            third.call("POST", f"/v1/{done['tunedModel']['endpoint']}:generateContent", ASK, bearer).status
            == 200
        )
