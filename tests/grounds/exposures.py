"""Requests and ratings of an experiment, shipped to a database, and the evidence that it has of them."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from finrisk.db.pool import Database
from finrisk.journal import Journal, encoded
from finrisk.ratings import apply_ratings
from finrisk.shipping import Shipper
from finrisk_ops import evidence
from tests.grounds.records import analysis, rating

EXPERIMENT = "spec-2"
VERSIONS = {"judge_version": "2", "prompt_version": "p", "index_version": "3"}
BEGIN = datetime.now(UTC) - timedelta(hours=6)
FAILED: dict[str, Any] = {
    "outcome": "ok",
    "arm_served": "base",
    "arm_error": "timeout",
    "fallback_reason": "timeout",
}
RESTING: dict[str, Any] = {"outcome": "ok", "arm_served": "base", "fallback_reason": "breaker"}
NOBODY: dict[str, Any] = {"outcome": "upstream_error", "arm_served": None, "arm_error": "upstream_error"}
BLOCKED: dict[str, Any] = {"outcome": "blocked", "arm_served": None, "arm_error": "blocked"}

Arm = dict[str, Any]


class Ground:
    """A database, and the folder of a journal that is shipped to it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        folder.mkdir()
        self.database = Database(url, 4)

    def ship(self, records: Iterable[dict[str, Any]]) -> None:
        (self.folder / f"{uuid.uuid4()}.seg").write_bytes(b"".join(map(encoded, records)))
        while Shipper(Journal(self.folder), self.database).ship():
            pass
        apply_ratings(self.database, 0.9)

    def read(self, prices: evidence.Prices | None = None) -> dict[str, Any]:
        with psycopg.connect(self.url) as connection:
            found: dict[str, Any] = evidence.read(connection, EXPERIMENT, prices)
            return found

    def stages(self) -> list[dict[str, Any]]:
        return list(self.read()["stages"])

    def arms(self) -> tuple[Arm, Arm]:
        [stage] = self.stages()
        return stage["arms"]["base"], stage["arms"]["tuned"]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


def asked(arm: str, user: str, minute: float = 0, **fields: Any) -> dict[str, Any]:
    """A request of a user, answered well by the arm's own model where the fields say nothing else."""
    row = {
        "created_at": (BEGIN + timedelta(minutes=minute)).isoformat(),
        "experiment": EXPERIMENT,
        "revision": "r0001",
        "split_bp": 5000,
        "unit_hash": user,
        "user_hash": user,
        "arm_assigned": arm,
        "arm_served": arm,
        "latency_ms": 700.0,
        "arm_ms": 700.0,
        **VERSIONS,
        **fields,
    }
    if row["arm_served"]:
        row = {"prompt_tokens": 1000, "answer_tokens": 100, "wrong_figures": 0, "judged_quality": 0.9} | row
        row |= {"quality_score": row["judged_quality"]}
    return analysis(str(uuid.uuid4()), **row)


def rated(record: dict[str, Any], value: int = -1) -> dict[str, Any]:
    return rating(record["analysis"]["id"], rating=value)


def many(number: int, seed: int = 1) -> list[dict[str, Any]]:
    """Requests of thirty users with everything that can become of one, and ratings of a third."""
    dice = random.Random(seed)  # noqa: S311  not a secret
    records = []
    for minute in range(number):
        user = f"u{int(30 * dice.random() ** 2)}"
        arm = "tuned" if int(user[1:]) % 3 == 0 else "base"
        fate: dict[str, Any] = dice.choice(
            [{}, {}, {}, NOBODY, BLOCKED, *([FAILED, RESTING] if arm == "tuned" else [])]
        )
        fields: dict[str, Any] = {
            "arm_ms": None if fate is RESTING else dice.choice([500.0, 1999.0, 2000.0, 2500.0]),
            "judged_quality": round(dice.random(), 3),
            "wrong_figures": dice.choice([None, 0, 0, 2]),
            "refused": dice.choice([None, False, False, True]),
            "revision": "r0001" if minute < number / 2 else "r0002",
        }
        records.append(asked(arm, user, minute, **(fields | fate)))
        if dice.random() < 0.3:
            records.append(rated(records[-1], dice.choice([-1, 1])))
    return records


def metric(arm: Arm, name: str) -> tuple[int, float, int, float]:
    of = arm["metrics"][name]
    return of["users"], of["sum"], of["requests"], of["events"]
