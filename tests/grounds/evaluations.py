"""Evaluations as evaluate.yml keeps them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finrisk_ops.evaluation.evaluation import sha256
from finrisk_ops.machine.files import write_json


def keep(folder: Path, time: str, environment: str, experiment: str, revision: str, **changes: Any) -> str:
    """Write an evaluation that promotes, with ``changes`` to its file; return the SHA-256 of its inputs."""
    inputs = {
        "environment": environment,
        "experiment": experiment,
        "running": {"revision": revision, "split": 0.25},
    }
    digest: str = sha256(inputs)
    content: dict[str, Any] = {
        "at": "2026-11-29T12:00:00+00:00",
        "verdict": "promote",
        "reason": "Proven not worse.",
        "stage": None,
        "metrics": {},
        "exposure": {},
        "needed": {},
        "inputs": inputs,
        "sha256": digest,
    }
    write_json(folder / f"evaluation_20261129_{time}.json", content | changes)
    return digest
