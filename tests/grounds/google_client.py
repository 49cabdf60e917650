"""Google's own client on the simulator, a judge of what it sends and gets, and calls of tuning jobs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
from google import genai
from google.genai import types

from sandbox.connection import BUCKET, LOCATION, PROJECT
from tests.grounds import discovery
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

PARENT = f"projects/{PROJECT}/locations/{LOCATION}"
PROMPT = """SOURCES
[1] Northwind Bank 2024, page 7 (northwind-2024-7)
Liquidity risk
The liquidity coverage ratio fell to 104% in 2024 from 131% in 2023. We hold $2.1 billion of cash.

| (in millions) | 2024 | 2023 |
| --- | --- | --- |
| Deposits | $4,100 | $5,200 |

[2] Harbour Tools 2024, page 3 (harbour-2024-3)
Phishing attacks on our staff rose to 312 in 2024. The cafeteria was painted in a friendly green.

QUESTION
How did the liquidity and the deposits of Northwind Bank change in 2024?"""
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


def vertex(gemini: Wire, version: str = "v1", judge: Judge | None = None) -> Any:
    hooks = {"event_hooks": {"response": [judge.seen]}} if judge else {}
    return genai.Client(
        vertexai=True,
        project=PROJECT,
        location=LOCATION,
        credentials=gemini.credentials(),
        http_options=types.HttpOptions(
            base_url=gemini.url, api_version=version, timeout=10_000, client_args=hooks
        ),
    )


def developer(gemini: Wire, version: str) -> Any:
    options = types.HttpOptions(base_url=gemini.url, api_version=version, timeout=10_000)
    return genai.Client(api_key="any", http_options=options)


def dataset(gemini: Wire, content: bytes, name: str) -> str:
    path = f"/upload/storage/v1/b/{BUCKET}/o?uploadType=media&name={name}"
    assert gemini.call("POST", path, content, gemini.bearer()).status == 200
    return f"gs://{BUCKET}/{name}"


def good_dataset(gemini: Wire, name: str = "good.jsonl", rows: int = 40) -> str:
    answer = gemini.call("POST", DEVELOPER, ASK, KEY).json["candidates"][0]["content"]["parts"][0]["text"]
    return dataset(gemini, training_rows(rows, answer), name)


def training_rows(number: int, answer: str) -> bytes:
    """A training file of `number` rows whose answer is the same."""
    row = {
        "systemInstruction": {"role": "system", "parts": [{"text": "Answer from the sources."}]},
        "contents": [
            {"role": "user", "parts": [{"text": PROMPT}]},
            {"role": "model", "parts": [{"text": answer}]},
        ],
    }
    return (json.dumps(row) + "\n").encode() * number


def job_body(uri: str, **more: Any) -> dict[str, Any]:
    spec = {"trainingDatasetUri": uri, "hyperParameters": {"epochCount": "3"}}
    return {"baseModel": LITE, "supervisedTuningSpec": spec, **more}


def create(gemini: Wire, body: dict[str, Any]) -> dict[str, Any]:
    answer = gemini.call("POST", JOBS, body, gemini.bearer())
    assert answer.status == 200, answer.body
    return dict(answer.json)


def wait(gemini: Wire, name: str, *states: str) -> dict[str, Any]:
    """Wait until a job is in one of the states, and return it."""
    wanted, bearer = {f"JOB_STATE_{state}" for state in states}, gemini.bearer()

    def there() -> dict[str, Any] | None:
        job: dict[str, Any] = gemini.call("GET", f"/v1/{name}", headers=bearer).json
        return job if job["state"] in wanted else None

    return until(there, 30)
