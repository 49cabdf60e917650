"""A database that the service reaches and that is not fit for it, in the service's own words."""

from __future__ import annotations

from typing import Any

from .finding import Finding, Play

_MENDED_BY_SITE = ("empty", "older")


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the finding about the first pod whose database answers without being fit; none when all are."""
    for pod in data["pods"]:
        problem = str(pod.get("database_problem") or pod.get("database") or "")
        if pod.get("database") == "unusable":
            what = f"The database answers and counts as away: {problem}."
            command = play("site.yml" if pod.get("schema") in _MENDED_BY_SITE else "status.yml")
            return [Finding("collection", what, command, ["answers have no sources, and their records wait"])]
        if pod.get("database") == "read_only":
            what = f"Nothing can be written to the database: {problem}."
            return [Finding("collection", what, 'psql "$DATABASE_URL" -c "select pg_is_in_recovery()"')]
    return []
