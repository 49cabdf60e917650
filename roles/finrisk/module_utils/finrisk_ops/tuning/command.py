"""The command that comes back to a tuning job: with its own parameters, since others are another job."""

from __future__ import annotations

import shlex

from .jobs import Job

USUAL = {
    "epochs": 5,
    "learning_rate_multiplier": 1.0,
    "adapter_size": 0,
    "base_model": "gemini-3.5-flash-lite",
}
"""What ``tune.yml`` takes where nothing is set (the role's defaults); other values are another job."""


def of(job: Job) -> str:
    """Return tune.yml with the parameters of a job that are not the usual ones, as they are typed."""
    own = {**job.hyperparameters, "base_model": job.base_model}
    flags = [
        f"-e finrisk_{name}={shlex.quote(str(own[name]))}"
        for name, usual in USUAL.items()
        if own.get(name) and own[name] != usual
    ]
    return " ".join(["tune.yml", *flags])


def watching(job: Job) -> str:
    """Return what to do to see how a job goes on."""
    return f"run {of(job)} again to watch it"
