"""What the log says of the last day: input that was refused, our own faults, lost records."""

from __future__ import annotations

from typing import Any

from ..service.snapshot import Snapshot

OUR_FAULT = "internal_error"


def of_log(snapshot: Snapshot) -> dict[str, Any]:
    """Return what was refused by code, how many requests failed inside the service, and records lost.

    ``log_since`` is null where the log reaches back a whole day, else when it begins.
    """
    refused = dict(snapshot.recent["refused"])
    failed = refused.pop(OUR_FAULT, 0)
    return {
        "rejected": refused,
        "internal_errors": failed,
        "lost": snapshot.recent["lost"],
        "log_since": snapshot.recent["since"],
    }


def log_window(data: dict[str, Any]) -> str:
    """Return which time the figures of the log are of, in words."""
    since = data["traffic"]["log_since"]
    return f"since {str(since)[:16].replace('T', ' ')}, where the log begins" if since else "in 24 h"
