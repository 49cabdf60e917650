"""What stands between the answers and the database: records that wait, and records that it refused."""

from __future__ import annotations

from typing import Any

from ..counts import number_of
from . import disk
from .finding import Finding


def findings(data: dict[str, Any]) -> list[Finding]:
    """Return the findings, pod by pod, then the ratings."""
    entries = [entry for pod in data["pods"] for entry in _of_pod(pod, data)]
    if count := (data["collection"] or {}).get("ratings_not_applied"):
        what = f"{number_of(count, 'rating')} could not be applied to the answer that was rated."
        query = "select request_id, problem from feedback where problem is not null"
        causes = ["to have them tried again: update feedback set problem = null"]
        entries.append(Finding("collection", what, f'psql "$DATABASE_URL" -c "{query}"', causes))
    return entries


def _of_pod(pod: dict[str, Any], data: dict[str, Any]) -> list[Finding]:
    journal = pod.get("journal") or {}
    entries = []
    if journal.get("ships") is False:
        what = (
            f"Answers are not recorded: {journal['bytes']:,} bytes wait in the journal of {pod['name']}, "
            f"the oldest for {journal['oldest_seconds']:.0f} s."
        )
        away = {"down": "its database does not answer", "unusable": "its database counts as away"}
        cause = away.get(str(pod.get("database")), "see the errors below Recent")
        causes = [cause, "nothing is lost while they wait"]
        command, nearness = data["recent"]["command"], disk.follows(data)
        entries.append(Finding("collection", what, command, causes, cause=nearness))
    if count := journal.get("set_aside"):
        what = f"{number_of(count, 'record')} of {pod['name']} could not be stored and were set aside."
        causes = ["journal retry mends their text and sends them again, journal drop deletes them"]
        entries.append(Finding("collection", what, f"{pod['finrisk']} journal list", causes))
    return entries
