"""Retention: questions, answers and comments are forgotten by the database's clock, a few at a time."""

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
}

_FORGET = """
with oldest as (
    select created_at from {table} where {text} is not null order by created_at limit {rows}
),
reach as (
    select greatest(min(created_at) + interval '{hours} hours', max(created_at)) as until from oldest
)
update {table} set {change} where {key} in (
    select {key} from {table}
    where {text} is not null and created_at < now() - %s and created_at <= (select until from reach)
    for update skip locked
)"""

_STATEMENTS = {
    table: _FORGET.format(table=table, key=key, text=text, change=change, rows=STEP_ROWS, hours=STEP_HOURS)
    for table, (key, text, change) in _TEXTS.items()
}


def forget_old_text(database: Database, days: int) -> dict[str, int]:
    """Remove the text of rows older than so many days, the oldest first; how many rows of each table.

    Nothing is removed, and the log says so, when the clocks of this machine and the database differ too much.

    Raises:
        DatabaseUnavailableError: the database does not answer, or not in time.
    """
    with database.connection(SECONDS) as connection:
        apart = _apart(connection)
        if abs(apart) > MOST_APART:
            log(
                "retention_refused",
                f"no old text was removed: the clock of this machine is {_length(apart)} the database's; "
                "set the one that is wrong",
                level=logging.ERROR,
            )
            return dict.fromkeys(_STATEMENTS, 0)
        forgotten = {
            table: connection.execute(statement.encode(), (timedelta(days=days),)).rowcount
            for table, statement in _STATEMENTS.items()
        }
    if any(forgotten.values()):
        counts = ", ".join(f"{rows} of {table}" for table, rows in forgotten.items())
        log("text_forgotten", f"text older than {days} days was removed: {counts}", **forgotten)
    return forgotten


def _apart(connection: Connection) -> timedelta:
    """How far the clock of this machine is before the database's."""
    row = connection.execute("select extract(epoch from clock_timestamp())::float8").fetchone()
    return timedelta(seconds=time.time() - (row[0] if row else 0))


def _length(apart: timedelta) -> str:
    hours = abs(apart) / timedelta(hours=1)
    return f"{hours:,.1f} hours {'before' if apart > timedelta() else 'behind'}"
