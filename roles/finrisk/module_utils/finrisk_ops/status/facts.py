"""What the database knows of collection and traffic; the last 24 hours unless said otherwise."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..database import connect, query_error

if TYPE_CHECKING:
    import psycopg

ARMS = ("base", "tuned")
RECOMMENDED = (2000, 5000)
STATEMENT_SECONDS = 20

_COLLECTION = """
select count(*) filter (where withdrawn_at is null) as count,
       count(*) filter (where usable) as eligible,
       count(*) filter (where withdrawn_at is not null) as withdrawn,
       count(*) filter (where usable and created_at > now() - interval '24 hours') as rows_last_24h,
       count(*) filter (where usable and created_at > now() - interval '7 days') as rows_last_7d,
       greatest(1, extract(epoch from now() - min(created_at)) / 86400)::float8 as days,
       max(created_at) filter (where withdrawn_at is null) as last_collected_at
from (select created_at, withdrawn_at,
             withdrawn_at is null and (%(tuned)s or not finetuned_model_used)
             and not lower(split_part(coalesce(model_version, ''), '-', 1)) = any(%(refused)s) as usable
      from training_data) examples"""

_SKIPPED = """
select skip_reason as reason, count(*) as requests from analyses
where skip_reason is not null and created_at > now() - interval '24 hours' group by 1 order by 2 desc, 1"""

_RATINGS = "select count(*) as count from feedback where problem is not null"

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
from analyses where created_at > now() - interval '24 hours' group by 1"""

_FALLBACKS = """
select fallback_reason as reason, count(*) as requests from analyses
where fallback_reason is not null and created_at > now() - interval '24 hours'
group by 1 order by 2 desc, 1"""

_UNITS = """
select count(distinct unit_hash) as units, count(distinct user_hash) as users, min(unit_kind) as kind
from analyses where created_at > now() - interval '24 hours'"""

_STAGE = """
select arm_assigned as arm, count(*) as requests, count(distinct unit_hash) as units, min(unit_kind) as kind
from analyses where created_at > greatest(now() - interval '24 hours', %(since)s::timestamptz)
group by 1 order by 1"""


_VERSIONS = """
select model, model_version as version, count(*) as requests,
       min(created_at) as first_seen, max(created_at) as last_seen
from analyses
where created_at > now() - interval '7 days' and outcome = 'ok' and model <> '' and model_version <> ''
group by 1, 2 order by 1, 4"""


@dataclass(frozen=True)
class Asked:
    """What counts as an example that can be trained on."""

    target: int
    refused_producers: Sequence[str] = ()
    tuned_rows: bool = False


def read(database_url: str, asked: Asked, released_at: str | None = None) -> dict[str, Any]:
    """Return ``collection`` and ``traffic`` as the database knows them.

    ``released_at`` (ISO 8601) is when the running revision was released: earlier requests met another split.
    Raises FinriskError when the database cannot be reached or has no tables.
    """
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            connection.execute("set transaction isolation level repeatable read read only")
            collection, traffic = _collection(connection, asked), _traffic(connection, released_at)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    return {"collection": collection, "traffic": traffic}


def _collection(connection: psycopg.Connection, asked: Asked) -> dict[str, Any]:
    refused = [name.lower() for name in asked.refused_producers]
    row = _rows(connection, _COLLECTION, {"tuned": asked.tuned_rows, "refused": refused})[0]
    last = row["last_collected_at"]
    rate = row["rows_last_7d"] / min(7.0, row["days"] or 1.0)
    return {
        "count": row["count"],
        "eligible": row["eligible"],
        "withdrawn": row["withdrawn"],
        "target": asked.target,
        "recommended": list(RECOMMENDED),
        "percent": round(100 * row["eligible"] / asked.target, 1) if asked.target else 100.0,
        "rows_last_24h": row["rows_last_24h"],
        "expected_target_date": _expected(asked.target - row["eligible"], rate),
        "last_collected_at": _text(last),
        "ratings_not_applied": _rows(connection, _RATINGS)[0]["count"],
        "skipped": {each["reason"]: each["requests"] for each in _rows(connection, _SKIPPED)},
    }


def _traffic(connection: psycopg.Connection, released_at: str | None) -> dict[str, Any]:
    rows = {row["arm"]: row for row in _rows(connection, _ARMS)}
    units = _rows(connection, _UNITS)[0]
    users = sum(row["users"] for row in rows.values())
    return {
        "hours": 24,
        "units": units["units"],
        "unit_kind": units["kind"],
        "since_release": _stage(_rows(connection, _STAGE, {"since": released_at})),
        "arms": {arm: _arm(rows[arm], users) for arm in ARMS if arm in rows},
        "model_versions": [
            each | {"first_seen": _text(each["first_seen"]), "last_seen": _text(each["last_seen"])}
            for each in _rows(connection, _VERSIONS)
        ],
        "fallback_reasons": {each["reason"]: each["requests"] for each in _rows(connection, _FALLBACKS)},
    }


def _stage(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "requests": sum(row["requests"] for row in rows),
        "units": sum(row["units"] for row in rows),
        "unit_kind": rows[0]["kind"] if rows else None,
        "arms": {row["arm"]: row["requests"] for row in rows},
    }


def _arm(row: dict[str, Any], users: int) -> dict[str, Any]:
    kinds = ("upstream", "timeout", "cut")
    errors = {kind: row[kind] for kind in kinds}
    return {
        "requests": row["requests"],
        "users": row["users"],
        "share": round(row["users"] / users, 4) if users else 0.0,
        "errors": errors,
        "error_rate": round(sum(errors.values()) / row["requests"], 4),
        "blocked": row["blocked"],
        "blocked_rate": round(row["blocked"] / row["requests"], 4),
        "p50_ms": round(row["p50_ms"], 1),
        "p95_ms": round(row["p95_ms"], 1),
        "share_over_2s": round(row["share_over_2s"], 4),
        "quality": None if row["quality"] is None else round(row["quality"], 4),
        "feedback": {"liked": row["liked"], "disliked": row["disliked"]},
        "fallbacks": row["fallbacks"],
    }


def _expected(missing: int, per_day: float) -> str | None:
    """Return the day when collection reaches its target at this pace, None when it has or never will."""
    if missing <= 0 or per_day <= 0 or missing / per_day > 3650:
        return None
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=math.ceil(missing / per_day))
    return day.isoformat()


def _text(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _rows(connection: psycopg.Connection, statement: Any, values: Any = None) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
