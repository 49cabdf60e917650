"""A few questions to a tuned model before users meet it: does it answer, and how fast."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from finrisk_rules.prompt import SYSTEM_INSTRUCTION, Source, render

from ..cloud import gemini
from ..counts import number_of
from ..errors import FinriskError
from ..tuning import remote
from ..tuning.rules import check_same_base

PATIENCE_SECONDS = 30.0  # a new endpoint may answer 429 or 503 at first
QUESTION = "Which liquidity risks does the report name, and which figures does it give for them?"
SOURCE = Source(
    "warm-up",
    "Example Corp annual report 2023, page 41",
    "Liquidity risk. At year end the company held cash of $412 million and an undrawn credit line of "
    "$250 million. Debt of $180 million falls due within twelve months.",
)


@dataclass(frozen=True)
class WarmUp:
    """Times of the answers in milliseconds, in the order they came."""

    latencies_ms: list[float]
    model_version: str

    @property
    def p50_ms(self) -> float:
        """The median."""
        return statistics.median(self.latencies_ms)

    @property
    def max_ms(self) -> float:
        """The slowest, most often the first."""
        return max(self.latencies_ms)

    def line(self) -> str:
        """Return the figures as a person reads them."""
        answers = number_of(len(self.latencies_ms), "answer")
        return f"Warm-up: {answers}, p50 {self.p50_ms:.0f} ms, max {self.max_ms:.0f} ms"


def warm_up(platform: gemini.Platform, model: str, requests: int) -> WarmUp:
    """Ask the model ``requests`` times, one after the other.

    Raises FinriskError with the provider's reason when it does not answer; nothing was changed then.
    """
    client = gemini.client(platform, model)
    prompt = render(QUESTION, [SOURCE])

    def answer() -> gemini.Answer:
        return gemini.generate(client, model, prompt, SYSTEM_INSTRUCTION)

    try:
        answers = [gemini.ask_patiently(f"ask {model}", answer, PATIENCE_SECONDS) for _ in range(requests)]
    except FinriskError as error:
        what = "the tuned model does not answer, so nothing was deployed"
        raise error.reworded(f"{what}: {error.message}") from error
    return WarmUp([answer.latency_ms for answer in answers], answers[-1].model_version)


def check_base(platform: gemini.Platform, model: str, base_model: str) -> str:
    """Ask the service which base model a tuned model was made from; return a warning when nobody knows.

    Raises FinriskError when it is another one than ``base_model``.
    """
    unknown = f"whether {model} was tuned from {base_model} is not known"
    try:
        jobs = remote.list_jobs(gemini.client(platform, model), PATIENCE_SECONDS)
    except FinriskError as error:
        return f"{unknown}: {error.message}"
    job = next((job for job in jobs if _place(job.endpoint) == _place(model)), None)
    if job is None:
        return f"{unknown}: no tuning job of its project and region made it"
    check_same_base(job.display_name or model, job.base_model, base_model)
    return ""


def _place(endpoint: str) -> str:
    """Return region and number of an endpoint: Google names its project by id or by number."""
    return endpoint.partition("/locations/")[2]
