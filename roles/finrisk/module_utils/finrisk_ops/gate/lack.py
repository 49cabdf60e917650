"""What a decision still needs, in the words of every page that says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..counts import number_of
from .verdict import HOLD
from .words import UNCOMPARED


def told(verdict: Mapping[str, Any], rate: Mapping[str, float]) -> str:
    """Return what a verdict's document still needs at the present rate of its evidence."""
    lack = verdict["needed"]
    requests, users = (f"{rate[f'{name}_per_day']:,.0f} {name}" for name in ("requests", "users"))
    present = f"at present {requests} of {users} a day"
    if verdict["verdict"] != HOLD:
        return f"nothing: it is decided ({present})"
    if verdict["reason"] in UNCOMPARED:
        return f"users on both arms: now one gets nobody, so that nothing is compared ({present})"
    days = "nobody asks at present" if lack["days"] is None else f"{lack['days']:g} days"
    return f"about {number_of(lack['requests'], 'more request')}, {days}, if both arms are alike ({present})"
