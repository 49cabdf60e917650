"""The figures of an arm of requests: those that ``GET /api/v1/status`` and ``status.yml`` both show.

An arm answers for what its own model did. A request whose model was not asked, since its breaker was open, is
no attempt; the wait for the answer that base gave in the tuned model's place is not the tuned model's time,
nor is that answer's quality or rating its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

SLOW_MS = 2000
"""Milliseconds that an answer may take as its user sees it: the promised limit."""

FAILURES = "('upstream_error', 'timeout', 'cut_stream')"
"""Failures of a model; a blocked question is none, nor a client that left."""

_ATTEMPTED = "fallback_reason is distinct from 'breaker'"

SINGLE = f"""
    select id, split_bp, arm_assigned as arm, unit_hash as unit, user_hash, created_at, rating,
           case when arm_served = 'base' then fallback_reason end as fallback, fallback_reason,
           quality_score::float8 as quality, wrong_figures > 0 as is_wrong, {_ATTEMPTED} as attempted,
           coalesce(outcome = 'ok' and arm_served = arm_assigned, false) as answered,
           coalesce(refused, false) as refused,
           case when {_ATTEMPTED} then arm_error end as failure,
           coalesce(arm_ms, case when fallback_reason is null then latency_ms end) as wait_ms
    from analyses"""  # noqa: S608 - constants
"""One row a request, as its own arm did. ``wait_ms`` is the wait for that arm, as the user would have seen
it; rows of before ``arm_ms`` was kept know it where base did not answer instead."""

TIMED = "(answered or coalesce(failure = 'timeout', false))"
"""Requests of which one can say how fast the arm was: its answers, and its silence."""

SLOW = f"({TIMED} and (coalesce(failure = 'timeout', false) or wait_ms > {SLOW_MS}))"
"""Of them those that took longer than 2 s, or that were given up."""


def arms_query(window: str) -> str:
    """The query of an ``ArmRow`` for each arm that users were assigned to; ``window`` is a condition."""
    return f"""
with single as ({SINGLE} where {window}),
met as (
    select arm_assigned as arm, count(*) as users
    from (select distinct arm_assigned, unit_hash from analyses where {window}) as of_units group by 1
)
select arm, count(*) as requests, (select users from met where met.arm = single.arm) as users,
       min(created_at) as first, max(created_at) as last,
       count(*) filter (where attempted) as attempts,
       count(*) filter (where failure = 'upstream_error') as upstream,
       count(*) filter (where failure = 'timeout') as timeout,
       count(*) filter (where failure = 'cut_stream') as cut,
       count(*) filter (where failure = 'blocked') as blocked,
       percentile_cont(0.5) within group (order by wait_ms) filter (where {TIMED}) as p50_ms,
       percentile_cont(0.95) within group (order by wait_ms) filter (where {TIMED}) as p95_ms,
       avg({SLOW}::int) filter (where {TIMED})::float8 as share_over_2s,
       avg(quality) filter (where answered) as quality,
       avg(is_wrong::int) filter (where answered)::float8 as wrong_figures,
       count(*) filter (where answered and rating = 1) as liked,
       count(*) filter (where answered and rating = -1) as disliked,
       count(fallback) as fallbacks
from single group by 1 order by 1"""  # noqa: S608 - constants


@dataclass(frozen=True)
class ArmRow:
    """What ``arms_query`` asks of an arm; ``users`` are what is drawn: users, sessions or requests."""

    arm: str
    requests: int
    users: int
    first: datetime
    last: datetime
    attempts: int
    upstream: int
    timeout: int
    cut: int
    blocked: int
    p50_ms: float | None
    p95_ms: float | None
    share_over_2s: float | None
    quality: float | None
    wrong_figures: float | None
    liked: int
    disliked: int
    fallbacks: int


def arms(rows: Iterable[ArmRow], shares: Mapping[str, float]) -> dict[str, dict[str, object]]:
    """The figures of each arm; ``shares`` are of the users of the stage that runs, beside the split.

    ``wrong_figures`` is the share of the arm's answers with one, of those on sources; None without one.
    ``blocked`` are the questions that the arm's model would not answer: no error, and not part of ``errors``.
    """
    return {row.arm: _arm(row, shares) for row in rows}


def rounded(number: float | None, digits: int = 4) -> float | None:
    """The number as it is shown; None stays None."""
    return None if number is None else round(number, digits)


def _arm(row: ArmRow, shares: Mapping[str, float]) -> dict[str, object]:
    errors = {"upstream": row.upstream, "timeout": row.timeout, "cut": row.cut}
    return {
        "requests": row.requests,
        "users": row.users,
        "share": shares.get(row.arm, 0.0) if shares else None,
        "attempts": row.attempts,
        "errors": errors,
        "error_rate": _rate(sum(errors.values()), row.attempts),
        "blocked": row.blocked,
        "blocked_rate": _rate(row.blocked, row.attempts),
        "p50_ms": rounded(row.p50_ms, 1),
        "p95_ms": rounded(row.p95_ms, 1),
        "share_over_2s": rounded(row.share_over_2s),
        "quality": rounded(row.quality),
        "wrong_figures": rounded(row.wrong_figures),
        "feedback": {"liked": row.liked, "disliked": row.disliked},
        "fallbacks": row.fallbacks,
    }


def _rate(count: int, of: int) -> float | None:
    return round(count / of, 4) if of else None
