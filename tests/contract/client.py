"""Google's own client on the simulator, a judge of what it sends and gets, and calls of tuning jobs."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from google import genai
from google.genai import types

from tests.contract import discovery, wire
from tests.contract.wire import PARENT, PROMPT, Simulator

LITE = "gemini-3.5-flash-lite"
GENERATE = f"/v1/{PARENT}/publishers/google/models/{LITE}:generateContent"
DEVELOPER = "/v1beta/models/gemini-3.8-flash:generateContent"
JOBS = f"/v1/{PARENT}/tuningJobs"
ASK = {"contents": [{"role": "user", "parts": [{"text": PROMPT}]}]}
KEY = {"x-goog-api-key": "any"}


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
    deadline, bearer = time.monotonic() + 30, gemini.bearer()
    while time.monotonic() < deadline:
        job = gemini.call("GET", f"/v1/{name}", headers=bearer).json
        if job["state"] in {f"JOB_STATE_{state}" for state in states}:
            return dict(job)
        time.sleep(0.03)
    raise AssertionError(f"{name} is still {job['state']}")
