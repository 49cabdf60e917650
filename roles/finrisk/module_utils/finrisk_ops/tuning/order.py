"""What a submission is asked to do, and what it decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finrisk_rules.prompt import PROMPT_HASH

from ..cloud import bucket as storage
from ..cloud import gemini
from ..errors import FinriskError
from . import cost, data, retirement, rules, states, upload
from .data import TuningData
from .jobs import Job
from .remote import RemoteJob
from .spec import Hyperparameters, Spec

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
        bucket = storage.open_bucket(
            self.bucket, self.storage_url, self.platform.credentials_file, self.platform.timeout_seconds
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


def order_of(options: Mapping[str, Any], platform: gemini.Platform) -> tuple[Order, list[str]]:
    """Return what the options of ``finrisk_tuning_job`` ask for, and warnings about it; nobody is asked.

    Raises FinriskError, which names the variable to mend, when the service would refuse or drop any of it.
    """
    rules.check_provider(platform.provider)
    rules.check_location(platform.location)
    rules.check_model(options["base_model"], options["tunable_models"], options["replaced_models"])
    known = retirement.retirements(options["retirements"])
    retirement.check_base(known, options["base_model"], datetime.now(UTC).date())
    parameters, warnings = rules.hyperparameters(
        options["epochs"], options["learning_rate_multiplier"], options["adapter_size"]
    )
    limits, folder = data.Limits.of(options["limits"]), Path(options["output_dir"])
    dataset = data.read(options["dataset_metadata"], folder, limits, options["measured"])
    share = options["max_dropped_share"]
    if not 0 <= share <= 1:
        raise FinriskError(f"finrisk_max_dropped_share is {share:g}, expected a share from 0 to 1")
    price = cost.price_of(options["base_model"], options["training_prices"])
    order = Order(
        platform=platform,
        spec=_spec(platform, options["base_model"], parameters, dataset),
        data=dataset,
        estimate=cost.Estimate(dataset.training.tokens, parameters.epochs, price),
        environment=options["environment_name"],
        bucket=options["bucket"],
        storage_url=options["storage_url"],
        output_dir=folder,
        database_url=options["database_url"],
        max_cost=options["max_cost"] or None,
        retry=options["retry"],
        patience_seconds=options["patience"],
        max_dropped_share=share,
    )
    return order, [*warnings, *data.warnings(dataset, limits)]


def _spec(
    platform: gemini.Platform, base_model: str, parameters: Hyperparameters, dataset: TuningData
) -> Spec:
    return Spec(
        provider=platform.provider,
        project=platform.project,
        region=platform.location,
        base_model=base_model,
        method="SUPERVISED_FINE_TUNING",
        hyperparameters=parameters,
        training_sha256=dataset.training.sha256,
        validation_sha256=dataset.validation.sha256 if dataset.validation else "",
        prompt_hash=PROMPT_HASH,
    )


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
