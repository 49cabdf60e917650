"""The table ``tuning_jobs``: one row a spec, and the lock under which a job is submitted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from ..database import connect, query_error
from ..errors import FinriskError

if TYPE_CHECKING:
    import psycopg

LOCK_WAIT = "120s"
"""How long a run waits for another one's submission."""

_LOCK = 4_606_001_204  # an arbitrary number, the same in every release
_LOCK_NOT_AVAILABLE = "55P03"  # sqlstate


class TableError(FinriskError):
    """The database cannot be reached or has no such table: go on with the files alone."""


class Table:
    """``tuning_jobs`` over one connection, each statement its own transaction."""

    def __init__(self, connection: psycopg.Connection, url: str) -> None:
        """Use a connection in autocommit mode; ``url`` is for error texts, which never show its password."""
        self._connection = connection
        self._url = url

    @classmethod
    @contextmanager
    def open(cls, url: str) -> Iterator[Table]:
        """Connect, check that the table is there, and close at the end.

        Raises TableError when it is not.
        """
        try:
            connection = connect(url)
        except FinriskError as error:
            raise TableError(error.message) from None
        with connection:
            connection.autocommit = True
            table = cls(connection, url)
            try:
                table._rows("select 1 from tuning_jobs limit 0")
            except FinriskError as error:
                raise TableError(error.message) from None
            yield table

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the environment's submission lock; a killed holder loses it with its connection.

        Raises FinriskError when another run holds it for two minutes, or the database cannot be asked.
        """
        try:
            self._rows("select set_config('lock_timeout', %s, false)", LOCK_WAIT)
            self._rows("select 1 from (select pg_advisory_lock(%s)) held", _LOCK)
        except FinriskError as error:
            if error.detail.get("sqlstate") != _LOCK_NOT_AVAILABLE:
                raise
            raise FinriskError(
                f"another tune.yml has been submitting for {LOCK_WAIT}; wait for it and run again "
                f"({error.message})"
            ) from None
        try:
            yield
        finally:
            with suppress(FinriskError):  # a lost connection has lost the lock too, and hides no error
                self._rows("select pg_advisory_unlock(%s)", _LOCK)

    def display_names(self) -> dict[str, str]:
        """Return the display name of each spec that was ever about to be submitted."""
        rows = self._rows("select spec_id, coalesce(job ->> 'display_name', '') from tuning_jobs")
        return {str(spec_id): str(name) for spec_id, name in rows}

    def contents(self) -> list[dict[str, Any]]:
        """Return the rows' job file contents, newest first."""
        return [dict(row[0]) for row in self._rows("select job from tuning_jobs order by created_at desc")]

    def keep(self, spec_id: str, spec: str, job: dict[str, Any]) -> None:
        """Write the spec's row: first with the display name alone, then with the whole job."""
        self._rows(
            "insert into tuning_jobs (spec_id, job_name, spec, job) values (%s, %s, %s::jsonb, %s::jsonb) "
            "on conflict (spec_id) do update "
            "set job_name = coalesce(excluded.job_name, tuning_jobs.job_name), "
            "job = tuning_jobs.job || excluded.job, updated_at = now() returning 1",
            spec_id,
            job.get("job_name"),
            spec,
            _json(job),
        )

    def begin(self, spec_id: str, spec: str, display_name: str) -> None:
        """Write down, in the database's own time, that a creation of the spec is about to be sent."""
        self._rows(
            "insert into tuning_jobs (spec_id, spec, job) values (%s, %s::jsonb, jsonb_build_object("
            "'display_name', %s::text, 'submitting_since', extract(epoch from clock_timestamp()))) "
            "on conflict (spec_id) do update set job = tuning_jobs.job || excluded.job returning 1",
            spec_id,
            spec,
            display_name,
        )

    def submitting_for(self, spec_id: str) -> float | None:
        """Return how long ago, in seconds, a creation of the spec was sent whose outcome is unknown."""
        rows = self._rows(
            "select extract(epoch from clock_timestamp())::float8 - (job ->> 'submitting_since')::float8 "
            "from tuning_jobs where spec_id = %s and job ? 'submitting_since'",
            spec_id,
        )
        return max(float(rows[0][0]), 0.0) if rows else None

    def settle(self, spec_id: str) -> None:
        """Forget that a creation of the spec was sent."""
        self._rows(
            "update tuning_jobs set job = job - 'submitting_since' where spec_id = %s returning 1", spec_id
        )

    def update(self, spec_id: str, job: dict[str, Any]) -> None:
        """Bring the row of a job that is known already up to date; a row of another job of the spec stays."""
        self._rows(
            "update tuning_jobs set updated_at = now(), job = %s::jsonb "
            "|| jsonb_strip_nulls(jsonb_build_object('submitting_since', job -> 'submitting_since')) "
            "where spec_id = %s and job_name = %s and job - 'submitting_since' <> %s::jsonb returning 1",
            _json(job),
            spec_id,
            job["job_name"],
            _json(job),
        )

    def _rows(self, statement: Any, *values: object) -> list[tuple[Any, ...]]:
        import psycopg

        try:
            return self._connection.execute(statement, values or None).fetchall()
        except psycopg.Error as error:
            raise query_error(error, self._url) from None


def _json(value: dict[str, Any]) -> str:
    import json

    return json.dumps(value)
