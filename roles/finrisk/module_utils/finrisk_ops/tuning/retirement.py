"""When base models end, as the inventory says it: a tuned model ends with the base that it was tuned from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..errors import FinriskError

WARNING_DAYS = 90
"""Before a model's end, from which on status warns of it: time for a dataset, a job and an experiment."""
LAST_TUNING_DAYS = 30
"""Before a model's end, from which on nothing is tuned from it: an experiment would end with the model."""

_NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)+")
_FORM = "expected finrisk_model_retirements as a list of {name, date, successor}"


@dataclass(frozen=True)
class Retirement:
    """The day from which on a provider serves a model no longer, and the model to use instead."""

    name: str
    day: date
    successor: str

    def days_left(self, today: date) -> int:
        """Return the days until the model's end; negative after it."""
        return (self.day - today).days

    def sentence(self, today: date) -> str:
        """Return when the model ends, how soon that is, and what to use instead."""
        days = self.days_left(today)
        ends = f"ends on {self.day} (days left: {days})" if days >= 0 else f"ended on {self.day}"
        return f"{self.name} {ends}; its successor is {self.successor}"


def retirements(entries: Sequence[Mapping[str, Any]]) -> list[Retirement]:
    """Return what the inventory says; an entry whose date is empty has none yet and is left out.

    Raises FinriskError for a name that is none of a base model, a date that is no ISO 8601 day, a model that
    succeeds itself, or one that is named twice.
    """
    dated = [_retirement(entry) for entry in entries if _checked(entry) and str(entry["date"] or "")]
    names = [str(entry["name"]) for entry in entries]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise FinriskError(f"finrisk_model_retirements names {', '.join(twice)} twice; keep one entry of it")
    return dated


def of_models(known: Iterable[Retirement], models: Iterable[str]) -> list[Retirement]:
    """Return the retirements of these models, by name or full path; the first to end first."""
    names = {model.rpartition("/")[2] for model in models}
    return sorted((each for each in known if each.name in names), key=lambda each: each.day)


def check_base(known: Iterable[Retirement], base_model: str, today: date) -> None:
    """Raise FinriskError when a model's end is too near for anything to be tuned from it."""
    for each in of_models(known, [base_model]):
        if each.days_left(today) <= LAST_TUNING_DAYS:
            raise FinriskError(
                f"{each.sentence(today)}: what is tuned from it would end with it. Tune the successor "
                f"on the same dataset: -e finrisk_base_model={each.successor}"
            )


def _checked(entry: Mapping[str, Any]) -> bool:
    for key in ("name", "successor"):
        value = str(entry.get(key) or "")
        if not _NAME.fullmatch(value):
            raise FinriskError(
                f"{key} {value!r} in finrisk_model_retirements is no name of a base model, such as "
                f"gemini-3.5-flash-lite; {_FORM}"
            )
    if entry["name"] == entry["successor"]:
        raise FinriskError(f"{entry['name']} succeeds itself in finrisk_model_retirements; {_FORM}")
    return True


def _retirement(entry: Mapping[str, Any]) -> Retirement:
    written = str(entry["date"])
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise FinriskError(
            f"date {written!r} of {entry['name']} in finrisk_model_retirements is no day; write it as "
            f"2027-05-19; {_FORM}"
        ) from None
    return Retirement(str(entry["name"]), day, str(entry["successor"]))
