"""The tuning jobs of a Google project: list, create, read, cancel. What they say, in our words."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..cloud.gemini import ask, ask_patiently
from .spec import ATTEMPT_LABEL, SPEC_LABEL, Hyperparameters

if TYPE_CHECKING:
    from google.genai import Client, types

_PAGE = 100


@dataclass(frozen=True)
class RemoteJob:
    """A job as the service sees it; ``state`` is the service's own word."""

    name: str
    state: str
    created_at: datetime | None
    ended_at: datetime | None
    error: str
    endpoint: str
    display_name: str
    base_model: str
    labels: Mapping[str, str] = field(default_factory=dict)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    statistics: dict[str, Any] | None = None

    @property
    def epochs_finished(self) -> int:
        """How many passes over the examples are done."""
        return max((point["epoch"] for point in self.checkpoints), default=0)

    @property
    def attempt(self) -> int:
        """Which attempt at its spec this job is; the first is 1."""
        value = self.labels.get(ATTEMPT_LABEL, "1")
        return int(value) if value.isdigit() else 1


@dataclass(frozen=True)
class NewJob:
    """What is asked of the service."""

    base_model: str
    training_uri: str
    validation_uri: str
    hyperparameters: Hyperparameters
    display_name: str
    description: str
    labels: Mapping[str, str]


def list_jobs(client: Client, seconds: float) -> list[RemoteJob]:
    """Return every job of the project and region, over all pages.

    The service's filter is not used: its grammar for this list is not documented, and a filter that quietly
    matched nothing would start a second job.
    """

    def read() -> list[RemoteJob]:
        with _quiet():
            return [_remote(job) for job in client.tunings.list(config={"page_size": _PAGE})]

    return ask_patiently("list the tuning jobs", read, seconds)


def of_spec(jobs: list[RemoteJob], spec_id: str) -> list[RemoteJob]:
    """Return the jobs that carry the spec's label, newest attempt first."""
    attempts = [job for job in jobs if job.labels.get(SPEC_LABEL) == spec_id]
    return sorted(attempts, key=lambda job: (job.attempt, str(job.created_at)), reverse=True)


def read_job(client: Client, name: str, seconds: float) -> RemoteJob:
    """Return one job by its full name."""
    with _quiet():
        return _remote(ask_patiently(f"read {name}", lambda: client.tunings.get(name=name), seconds))


def create_job(client: Client, new: NewJob) -> RemoteJob:
    """Create a job; asked exactly once.

    Raises UnreachableError when the answer was lost: the job may exist, and only a look at the list can tell.
    """
    from google.genai import types

    config = types.CreateTuningJobConfig(
        validation_dataset=types.TuningValidationDataset(gcs_uri=new.validation_uri)
        if new.validation_uri
        else None,
        tuned_model_display_name=new.display_name,
        description=new.description,
        epoch_count=new.hyperparameters.epochs,
        learning_rate_multiplier=new.hyperparameters.learning_rate_multiplier,
        adapter_size=_adapter(new.hyperparameters.adapter_size),
        labels=dict(new.labels),
    )
    with _quiet():
        job = ask(
            "create the tuning job",
            lambda: client.tunings.tune(
                base_model=new.base_model,
                training_dataset=types.TuningDataset(gcs_uri=new.training_uri),
                config=config,
            ),
        )
    return _remote(job)


def cancel_job(client: Client, name: str, seconds: float) -> None:
    """Ask the service to cancel a job; repeating it is safe."""
    ask_patiently(f"cancel {name}", lambda: client.tunings.cancel(name=name), seconds)


@contextmanager
def _quiet() -> Iterator[None]:
    """google-genai warns that tuning is experimental, and of every state that it does not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _adapter(size: int) -> types.AdapterSize | None:
    from google.genai import types

    words = {1: "ONE", 2: "TWO", 4: "FOUR", 8: "EIGHT", 16: "SIXTEEN", 32: "THIRTY_TWO"}
    return types.AdapterSize(f"ADAPTER_SIZE_{words[size]}") if size else None


def _remote(job: types.TuningJob) -> RemoteJob:
    model = job.tuned_model
    return RemoteJob(
        name=job.name or "",
        state=str(getattr(job.state, "value", job.state or "JOB_STATE_UNSPECIFIED")),
        created_at=job.create_time,
        ended_at=job.end_time,
        error=((job.error.message if job.error else "") or "").strip(),
        endpoint=(model.endpoint if model else "") or "",
        display_name=job.tuned_model_display_name or "",
        base_model=job.base_model or "",
        labels=job.labels or {},
        checkpoints=[
            {
                "id": point.checkpoint_id,
                "epoch": point.epoch or 0,
                "step": point.step,
                "endpoint": point.endpoint,
            }
            for point in (model.checkpoints if model else None) or []
        ],
        statistics=_statistics(job),
    )


def _statistics(job: types.TuningJob) -> dict[str, Any] | None:
    """What the service found in the training file; line numbers count from 1 and may be a part of them."""
    stats = job.tuning_data_stats.supervised_tuning_data_stats if job.tuning_data_stats else None
    if stats is None:
        return None
    return {
        "examples": stats.tuning_dataset_example_count,
        "steps": stats.tuning_step_count,
        "billed_tokens": stats.total_billable_token_count,
        "input_tokens": _spread(stats.user_input_token_distribution),
        "output_tokens": _spread(stats.user_output_token_distribution),
        "dropped": {
            "examples": stats.total_truncated_example_count or 0,
            "lines": [int(line) for line in stats.truncated_example_indices or []],
            "reasons": list(stats.dropped_example_reasons or []),
        },
    }


def _spread(distribution: types.SupervisedTuningDatasetDistribution | None) -> dict[str, float | None] | None:
    if distribution is None:
        return None
    return {"min": distribution.min, "mean": distribution.mean, "max": distribution.max}
