"""What a model has learnt: by which weights it ranks statements, and by which it looks at cells of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.gemini import attention, ranker
from sandbox.gemini.attention import Attention
from sandbox.gemini.ranker import Weights


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The two sets of weights of one model."""

    ranking: Weights = ranker.BASE
    attention: Attention = attention.BASE

    def as_json(self) -> dict[str, Any]:
        """As it is stored: `{"weights", "bias", "attention"}`."""
        return {**self.ranking.as_json(), "attention": self.attention.as_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Knowledge:
        """From its stored form; a model that never learnt about cells looks at them as base does."""
        cells = stored.get("attention")
        return cls(Weights.from_json(stored), attention.BASE if cells is None else Attention.from_json(cells))


BASE = Knowledge()
