"""What a submission is asked to do, and what it decides."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..cloud import account, gemini
from ..cloud import bucket as storage
from . import cost, states, upload
from .data import TuningData
from .jobs import Job
from .remote import RemoteJob
from .spec import Spec

SUBMIT, ADOPT, REUSE, STOP = "submit", "adopt", "reuse", "stop"


@dataclass(frozen=True)
class Order:
    """All that a submission needs, checked."""

    platform: gemini.Platform
    spec: Spec
    data: TuningData
    estimate: cost.Estimate
    environment: str
    bucket: str
    storage_url: str
    output_dir: Path
    database_url: str
    max_cost: float | None = None  # US dollars
    retry: bool = False
    patience_seconds: float = 60.0
    max_dropped_share: float = 1.0

    @property
    def destination(self) -> upload.Destination:
        """Where the dataset goes."""
        bucket = storage.Bucket(
            self.bucket,
            self.storage_url or storage.GOOGLE_STORAGE_URL,
            account.credentials(self.platform.credentials_file),
            self.platform.timeout_seconds,
        )
        return upload.Destination(bucket, self.environment, self.output_dir, self.patience_seconds)


@dataclass(frozen=True)
class Plan:
    """What a run would do for the order: ``action`` is submit, adopt, reuse or stop."""

    action: str
    display_name: str
    attempt: int
    remote: RemoteJob | None = None
    job: Job | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do or to write down: the job is ACTIVE and its file says so."""
        job = self.job
        return self.action == REUSE and job is not None and job.state == states.ACTIVE and bool(job.path)


@dataclass(frozen=True)
class Outcome:
    """What a run did."""

    plan: Plan
    job: Job
    changed: bool
    notes: list[str]


def decide(jobs: list[RemoteJob], retry: bool) -> tuple[str, RemoteJob | None]:
    """Return what to do about the jobs of a spec, newest attempt first, and the job that it is about.

    One that succeeded is reused and one that runs is adopted, whatever else there is. When all ended badly
    the answer is stop, or submit when ``retry`` asks for another attempt.
    """
    for job in jobs:
        if states.succeeded(job.state):
            return REUSE, job
    for job in jobs:
        if not states.ended_badly(job.state):
            return ADOPT, job
    if jobs and not retry:
        return STOP, jobs[0]
    return SUBMIT, None
