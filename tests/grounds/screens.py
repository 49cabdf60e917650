"""One database, as the service's status and the toolkit's show it, and rows to fill it with."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from finrisk.http.app import create_app, service
from finrisk.settings import settings_from_environment
from finrisk_ops.gate.rules import Rules
from finrisk_ops.status import facts
from finrisk_rules.experiment import Running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EXPERIMENT, REVISION, SPLIT = "spec-2", "r0004-00000004", 0.5
MODEL = "projects/p/locations/us-central1/endpoints/2"
SETTINGS = {
    "USER_HASH_KEY": "a key of the tests",
    "GOOGLE_CLOUD_PROJECT": "finrisk-sandbox",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "GEMINI_BASE_URL": "http://127.0.0.1:9",
    "REQUIRE_API_KEY": "false",
    "RATE_LIMIT_PER_MINUTE": "0",
}
RUNNING = {
    "AB_EXPERIMENT": EXPERIMENT,
    "FINRISK_REVISION": REVISION,
    "FINETUNED_MODEL_NAME": MODEL,
    "ENABLE_FINETUNING": "true",
    "ENABLE_AB_TESTING": "true",
}


@dataclass(frozen=True)
class Screens:
    """What both show of one database."""

    service: dict[str, Any]
    toolkit: dict[str, Any]

    def collection(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.service["collection"], self.toolkit["collection"]

    def arms(self) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.service["traffic"], self.toolkit["traffic"]["arms"]

    def experiment(self) -> tuple[dict[str, Any], dict[str, Any]]:
        own = ("earlier", "evidence", "shadow")
        shared = {name: value for name, value in self.toolkit["experiment"].items() if name not in own}
        return self.service["experiment"], shared

    def earlier(self) -> list[dict[str, Any]]:
        return list(self.toolkit["experiment"]["earlier"])


def screens(database_url: str, folder: Path, *, split: float = SPLIT, **options: Any) -> Screens:
    """Ask the service over its own route, and the toolkit by its own connection, of a database in India."""
    with psycopg.connect(database_url) as connection:
        connection.execute(f"alter database {connection.info.dbname} set timezone = 'Asia/Kolkata'".encode())
    settings = SETTINGS | RUNNING | {"AB_TEST_TRAFFIC_SPLIT": str(split)}
    places = {"DATABASE_URL": database_url, "FINRISK_VAR_DIR": str(folder)}
    running = service(settings_from_environment(settings | places))
    try:
        answer = create_app(running).test_client().get("/api/v1/status")
    finally:
        running.database.close()
    says: Any = answer.json
    assert answer.status_code == 200
    assert "problem" not in says, says
    goal = facts.Goal(**{"target": 1000} | options)
    return Screens(says, facts.read(database_url, goal, Running(EXPERIMENT, MODEL, REVISION, split), Rules()))


def collect(database_url: str, number: int, age: timedelta, **columns: Any) -> None:
    """Write pairs of this age into ``training_data``; ``digest`` says that all ask the same."""
    row = {"at": datetime.now(UTC) - age, "version": "gemini-3.5", "tuned": False, "withdrawn": None}
    row |= {"digest": None, "labels": None} | columns
    with psycopg.connect(database_url) as connection:
        connection.cursor().executemany(
            """insert into training_data (id, created_at, strategy, analysis, quality_score, model,
                   finetuned_model_used, latency_ms, model_version, withdrawn_at, question_digest,
                   labels)
               values (%(id)s, %(at)s, 's', 'a', 0.95, 'm', %(tuned)s, 1, %(version)s, %(withdrawn)s,
                   coalesce(%(digest)s, left(md5(%(id)s::text), 16)), %(labels)s)""",
            [row | {"id": uuid.uuid4()} for _ in range(number)],
        )


def asker(database_url: str) -> Callable[..., None]:
    """Write requests of an arm into ``analyses``, all by one new user, or by the user that is named."""
    users = itertools.count(1)
    names = """served outcome error fallback latency quality rating skipped experiment revision split user
        arm_ms model wrong""".split()

    def write(arm: str, number: int = 1, age: timedelta = HOUR, **columns: Any) -> None:
        row = {"served": arm, "outcome": "ok", "latency": 500.0, "quality": 0.9, "user": f"u{next(users)}"}
        row |= {"experiment": EXPERIMENT, "revision": REVISION, "split": round(SPLIT * 10_000)} | columns
        row |= {"model": row.get("model", MODEL if row["served"] == "tuned" else "gemini")}
        values = {name: row.get(name) for name in names} | {"at": datetime.now(UTC) - age, "arm": arm}
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into analyses (id, created_at, experiment, revision, split_bp, unit_kind, unit_hash,
                       bucket, arm_assigned, arm_served, model, outcome, arm_error, fallback_reason,
                       latency_ms, arm_ms, quality_score, rating, skip_reason, wrong_figures,
                       redaction_version)
                   values (%(id)s, %(at)s, %(experiment)s, %(revision)s, %(split)s, 'user', %(user)s,
                       1, %(arm)s, %(served)s, %(model)s, %(outcome)s, %(error)s, %(fallback)s,
                       %(latency)s, %(arm_ms)s, %(quality)s, %(rating)s, %(skipped)s, %(wrong)s, '1')""",
                [values | {"id": uuid.uuid4()} for _ in range(number)],
            )

    return write
