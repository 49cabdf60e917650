"""Who is asked what, and what that may cost."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finrisk_rules import tokens
from finrisk_rules.judge.verdicts import JUDGE_VERSION
from finrisk_rules.prompt import PROMPT_HASH, SYSTEM_INSTRUCTION

from ..counts import number_of
from ..errors import FinriskError
from ..tuning.cost import price_of_answers
from .nearest import Examples
from .questions import SEED, Question

BASE, TUNED, PROMPTED = "base", "tuned", "prompted"
"""The columns of a comparison; ``prompted`` is base with the nearest training examples in its prompt."""

SHAPING = ("GEMINI_PROVIDER", "GEMINI_BASE_URL", "MAX_OUTPUT_TOKENS", "REQUEST_DEADLINE_SECONDS")
"""Settings of the service with which another answer, or another end, may come."""
_PER_PRICE = 1_000_000


@dataclass(frozen=True)
class Call:
    """One question to one model."""

    id: str
    column: str
    line: int
    model: str
    prompt: str
    examples: Sequence[tuple[str, str]]
    reference: str

    def content(self) -> dict[str, object]:
        """Return it as ``finrisk answer`` takes it."""
        return {"id": self.id, "model": self.model, "prompt": self.prompt, "examples": self.examples}


@dataclass(frozen=True)
class Models:
    """The two models that are compared, and how many examples base is given in the third column; 0: none."""

    base: str
    tuned: str
    examples: int

    def of(self, column: str) -> str:
        """Return the model that answers in a column."""
        return self.tuned if column == TUNED else self.base

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that there are."""
        return (BASE, TUNED, PROMPTED) if self.examples else (BASE, TUNED)


def calls(
    questions: Sequence[Question], models: Models, training: Examples | None, settings: Mapping[str, str]
) -> list[Call]:
    """Return the calls; the columns of a question in a drawn order, so that none has the better hour."""
    made = []
    drawn = random.Random(SEED)  # noqa: S311  not a secret
    shape = [PROMPT_HASH, JUDGE_VERSION, *(settings.get(name, "") for name in SHAPING)]
    for question in questions:
        for column in drawn.sample(models.columns, len(models.columns)):
            near = training.nearest(question, models.examples) if training and column == PROMPTED else []
            model = models.of(column)
            text = json.dumps([shape, model, near, question.prompt], ensure_ascii=False)
            name = hashlib.sha256(text.encode()).hexdigest()[:40]
            made.append(Call(name, column, question.line, model, question.prompt, near, question.answer))
    return made


@dataclass(frozen=True)
class Cost:
    """What calls may cost: their number, estimated tokens, and US dollars; None where no price is known."""

    calls: int
    prompt_tokens: int
    answer_tokens: int
    dollars: float | None

    def line(self) -> str:
        """Return it as a person reads it."""
        price = (
            "price unknown (finrisk_answer_prices)" if self.dollars is None else f"about ${self.dollars:,.2f}"
        )
        return (
            f"{number_of(self.calls, 'call')}, about {self.prompt_tokens:,} tokens of prompts and "
            f"{self.answer_tokens:,} of answers: {price}"
        )


def cost(wanted: Sequence[Call], base_model: str, prices: Mapping[str, object]) -> Cost:
    """Return what the calls may cost; a tuned model has the price of its base model.

    Raises:
        FinriskError: A price that is none.
    """
    given = sum(
        tokens.estimate(
            "\n".join((SYSTEM_INSTRUCTION, call.prompt, *(text for each in call.examples for text in each)))
        )
        for call in wanted
    )
    written = sum(tokens.estimate(call.reference) for call in wanted)
    price = price_of_answers(base_model, prices)
    dollars = price and (given * price[0] + written * price[1]) / _PER_PRICE
    return Cost(len(wanted), given, written, dollars)


def check(cost: Cost, most: float) -> None:
    """Raise FinriskError when the calls may cost more than ``most`` dollars, or may do so; 0: no limit."""
    if not most or not cost.calls:
        return
    if cost.dollars is None:
        raise FinriskError(
            f"finrisk_max_cost is {most:g} but the price is unknown; set the base model's prices in "
            "finrisk_answer_prices, or leave finrisk_max_cost out"
        )
    if cost.dollars > most:
        raise FinriskError(
            f"the answers would cost about ${cost.dollars:,.2f}, more than finrisk_max_cost {most:g}; lower "
            "finrisk_offline_limit, or raise finrisk_max_cost"
        )
