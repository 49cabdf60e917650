"""What the product says and what the simulator answers, before Google's documents and Google's types."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finrisk.completion import Completion
from finrisk.gemini import Gemini
from finrisk.settings import Settings
from finrisk_ops.dataset import prepare
from finrisk_rules.prompt import SYSTEM_INSTRUCTION
from sandbox.connection import LOCATION, PROJECT
from tests.contract.peer_processes import PYTHON, Strict, run
from tests.contract.published import Published
from tests.contract.tap import Exchange, Tap, tap
from tests.grounds import datasets, tuning
from tests.grounds.google_client import (
    ASK,
    DEVELOPER,
    GENERATE,
    JOBS,
    KEY,
    LITE,
    PARENT,
    PROMPT,
    create,
    dataset,
    good_dataset,
    job_body,
    training_rows,
    wait,
)
from tests.grounds.training_rows import row
from tests.grounds.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("peers")]


@pytest.fixture
def watched(gemini: Wire) -> Iterator[Tap]:
    with tap(gemini.url) as running:
        yield running


@pytest.fixture
def tapped(gemini: Wire, watched: Tap) -> Wire:
    """The simulator behind the tap."""
    return dataclasses.replace(gemini, url=watched.url)


def judge(strict: Strict, watched: Tap) -> Published:
    published = Published(strict)
    assert [p for exchange in watched.exchanges for p in published.problems(exchange)] == []
    return published


def settings(url: str, account: Path, **more: Any) -> Settings:
    """The service's settings, as the rendered ConfigMap and Secret would hold them."""
    given = {
        "gemini_base_url": url,
        "google_cloud_project": "finrisk-sandbox",
        "google_cloud_location": "us-central1",
        "google_application_credentials": str(account),
        "base_model": LITE,
        "user_hash_key": "k",
    }
    return Settings(**(given | more))


def ask(gemini: Gemini, model: str) -> tuple[Completion, Completion]:
    """The whole answer and the streamed one, through the service's own client."""
    whole = gemini.complete(model, SYSTEM_INSTRUCTION, PROMPT, 20)
    *_, last = gemini.stream(model, SYSTEM_INSTRUCTION, PROMPT, 20)
    assert isinstance(last, Completion)
    return whole, last


def test_all_that_the_service_sends_and_gets_is_what_google_publishes(
    tapped: Wire, gemini: Wire, watched: Tap, strict: Strict, tmp_path: Path
) -> None:
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    endpoint = wait(gemini, name, "SUCCEEDED")["tunedModel"]["endpoint"]
    account = watched.account(gemini.var / "service-account.json", tmp_path / "account.json")
    vertex = Gemini(settings(tapped.url, account))
    for model in (LITE, endpoint):
        whole, streamed = ask(vertex, model)
        assert (whole.text, whole.model_version) == (streamed.text, streamed.model_version)
    by_key = Gemini(settings(tapped.url, account, gemini_provider="gemini_api", gemini_api_key="k"))
    ask(by_key, "gemini-3.8-flash")
    assert judge(strict, watched).seen == {
        "token",
        "publishers.models.generateContent",
        "publishers.models.streamGenerateContent",
        "endpoints.generateContent",
        "endpoints.streamGenerateContent",
        "gemini_api.generateContent",
        "gemini_api.streamGenerateContent",
    }


def test_all_that_tuning_sends_and_gets_is_what_google_publishes(
    gemini: Wire, watched: Tap, strict: Strict, tmp_path: Path
) -> None:
    from finrisk_ops.cloud import gemini as vertex
    from finrisk_ops.release import warmup

    ground = Wire(watched.url, gemini.var)
    datasets.dataset(tmp_path, seed="types")
    account = watched.account(gemini.var / "service-account.json", tmp_path / "account.json")
    given = tuning.options(ground, tmp_path, credentials_file=str(account), adapter_size=8)
    gemini.fault(kind="job_slow", seconds=60, times=1)
    first = tuning.submit(given)
    assert first["action"] == "submit", first
    tuning.submit(given | {"state": "cancelled"})
    second = tuning.submit(given | {"epochs": 6})
    endpoint = wait(gemini, second["job"]["job_name"], "SUCCEEDED")["tunedModel"]["endpoint"]
    look = tuning.look(given)
    assert look["job"]["state"] == "ACTIVE"
    platform = vertex.Platform("vertex", PROJECT, LOCATION, str(account), watched.url, timeout_seconds=10)
    warmup.warm_up(platform, endpoint, 2)
    assert warmup.check_base(platform, endpoint, given["base_model"]) == ""
    assert judge(strict, watched).seen == {
        "token",
        "storage.buckets.get",
        "storage.objects.get",
        "storage.objects.insert",
        "tuningJobs.create",
        "tuningJobs.list",
        "tuningJobs.get",
        "tuningJobs.cancel",
        "endpoints.generateContent",
    }
    created = [e.sent_json for e in watched.exchanges if e.path.endswith("tuningJobs") and e.method == "POST"]
    parameters = [body["supervisedTuningSpec"]["hyperParameters"] for body in created]
    assert [each["epochCount"] for each in parameters] == [5, 6]
    assert {each["adapterSize"] for each in parameters} == {"ADAPTER_SIZE_EIGHT"}


