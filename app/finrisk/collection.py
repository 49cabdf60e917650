"""What is kept of an analysis, and how it gets from a worker to the database."""

import logging
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from finrisk import metrics
from finrisk.db.pool import Connection, Database, DatabaseUnavailableError
from finrisk.journal import SYNC_SECONDS, Journal, JournalFullError, Record
from finrisk.logs import log
from finrisk.quality import rescored
from finrisk.retention import forget_old_text
from finrisk.settings import Settings

_ANALYSES = """
    id created_at user_hash session_hash experiment revision split_bp unit_kind unit_hash bucket
    arm_assigned arm_served model model_version approach outcome arm_error fallback_reason latency_ms
    upstream_ms prompt_tokens answer_tokens quality_score quality_parts grounded skip_reason strategy
    analysis redaction_version key_id block_reason
""".split()
_TRAINING_DATA = """
    id created_at strategy analysis quality_score model finetuned_model_used latency_ms user_id
    session_id request_id prompt prompt_hash sources arm model_version revision quality_parts
    redaction_version key_id
""".split()
_JSON = frozenset({"quality_parts", "sources"})


def _insert(table: str, columns: list[str]) -> str:
    names = ", ".join(columns)
    values = ", ".join(f"%({name})s" for name in columns)
    return f"insert into {table} ({names}) values ({values}) on conflict (id) do nothing"  # noqa: S608  constants


_STATEMENTS = {
    "analysis": _insert("analyses", _ANALYSES),
    "training": _insert("training_data", _TRAINING_DATA),
    "feedback": """
        insert into feedback (request_id, rating, comment, created_at, key_id)
        values (%(request_id)s, %(rating)s, %(comment)s, %(created_at)s, %(key_id)s)
        on conflict (request_id) do update set rating = excluded.rating, comment = excluded.comment,
            created_at = excluded.created_at, key_id = excluded.key_id, applied_at = null, problem = null
        where feedback.created_at <= excluded.created_at""",
}
_TABLES = {"analysis": "analyses", "training": "training_data", "feedback": "feedback"}
_COLUMNS = {
    "analysis": _ANALYSES,
    "training": _TRAINING_DATA,
    "feedback": ["request_id", "rating", "comment", "created_at", "key_id"],
}


class Collection:
    """Keeps records in the journal and ships them in the background; one object a worker process."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._journal = Journal(Path(settings.variable_path("journal")))
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._sync_forever, name="journal-sync", daemon=True),
            threading.Thread(target=self._ship_forever, name="journal-ship", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def keep(self, **rows: Record) -> bool:
        """Write what belongs together (``analysis`` with ``training``, or ``feedback``) as one record.

        False, counted and logged, when it could not be kept.
        """
        try:
            self._journal.append(rows)
        except JournalFullError as error:
            metrics.DROPPED.labels("journal_full").inc()
            log("collection_dropped", f"a record was not kept: {error}", level=logging.ERROR)
            return False
        return True

    def close(self) -> None:
        """Seal the journal and ship what can be shipped within a second."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=1)
        self._journal.close()

    def _sync_forever(self) -> None:
        while not self._stopping.wait(SYNC_SECONDS):
            try:
                self._journal.sync()
            except OSError as error:
                log("journal_error", f"journal not synced: {error.strerror}", level=logging.ERROR)
                self._stopping.wait(1)

    def _ship_forever(self) -> None:
        housekeeping_due = forgetting_due = 0.0
        while True:
            stopping = self._stopping.is_set()
            pause = 0.1
            try:
                self._journal.seal(now=stopping)
                if time.monotonic() >= housekeeping_due:
                    housekeeping_due = time.monotonic() + 2
                    self._journal.adopt()
                    self._measure()
                    self._apply_pending_feedback()
                if time.monotonic() >= forgetting_due:
                    forgetting_due = time.monotonic() + 600
                    forget_old_text(self._database, self._settings.analysis_retention_days)
                if self._ship():
                    pause = 0
            except DatabaseUnavailableError:
                pause = 0.5
            except Exception:  # the shipper must outlive anything that one file or row can do to it
                logging.getLogger("finrisk").exception(
                    "journal not shipped", extra={"event": "journal_error"}
                )
                pause = 1
            if stopping:
                return
            self._stopping.wait(pause)

    def _measure(self) -> None:
        size, age = self._journal.measure()
        metrics.JOURNAL_BYTES.set(size)
        metrics.JOURNAL_AGE.set(age)

    def _ship(self) -> bool:
        """Write claimed files to the database; True when there were any."""
        with self._journal.claimed() as segments:
            if not segments:
                return False
            records = [record for segment in segments for record in segment.records]
            with self._database.connection() as connection:
                self._write(connection, records)
            for segment in segments:
                segment.path.unlink()
                metrics.DROPPED.labels("torn_record").inc(segment.torn)
        return True

    def _write(self, connection: Connection, records: list[Record]) -> None:
        try:
            with connection.transaction():
                written = {kind: _inserted(connection, kind, records) for kind in _STATEMENTS}
                _join_feedback(connection, self._settings.data_collection_quality)
            for kind, rows in written.items():
                metrics.COLLECTED.labels(_TABLES[kind]).inc(rows)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            if len(records) == 1:
                self._journal.set_aside(records[0], f"{type(error).__name__} {error.sqlstate}")
                metrics.DROPPED.labels("refused_by_database").inc()
                log(
                    "collection_dropped",
                    f"the database refused a record: {error.sqlstate}",
                    level=logging.ERROR,
                )
                return
            for record in records:
                self._write(connection, [record])

    def _apply_pending_feedback(self) -> None:
        with self._database.connection() as connection, connection.transaction():
            _join_feedback(connection, self._settings.data_collection_quality)


def _inserted(connection: Connection, kind: str, records: list[Record]) -> int:
    """Insert the records' rows of one kind; how many were new."""
    rows = [_row(kind, record[kind]) for record in records if kind in record]
    if not rows:
        return 0
    cursor = connection.cursor()
    cursor.executemany(_STATEMENTS[kind], rows)
    return cursor.rowcount


def _row(kind: str, row: Record) -> dict[str, Any]:
    return {
        name: Jsonb(row.get(name)) if name in _JSON and row.get(name) is not None else row.get(name)
        for name in _COLUMNS[kind]
    }


def _join_feedback(connection: Connection, threshold: float) -> None:
    """Re-score the analyses whose feedback has not been applied; withdraw training rows that fall below."""
    waiting = connection.execute(
        """select f.request_id, f.rating, a.quality_parts
           from feedback f join analyses a on a.id = f.request_id
           where f.applied_at is null order by f.request_id limit 500 for update of f, a skip locked"""
    ).fetchall()
    for request_id, rating, parts in waiting:
        quality, stored = rescored(parts, rating) if parts else (None, None)
        connection.execute(
            "update analyses set rating = %s, quality_score = coalesce(%s, quality_score), "
            "quality_parts = coalesce(%s, quality_parts) where id = %s",
            (rating, quality, Jsonb(stored) if stored else None, request_id),
        )
        if quality is not None:
            connection.execute(
                """update training_data set quality_score = %s, quality_parts = %s,
                       withdrawn_at = case when %s < %s then coalesce(withdrawn_at, now()) end
                   where id = %s""",
                (quality, Jsonb(stored), quality, threshold, request_id),
            )
        connection.execute("update feedback set applied_at = now() where request_id = %s", (request_id,))


def known_request(connection: Connection, request_id: UUID) -> bool:
    """Whether the analysis has reached the database."""
    found = connection.execute("select 1 from analyses where id = %s", (request_id,)).fetchone()
    return found is not None
