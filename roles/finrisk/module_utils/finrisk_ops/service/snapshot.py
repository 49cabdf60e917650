"""What a running service shows from outside, alike for every target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Snapshot:
    """What was seen of the service: its pods, its log, and what somebody did to it."""

    pods: list[dict[str, Any]]
    recent: dict[str, Any]
    database: str | None  # ok, down, or None when no pod says
    problem: str = ""  # what is wrong with the configuration
    drift: list[dict[str, str]] = field(default_factory=list)  # field, manager, when
    credentials_gone: str = ""  # what held them and is not there any more
