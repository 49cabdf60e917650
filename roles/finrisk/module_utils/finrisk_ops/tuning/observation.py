"""What a look at the service says of a job: state, model, checkpoints, statistics, dropped examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from . import states
from .jobs import Job
from .remote import RemoteJob

_LINES_SHOWN = 10


def observe(job: Job, remote: RemoteJob, max_dropped_share: float = 1.0) -> Job:
    """Return the job as it stands after a look at the service; its smoke test is kept.

    A job that succeeded without more than ``max_dropped_share`` of its examples is FAILED: its model has not
    seen the dataset that it is named after.
    """
    answers = bool(job.smoke_test and job.smoke_test.get("ok"))
    succeeded = states.succeeded(remote.state)
    loss = dropped_too_many(remote.statistics, max_dropped_share, job.training_file) if succeeded else ""
    if loss:
        state, error = states.FAILED, loss
    elif states.ended_badly(remote.state):
        state, error = states.FAILED, remote.error or states.ending(remote.state)
    else:
        waiting = succeeded and not answers and job.state != states.FAILED
        state, error = states.state_of(remote.state, answers), (job.error or "") if waiting else ""
    statistics = remote.statistics or job.statistics
    return replace(
        job,
        state=state,
        provider_state=remote.state,
        tuned_model_name=remote.endpoint or None,
        completed_at=iso(remote.ended_at),
        error=error or None,
        tokens={**job.tokens, "billed": (statistics or {}).get("billed_tokens")},
        checkpoints=remote.checkpoints or job.checkpoints,
        statistics=statistics,
    )


def dropped_too_many(statistics: dict[str, Any] | None, max_share: float, training_file: str) -> str:
    """Return what to tell when the service left out more than ``max_share`` of the examples, else ""."""
    dropped = (statistics or {}).get("dropped") or {}
    number, examples = int(dropped.get("examples") or 0), int((statistics or {}).get("examples") or 0)
    if not number or number <= max_share * examples:
        return ""
    lines = dropped.get("lines") or []
    numbers = ", ".join(map(str, lines[:_LINES_SHOWN])) or "not told which"
    more = number - len(lines[:_LINES_SHOWN])
    reasons = dropped.get("reasons") or []
    return (
        f"the service dropped {number:,} of {examples:,} examples, more than finrisk_max_dropped_share "
        f"{max_share:g}: lines {numbers}{f' and {more:,} more' if lines and more else ''} of {training_file}"
        + (f" ({reasons[0].rstrip('.')})" if reasons else "")
    )


def iso(moment: datetime | None) -> str | None:
    """Return the time as job files write it: fine enough to tell which of two jobs is the newer one."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else None
