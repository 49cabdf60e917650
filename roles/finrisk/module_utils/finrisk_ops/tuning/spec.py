"""What a tuning job is asked to do, and the name that this gives it.

Two runs that ask for the same thing have the same ``spec_id``, on any machine and at any time. The id travels
as a label of the job, so that the job can be found again even when the answer to its creation was lost.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

SPEC_LABEL = "finrisk-spec"
ATTEMPT_LABEL = "finrisk-attempt"
ENVIRONMENT_LABEL = "finrisk-env"

_ID_LENGTH = 40  # a label value holds at most 63 characters; a whole SHA-256 has 64


@dataclass(frozen=True)
class Hyperparameters:
    """What supervised tuning of a Gemini model takes; ``adapter_size`` 0 leaves the choice to the service."""

    epochs: int
    learning_rate_multiplier: float
    adapter_size: int

    def content(self) -> dict[str, int | float | None]:
        """Return them as the job file shows them."""
        return {
            "epochs": self.epochs,
            "learning_rate_multiplier": self.learning_rate_multiplier,
            "adapter_size": self.adapter_size or None,
        }


@dataclass(frozen=True)
class Spec:
    """A tuning job before anybody runs it: where, what, how, and on exactly which bytes."""

    provider: str
    project: str
    region: str
    base_model: str
    method: str
    hyperparameters: Hyperparameters
    training_sha256: str
    validation_sha256: str
    prompt_hash: str

    def canonical(self) -> str:
        """Return the spec as JSON with sorted keys and no white space: one text for one spec."""
        content = asdict(self)
        # 1 and 1.0 are the same multiplier and must not be two specs
        content["hyperparameters"]["learning_rate_multiplier"] = float(
            self.hyperparameters.learning_rate_multiplier
        )
        return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @property
    def id(self) -> str:
        """The first 40 hex digits of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical().encode("ascii")).hexdigest()[:_ID_LENGTH]


def display_name(spec_id: str, names: dict[str, str]) -> str:
    """Return ``finrisk-v<n>-<8 of spec_id>``: the name it already has, else n = specs known + 1.

    ``names`` maps the spec_id of each spec that was ever submitted to its display name ("" when lost).
    """
    if names.get(spec_id):
        return names[spec_id]
    others = [other for other in names if other != spec_id]
    return f"finrisk-v{len(others) + 1}-{spec_id[:8]}"
