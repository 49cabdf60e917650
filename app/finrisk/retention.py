"""Retention: texts and collected pairs are forgotten by the database's clock, a few at a time."""

import logging
import time
from datetime import timedelta

from finrisk.db.pool import Connection, Database
from finrisk.logs import log

SECONDS = 60.0
"""Longest wait for the database in one run."""

MOST_APART = timedelta(hours=1)
"""Between the clocks of this machine and the database; beyond it one is wrong, and nobody knows which."""

STEP_ROWS = 1000
STEP_HOURS = 1
"""What one run forgets of a table at most: so many of its oldest texts, or those of so many hours if they are
more. Both clocks can be wrong together, as on one machine; then there is time to notice. Since a run comes
every ten minutes, it is more than time brings anew."""

_TEXTS = {
    "analyses": ("id", "strategy", "strategy = null, analysis = null, prompt = null"),
    "feedback": ("request_id", "comment", "comment = null"),
    "shadows": ("request_id", "analysis", "analysis = null"),
}

_OLDEST = """
with oldest as (
    select created_at from {table} where {text} is not null order by created_at limit {rows}
),
reach as (
    select greatest(min(created_at) + interval '{hours} hours', max(created_at)) as until from oldest
)
{action} where {key} in (
    select {key} from {table}
    where {text} is not null and created_at < now() - %s and created_at <= (select until from reach)
    for update skip locked
)"""


def _statement(table: str, key: str, text: str, action: str) -> str:
    return _OLDEST.format(table=table, key=key, text=text, action=action, rows=STEP_ROWS, hours=STEP_HOURS)


_FORGET_TEXT = {
    table: _statement(table, key, text, f"update {table} set {change}")  # noqa: S608 - constants
    for table, (key, text, change) in _TEXTS.items()
}
_REMOVE_PAIRS = {"training_data": _statement("training_data", "id", "strategy", "delete from training_data")}


def forget_old_text(database: Database, days: int) -> dict[str, int]:
    """Remove the text of rows older than so many days, the oldest first; how many rows of each table.

    Nothing is removed, and the log says so, when the clocks of this machine and the database differ too much.

    Raises:
        DatabaseUnavailableError: the database does not answer, or not in time.
    """
    forgotten = _forget(database, days, _FORGET_TEXT)
    if any(forgotten.values()):
        counts = ", ".join(f"{rows} of {table}" for table, rows in forgotten.items())
        log("text_forgotten", f"text older than {days} days was removed: {counts}", **forgotten)
    return forgotten


def remove_old_pairs(database: Database, days: int) -> int:
    """Remove collected pairs older than so many days, the oldest first; how many. 0 days keep all of them.

    Raises:
        DatabaseUnavailableError: as ``forget_old_text``.
    """
    removed = sum(_forget(database, days, _REMOVE_PAIRS).values()) if days else 0
    if removed:
        log("pairs_removed", f"{removed} pairs older than {days} days were removed", training_data=removed)
    return removed


def _forget(database: Database, days: int, statements: dict[str, str]) -> dict[str, int]:
    """Run the statement of each table, unless the clocks are apart; how many rows of each it was about."""
    with database.connection(SECONDS) as connection:
        apart = _apart(connection)
        if abs(apart) > MOST_APART:
            log(
                "retention_refused",
                f"nothing old was removed: the clock of this machine is {_length(apart)} the database's; "
                "set the one that is wrong",
                level=logging.ERROR,
            )
            return dict.fromkeys(statements, 0)
        return {
            table: connection.execute(statement.encode(), (timedelta(days=days),)).rowcount
            for table, statement in statements.items()
        }


def _apart(connection: Connection) -> timedelta:
    """How far the clock of this machine is before the database's."""
    row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    return timedelta(seconds=time.time() - (row[0] if row else 0))


def _length(apart: timedelta) -> str:
    hours = abs(apart) / timedelta(hours=1)
    return f"{hours:,.1f} hours {'before' if apart > timedelta() else 'behind'}"
