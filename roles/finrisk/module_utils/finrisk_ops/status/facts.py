"""What the database knows of collection, of the experiment that runs, and of traffic (the last 24 hours)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from finrisk_rules import experiment, figures
from finrisk_rules.experiment import Running
from finrisk_rules.labels import labels_said

from .. import evidence
from ..database import connect, query_error
from ..gate.rules import Rules
from . import shadows

if TYPE_CHECKING:
    import psycopg

STATEMENT_SECONDS = 20

_RATINGS = "select count(*) as count from feedback where problem is not null"

_FALLBACKS = f"""
select fallback_reason as reason, count(*) as requests from analyses
where fallback_reason is not null and arm_served = 'base' and {experiment.THIS_ONE} and {figures.LAST_DAY}
group by 1 order by 2 desc, 1"""  # noqa: S608 - constants

_REQUESTS = f"select count(*) as requests from analyses where {figures.LAST_DAY}"  # noqa: S608 - constants

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
    training_labels: frozenset[str] = frozenset()
    min_quality: float = 0.0

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Goal:
        """Return the goal that a module's options say."""
        return cls(
            options["target_examples"],
            options["refused_producers"],
            options["tuned_rows"],
            labels_said(options["training_labels"]),
            options["min_quality"],
        )


def read(database_url: str, goal: Goal, running: Running, rules: Rules) -> dict[str, Any]:
    """Return ``collection``, ``experiment`` (the one that runs) and ``traffic`` as the database knows them.

    ``experiment.evidence`` is what the gate decides by, ``experiment.shadow`` what ``shadows.read`` returns.

    Raises FinriskError when the database cannot be reached or has no tables.
    """
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            inputs = gate_inputs(connection, running, rules)
            shadow = shadows.read(connection, running.model)
            found = {"collection": _collection(connection, goal), **_traffic(connection, running)}
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    found["experiment"] |= {"evidence": inputs, "shadow": shadow}
    return found


def of_experiment(database_url: str, running: Running) -> dict[str, Any]:
    """Return the experiment that runs and nothing else: a release waits for it.

    Raises FinriskError when the database cannot be reached or has no tables.
    """
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            return experiment.read(running, _reader(connection))[0]
        except psycopg.Error as error:
            raise query_error(error, database_url) from None


def gate_inputs(
    connection: psycopg.Connection, running: Running, rules: Rules, prices: evidence.Prices | None = None
) -> dict[str, Any]:
    """Return what ``gate.verdict.decide`` takes: the evidence, ``running`` {revision, split}, and ``rules``.

    The connection, which must be outside a transaction, then sees this moment only. Raises psycopg.Error.
    """
    return evidence.read(connection, running.experiment, prices) | {
        "running": {"revision": running.revision, "split": running.split},
        "rules": asdict(rules),
    }


def _collection(connection: psycopg.Connection, goal: Goal) -> dict[str, Any]:
    from psycopg.rows import class_row

    with connection.cursor(row_factory=class_row(figures.CollectionRow)) as cursor:
        [row] = cursor.execute(figures.COLLECTION, figures.COUNTED).fetchall()
    skipped = connection.execute(figures.SKIPPED).fetchall()
    return {
        **figures.collection(row, skipped, goal.target),
        "eligible": usable(connection, goal),
        "ratings_not_applied": _rows(connection, _RATINGS)[0]["count"],
    }


def usable(connection: psycopg.Connection, goal: Goal) -> int:
    """Return how many collected pairs can be trained on, a duplicate counted once; raises psycopg.Error."""
    selection = figures.selection(
        goal.refused_producers, tuned_rows=goal.tuned_rows, training_labels=goal.training_labels
    )
    [[count]] = connection.execute(
        figures.ELIGIBLE, {**selection, "min_quality": goal.min_quality}
    ).fetchall()
    return int(count)


def _reader(connection: psycopg.Connection) -> experiment.Rows:
    from psycopg.rows import class_row, tuple_row

    def rows(query: Any, values: dict[str, object], kind: type[Any] | None = None) -> list[Any]:
        with connection.cursor(row_factory=class_row(kind) if kind else tuple_row) as cursor:
            return cursor.execute(query, values).fetchall()

    return rows


def _traffic(connection: psycopg.Connection, running: Running) -> dict[str, Any]:
    rows = _reader(connection)
    found, arms = experiment.read(running, rows)
    found["earlier"] = experiment.earlier(running, rows)
    fallbacks = _rows(connection, _FALLBACKS, running.parameters())
    traffic = {
        "hours": 24,
        "requests": _rows(connection, _REQUESTS)[0]["requests"],
        "arms": arms,
        "model_versions": [
            row | {"first_seen": _text(row["first_seen"]), "last_seen": _text(row["last_seen"])}
            for row in _rows(connection, _VERSIONS)
        ],
        "fallback_reasons": {row["reason"]: row["requests"] for row in fallbacks},
    }
    return {"experiment": found, "traffic": traffic}


def _text(moment: datetime.datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _rows(connection: psycopg.Connection, statement: Any, values: Any = None) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement, values).fetchall()
