"""The simulator of Gemini, Vertex AI, Cloud Storage and tokens, as a process of a test's own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from tests.grounds.calls import Answer, call
from tests.grounds.repository import REPOSITORY

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
CREATE = r"/tuningJobs$"
"""The path of a tuning job's creation, and of the look-up before it."""
UPLOAD = r"^/upload/"


@dataclass(frozen=True)
class Wire:
    """A running simulator, wherever it was started."""

    url: str
    var: Path

    @property
    def credentials_file(self) -> Path:
        """Its throw-away service account."""
        return self.var / "service-account.json"

    def credentials(self) -> Credentials:
        """What google-auth makes of that account."""
        account = str(self.credentials_file)
        return Credentials.from_service_account_file(account, scopes=[SCOPE])  # type: ignore[no-untyped-call,no-any-return]  # google-auth has no types

    def token(self) -> str:
        """A fresh bearer token."""
        credentials = self.credentials()
        credentials.refresh(Request())  # type: ignore[no-untyped-call]  # google-auth has no types
        return str(credentials.token)

    def bearer(self) -> dict[str, str]:
        """The header that carries a fresh token."""
        return {"Authorization": f"Bearer {self.token()}"}

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own; a body that is not bytes is sent as JSON."""
        return call(self.url, method, path, body, headers, seconds=20)

    def fault(self, **rule: Any) -> None:
        """Put one rule of sandbox.gemini.faults in force."""
        self._control("POST", "/_sandbox/faults", rule)

    def clear(self) -> None:
        """Take all rules out of force."""
        self._control("DELETE", "/_sandbox/faults")

    def requests(self, path: str = "", method: str = "") -> list[dict[str, Any]]:
        """The requests so far whose path matches."""
        entries = self._control("GET", "/_sandbox/requests?limit=2000")["requests"]
        return [e for e in entries if re.search(path, e["path"]) and method in ("", e["method"])]

    def forget_requests(self) -> None:
        """Let the requests so far be forgotten."""
        self._control("DELETE", "/_sandbox/requests")

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that the simulator has on disk, oldest first."""
        records = [json.loads(path.read_text()) for path in (self.var / "gemini/jobs").glob("*/job.json")]
        return [record["job"] for record in sorted(records, key=lambda record: record["created"])]

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.call(method, path, body)
        assert answer.status == 200, answer.body
        return answer.json


@dataclass(frozen=True)
class Simulator(Wire):
    """A simulator that this test started."""

    process: subprocess.Popen[str]

    def stop(self) -> int:
        """End it in order; return its exit status."""
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def wire(var: Path, *options: str, tuning_seconds: float = 1.0) -> Iterator[Simulator]:
    """Start a simulator without artificial latency, with more options of its own; stop it at the end."""
    command = [sys.executable, "-m", "sandbox.gemini", "--var", str(var), "--latency-ms", "0", "0"]
    command += ["--tuning-seconds", str(tuning_seconds), *options]
    var.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Simulator(json.loads(process.stdout.readline())["url"], var, process)
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=20)
