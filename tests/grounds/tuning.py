"""Tuning jobs on the simulator, by the modules that submit them and look at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg

from sandbox.connection import BUCKET, LOCATION, PROJECT
from tests.grounds.datasets import dataset
from tests.grounds.modules import load, run_module
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

LIMITS = {
    "tokens_per_example": 131_072,
    "file_bytes": 1 << 30,
    "training_examples": 1_000_000,
    "validation_examples": 5_000,
}


def options(ground: Wire, output_dir: Path, database_url: str = "", **more: Any) -> dict[str, Any]:
    """Return the options of finrisk_tuning_job for the simulator."""
    return {
        "project": PROJECT,
        "location": LOCATION,
        "credentials_file": str(ground.credentials_file),
        "base_url": ground.url,
        "storage_url": ground.url,
        "bucket": BUCKET,
        "environment_name": "test",
        "base_model": "gemini-3.5-flash-lite",
        "tunable_models": ["gemini-3.5-flash-lite", "gemini-3.5-flash"],
        "replaced_models": {"gemini-1.5-flash": "gemini-3.5-flash-lite"},
        "output_dir": str(output_dir),
        "database_url": database_url,
        "patience": 15,
        "request_timeout": 5,
        "limits": dict(LIMITS),
    } | more


def order_of_options(ground: Wire, output_dir: Path, **more: Any) -> tuple[Any, list[str]]:
    """Return the order of these options and its warnings, as finrisk_tuning_job makes it of them."""
    from finrisk_ops.options import platform
    from finrisk_ops.tuning.order import order_of

    defaults = {name: option.get("default") for name, option in load("finrisk_tuning_job").ARGUMENTS.items()}
    given = defaults | options(ground, output_dir, **more)
    made: tuple[Any, list[str]] = order_of(given, platform(given))
    return made


def place(given: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options that finrisk_tuning_job_info takes."""
    names = (
        "project",
        "location",
        "credentials_file",
        "base_url",
        "output_dir",
        "database_url",
        "request_timeout",
    )
    return {name: given[name] for name in (*names, "max_dropped_share") if name in given}


def submit(given: dict[str, Any], check: bool = False) -> dict[str, Any]:
    """Bring about the job of these options; return what finrisk_tuning_job prints."""
    return run_module("finrisk_tuning_job", given, check)


def look(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Look at the job once; return what finrisk_tuning_job_info prints."""
    return run_module("finrisk_tuning_job_info", place(given) | more)


def wait(given: dict[str, Any], *words: str, seconds: float = 90) -> dict[str, Any]:
    """Look until the provider says one of the words, or until the job is over when none is given."""

    def there() -> dict[str, Any] | None:
        seen = look(given)
        assert "failed" not in seen, seen
        job = seen["job"]
        return seen if job["provider_state"] in words or (not words and job["state"] != "CREATING") else None

    return until(there, seconds)


def of_spec(ground: Wire, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the simulator's jobs of the same spec as a module's result."""
    wanted = result["job"]["spec_id"]
    return [job for job in ground.jobs() if job.get("labels", {}).get("finrisk-spec") == wanted]


def row(database_url: str, spec_id: str) -> dict[str, Any]:
    """Return the job as the table has it."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select job from tuning_jobs where spec_id = %s", [spec_id]).fetchone()
    assert found is not None
    return dict(found[0])


def tuned_model(ground: Wire, folder: Path, database_url: str) -> str:
    """Tune a model on a small dataset and return its name."""
    dataset(folder)
    given = options(ground, folder, database_url)
    started = submit(given)
    assert "job" in started, started
    name = {"job_name": started["job"]["job_name"]}
    active = until(lambda: job if (job := look(given, **name)["job"])["state"] == "ACTIVE" else None)
    return str(active["tuned_model_name"])
