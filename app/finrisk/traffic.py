"""What has been collected and who was served what: the figures of GET /api/v1/status."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg.rows import dict_row

from finrisk.db.pool import Connection
from finrisk.settings import Settings

TARGET = 1000
RECOMMENDED = (2000, 5000)
"""Training examples: enough to tune, and what gives the best results."""

_COLLECTION = """
select count(*) as count,
       count(*) filter (where created_at > now() - interval '24 hours') as rows_last_24h,
       max(created_at) as last_collected_at
from training_data where withdrawn_at is null and not finetuned_model_used"""

_SKIPPED = """
select skip_reason, count(*) as requests from analyses
where skip_reason is not null and created_at > now() - interval '24 hours' group by 1 order by 2 desc"""

_ARMS = """
select arm_assigned as arm, count(*) as requests, count(distinct unit_hash) as users,
       count(*) filter (where arm_error = 'upstream_error') as upstream,
       count(*) filter (where arm_error = 'timeout') as timeout,
       count(*) filter (where arm_error = 'cut_stream') as cut,
       count(*) filter (where arm_error = 'blocked') as blocked,
       percentile_cont(0.5) within group (order by latency_ms) as p50_ms,
       percentile_cont(0.95) within group (order by latency_ms) as p95_ms,
       avg((latency_ms > 2000)::int)::float8 as share_over_2s,
       avg(quality_score) filter (where outcome = 'ok' and arm_served = arm_assigned) as quality,
       count(*) filter (where rating = 1) as liked,
       count(*) filter (where rating = -1) as disliked,
       count(*) filter (where fallback_reason is not null) as fallbacks
from analyses where created_at > now() - interval '24 hours' group by 1 order by 1"""


def configuration(settings: Settings) -> dict[str, Any]:
    """The revision, the keys that steer traffic and collection, and the split they amount to."""
    return {
        "revision": settings.finrisk_revision,
        "ENABLE_DATA_COLLECTION": settings.enable_data_collection,
        "DATA_COLLECTION_QUALITY": settings.data_collection_quality,
        "ENABLE_FINETUNING": settings.enable_finetuning,
        "ENABLE_AB_TESTING": settings.enable_ab_testing,
        "AB_TEST_TRAFFIC_SPLIT": settings.ab_test_traffic_split,
        "FINETUNED_MODEL_NAME": settings.finetuned_model_name,
        "base_model": settings.base_model,
        "split": settings.split,
    }


def collection(connection: Connection, settings: Settings) -> dict[str, Any]:
    """How many examples base has given, and why pairs of the last 24 hours were not kept."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_COLLECTION).fetchone() or {}
        skipped = {each["skip_reason"]: each["requests"] for each in cursor.execute(_SKIPPED)}
    last = row["last_collected_at"]
    return {
        "enabled": settings.enable_data_collection,
        "quality_threshold": settings.data_collection_quality,
        "count": row["count"],
        "target": TARGET,
        "recommended": list(RECOMMENDED),
        "percent": round(100 * row["count"] / TARGET, 1),
        "rows_last_24h": row["rows_last_24h"],
        "expected_target_date": _expected(TARGET - row["count"], row["rows_last_24h"]),
        "last_collected_at": last.isoformat() if last else None,
        "skipped": skipped,
    }


def _expected(missing: int, per_day: int) -> str | None:
    """The date on which the target is reached at the rate of the last 24 hours; None: not in sight."""
    if missing > 0 and not per_day:
        return None
    days = math.ceil(max(missing, 0) / max(per_day, 1))
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat() if days < 3650 else None


def traffic(connection: Connection) -> dict[str, Any]:
    """The last 24 hours by assigned arm: requests, users, own errors, latency, quality, feedback.

    ``blocked`` are the questions that the arm's model would not answer: no error, and not part of ``errors``.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_ARMS).fetchall()
    total = sum(row["requests"] for row in rows) or 1
    kinds = ("upstream", "timeout", "cut")
    return {
        row["arm"]: {
            "requests": row["requests"],
            "users": row["users"],
            "share": round(row["requests"] / total, 4),
            "errors": {kind: row[kind] for kind in kinds},
            "blocked": row["blocked"],
            "p50_ms": round(row["p50_ms"], 1),
            "p95_ms": round(row["p95_ms"], 1),
            "share_over_2s": round(row["share_over_2s"], 4),
            "quality": round(row["quality"], 4) if row["quality"] is not None else None,
            "feedback": {"liked": row["liked"], "disliked": row["disliked"]},
            "fallbacks": row["fallbacks"],
        }
        for row in rows
    }
