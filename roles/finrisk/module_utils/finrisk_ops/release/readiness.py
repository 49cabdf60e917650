"""What is missing until a revision runs everywhere."""

from __future__ import annotations

from typing import Any

from .revision import Revision


def not_yet(readiness: dict[str, Any], revision: Revision) -> str:
    """Say from an answer of ``/readyz`` what is missing until every worker runs it; empty when nothing is."""
    workers = [worker for worker in readiness.get("workers") or [] if isinstance(worker, dict)]
    expected = int(revision.settings.get("WORKERS") or 1)
    share = revision.release.ratio / 100
    for worker in workers:
        name, split = worker.get("revision"), worker.get("split")
        if name != revision.name:
            return f"worker {worker.get('pid')} runs revision {name or 'none'}, not {revision.name}"
        if split is None or abs(float(split) - share) > 1e-9:
            return f"worker {worker.get('pid')} reports the split {split}, not {share:g}"
        if worker.get("ready") is False:
            return f"worker {worker.get('pid')} is not ready"
    if len(workers) != expected:
        return f"{len(workers)} of {expected} workers report"
    return ""
