"""Exactly one tuning job for a spec: look before creating, never create twice, watch it to its end.

The order is what makes it safe to kill at any point: lock, look at every job of the project, note the
intention in the table, upload, create once, write down what the service said. A run that finds a job of its
spec adopts it; a lost answer to the creation is settled by looking again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from ..cloud import bucket as storage
from ..cloud import gemini, patience
from ..errors import FinriskError
from ..machine import folder_lock
from . import cost, jobs, states, upload
from . import remote as tuning_service
from .intent import Intent
from .jobs import Job
from .observation import iso, observe
from .order import STOP, SUBMIT, Order, Outcome, Plan, decide
from .remote import NewJob, RemoteJob
from .report import failure
from .smoke import probe
from .spec import ATTEMPT_LABEL, ENVIRONMENT_LABEL, SPEC_LABEL, display_name
from .table import Table, TableError

if TYPE_CHECKING:
    from google.genai import Client


_LOOKS_AFTER_LOST_ANSWER = (0.5, 1.0, 2.0, 4.0)  # seconds before each
_LOOK_SECONDS = 1.0


def plan(order: Order) -> tuple[Plan, list[str]]:
    """Return what a run would do, and notes for the operator; reads, and writes nothing anywhere.

    Raises FinriskError when a submission would cost more than allowed, and when the service refuses.
    """
    client = gemini.client(order.platform)
    with _table(order.database_url) as (table, notes):
        result = _plan(order, client, table)
        if result.action == SUBMIT:
            notes = [*notes, *_bucket_notes(order)]
        return result, notes


def submit(order: Order) -> Outcome:
    """Bring about the one job of the order and its job file.

    Raises FinriskError when every attempt ended badly, with the service's own message, and when the service
    refuses; UnreachableError when it could not be asked.
    """
    client = gemini.client(order.platform)
    with folder_lock.held(order.output_dir), _table(order.database_url) as (table, notes):
        with _table_lock(table):
            plan = _plan(order, client, table)
            remote = plan.remote
            if remote is None:
                notes = [*notes, *_bucket_notes(order)]
                remote = _create(order, client, plan, table)
            job, new = _write_down(order, plan, remote, table)
        if plan.action == STOP or job.state == states.FAILED:
            raise failure(job)
        if job.state == states.CREATING and states.succeeded(remote.state):
            job, _ = jobs.write(order.output_dir, probe(order.platform, job))
            if table:
                table.update(job.spec_id, job.content())
    return Outcome(plan, job, changed=plan.action == SUBMIT or new, notes=notes)


def _plan(order: Order, client: Client, table: Table | None) -> Plan:
    spec_id = order.spec.id
    everything = tuning_service.list_jobs(client, order.patience_seconds)
    attempts = tuning_service.of_spec(everything, spec_id)
    action, remote = decide(attempts, order.retry)
    if action == SUBMIT:
        cost.check(order.estimate, order.max_cost)
    files = jobs.in_files(order.output_dir)
    names = {job.labels[SPEC_LABEL]: job.display_name for job in everything if job.labels.get(SPEC_LABEL)}
    names |= {job.spec_id: job.display_name for job in files}
    names |= {
        key: name or names.get(key, "") for key, name in (table.display_names() if table else {}).items()
    }
    return Plan(
        action=action,
        display_name=display_name(spec_id, names),
        attempt=max((job.attempt for job in attempts), default=0) + 1 if remote is None else remote.attempt,
        remote=remote,
        job=_known_job(remote, files, table) if remote else None,
    )


def _known_job(remote: RemoteJob, files: list[Job], table: Table | None) -> Job | None:
    rows = [jobs.from_content(row, "a row of tuning_jobs") for row in _contents(table)]
    return next((job for job in [*files, *rows] if job.job_name == remote.name), None)


def _contents(table: Table | None) -> list[dict[str, object]]:
    return [row for row in table.contents() if row.get("job_name")] if table else []


def _create(order: Order, client: Client, plan: Plan, table: Table | None) -> RemoteJob:
    intent = _intent(order, plan, table)
    earlier = _on_its_way(order, client, intent, plan.attempt)
    if earlier:
        return earlier
    training_uri, validation_uri = upload.upload(order.destination, order.data).uris
    new = NewJob(
        base_model=order.spec.base_model,
        training_uri=training_uri,
        validation_uri=validation_uri,
        hyperparameters=order.spec.hyperparameters,
        display_name=plan.display_name,
        description=f"FinRisk {order.environment}, {order.data.training.examples} examples",
        labels={
            SPEC_LABEL: order.spec.id,
            ENVIRONMENT_LABEL: order.environment,
            ATTEMPT_LABEL: str(plan.attempt),
        },
    )
    earlier = _newest_attempt(order, client, plan.attempt)  # the upload may have taken long
    if earlier:
        return earlier
    try:
        intent.set()
        return tuning_service.create_job(client, new)
    except patience.UnreachableError as error:
        looks = _LOOKS_AFTER_LOST_ANSWER[: 2 if error.answered else None]
        job = _look_again(order, client, plan.attempt, looks)
        if job is None and error.answered:
            intent.clear()
        if job is None:
            raise error.reworded(
                f"{error.message}; no job labelled {SPEC_LABEL}={order.spec.id} shows up, and a creation "
                "is never sent twice: run tune.yml again, it looks first"
            ) from None
        return job
    except FinriskError:
        intent.clear()
        raise


def _on_its_way(order: Order, client: Client, intent: Intent, attempt: int) -> RemoteJob | None:
    """Return the job of a creation that an earlier run sent and was killed before it saw the outcome."""
    age = intent.age()
    until = time.monotonic() + order.platform.timeout_seconds - age if age is not None else 0.0
    while time.monotonic() < until:
        job = _newest_attempt(order, client, attempt)
        if job:
            return job
        time.sleep(_LOOK_SECONDS)
    return None


def _look_again(order: Order, client: Client, attempt: int, pauses: tuple[float, ...]) -> RemoteJob | None:
    for pause in pauses:
        time.sleep(pause)
        job = _newest_attempt(order, client, attempt)
        if job:
            return job
    return None


def _newest_attempt(order: Order, client: Client, attempt: int) -> RemoteJob | None:
    everything = tuning_service.list_jobs(client, order.patience_seconds)
    attempts = tuning_service.of_spec(everything, order.spec.id)
    return attempts[0] if attempts and attempts[0].attempt >= attempt else None


def _bucket_notes(order: Order) -> list[str]:
    bucket = order.destination.bucket
    note = patience.patiently(lambda: storage.check_bucket(bucket, order.spec.region), order.patience_seconds)
    return [note] if note else []


def _write_down(order: Order, plan: Plan, remote: RemoteJob, table: Table | None) -> tuple[Job, bool]:
    """Write the job down; a job that exists is named whatever stands in the way."""
    try:
        return _write(order, plan, remote, table)
    except FinriskError as error:
        raise error.reworded(_unwritten(remote, error.message)) from None
    except OSError as error:
        reason = f"{error.filename}: {error.strerror}" if error.filename else str(error)
        raise FinriskError(_unwritten(remote, reason)) from None


def _unwritten(remote: RemoteJob, reason: str) -> str:
    return (
        f"the tuning job {remote.name} is {states.short(remote.state)} on the service but could not be "
        f"written down: {reason}; mend that and run tune.yml again, which finds the job by its label"
    )


def _write(order: Order, plan: Plan, remote: RemoteJob, table: Table | None) -> tuple[Job, bool]:
    job = observe(plan.job or _first(order, plan, remote), remote, order.max_dropped_share)
    job, new = jobs.write(order.output_dir, job)
    if table:
        table.keep(order.spec.id, order.spec.canonical(), job.content())
    if plan.action != STOP:  # else a newer attempt than this job may be on its way
        _intent(order, plan, table).clear()
    return job, new


def _intent(order: Order, plan: Plan, table: Table | None) -> Intent:
    return Intent(order.spec.id, order.spec.canonical(), plan.display_name, order.output_dir, table)


def _first(order: Order, plan: Plan, remote: RemoteJob) -> Job:
    validation = order.data.validation
    return Job(
        job_name=remote.name,
        state=states.CREATING,
        provider_state=remote.state,
        tuned_model_name=None,
        display_name=plan.display_name,
        base_model=order.spec.base_model,
        hyperparameters=dict(order.spec.hyperparameters.content()),
        training_file=str(order.data.training.path),
        validation_file=str(validation.path) if validation else None,
        dataset={
            "sha256": order.data.training.sha256,
            "train_examples": order.data.training.examples,
            "validation_examples": order.data.validation.examples if order.data.validation else 0,
        },
        spec_id=order.spec.id,
        created_at=iso(remote.created_at) or jobs.timestamp(),
        tokens={
            "per_epoch_estimated": order.estimate.tokens,
            "total_estimated": order.estimate.billed_tokens,
            "billed": None,
        },
        estimated_cost=order.estimate.dollars,
    )


@contextmanager
def _table(url: str) -> Iterator[tuple[Table | None, list[str]]]:
    table, notes = None, []
    with ExitStack() as stack:
        if not url:
            notes = ["no database is configured: the job is kept in its file alone"]
        else:
            try:
                table = stack.enter_context(Table.open(url))
            except TableError as error:
                notes = [f"the job is kept in its file alone: {error.message}"]
        yield table, notes


@contextmanager
def _table_lock(table: Table | None) -> Iterator[None]:
    if table is None:
        yield
        return
    with table.lock():
        yield
