"""What a deploy is about to do: which model, which ratio, and why these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finrisk_rules.platforms import is_endpoint

from ..errors import FinriskError
from ..tuning.jobs import Job, choose, read_jobs
from ..tuning.retirement import Retirement, of_models
from ..tuning.rules import check_same_base
from ..tuning.states import ACTIVE
from .traffic import choose_ratio, describe, experiment, is_given, parse_ratio, parse_stages

NEWEST = "newest"


@dataclass(frozen=True)
class Wish:
    """What the operator and the inventory ask for. Ratios are as given: text, number or empty."""

    model: str
    ratio: object
    environment_ratio: object
    following: bool
    stages: Sequence[object]
    base_model: str
    allow_base_mismatch: bool
    dataset: str = ""
    retirements: Sequence[Retirement] = ()


@dataclass(frozen=True)
class Running:
    """What the environment runs now; ``revision`` is empty before the first one."""

    revision: str = ""
    model: str = ""
    ratio: int = 0
    proven: bool = False
    experiment: str = ""
    dataset: str = ""
    problem: str = ""  # why the current revision cannot be read


@dataclass(frozen=True)
class Known:
    """The tuning jobs that are known, newest first; ``unread`` says why there may be more, else is empty."""

    jobs: list[Job]
    unread: str = ""


@dataclass(frozen=True)
class Plan:
    """What would be deployed."""

    model: str
    ratio: int
    experiment: str
    dataset: str
    name: str  # what people call the model
    why_model: str
    why_ratio: str
    warm_up: bool
    base_unknown: bool = False  # which base model it was tuned from, only the service can tell
    ends: list[str] = field(default_factory=list)  # when its base models end

    def lines(self) -> list[str]:
        """Return which values won and why."""
        model = f"{self.name} ({self.why_model})" if self.model else f"none ({self.why_model})"
        return [f"Model: {model}", f"Ratio: {describe(self.ratio)} ({self.why_ratio})", *self.ends]

    def content(self) -> dict[str, Any]:
        """Return the plan for the tasks that carry it out."""
        return asdict(self)


def known_jobs(output_dir: Path, database_url: str, unreachable: str = "") -> Known:
    """Return the jobs of files and table; ``unreachable`` says why the database cannot even be asked.

    Raises FinriskError for a broken file.
    """
    jobs, problem = read_jobs(output_dir, "" if unreachable else database_url)
    reason = unreachable or problem
    unread = f"The database cannot be reached, so only the tuning jobs of {output_dir} are known: {reason}"
    return Known(jobs, unread if reason else "")


def make_plan(wish: Wish, running: Running, known: Known) -> Plan:
    """Decide what to deploy.

    Raises FinriskError for a ratio that is no whole number from 0 to 100, a model that no job made or whose
    job is not ACTIVE (with the provider's message), or a tuned model of another base model. It also tells
    when the database, which may know more, could not be read.
    """
    try:
        return _plan(wish, running, known.jobs)
    except FinriskError as error:
        if not known.unread:
            raise
        raise error.reworded(f"{error.message}. {known.unread}") from None


def _plan(wish: Wish, running: Running, jobs: list[Job]) -> Plan:
    stages = parse_stages(wish.stages)
    wish_ratio = _ratio_of(wish)
    if running.problem and wish_ratio is None:
        raise FinriskError(
            f"the running ratio is unknown: {running.problem}. Name one with -e finrisk_ab_ratio=N, or run "
            "playbooks/rollback.yml"
        )
    model, job, why_model = _model(wish, running, jobs, wish_ratio)
    if job:
        _check_base_model(job, wish)
        _check_dataset(job, wish)
    choice = choose_ratio(
        variable=wish.ratio,
        environment=wish.environment_ratio,
        following=wish.following,
        stages=stages,
        running=running.ratio if running.revision and not running.problem else None,
        same_model=model == running.model,
    )
    ratio, why_ratio = choice.ratio, choice.why
    if not model:
        ratio, why_ratio = _without_model(wish_ratio)
    differs = model != running.model or ratio != running.ratio or not running.proven
    salt, dataset = _experiment_and_dataset(model, job, wish, running)
    return Plan(
        model=model,
        ratio=ratio,
        experiment=salt,
        dataset=dataset,
        name=f"{job.display_name}, {model}" if job else model,
        why_model=why_model,
        why_ratio=why_ratio,
        warm_up=ratio > 0 and differs,
        base_unknown=bool(model) and job is None and not wish.allow_base_mismatch,
        ends=_ends(wish, job),
    )


def ratio_now(plan: Plan, running: Running) -> int:
    """Return the percentage of the users who have the plan's model now; 0 where that cannot be read."""
    return running.ratio if plan.model == running.model and not running.problem else 0


def listing(jobs: list[Job], plan: Plan | None, reason: str) -> list[str]:
    """Return the known jobs as a table, newest first, and what would be deployed or why nothing would."""
    rows: list[tuple[str, ...]] = [("model", "state", "base model", "examples", "created", "")]
    rows += [_row(job, plan) for job in jobs]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    overview = table if jobs else ["No tuning job is known yet; run playbooks/tune.yml."]
    failures = [f"{job.display_name}: {job.error}" for job in jobs if job.error]
    ending = plan.lines() if plan else [f"Nothing would be deployed: {reason}"]
    return [line.rstrip() for line in [*overview, "", *failures, *([""] if failures else []), *ending]]


def _ratio_of(wish: Wish) -> int | None:
    if is_given(wish.ratio):
        return parse_ratio(wish.ratio)
    if is_given(wish.environment_ratio):
        return parse_ratio(wish.environment_ratio, "AB_TEST_RATIO")
    return None


def _model(
    wish: Wish, running: Running, jobs: list[Job], wish_ratio: int | None
) -> tuple[str, Job | None, str]:
    """Return the model's name, its job when one is known, and why it is this model."""
    if not wish.model:
        return "", None, "finrisk_model is empty, which means base only"
    try:
        job = choose(jobs, wish.model)
    except FinriskError as error:
        if wish_ratio == 0:
            return running.model, None, f"the running one, as nobody gets it: {error.message}"
        if is_endpoint(wish.model) and not _is_known(wish.model, jobs):
            return wish.model, None, "finrisk_model; no job of this environment made it"
        raise
    if not job.tuned_model_name:
        raise FinriskError(
            f"{job.display_name} is {job.state} but names no tuned model; run playbooks/tune.yml"
        )
    newest = "finrisk_model: newest, the newest ACTIVE job" + _passed_over(job, jobs)
    return job.tuned_model_name, job, newest if wish.model == NEWEST else "finrisk_model"


def _experiment_and_dataset(model: str, job: Job | None, wish: Wish, running: Running) -> tuple[str, str]:
    """Return the salt of the assignment and the dataset's hash.

    A model that runs keeps both, whoever deploys next and whether the job is known there: with another salt
    its users would be drawn anew.
    """
    of_job = str(job.dataset.get("sha256") or "") if job else wish.dataset
    if model and model == running.model and running.experiment:
        return running.experiment, of_job or running.dataset
    return experiment(model, job.spec_id if job else ""), of_job


def _ends(wish: Wish, job: Job | None) -> list[str]:
    """Return a sentence for each base model of the two arms that has a last day."""
    today = datetime.now(UTC).date()
    ending = of_models(wish.retirements, [wish.base_model, *([job.base_model] if job else [])])
    return [f"Retirement: {each.sentence(today)}" for each in ending]


def _passed_over(job: Job, jobs: list[Job]) -> str:
    later = [other for other in jobs[: jobs.index(job)] if other.state != ACTIVE]
    return f"; {later[0].display_name} is newer but {later[0].state}" if later else ""


def _is_known(model: str, jobs: list[Job]) -> bool:
    return any(model == job.tuned_model_name for job in jobs)


def _check_base_model(job: Job, wish: Wish) -> None:
    if not wish.allow_base_mismatch:
        check_same_base(job.display_name, job.base_model, wish.base_model)


def _check_dataset(job: Job, wish: Wish) -> None:
    tuned_on = str(job.dataset.get("sha256") or "")
    if wish.dataset and tuned_on and wish.dataset != tuned_on:
        raise FinriskError(
            f"{job.display_name} was tuned on the dataset {tuned_on}, but finrisk_dataset_sha256 of this "
            f"release is {wish.dataset}; correct release.yml"
        )


def _without_model(wish_ratio: int | None) -> tuple[int, str]:
    if wish_ratio:
        raise FinriskError(
            f"the ratio is {wish_ratio}, but there is no tuned model: name one with -e finrisk_model=NAME, "
            "or -e finrisk_model=newest"
        )
    return 0, "there is no tuned model"


def _row(job: Job, plan: Plan | None) -> tuple[str, ...]:
    is_planned = plan is not None and bool(plan.model) and plan.model == job.tuned_model_name
    examples = job.dataset.get("train_examples", job.dataset.get("examples", ""))
    return (
        job.display_name,
        job.state,
        job.base_model,
        str(examples),
        job.created_at[:16].replace("T", " "),
        f"<- would be deployed at {plan.ratio} %" if plan and is_planned else "",
    )
