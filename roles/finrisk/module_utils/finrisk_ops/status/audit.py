"""Whether the record of releases is whole, as the status page shows it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..counts import number_of
from ..errors import FinriskError
from ..release import history, records
from ..release.records import Ledger
from .finding import Finding, Play

WHOLE, BROKEN, UNKNOWN = "whole", "broken", "unknown"


def known(ledger: Ledger, database_url: str) -> dict[str, Any]:
    """Return the state of the chain with its last ten links, the newest first; ``broken_at`` names a release.

    ``database_url`` is empty when there is no way to the database: then nothing is known.
    """
    nothing = {"chain": UNKNOWN, "links": 0, "broken_at": None, "problem": None, "last": []}
    if not database_url:
        return nothing
    try:
        audit = history.audit(ledger, database_url)
    except (FinriskError, OSError) as error:
        return nothing | {"problem": str(error)}
    problem = audit.problem
    return {
        "chain": BROKEN if problem else WHOLE,
        "links": len(audit.links),
        "broken_at": problem.release if problem else None,
        "problem": problem.sentence() if problem else None,
        "last": [asdict(link) for link in reversed(audit.links[-records.SHOWN :])],
    }


def line(audit: dict[str, Any]) -> str:
    """Return the line of the page."""
    if audit["chain"] == WHOLE:
        last = f", the last {audit['last'][0]['hash'][:12]}" if audit["last"] else ""
        return f"chain whole, {number_of(audit['links'], 'link')}{last}"
    return f"chain {audit['chain']}: {audit['problem'] or 'there is no way to the database'}"


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the finding of a chain that is broken or cannot be read."""
    del play
    problem = (data.get("audit") or {}).get("problem")
    if not problem:
        return []
    causes = ["somebody changed the table by hand, or an older backup was restored: see docs/files.md"]
    return [Finding("audit", f"{problem[0].upper()}{problem[1:]}.", "finrisk audit verify", causes)]
