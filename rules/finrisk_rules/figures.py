"""The figures of collection and of the experiment that ``GET /api/v1/status`` and ``status.yml`` both show.

The queries are for PostgreSQL, with parameters as psycopg names them; who reads a database runs them and
hands the rows over. What both screens show is said here and nowhere else.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

TARGET = 1000
RECOMMENDED = (2000, 5000)
"""Training examples: enough to tune, and what gives the best results."""

SLOW_MS = 2000
"""Milliseconds that an answer may take as its user sees it: the promised limit."""

PACE_DAYS = 7
"""The window of the rate at which examples come: a whole week, since weekends are quiet."""

LONGEST_WAIT_DAYS = 3650
"""A target that is further away is not in sight."""

LAST_DAY = "created_at > now() - interval '24 hours'"

OBSERVED = LAST_DAY
"""Which analyses the figures of the arms are of: the one place to narrow them."""

LEFT_OUT = """case
    when withdrawn_at is not null then 'withdrawn'
    when lower(split_part(coalesce(model_version, ''), '-', 1)) = any(%(refused)s) then 'producer_refused'
    when finetuned_model_used and not %(tuned)s then 'made_by_tuned_model' end"""
"""Why a collected pair is not given to training, as a reason code; null when it is. See ``selection``."""


def selection(refused_producers: Sequence[str] = (), *, tuned_rows: bool = False) -> dict[str, object]:
    """The parameters of ``LEFT_OUT``.

    ``refused_producers`` are first words of ``model_version``; ``tuned_rows`` takes what a tuned model wrote.
    """
    return {"refused": [name.lower() for name in refused_producers], "tuned": tuned_rows}


COUNTED = selection()
"""What ``COLLECTION`` counts: base's pairs that were not withdrawn; an inventory may train on others."""

COLLECTION = f"""
select count(*) as count,
       count(*) filter (where {LAST_DAY}) as rows_last_24h,
       count(*) filter (where created_at > now() - interval '{PACE_DAYS} days') as rows_of_pace,
       least({PACE_DAYS}, greatest(1, extract(epoch from now() - min(created_at)) / 86400))::float8 as days,
       max(created_at) as last_collected_at,
       (now() at time zone 'utc')::date as today
from training_data where {LEFT_OUT} is null"""  # noqa: S608 - constants
"""One ``CollectionRow``, with the parameters ``COUNTED``."""

SKIPPED = f"""
select skip_reason, count(*) from analyses
where skip_reason is not null and {LAST_DAY} group by 1 order by 2 desc, 1"""  # noqa: S608 - constants
"""Reason and number of the pairs that were not kept, the most frequent first."""

ARMS = f"""
select arm_assigned as arm, count(*) as requests, count(distinct unit_hash) as users,
       count(*) filter (where arm_error = 'upstream_error') as upstream,
       count(*) filter (where arm_error = 'timeout') as timeout,
       count(*) filter (where arm_error = 'cut_stream') as cut,
       count(*) filter (where arm_error = 'blocked') as blocked,
       percentile_cont(0.5) within group (order by latency_ms) as p50_ms,
       percentile_cont(0.95) within group (order by latency_ms) as p95_ms,
       avg((latency_ms > {SLOW_MS})::int)::float8 as share_over_2s,
       avg(quality_score) filter (where outcome = 'ok' and arm_served = arm_assigned) as quality,
       count(*) filter (where rating = 1) as liked,
       count(*) filter (where rating = -1) as disliked,
       count(*) filter (where fallback_reason is not null) as fallbacks
from analyses where {OBSERVED} group by 1 order by 1"""  # noqa: S608 - constants
"""An ``ArmRow`` for each arm that users were assigned to."""


@dataclass(frozen=True)
class CollectionRow:
    """What ``COLLECTION`` returns; ``days`` is how much of the window of the rate has passed."""

    count: int
    rows_last_24h: int
    rows_of_pace: int
    days: float
    last_collected_at: datetime | None
    today: date

    @property
    def per_day(self) -> float:
        """Examples a day of late."""
        return self.rows_of_pace / self.days


@dataclass(frozen=True)
class ArmRow:
    """What ``ARMS`` returns of an arm; ``users`` are what is drawn: users, sessions or requests."""

    arm: str
    requests: int
    users: int
    upstream: int
    timeout: int
    cut: int
    blocked: int
    p50_ms: float
    p95_ms: float
    share_over_2s: float
    quality: float | None
    liked: int
    disliked: int
    fallbacks: int


def collection(
    row: CollectionRow, skipped: Iterable[tuple[str, int]], target: int = TARGET
) -> dict[str, object]:
    """How many examples there are of the target, and why pairs of the last 24 hours were not kept."""
    last = row.last_collected_at
    return {
        "count": row.count,
        "target": target,
        "recommended": list(RECOMMENDED),
        "percent": round(100 * row.count / target, 1) if target else 100.0,
        "rows_last_24h": row.rows_last_24h,
        "expected_target_date": _expected(target - row.count, row),
        "last_collected_at": last.astimezone(UTC).isoformat(timespec="seconds") if last else None,
        "skipped": dict(skipped),
    }


def _expected(missing: int, row: CollectionRow) -> str | None:
    """The day on which the target is reached at this rate; None when it has been, or is not in sight."""
    if missing <= 0 or missing > row.per_day * LONGEST_WAIT_DAYS:
        return None
    return (row.today + timedelta(days=math.ceil(missing / row.per_day))).isoformat()


def arms(rows: Iterable[ArmRow]) -> dict[str, dict[str, object]]:
    """The figures of each arm. ``share`` is of the users, since it is they who are assigned: it stands beside
    the split. ``share_of_requests`` differs from it when some users ask more than others.

    ``blocked`` are the questions that the arm's model would not answer: no error, and not part of ``errors``.
    """
    known = list(rows)
    users, requests = sum(row.users for row in known), sum(row.requests for row in known)
    return {row.arm: _arm(row, users, requests) for row in known}


def _arm(row: ArmRow, users: int, requests: int) -> dict[str, object]:
    errors = {"upstream": row.upstream, "timeout": row.timeout, "cut": row.cut}
    return {
        "requests": row.requests,
        "users": row.users,
        "share": round(row.users / users, 4),
        "share_of_requests": round(row.requests / requests, 4),
        "errors": errors,
        "error_rate": round(sum(errors.values()) / row.requests, 4),
        "blocked": row.blocked,
        "blocked_rate": round(row.blocked / row.requests, 4),
        "p50_ms": round(row.p50_ms, 1),
        "p95_ms": round(row.p95_ms, 1),
        "share_over_2s": round(row.share_over_2s, 4),
        "quality": None if row.quality is None else round(row.quality, 4),
        "feedback": {"liked": row.liked, "disliked": row.disliked},
        "fallbacks": row.fallbacks,
    }