def test_a_workload_without_a_key_gets_its_bearer_as_google_publishes(
    gemini: Wire, watched: Tap, strict: Strict, tmp_path: Path
) -> None:
    from finrisk_ops.cloud import gemini as vertex

    account = json.loads((gemini.var / "workload-identity.json").read_text())
    file = tmp_path / "workload-identity.json"
    file.write_text(json.dumps(account | {"token_url": f"{watched.url}/token"}))
    place = (PROJECT, LOCATION, str(file), watched.url)
    client = vertex.client(vertex.Platform("vertex", *place))
    vertex.generate(client, LITE, PROMPT)
    assert judge(strict, watched).seen == {"token", "publishers.models.generateContent"}


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_every_kind_of_answer_of_the_simulator_is_written_as_google_writes_it(
    tapped: Wire, watched: Tap, strict: Strict, version: str
) -> None:
    bearer = tapped.bearer()
    jobs, base = JOBS.replace("/v1/", f"/{version}/"), f"/{version}/{PARENT}"

    def call(method: str, path: str, body: Any = None) -> Any:
        return tapped.call(method, path, body, bearer | {"Content-Type": "application/json"}).json

    rows = training_rows(12, "word " * 10) + training_rows(1, "word " * 120_000)
    long = dataset(tapped, rows, f"long-{version}.jsonl")
    missing = job_body("gs://finrisk-sandbox/none", labels={"of": version})
    made = [
        call("POST", jobs, body)["name"]
        for body in (job_body(long, labels={"of": version}), missing, missing)
    ]
    call("POST", f"/{version}/{made[2]}:cancel", {})
    endpoint = wait(tapped, made[0], "SUCCEEDED")["tunedModel"]["endpoint"]
    wait(tapped, made[1], "FAILED")
    wait(tapped, made[2], "CANCELLED")
    for path in (*made, endpoint):
        call("GET", f"/{version}/{path}")
    call("GET", f"{jobs}?pageSize=2&filter=labels.of%3D{version}")
    call("GET", f"{jobs}?filter=labels.of%3Dnobody")
    [model, *_] = call("GET", f"{base}/models")["models"]
    for path in (
        f"{base}/endpoints",
        f"/{version}/{model['name']}",
        f"/{version}/publishers/google/models/{LITE}",
    ):
        call("GET", path)
    generate = GENERATE.replace("/v1/", f"/{version}/")
    for fault in ("safety", "empty", "blocked_prompt", "clean_cut"):
        tapped.fault(kind=fault, after_chunks=1)
        call("POST", generate, ASK)
        call("POST", generate.replace("generateC", "streamGenerateC"), ASK)
        tapped.clear()
    call("POST", generate.replace("generateContent", "countTokens"), ASK)
    call("DELETE", f"/{version}/{endpoint}")
    watched.exchanges[:] = [e for e in watched.exchanges if "/_sandbox/" not in e.path]
    assert judge(strict, watched).seen >= {
        "tuningJobs.create", "tuningJobs.get", "tuningJobs.list", "tuningJobs.cancel",
        "endpoints.get", "endpoints.list", "endpoints.delete", "models.list", "models.get",
        "publishers.models.get", "publishers.models.generateContent", "publishers.models.countTokens",
    }  # fmt: skip


def test_every_refusal_of_the_simulator_has_the_shape_of_googles(
    tapped: Wire, watched: Tap, strict: Strict
) -> None:
    good, kind = tapped.bearer(), {"Content-Type": "application/json"}
    statuses = []
    for code in (429, 499, 500, 503, 504):
        tapped.fault(kind="status", code=code, retry_after=3, times=1, path="tuningJobs")
        statuses.append(tapped.call("GET", JOBS, None, good).status)
    tapped.fault(kind="refuse_key", key="any", times=1)
    upload = "/upload/storage/v1/b/{}/o?uploadType=media&name=refused&ifGenerationMatch=0"
    for method, path, body, headers in (
        ("POST", DEVELOPER, ASK, KEY),
        ("POST", DEVELOPER, ASK, {}),
        ("POST", DEVELOPER, {"contents": []}, KEY),
        ("POST", DEVELOPER.replace("3.8-flash", "1.0-pro"), ASK, KEY),
        ("POST", JOBS, {"baseModel": "x"}, good),
        ("POST", JOBS, {"batchSize": 4}, good),
        ("GET", JOBS, None, {}),
        ("GET", JOBS, None, {"Authorization": "Bearer ya29.x"}),
        ("GET", f"{JOBS}/1", None, good),
        ("GET", JOBS.replace("finrisk-sandbox", "other"), None, good),
        ("POST", JOBS.replace("us-central1", "mars-1"), job_body("gs://a/b"), good),
        ("POST", f"/v1/{PARENT}/endpoints/8:generateContent", ASK, good),
        ("POST", GENERATE, {"contents": []}, good),
        ("POST", upload.format("finrisk-sandbox"), b"x", good),
        ("POST", upload.format("finrisk-sandbox"), b"x", good),
        ("POST", upload.format("other"), b"x", good),
        ("GET", "/storage/v1/b/finrisk-sandbox/o/none", None, good),
        ("GET", "/storage/v1/b/finrisk-sandbox", None, {}),
    ):
        statuses.append(
            tapped.call(method, path, body, headers | ({} if isinstance(body, bytes) else kind)).status
        )
    assert statuses == [429, 499, 500, 503, 504, 400, 403, 400, 404, 400, 400, 401, 401, 404, 403, 400, 404,
                        400, 200, 412, 404, 404, 401]  # fmt: skip
    published = Published(strict)
    refused = [e for e in watched.exchanges if e.status >= 400 and "/_sandbox/" not in e.path]
    wrong = [problem for exchange in refused for problem in published.error_problems(exchange)]
    assert (len(refused), wrong) == (22, [])


