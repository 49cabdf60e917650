"""What a running service shows from outside, alike for every target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

DATABASES = ("down", "unusable", "read_only", "ok")
"""What ``/readyz`` of the ops port says of the database, the worst first."""


@dataclass(frozen=True)
class Snapshot:
    """What was seen of the service: its pods, its log, and what somebody did to it."""

    pods: list[dict[str, Any]]
    recent: dict[str, Any]
    database: str | None  # one of DATABASES, or None when no pod says
    problem: str = ""  # what is wrong with the configuration
    drift: list[dict[str, str]] = field(default_factory=list)  # field, manager, when
    credentials_gone: str = ""  # what held them and is not there any more
    acting: dict[str, Any] | None = None  # the CronJob that acts on what the gate says
    disk: dict[str, Any] | None = None  # of this machine, where the service writes


def worst(databases: Iterable[str]) -> str | None:
    """Return the worst of what pods say of the database; None when none says anything known."""
    said = set(databases)
    return next((each for each in DATABASES if each in said), None)
