"""What the database knows of collection and traffic; the last 24 hours unless said otherwise."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finrisk_rules import figures

from ..database import connect, query_error

if TYPE_CHECKING:
    import psycopg

STATEMENT_SECONDS = 20

_ELIGIBLE = f"""
select count(*) filter (where {figures.LEFT_OUT} is null) as eligible,
       count(*) filter (where withdrawn_at is not null) as withdrawn
from training_data"""  # noqa: S608 - constants

_RATINGS = "select count(*) as count from feedback where problem is not null"

_FALLBACKS = f"""
select fallback_reason as reason, count(*) as requests from analyses
where fallback_reason is not null and {figures.OBSERVED}
group by 1 order by 2 desc, 1"""  # noqa: S608 - constants

_UNITS = f"""
select count(distinct unit_hash) as units, count(distinct user_hash) as users, min(unit_kind) as kind
from analyses where {figures.OBSERVED}"""  # noqa: S608 - constants

_STAGE = f"""
select arm_assigned as arm, count(*) as requests, count(distinct unit_hash) as units, min(unit_kind) as kind
from analyses where {figures.OBSERVED} and created_at > coalesce(%(since)s::timestamptz, '-infinity')
group by 1 order by 1"""  # noqa: S608 - constants

_VERSIONS = """
select model, model_version as version, count(*) as requests,
       min(created_at) as first_seen, max(created_at) as last_seen
from analyses
where created_at > now() - interval '7 days' and outcome = 'ok' and model <> '' and model_version <> ''
group by 1, 2 order by 1, 4"""


@dataclass(frozen=True)
class Goal:
    """What counts as an example that can be trained on."""

    target: int
    refused_producers: Sequence[str] = ()
    tuned_rows: bool = False


def read(database_url: str, goal: Goal, released_at: str | None = None) -> dict[str, Any]:
    """Return ``collection`` and ``traffic`` as the database knows them.

    ``released_at`` (ISO 8601) is when the running revision was released: earlier requests met another split.
    Raises FinriskError when the database cannot be reached or has no tables.
    """
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            connection.execute("set transaction isolation level repeatable read read only")
            collection, traffic = _collection(connection, goal), _traffic(connection, released_at)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    return {"collection": collection, "traffic": traffic}


def _collection(connection: psycopg.Connection, goal: Goal) -> dict[str, Any]:
    from psycopg.rows import class_row

    with connection.cursor(row_factory=class_row(figures.CollectionRow)) as cursor:
        [row] = cursor.execute(figures.COLLECTION, figures.COUNTED).fetchall()
    skipped = connection.execute(figures.SKIPPED).fetchall()
    selection = figures.selection(goal.refused_producers, tuned_rows=goal.tuned_rows)
    return {
        **figures.collection(row, skipped, goal.target),
        **_rows(connection, _ELIGIBLE, selection)[0],
        "ratings_not_applied": _rows(connection, _RATINGS)[0]["count"],
    }


def _traffic(connection: psycopg.Connection, released_at: str | None) -> dict[str, Any]:
    from psycopg.rows import class_row

    with connection.cursor(row_factory=class_row(figures.ArmRow)) as cursor:
        arms = figures.arms(cursor.execute(figures.ARMS))
    units = _rows(connection, _UNITS)[0]
    return {
        "hours": 24,
        "units": units["units"],
        "unit_kind": units["kind"],
        "since_release": _stage(_rows(connection, _STAGE, {"since": released_at})),
        "arms": arms,
        "model_versions": [
            row | {"first_seen": _text(row["first_seen"]), "last_seen": _text(row["last_seen"])}
            for row in _rows(connection, _VERSIONS)
        ],
        "fallback_reasons": {row["reason"]: row["requests"] for row in _rows(connection, _FALLBACKS)},
    }


def _stage(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "requests": sum(row["requests"] for row in rows),
        "units": sum(row["units"] for row in rows),
        "unit_kind": rows[0]["kind"] if rows else None,
        "arms": {row["arm"]: row["requests"] for row in rows},
    }


def _text(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _rows(connection: psycopg.Connection, statement: Any, values: Any = None) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
