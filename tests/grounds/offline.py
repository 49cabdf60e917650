"""A tuned model of the simulator, its dataset, and the options with which it is compared with base."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sandbox.connection import LOCATION, PROJECT
from tests.grounds.datasets import dataset
from tests.grounds.repository import REPOSITORY
from tests.grounds.tuning import options, submit, wait
from tests.grounds.wire import Wire

BASE = "gemini-3.5-flash-lite"
ANSWERED = r":generateContent$"


def tuned(ground: Wire, folder: Path, validation: int = 40) -> str:
    """Tune a model on a small dataset in the folder; return its name."""
    dataset(folder, validation=validation)
    given = options(ground, folder)
    started = submit(given)
    assert "job" in started, started
    return str(wait(given)["job"]["tuned_model_name"])


def offline(ground: Wire, folder: Path, **more: Any) -> dict[str, Any]:
    """Return the options of finrisk_offline for the simulator."""
    settings = {
        "BASE_MODEL": BASE,
        "GEMINI_PROVIDER": "vertex",
        "GEMINI_BASE_URL": ground.url,
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_LOCATION": LOCATION,
        "MAX_OUTPUT_TOKENS": "4096",
        "REQUEST_DEADLINE_SECONDS": "30",
    }
    return {
        "environment_name": "staging",
        "output_dir": str(folder),
        "evaluation_dir": str(folder.parent / "evaluations"),
        "repository": str(REPOSITORY),
        "config_map": {"data": settings},
        "credentials": {"GOOGLE_APPLICATION_CREDENTIALS": str(ground.credentials_file)},
        "gate_rules": {},
        "limit": 0,
    } | more
