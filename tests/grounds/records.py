"""Records of the journal: the row of an analysis, and a rating of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

NOW = datetime.now(UTC).isoformat()


def analysis(identifier: str, **fields: Any) -> dict[str, Any]:
    row = {
        "id": identifier,
        "created_at": NOW,
        "experiment": "",
        "revision": "",
        "split_bp": 0,
        "unit_kind": "user",
        "unit_hash": "u",
        "bucket": 1,
        "arm_assigned": "base",
        "outcome": "ok",
        "latency_ms": 1.0,
        "redaction_version": "1",
        **fields,
    }
    return {"analysis": row}


def rating(identifier: str, **fields: Any) -> dict[str, Any]:
    return {"feedback": {"request_id": identifier, "rating": -1, "created_at": NOW, **fields}}
