"""A running simulator for tests, and a proxy-free record of what a client sent it and got back."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

ROOT = Path(__file__).resolve().parents[2]
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PARENT = "projects/finrisk-sandbox/locations/us-central1"

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


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Simulator:
    """One simulator process."""

    var: Path
    url: str
    process: subprocess.Popen[bytes]

    def credentials(self) -> Credentials:
        account = str(self.var / "service-account.json")
        return Credentials.from_service_account_file(account, scopes=[SCOPE])  # type: ignore[no-untyped-call,no-any-return]

    def bearer(self) -> dict[str, str]:
        credentials = self.credentials()
        credentials.refresh(Request())  # type: ignore[no-untyped-call]
        return {"Authorization": f"Bearer {credentials.token}"}

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own; a body that is not bytes is sent as JSON."""
        parts = urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        try:
            raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, raw, headers or {})
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def faults(self, *rules: dict[str, Any]) -> None:
        answer = self.call("POST", "/_sandbox/faults", list(rules))
        assert answer.status == 200, answer.body

    def clear(self) -> None:
        self.call("DELETE", "/_sandbox/faults")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


@contextmanager
def simulator(var: Path, *options: str) -> Iterator[Simulator]:
    """A simulator that is up, without artificial latency; it is ended at the end."""
    command = [sys.executable, "-m", "sandbox.gemini", "--var", str(var), "--latency-ms", "0", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    assert process.stdout
    running = Simulator(var, json.loads(process.stdout.readline())["url"], process)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


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
