"""What a reader's rating changes: the score of the answer, and whether it stays a training example."""

import logging
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from finrisk.db.condition import is_of_the_schema
from finrisk.db.pool import Connection, Database
from finrisk.logs import log
from finrisk.quality import rescored

_WAITING = """
    select f.request_id from feedback f join analyses a on a.id = f.request_id
    where f.applied_at is null and f.problem is null order by f.request_id limit 500"""
_ONE = """
    select f.rating, a.quality_parts from feedback f join analyses a on a.id = f.request_id
    where f.request_id = %s and f.applied_at is null for update of f, a skip locked"""

_PATIENCE = "set local lock_timeout = '500ms'"


def apply_ratings(database: Database, threshold: float) -> None:
    """Apply each rating whose analysis has arrived, each in a transaction of its own.

    One that cannot be applied gets the error as its ``problem`` and stops no other; nor does one that has to
    wait for a lock.

    Raises:
        DatabaseUnavailableError: the database does not answer.
    """
    with database.connection() as connection:
        for (request_id,) in connection.execute(_WAITING).fetchall():
            try:
                with connection.transaction():
                    _apply(connection, request_id, threshold)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if connection.closed:
                    raise
                # somebody holds its rows, or there is no room: it is tried again with the next ones
            except Exception as error:  # whatever a stored row holds, the others must not pay for it
                if is_of_the_schema(error) or isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
                    raise
                _note(connection, request_id, error)


def _apply(connection: Connection, request_id: UUID, threshold: float) -> None:
    """Re-score the answer and withdraw its training row when it falls below the threshold."""
    connection.execute(_PATIENCE)
    row = connection.execute(_ONE, (request_id,)).fetchone()
    if row is None:
        return
    rating, parts = row
    score, stored = _rescored(parts, rating)
    connection.execute(
        """update analyses set rating = %s, quality_score = coalesce(%s, quality_score),
               quality_parts = coalesce(%s, quality_parts) where id = %s""",
        (rating, score, stored, request_id),
    )
    keeps = rating > 0 if score is None else score >= threshold
    connection.execute(
        """update training_data set quality_score = coalesce(%s, quality_score),
               quality_parts = coalesce(%s, quality_parts),
               withdrawn_at = case when %s then null else coalesce(withdrawn_at, now()) end
           where id = %s""",
        (score, stored, keeps, request_id),
    )
    connection.execute("update feedback set applied_at = now() where request_id = %s", (request_id,))


def _rescored(parts: object, rating: int) -> tuple[float | None, Jsonb | None]:
    """Score and parts after the rating; None for both when the parts are of another release's shape.

    Then the rating alone counts: a reader who says that an answer is wrong withdraws it.
    """
    try:
        score, stored = rescored(parts, rating)  # type: ignore[arg-type]  # what the database holds
    except (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError):
        return None, None
    return score, Jsonb(stored)


def _note(connection: Connection, request_id: UUID, error: Exception) -> None:
    """Take a rating out of the queue, with the reason."""
    problem = f"{type(error).__name__} {getattr(error, 'sqlstate', None) or ''}".strip()
    message = f"the rating of {request_id} cannot be applied: {problem}"
    log("rating_not_applied", message, level=logging.ERROR)
    try:
        connection.execute("update feedback set problem = %s where request_id = %s", (problem, request_id))
    except psycopg.DatabaseError:
        log("rating_not_applied", f"nor can that be noted of {request_id}", level=logging.ERROR)
