"""What each user of the experiment met, one after the other: what a comparison of the arms rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from finrisk_rules.arms import FAILURES, SINGLE, TIMED
from finrisk_rules.experiment import IN_STAGES, METRICS, Running

from . import evidence
from .evidence import Answers, Evidence

if TYPE_CHECKING:
    import psycopg

_BATCH = 5000

_OUTCOMES = {
    "bad_rating": METRICS["ratings"],
    "slow": METRICS["slow"],
    "milliseconds": (TIMED, "wait_ms"),
    "failed": METRICS["errors"],
    "unanswered": METRICS["unanswered"],
    "let_down": ("true", f"fallback_reason = 'breaker' or failure in {FAILURES}"),
    "quality": (METRICS["quality"][0], "quality"),
}
"""Which requests count for it, and what of them: whether it is bad, or how much."""

_NOTHING = {
    name: "null::float8" if name in ("milliseconds", "quality") else "null::boolean" for name in _OUTCOMES
}

_WHETHER = ("bad_rating", "slow", "failed", "unanswered", "let_down")


def _column(name: str, counted: str, value: str) -> str:
    value = f"coalesce({value}, false)" if name in _WHETHER else value
    return f"case when {counted} then {value} end as {name}"


def _columns(*names: str) -> str:
    return ", ".join(
        _column(name, *of) if name in names else f"{_NOTHING[name]} as {name}"
        for name, of in _OUTCOMES.items()
    )


_WHO = "id, user_hash, unit, arm, split_bp"

_RATED = ("bad_rating",)

_ANSWERS = f"""
with single as ({SINGLE} where {IN_STAGES} and split_bp < 10000),
moments as (
    select created_at as moment, {_WHO}, {_columns(*(set(_OUTCOMES) - set(_RATED)))} from single
    union all
    select coalesce(rated_at, created_at), {_WHO}, {_columns(*_RATED)}
    from single
    left join (select request_id, created_at as rated_at from feedback) as rated on request_id = id
    where rating is not null
)
select coalesce(user_hash, unit) as user, arm = 'tuned' as tuned,
       floor(extract(epoch from moment - %(since)s) / 3600)::int as hour, split_bp as split,
       {", ".join(_OUTCOMES)}
from moments order by moment, id"""  # noqa: S608 - constants
"""Answers in the order in which they become known: a rating is news when it comes."""

_SINCE = f"""
select min(created_at), floor(extract(epoch from now() - min(created_at)) / 3600)::int
from analyses where {IN_STAGES} and split_bp < 10000"""  # noqa: S608 - constants
"""When the first request came in a stage in which both arms are drawn, and the whole hours since then."""


def compared(connection: psycopg.Connection, running: Running) -> dict[str, dict[str, Any]]:
    """Return what speaks against the tuned arm, by ``evidence.COMPARISONS``; psycopg.Error when it cannot."""
    [(since, hours)] = connection.execute(_SINCE, running.parameters()).fetchall()
    known = Evidence()
    if since:
        for answers in _read(connection, running.parameters() | {"since": since}):
            known.take(answers)
    found = known.compare(hours or 0)
    return {name: found[name].content() for name in evidence.COMPARISONS}


def _read(connection: psycopg.Connection, values: dict[str, object]) -> Iterator[Answers]:
    from psycopg.rows import class_row

    with connection.cursor("answers", row_factory=class_row(Answers)) as cursor:
        cursor.itersize = _BATCH
        yield from cursor.execute(_ANSWERS, values)
