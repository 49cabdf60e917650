"""What each user of the experiment met first, hour by hour: what a comparison of the arms rests on."""

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
    "failed": METRICS["errors"],
    "unanswered": METRICS["unanswered"],
    "fell_back": ("true", "fallback_reason <> 'blocked'"),
}
"""Which requests count for it, and which of them are bad."""


def _first(name: str, value: str, counted: str) -> str:
    return f"(array_agg({value} order by created_at) filter (where {counted}))[1] as {name}"


_FIRSTS = ", ".join(
    [
        *(_first(name, f"coalesce({bad}, false)", counted) for name, (counted, bad) in _OUTCOMES.items()),
        _first("milliseconds", "wait_ms", f"{TIMED} and wait_ms is not null"),
        _first("quality", "quality", METRICS["quality"][0]),
    ]
)

_FIRST_ANSWERS = f"""
with single as ({SINGLE} where {IN_STAGES} and split_bp < 10000),
since as (select min(created_at) as moment from single)
select unit as user, floor(extract(epoch from created_at - since.moment) / 3600)::int as hour,
       (array_agg(arm order by created_at))[1] = 'tuned' as tuned, {_FIRSTS}
from single cross join since
group by 1, 2 order by 2, min(created_at)"""  # noqa: S608 - constants

_AGE = f"""
select floor(extract(epoch from now() - min(created_at)) / 3600)::int
from analyses where {IN_STAGES} and split_bp < 10000"""  # noqa: S608 - constants


def compared(connection: psycopg.Connection, running: Running) -> dict[str, dict[str, Any]]:
    """Return what speaks against the tuned arm, by ``evidence.COMPARISONS``; psycopg.Error when it cannot."""
    known = Evidence()
    for answers in _read(connection, running):
        known.take(answers)
    row = connection.execute(_AGE, running.parameters()).fetchone()
    compared = known.compare(row[0] or 0 if row else 0)
    return {name: compared[name].content() for name in evidence.COMPARISONS}


def _read(connection: psycopg.Connection, running: Running) -> Iterator[Answers]:
    from psycopg.rows import class_row

    with connection.cursor("first_answers", row_factory=class_row(Answers)) as cursor:
        cursor.itersize = _BATCH
        yield from cursor.execute(_FIRST_ANSWERS, running.parameters())
