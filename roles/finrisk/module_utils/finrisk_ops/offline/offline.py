"""The story of an offline evaluation: choose, say what it costs, ask what is missing, compare, keep."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..counts import number_of
from ..dataset.names import ANSWERS, ANSWERS_REPORT
from ..errors import FinriskError
from ..gate.rules import Rules
from ..machine.files import write_bytes
from ..tuning.jobs import Job, choose, read_jobs
from . import calls, shadows, trial
from .answers import Answers
from .asking import Service, ask
from .calls import Models
from .comparison import Row
from .dataset import Sets, chosen
from .nearest import Examples
from .questions import Question, drawn, questions
from .report import report


@dataclass(frozen=True)
class Request:
    """What is compared, on how much, where things are, and what it may cost."""

    environment: str
    model: str  # "newest" or a name
    dataset_metadata: str  # "": the dataset that the model was tuned on
    output_dir: Path
    evaluation_dir: Path
    database_url: str
    limit: int
    examples: int
    prices: Mapping[str, object]
    max_cost: float
    rules: Rules
    service: Service
    tell: Callable[[int, int, str], None] | None = None

    def check(self) -> None:
        """Raise FinriskError when a number makes no sense."""
        for name, number in (("limit", self.limit), ("examples", self.examples)):
            if number < 0:
                raise FinriskError(f"finrisk_offline_{name} is {number}: expected 0 or more")


@dataclass(frozen=True)
class Outcome:
    """What a run came to; ``kept`` and ``page`` are None where nothing was asked or looked at yet."""

    cost: calls.Cost
    lines: list[str]
    warnings: list[str]
    kept: trial.Kept | None = None
    page: Path | None = None


@dataclass(frozen=True)
class _Plan:
    """What is compared: the job, its dataset, all questions and those that are asked, and the calls."""

    job: Job
    unread: str
    sets: Sets
    everything: list[Question]
    asked: list[Question]
    models: Models
    planned: list[calls.Call]
    answers: Answers

    @property
    def wanted(self) -> list[calls.Call]:
        """Return the calls that nobody made yet."""
        return [call for call in self.planned if self.answers.get(call.id) is None]

    def lines(self, price: calls.Cost) -> list[str]:
        """Return what is compared and what it takes, as a person reads it."""
        columns, number = self.models.columns, len(self.planned)
        here = f"{number - price.calls:,} of {number_of(number, 'answer')} are here already"
        return [
            f"{self.job.display_name} against {self.models.base} on {number_of(len(self.asked), 'question')} "
            f"of {len(self.everything):,}, in {number_of(len(columns), 'column')}: {', '.join(columns)}",
            f"{here}; " + (f"to ask: {price.line()}" if price.calls else "nobody is asked"),
        ]

    def warnings(self) -> list[str]:
        """Return what may mislead."""
        if self.sets.is_tuned_on:
            return [self.unread] if self.unread else []
        told = (
            f"{self.job.display_name} was not tuned on {self.sets.metadata.name}: it may have learnt from "
            "what it is asked here, and then looks better than it is"
        )
        return [told, *([self.unread] if self.unread else [])]


def _planned(request: Request) -> _Plan:
    jobs, unread = read_jobs(request.output_dir, request.database_url)
    job = choose(jobs, request.model)
    sets = Sets(chosen(request.dataset_metadata, request.output_dir, job), request.output_dir, job)
    everything = questions(sets.validation.path)
    asked = drawn(everything, request.limit)
    settings = request.service.settings
    models = Models(settings["BASE_MODEL"], job.tuned_model_name or "", request.examples)
    training = Examples(sets.training.path) if models.examples else None
    made = calls.calls(asked, models, training, settings)
    answers = Answers(request.output_dir / f"{ANSWERS}_{sets.name}.jsonl")
    return _Plan(job, unread, sets, everything, asked, models, made, answers)


def run(request: Request, *, check: bool) -> Outcome:
    """Compare the models, and return what came of it; in check mode no model is asked and nothing written.

    Raises:
        FinriskError: No model or dataset, a cost beyond the limit, a model that does not answer.
    """
    request.check()
    plan = _planned(request)
    price = calls.cost(plan.wanted, plan.models.base, request.prices)
    calls.check(price, request.max_cost)
    lines, warnings = plan.lines(price), plan.warnings()
    if price.calls:
        if check:
            return Outcome(price, lines, warnings)
        if request.tell:
            request.tell(0, price.calls, f"of {price.calls:,} answers: {price.line()}")
        ask(plan.planned, plan.answers, request.service, request.tell)
    asked: Sequence[Row] = []
    try:
        asked = shadows.read(request.database_url, plan.models)
    except FinriskError as error:
        warnings.append(f"what users asked of both models is left out: {error}")
    kept, page = _keep(request, plan, asked, check=check)
    return Outcome(price, lines, warnings, kept, page)


def _keep(request: Request, plan: _Plan, asked: Sequence[Row], *, check: bool) -> tuple[trial.Kept, Path]:
    """Write evaluation and page unless they are there already; return them."""
    settings = {name: request.service.settings.get(name, "") for name in calls.SHAPING}
    dataset = plan.sets.content(len(plan.everything))
    subject = trial.Subject(request.environment, plan.models, plan.job.display_name, dataset, settings)
    content = trial.evaluate(subject, trial.rows(plan.planned, plan.answers), request.rules, asked)
    kept = trial.keep(request.evaluation_dir, content, check=check)
    name = hashlib.sha256(plan.models.tuned.encode()).hexdigest()[:8]
    page = request.output_dir / f"{ANSWERS_REPORT}_{plan.sets.name}_{name}.html"
    made = report(kept.content, plan.asked, plan.planned, plan.answers)
    is_new = kept.is_new or not page.is_file() or page.read_bytes() != made
    if is_new and not check:
        write_bytes(page, made)
    return trial.Kept(kept.path, kept.content, is_new), page
