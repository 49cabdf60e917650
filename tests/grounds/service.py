"""A real service: Gunicorn, PostgreSQL and the Gemini wire, on free ports and in a folder of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from sandbox.connection import LOCATION, PROJECT, free_ports
from tests.grounds.calls import Answer, call
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

T = TypeVar("T")
KEYS = {
    "all": ["analyze", "feedback", "documents", "admin"],
    "analyst": ["analyze", "feedback"],
    "librarian": ["documents"],
    "reviewer": ["review"],
    "equities": ["analyze"],
}
LABELS = {"equities": ["desk: equities"]}
"""The labels of documents that a key may read; the other keys have none."""
PAGE: dict[str, Any] = {
    "id": "corvane-2024-liquidity",
    "title": "Corvane Bank annual report 2024: liquidity risk",
    "company": "Corvane Bank",
    "year": 2024,
    "text": (
        "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 % a year "
        "earlier, because wholesale deposits of $412 million left in the fourth quarter.\n\n"
        "Deposits of the ten largest customers were 14.2 % of all deposits in 2024. A withdrawal of half of "
        "them would take the ratio to 104 %, which is above the regulatory minimum of 100 %.\n\n"
        "| In $ million | 2024 | 2023 |\n| --- | --- | --- |\n"
        "| High-quality liquid assets | 2,310 | 2,640 |\n| Net cash outflows | 1,958 | 2,015 |\n"
    ),
}
STRATEGY = "How far did the liquidity coverage ratio of Corvane Bank fall in 2024, and what caused it?"


def key(name: str) -> str:
    return f"frk_{name}_" + hashlib.sha256(name.encode()).hexdigest()


@dataclass
class RunningService:
    """A Gunicorn under test and the ways to talk to it."""

    var: Path
    gemini: Wire
    database_url: str
    process: subprocess.Popen[bytes] | None = None
    expected_workers: int = 2
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(init=False)
    ops_port: int = field(init=False)

    def __post_init__(self) -> None:
        self.port, self.ops_port = free_ports(0, 0)

    def configure(self, **settings: object) -> None:
        """Write the settings as a revision, as a deploy does."""
        data = {
            "GEMINI_BASE_URL": self.gemini.url,
            "GOOGLE_CLOUD_PROJECT": PROJECT,
            "GOOGLE_CLOUD_LOCATION": LOCATION,
            "RATE_LIMIT_PER_MINUTE": "0",
            "WORKERS": "2",
            **{name: str(value) for name, value in settings.items()},
        }
        self.expected_workers = int(data["WORKERS"])
        secrets = {"FINETUNED_MODEL_NAME": data.pop("FINETUNED_MODEL_NAME", "")}
        credentials = {
            "DATABASE_URL": data.pop("DATABASE_URL", self.database_url),
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.gemini.credentials_file),
            "USER_HASH_KEY": data.pop("USER_HASH_KEY", "a key of the tests"),
            "REDACTION_NAMES": data.pop("REDACTION_NAMES", ""),
        }
        digest = hashlib.sha256(json.dumps([data, secrets]).encode()).hexdigest()[:8]
        folder = self.var / "revisions" / f"r0001-{digest}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps({"data": data}))
        (folder / "secrets.json").write_text(json.dumps({"stringData": secrets}))
        (self.var / "credentials.json").write_text(json.dumps({"stringData": credentials}))
        self.write_keys(KEYS)
        (self.var / "current.new").symlink_to(folder)
        (self.var / "current.new").rename(self.var / "current")

    def write_keys(self, keys: dict[str, list[str]]) -> None:
        entries = [
            {
                "id": name,
                "name": name,
                "sha256": hashlib.sha256(key(name).encode()).hexdigest(),
                "roles": roles,
                "labels": LABELS.get(name, []),
            }
            for name, roles in keys.items()
        ]
        (self.var / "api_keys.json").write_text(json.dumps(entries))

    def start(self, wait: bool = True) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "FINRISK_VAR_DIR": str(self.var),
            "FINRISK_BIND": f"127.0.0.1:{self.port}",
            "FINRISK_OPS_BIND": f"127.0.0.1:{self.ops_port}",
            **self.environment,
        }
        with (self.var / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "-c", "app/gunicorn.conf.py", "finrisk.wsgi:app"],
                cwd=REPOSITORY,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            self.wait_until(self.is_ready)

    def is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log_text()
        ready = self.call("GET", "/readyz", port=self.ops_port)
        return ready.status == 200 and len(ready.json["workers"]) == self.expected_workers

    def wait_until(self, holds: Callable[[], T | None], seconds: float = 60) -> T:
        """Wait for what happens in the background; say what the log says when it does not."""
        return until(holds, seconds, log=self.log_text)

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)

    def workers(self) -> list[int]:
        listed = self.call("GET", "/readyz", port=self.ops_port).json["workers"]
        return [worker["pid"] for worker in listed]

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        with_key: str | None = "all",
        headers: dict[str, str] | None = None,
        port: int | None = None,
    ) -> Answer:
        """One request on a connection of its own; ``body`` may be bytes, an iterator of chunks, or JSON."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        if with_key:
            sent["Authorization"] = f"Bearer {key(with_key)}"
        sent.update(headers or {})
        try:
            return call(f"http://127.0.0.1:{port or self.port}", method, path, body, sent)
        except ConnectionRefusedError:
            return Answer(0, {}, b"")

    def analyze(self, strategy: str = STRATEGY, **fields: Any) -> Answer:
        return self.call("POST", "/api/v1/analyze", {"strategy": strategy, **fields})

    def add_page(self) -> None:
        assert self.call("POST", "/api/v1/documents", {"documents": [PAGE]}).status == 200

    def rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(query.encode(), parameters).fetchall()

    def wait_for_row(self, answer: Answer) -> dict[str, Any]:
        """The stored analysis of an answer, once it has arrived."""
        request_id = answer.headers["X-Request-Id"]
        query = "select to_jsonb(a) from analyses a where id = %s"
        found = self.wait_until(lambda: self.rows(query, request_id))
        row: dict[str, Any] = found[0][0]
        return row

    def log_text(self) -> str:
        return (self.var / "service.log").read_text()

    def log_lines(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]
