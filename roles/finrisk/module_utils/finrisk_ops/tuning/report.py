"""What tune.yml tells people: the plan before, the end after."""

from __future__ import annotations

import json

from ..errors import FinriskError
from . import command, states
from .jobs import Job
from .order import Order, Plan


def plan_lines(order: Order, plan: Plan, notes: list[str]) -> list[str]:
    """Return examples, tokens, cost and what is done, a line each."""
    spec, data = order.spec, order.data
    validation = (
        f", {data.validation.examples:,} for validation" if data.validation else ", none for validation"
    )
    return [
        f"base model   {spec.base_model} ({spec.provider}, {spec.project}, {spec.region})",
        f"dataset      {data.metadata}",
        f"examples     {data.training.examples:,} for training{validation}",
        f"tokens       {order.estimate.tokens_line()}",
        f"cost         {order.estimate.cost_line()}",
        f"spec         {spec.id}",
        f"job          {plan.display_name}: {_action(plan)}",
        *(f"note         {note}" for note in notes),
    ]


def difference(order: Order, plan: Plan) -> dict[str, str]:
    """Return the diff of a submission: no job before, the spec after; none when a job is there already."""
    if plan.remote is not None:
        return {"before": "", "after": ""}
    after = json.dumps(json.loads(order.spec.canonical()), indent=2, sort_keys=True) + "\n"
    return {
        "before_header": "no tuning job",
        "after_header": f"tuning job {plan.display_name}",
        "before": "",
        "after": after,
    }


def closing_lines(job: Job) -> list[str]:
    """Return the last lines of tune.yml: what became of the job, and its file."""
    if job.state == states.ACTIVE:
        first = f"ACTIVE {job.tuned_model_name}"
    elif job.state == states.FAILED:
        first = f"FAILED {job.error}"
    else:
        first = f"CREATING {job.job_name} ({states.short(job.provider_state)}); {command.watching(job)}"
    return [first, job.path] if job.path else [first]


def cancel_lines(job: Job, *, cancels: bool, pretend: bool = False) -> list[str]:
    """Return the last lines of a tune.yml that cancels: which job, what became of it, and its file."""
    word = states.short(job.provider_state)
    name = f"{job.job_name} ({job.display_name})" if job.display_name else job.job_name
    if not cancels:
        first = f"{name} is over ({word}): nothing {'would be' if pretend else 'was'} cancelled"
    elif pretend:
        first = f"Would cancel {name}, which is {word}"
    elif states.over(job.provider_state):
        first = f"Asked to cancel {name}, which is over now ({word})"
    else:
        first = f"Asked to cancel {name}, which is {word}; the same command again says whether it is over"
    return [first, job.path] if job.path else [first]


def left_running(job: Job) -> list[str]:
    """Return the last lines of a tune.yml that was ended by Ctrl-C while it waited."""
    return [
        f"The tuning job {job.job_name} runs on. Run {command.of(job)} again to watch it; "
        "-e finrisk_tune_cancel=true cancels it.",
        job.path,
    ]


def failure(job: Job) -> FinriskError:
    """Return the error of a job that ended badly, with what to do about it."""
    if states.succeeded(job.provider_state):
        fix = (
            "mend or withdraw those rows and prepare again, which makes another job, or accept the loss with "
            "-e finrisk_max_dropped_share=N"
        )
    elif states.cancelled(job.provider_state):
        fix = "run again with -e finrisk_tune_retry=true if it is wanted after all"
    else:
        fix = "mend the cause, then run again with -e finrisk_tune_retry=true"
    return FinriskError(
        f"the tuning job {job.job_name} ended as {states.short(job.provider_state)}: {job.error}; {fix}",
        summary=closing_lines(job),
    )


def _action(plan: Plan) -> str:
    if plan.remote is None:
        attempt = f", attempt {plan.attempt}" if plan.attempt > 1 else ""
        return f"no such job yet, one is submitted{attempt}"
    state = f"{plan.remote.name}, {states.short(plan.remote.state)}"
    return {
        "adopt": f"adopts {state}",
        "reuse": f"reuses {state}",
        "stop": f"stops at {state}",
    }[plan.action]
