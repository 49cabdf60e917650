"""What each user of the experiment met, one after the other: what a comparison of the arms rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from finrisk_rules.arms import SINGLE, TIMED
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
    "fell_back": ("true", "fallback_reason <> 'blocked'"),
    "quality": (METRICS["quality"][0], "quality"),
}
"""Which requests count for it, and what of them: whether it is bad, or how much."""

_WHETHER = ("bad_rating", "slow", "failed", "unanswered", "fell_back")


def _column(name: str, counted: str, value: str) -> str:
    value = f"coalesce({value}, false)" if name in _WHETHER else value
    return f"case when {counted} then {value} end as {name}"


_COLUMNS = ", ".join(_column(name, *of) for name, of in _OUTCOMES.items())

_ANSWERS = f"""
with single as ({SINGLE} where {IN_STAGES} and split_bp < 10000)
select coalesce(user_hash, unit) as user, arm = 'tuned' as tuned,
       floor(extract(epoch from created_at - %(since)s) / 3600)::int as hour, {_COLUMNS}
from single order by created_at"""  # noqa: S608 - constants

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
