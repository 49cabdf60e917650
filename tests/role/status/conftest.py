"""An environment to look at, and rows of its tables."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release.revision import Release, labelled, make
from finrisk_ops.status import report
from finrisk_ops.status.facts import Goal
from tests.grounds.findings import MODEL, Status, job


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> Status:
    """Look at an environment with these settings and tuning jobs; its service is not running."""
    place = gunicorn.Place(tmp_path / "var", tmp_path, 1, 2)
    target = ProcessTarget(place)
    place.var_dir.mkdir()
    (place.var_dir / "credentials.json").write_text('{"stringData": {"USER_HASH_KEY": "h"}}')

    def look(
        ratio: int = 50, jobs: list[dict[str, Any]] | None = None, url: str = database_url, **settings: str
    ) -> dict[str, Any]:
        values = {"ENABLE_DATA_COLLECTION": "true", "DATA_COLLECTION_QUALITY": "0.9", "WORKERS": "2"}
        values |= {"AB_TEST_UNIT": "user", "BASE_MODEL": "gemini-3.5-flash-lite"}
        config = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": values | settings}
        secret = {"kind": "Secret", "metadata": {"name": "s"}, "stringData": {}}
        release = Release(MODEL, ratio, "local", "", "e", "me@here", "2026-01-01T10:00:00Z", "test")
        made = make(config, secret, release, 1)
        for key in set(settings) & {"ENABLE_AB_TESTING"}:  # as edited by hand
            made.config["data"][key] = settings[key]
        target.store(labelled(made, "finrisk.io/proven", "true"))
        target.make_current(made.name)
        in_the_stage(database_url, made.name)
        for number, content in enumerate([job("ACTIVE")] if jobs is None else jobs):
            (tmp_path / f"finetuning_job_2026010{number + 1}_100000.json").write_text(json.dumps(content))
        asked = Goal(1000, ["extractive"], False)
        data: dict[str, Any] = report.read(target, report.Question("local", tmp_path, url, asked))
        return data

    return look


def in_the_stage(database_url: str, revision: str) -> None:
    """Make the rows that were written those of this revision, in its stage."""
    with psycopg.connect(database_url) as connection:
        connection.execute("create temp table moved on commit drop as select * from analyses")
        connection.execute("update moved set revision = %s", (revision,))
        connection.execute("delete from analyses")
        connection.execute("insert into analyses select * from moved")


@pytest.fixture
def analyses(database_url: str) -> Callable[..., None]:
    """Write rows into ``analyses``; user n is number modulo users, and comes beside that of the other arm."""
    start = datetime.now(UTC) - timedelta(seconds=30)

    def write(arm: str, requests: int, users: int = 40, first_user: int = 0, **values: Any) -> None:
        row = {
            "arm_served": arm,
            "outcome": "ok",
            "arm_error": None,
            "fallback_reason": None,
            "latency_ms": 500.0,
            "quality_score": 0.95,
            "rating": None,
            "skip_reason": None,
            "model": None,
            "model_version": None,
            "ago": timedelta(minutes=5),
        } | values
        first = start - row["ago"] + timedelta(milliseconds=arm == "tuned")
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into analyses (id, created_at, experiment, revision, split_bp, unit_kind,
                       unit_hash, user_hash, bucket, arm_assigned, arm_served, outcome, arm_error,
                       fallback_reason, latency_ms, quality_score, judged_quality, rating, skip_reason, model,
                       model_version, redaction_version, judge_version, prompt_version, index_version)
                   values (%(id)s, %(created_at)s, 'e', '', 5000, 'user', %(unit)s, %(unit)s, 1, %(arm)s,
                       %(arm_served)s, %(outcome)s, %(arm_error)s, %(fallback_reason)s, %(latency_ms)s,
                       %(quality_score)s, %(quality_score)s, %(rating)s, %(skip_reason)s, %(model)s,
                       %(model_version)s, '1', '3', 'p', '3')""",
                [
                    row
                    | {
                        "id": uuid.uuid4(),
                        "created_at": first + timedelta(milliseconds=10 * (first_user + n)),
                        "unit": f"{arm}{first_user + n % users}",
                        "arm": arm,
                    }
                    for n in range(requests)
                ],
            )

    return write


@pytest.fixture
def examples(database_url: str) -> Callable[..., None]:
    """Write rows into ``training_data``."""

    def write(count: int, **values: Any) -> None:
        row = {"model_version": "gemini-3.5", "tuned": False, "withdrawn": None} | values
        with psycopg.connect(database_url) as connection:
            connection.cursor().executemany(
                """insert into training_data (id, created_at, strategy, analysis, quality_score, model,
                       finetuned_model_used, latency_ms, model_version, redaction_version, withdrawn_at)
                   values (%(id)s, now() - interval '2 hours', 's', 'a', 0.95, 'm', %(tuned)s, 1,
                       %(model_version)s, '1', %(withdrawn)s)""",
                [row | {"id": uuid.uuid4()} for _ in range(count)],
            )

    return write
