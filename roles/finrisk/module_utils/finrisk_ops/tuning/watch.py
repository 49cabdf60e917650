"""Watching a tuning job that was submitted, and cancelling one."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from finrisk_rules.platforms import is_tuning_job

from ..cloud import gemini, patience
from ..errors import FinriskError
from . import command, jobs, smoke, states
from . import remote as tuning_service
from .jobs import Job
from .observation import observe
from .remote import RemoteJob
from .table import Table, TableError


@dataclass(frozen=True)
class JobPlace:
    """Where jobs run and where they are written down."""

    platform: gemini.Platform
    output_dir: Path
    database_url: str
    max_dropped_share: float = 1.0


@dataclass(frozen=True)
class Look:
    """A job at one moment; not ``reachable``: the service gave no answer, and the job is as last known."""

    job: Job
    progress: dict[str, Any]
    reachable: bool = True
    message: str = ""


_LONGEST_WAIT = 300.0  # seconds that a Retry-After keeps a look waiting


def look(place: JobPlace, job_name: str = "", wait_until: float = 0.0) -> Look:
    """Look at a job once (the newest when no name is given) and bring its file and row up to date.

    A job that is over is not asked about again. ``wait_until`` (seconds since 1970) is when the caller stops
    waiting; it is the end of the bar while no epoch is finished. A service that asks to be left alone for a
    while is left alone. Raises FinriskError for an unknown job and when the service refuses, naming the job
    that runs on; a lost answer is not an error.
    """
    job = _find(place, job_name)
    if job.state != states.CREATING:
        return Look(job, {"done": 1, "total": 1, "label": job.state})
    try:
        client = gemini.client(place.platform, job.job_name)
        remote = tuning_service.read_job(client, job.job_name, seconds=0)
    except patience.UnreachableError as error:
        _leave_alone(error.retry_after, wait_until)
        return Look(job, _waiting(job, "no answer, looking again", wait_until), False, error.message)
    except FinriskError as error:
        raise error.reworded(
            f"{error.message}. The job {job.job_name} was {states.short(job.provider_state)} when last "
            f"seen and is not touched: mend this, then {command.watching(job)}"
        ) from None
    after = observe(job, remote, place.max_dropped_share)
    if after.state == states.CREATING and states.succeeded(remote.state):
        after = smoke.probe(place.platform, after)
    return Look(_keep(place, job, after), _progress(after, remote, wait_until))


def cancel(
    place: JobPlace, job_name: str = "", *, pretend: bool = False, patience_seconds: float = 60.0
) -> tuple[Job, bool]:
    """Cancel a job (the newest when none is named) unless it is over; return it and whether it was cancelled.

    With ``pretend`` only say what would happen.
    """
    try:
        job = _find(place, job_name)
    except FinriskError:
        if not is_tuning_job(job_name):
            raise
        job = _only_named(job_name)
    if job.state != states.CREATING:
        return job, False
    client = gemini.client(place.platform, job.job_name)
    remote = tuning_service.read_job(client, job.job_name, patience_seconds)
    over = states.over(remote.state)
    if not pretend and not over:
        tuning_service.cancel_job(client, job.job_name, patience_seconds)
        remote = tuning_service.read_job(client, job.job_name, patience_seconds)
    after = observe(job, remote)
    return (after if pretend or not job.spec_id else _keep(place, job, after)), not over


def _only_named(job_name: str) -> Job:
    """Return a job that no file and no row knows: another machine's, or one whose file is lost."""
    nothing: dict[str, Any] = {}
    return Job(job_name, states.CREATING, "", None, "", "", nothing, "", None, nothing, "", jobs.timestamp())


def _leave_alone(seconds: float | None, wait_until: float) -> None:
    remaining = wait_until - time.time() if wait_until else _LONGEST_WAIT
    time.sleep(max(0.0, min(seconds or 0.0, remaining, _LONGEST_WAIT)))


def _find(place: JobPlace, job_name: str) -> Job:
    candidates = jobs.in_files(place.output_dir)
    if not any(job.job_name == job_name for job in candidates):  # the newest one may be another machine's
        candidates = jobs.known_jobs(place.output_dir, place.database_url)
    for job in candidates:
        if job_name in ("", job.job_name):
            return job
    raise FinriskError(
        f"no tuning job {job_name or 'at all'} is known in {place.output_dir} or in the database; "
        "run playbooks/tune.yml"
    )


def _keep(place: JobPlace, before: Job, after: Job) -> Job:
    if after == before and before.path:
        return before
    after, _ = jobs.write(place.output_dir, after)
    if place.database_url:
        try:
            with Table.open(place.database_url) as table:
                table.update(after.spec_id, after.content())
        except TableError:
            pass  # the file has it; the next submission or look with a database writes the row
    return after


def _progress(job: Job, remote: RemoteJob, wait_until: float) -> dict[str, Any]:
    if job.state != states.CREATING:
        return {"done": 1, "total": 1, "label": job.state}
    word = states.short(remote.state)
    if states.succeeded(remote.state):
        return {"done": 99, "total": 100, "label": "SUCCEEDED, waiting for the endpoint"}
    epochs = int(job.hyperparameters.get("epochs") or 0)
    if remote.epochs_finished and epochs:
        label = f"{word}, epoch {remote.epochs_finished} of {epochs} finished"
        return {"done": remote.epochs_finished, "total": epochs, "label": label}
    return _waiting(job, word, wait_until)


def _waiting(job: Job, word: str, wait_until: float) -> dict[str, Any]:
    start = datetime.fromisoformat(job.created_at).timestamp()
    elapsed = max(time.time() - start, 0.0)
    total = max(wait_until - start, elapsed, 1.0)
    return {"done": round(elapsed), "total": round(total), "label": f"{word} for {_duration(elapsed)}"}


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes == 0:
        return f"{int(seconds)} s"
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"