def test_the_rows_that_are_trained_on_are_googles_examples(strict: Strict, tmp_path: Path) -> None:
    datasets.dataset(tmp_path)
    for file in tmp_path.glob("*_set_*.jsonl"):
        for example in map(json.loads, file.read_text().splitlines()):
            assert strict.problems("aiplatform_v1beta1.GeminiExample", example, canonical=True) == []


def test_preference_pairs_are_googles_examples_beside_a_system_instruction(tmp_path: Path) -> None:
    """Google's type has no field for the instruction; its documentation has one beside the others."""
    corrected = [row(number, provenance="human", model_analysis="It says less. " * 9) for number in range(30)]
    (tmp_path / "raw.json").write_text(json.dumps(corrected))
    request = prepare.Request(str(tmp_path / "raw.json"), tmp_path, 0.9, 0, 0.9)
    pairs = Path(prepare.run(request, check_mode=False)["preference_file"]).read_text().splitlines()
    assert len(pairs) > 15
    pair = json.loads(pairs[0])
    assert typed("Content", pair["system_instruction"]) == pair.pop("system_instruction")
    assert typed("GeminiPreferenceExample", pair) == pair


def typed(name: str, body: Any) -> Any:
    """A body as it comes back out of a type of Google's client, which takes no unknown field."""
    code = (
        "import sys; from google.genai import types; "
        f"body = types.{name}.model_validate_json(sys.stdin.read()); "
        "print(body.model_dump_json(exclude_none=True))"
    )
    return run([str(PYTHON), "-c", code], json.dumps(body))


JOB: dict[str, Any] = {
    "name": f"{PARENT}/tuningJobs/1",
    "state": "JOB_STATE_RUNNING",
    "createTime": "2026-11-22T10:00:00.120Z",
    "supervisedTuningSpec": {"hyperParameters": {"epochCount": "5", "learningRateMultiplier": 1.0}},
}
SPEC = "supervisedTuningSpec"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["state"], "JOB_STATE_TUNING"),
        (["state"], 3),
        (["create_time"], "2026-11-22T10:00:00Z"),
        (["createTime"], "yesterday"),
        (["baseModelName"], "x"),
        (["labels"], {}),
        ([SPEC, "hyperParameters", "epochCount"], 5),
        ([SPEC, "hyperParameters", "epochCount"], "0"),
        ([SPEC, "hyperParameters", "batchSize"], "4"),
        ([SPEC, "trainingDataset"], "gs://b/o"),
        (["error"], {"code": 13, "message": "m", "status": "INTERNAL"}),
    ],
)
def test_the_judge_finds_what_google_would_not_write(strict: Strict, path: list[str], value: Any) -> None:
    body = json.loads(json.dumps(JOB))
    assert strict.problems("aiplatform_v1.TuningJob", body, canonical=True) == []
    place = body
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert strict.problems("aiplatform_v1.TuningJob", body, canonical=True) != []


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        (JOBS, 404, {"code": 404, "message": "m", "status": "INVALID_ARGUMENT"}),
        (JOBS, 404, {"code": 400, "message": "m", "status": "NOT_FOUND"}),
        (JOBS, 404, {"code": 404, "message": "m", "status": "NOT_FOUND", "errors": []}),
        (JOBS, 404, {"code": 404, "message": "m", "status": "NOT_FOUND", "details": [{"reason": "R"}]}),
        ("/storage/v1/b/x", 404, {"code": 404, "message": "m", "errors": [{"reason": "notFound"}]}),
        ("/storage/v1/b/x", 404, {"code": 404, "errors": []}),
    ],
)
def test_the_judge_finds_an_error_that_is_not_googles(
    strict: Strict, path: str, status: int, error: dict[str, Any]
) -> None:
    body, kind = json.dumps({"error": error}).encode(), {"content-type": "application/json"}
    exchange = Exchange("GET", path, {}, {}, b"", status, kind, body)
    assert Published(strict).error_problems(exchange) != []
