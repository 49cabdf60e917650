"""What a tuning job is expected to cost, from the prices that the inventory gives; also those of answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import FinriskError

_PER_PRICE = 1_000_000


@dataclass(frozen=True)
class Estimate:
    """Tokens of one pass over the training examples, and what all passes cost."""

    tokens: int
    epochs: int
    price: float | None  # US dollars for a million training tokens

    @property
    def billed_tokens(self) -> int:
        """Tokens the service bills: those of the examples, once an epoch."""
        return self.tokens * self.epochs

    @property
    def dollars(self) -> float | None:
        """The expected cost in US dollars, or None when the inventory gives no price."""
        if self.price is None:
            return None
        return round(self.billed_tokens * self.price / _PER_PRICE, 4)

    def tokens_line(self) -> str:
        """Return tokens x epochs as a person reads it."""
        total = f"{self.billed_tokens:,} training tokens (estimated)"
        return f"{self.tokens:,} tokens x {self.epochs} epochs = {total}"

    def cost_line(self) -> str:
        """Return the cost as a person reads it; ``price unknown`` when the inventory gives none."""
        if self.dollars is None:
            return "price unknown"
        return f"${self.dollars:,.2f} (${self.price:g} for a million training tokens)"


def price_of(model: str, prices: Mapping[str, object]) -> float | None:
    """Return the inventory's price of a million training tokens of ``model``, or None when it gives none.

    Raises FinriskError when the price is not a number of dollars, zero or more.
    """
    entry = prices.get(model)
    if entry is None or entry == "":
        return None
    try:
        price = float(str(entry))
    except ValueError:
        price = -1.0
    if not 0 <= price < float("inf"):
        raise FinriskError(
            f"finrisk_training_prices gives {entry!r} for {model}; "
            "write US dollars for a million training tokens"
        )
    return price


def price_of_answers(base_model: str, prices: Mapping[str, object]) -> tuple[float, float] | None:
    """Return the inventory's prices of a million tokens of prompts and of answers; None when it gives none.

    A tuned model has those of its base model. Raises FinriskError when they are not dollars, zero or more.
    """
    entry = prices.get(base_model)
    if entry is None:
        return None
    try:
        assert isinstance(entry, Mapping)  # noqa: S101 - told below
        price = (float(str(entry["prompt"])), float(str(entry["answer"])))
        if not all(0 <= each < float("inf") for each in price):
            raise ValueError
    except (AssertionError, KeyError, ValueError):
        raise FinriskError(
            f"finrisk_answer_prices gives {entry!r} for {base_model}; write US dollars for a million tokens, "
            "such as {prompt: 0.1, answer: 0.4}"
        ) from None
    return price


def check(estimate: Estimate, max_cost: float | None) -> None:
    """Raise FinriskError when the estimate is above ``max_cost`` dollars or cannot be compared with it."""
    if max_cost is None:
        return
    if estimate.dollars is None:
        raise FinriskError(
            f"finrisk_max_cost is {max_cost:g} but the price is unknown; "
            "set the model's price in finrisk_training_prices, or leave finrisk_max_cost out"
        )
    if estimate.dollars > max_cost:
        raise FinriskError(
            f"the job would cost about ${estimate.dollars:,.2f}, more than finrisk_max_cost {max_cost:g}; "
            "lower finrisk_epochs or finrisk_max_examples, or raise finrisk_max_cost"
        )
