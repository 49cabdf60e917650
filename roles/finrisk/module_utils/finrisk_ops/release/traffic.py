"""The operator's ratio (0..100 percent of the users) and the settings that it becomes."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from finrisk_rules.assignment import split

from ..errors import FinriskError

WHOLE_NUMBER = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)
EXPERIMENT_CHARACTERS = 40


@dataclass(frozen=True)
class Choice:
    """A ratio and the reason in words why it is this one."""

    ratio: int
    why: str


def parse_ratio(value: object, source: str = "finrisk_ab_ratio") -> int:
    """Return the ratio as an integer 0..100.

    Raises FinriskError for everything else, booleans and fractions included: a ratio is never guessed.
    """
    text = "" if isinstance(value, bool | float) else str(value).strip()
    if not WHOLE_NUMBER.fullmatch(text) or int(text) > 100:
        raise FinriskError(
            f"{source} is {value!r}, expected a whole number from 0 to 100: the percentage of users who get "
            f"the tuned model. Example: -e finrisk_ab_ratio=25"
        )
    return int(text)


def parse_stages(values: Sequence[object]) -> tuple[int, ...]:
    """Return the stages of a roll-out; raises FinriskError unless they rise and lie within 1..100."""
    stages = tuple(parse_ratio(value, "finrisk_stages") for value in values)
    if not stages or stages[0] < 1 or any(later <= earlier for earlier, later in pairwise(stages)):
        raise FinriskError(
            f"finrisk_stages is {list(values)!r}, expected rising whole numbers from 1 to 100, "
            "such as [25, 50, 75, 100]"
        )
    return stages


def traffic_keys(ratio: int) -> dict[str, str]:
    """Return the three settings that steer traffic for this ratio."""
    enabled = "true" if ratio else "false"
    split = format(Decimal(ratio).scaleb(-2).normalize(), "f") if ratio else "0"
    return {"ENABLE_FINETUNING": enabled, "ENABLE_AB_TESTING": enabled, "AB_TEST_TRAFFIC_SPLIT": split}


def tuned_share(settings: Mapping[str, str]) -> float | None:
    """Return the share of users (0..1) on the tuned arm under these settings; None: they say no number."""
    try:
        traffic_split = float(settings.get("AB_TEST_TRAFFIC_SPLIT", ""))
    except ValueError:
        traffic_split = math.nan
    finetuning, ab_testing = (settings.get(f"ENABLE_{key}") == "true" for key in ("FINETUNING", "AB_TESTING"))
    share = split(finetuning, ab_testing, traffic_split)
    return None if math.isnan(share) else share


def describe(ratio: int) -> str:
    """Return the ratio as people read it, such as ``75 % tuned, 25 % base``."""
    return f"{ratio} % tuned, {100 - ratio} % base"


def experiment(model: str, spec_id: str = "") -> str:
    """Return the salt of the assignment: the tuned model's spec_id, else the hash of its name.

    It is constant from the first stage to the last and new for a new model; empty without a model.
    """
    if spec_id or not model:
        return spec_id
    return hashlib.sha256(model.encode()).hexdigest()[:EXPERIMENT_CHARACTERS]


def choose_ratio(
    *,
    variable: object,
    environment: object,
    following: bool,
    stages: Sequence[int],
    running: int | None,
    same_model: bool,
) -> Choice:
    """Say which ratio holds and why.

    ``variable`` wins over ``environment``, that over the next stage when ``following``, that over the
    running ratio; a model that does not run yet begins at the first stage.
    Raises FinriskError when a given ratio is not a whole number from 0 to 100.
    """
    if is_given(variable):
        note = _beaten({"AB_TEST_RATIO": is_given(environment), "finrisk_next": following})
        return Choice(parse_ratio(variable), f"finrisk_ab_ratio{note}")
    if is_given(environment):
        note = _beaten({"finrisk_next": following})
        return Choice(parse_ratio(environment, "AB_TEST_RATIO"), f"AB_TEST_RATIO of the environment{note}")
    if running is None or not same_model:
        return Choice(stages[0], "the first of finrisk_stages, as this model does not run yet")
    if following:
        later = [stage for stage in stages if stage > running]
        if later:
            return Choice(later[0], f"finrisk_next: the stage after {running}")
        return Choice(running, f"finrisk_next: {running} is the last of finrisk_stages")
    return Choice(running, "the running ratio, as none was named and the model is the same")


def is_given(value: object) -> bool:
    """Say whether an operator set this value at all: Ansible hands an unset one over as empty."""
    return value is not None and str(value).strip() != ""


def _beaten(others: Mapping[str, bool]) -> str:
    names = [name for name, is_set in others.items() if is_set]
    return f", which wins over {' and '.join(names)}" if names else ""
