"""The tuned models and what they were tuned on, by the digests of its files.

The table knows the jobs of other machines. The job files know those that it does not: of a run without a
database, and after it was restored from an older backup.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..tuning import jobs
from ..tuning.states import FAILED
from .files import Dataset

ROWS = """
    select coalesce(job ->> 'tuned_model_name', job_name, job ->> 'display_name', spec_id),
        spec ->> 'training_sha256', spec ->> 'validation_sha256'
    from tuning_jobs where job ->> 'state' is distinct from 'FAILED' order by created_at"""


@dataclass(frozen=True)
class Model:
    """A tuned model, or its job while it has none, and the SHA-256 of the sets that it was tuned on."""

    name: str
    hashes: frozenset[str]


def known(rows: Iterable[Sequence[object]], folder: Path) -> list[Model]:
    """Return the models of what ``ROWS`` selects and of the job files in the folder, each once.

    Raises FinriskError, naming it, when a job file cannot be read.
    """
    models = {
        str(name): Model(str(name), frozenset(map(str, filter(None, hashes)))) for name, *hashes in rows
    }
    for job in reversed(jobs.in_files(folder)):
        if job.state != FAILED:
            name = job.tuned_model_name or job.job_name
            models.setdefault(name, Model(name, frozenset({str(job.dataset.get("sha256"))})))
    return list(models.values())


def tuned_on(models: Iterable[Model], datasets: Iterable[Dataset]) -> list[str]:
    """Return the models that were tuned on one of the datasets as it is."""
    hashes = _hashes(datasets)
    return [model.name for model in models if model.hashes & hashes]


def tuned_on_others(models: Iterable[Model], datasets: Iterable[Dataset]) -> list[str]:
    """Return the models that were tuned on none of the datasets as they are: what is in them is unknown."""
    hashes = _hashes(datasets)
    return [model.name for model in models if not model.hashes & hashes]


def _hashes(datasets: Iterable[Dataset]) -> set[str]:
    return {sha256 for dataset in datasets for sha256 in dataset.hashes}
