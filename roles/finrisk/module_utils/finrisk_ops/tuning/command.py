"""The command that comes back to a tuning job: with its dataset and parameters, as others are another job."""

from __future__ import annotations

import shlex
from pathlib import Path

from ..dataset.names import METADATA, TRAINING
from ..machine.files import newest
from .jobs import Job

USUAL = {
    "epochs": 5,
    "learning_rate_multiplier": 1.0,
    "adapter_size": 0,
    "base_model": "gemini-3.5-flash-lite",
}
"""What ``tune.yml`` takes where nothing is set (the role's defaults); other values are another job."""


def of(job: Job, *, anew: bool = False) -> str:
    """Return tune.yml with what of a job is not what it takes by itself, as it is typed.

    With ``anew`` a dataset is prepared before it, and the newest one is the right one.
    """
    own = {**job.hyperparameters, "base_model": job.base_model}
    dataset = None if anew else _older_dataset(job)
    flags = [
        f"-e finrisk_{name}={shlex.quote(str(own[name]))}"
        for name, usual in USUAL.items()
        if own.get(name) and own[name] != usual
    ]
    named = [f"-e finrisk_dataset_metadata={shlex.quote(str(dataset))}"] if dataset else []
    return " ".join(["tune.yml", *flags, *named])


def _older_dataset(job: Job) -> Path | None:
    """Return the metadata of a job's dataset where its folder has a newer one, which would be another job."""
    training = Path(job.training_file)
    if not training.name.startswith(f"{TRAINING}_"):
        return None
    metadata = training.with_name(training.name.replace(TRAINING, METADATA, 1)).with_suffix(".json")
    if not metadata.is_file():
        return None
    return None if metadata == newest(metadata.parent, METADATA, ".json") else metadata


def watching(job: Job) -> str:
    """Return what to do to see how a job goes on."""
    return f"run {of(job)} again to watch it"
