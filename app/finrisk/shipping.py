"""From the journal to the database: each record once, and no record in the way of another.

A shipment is one transaction. When it fails, each record is tried alone. What the database refuses while it
takes others is set aside; while it is away, full, frozen or without its tables everything waits.
"""

import logging
import time
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb
from psycopg_pool import PoolClosed, PoolTimeout

from finrisk import metrics
from finrisk.aside import set_aside
from finrisk.db.condition import is_of_the_schema
from finrisk.db.pool import Connection, Database, DatabaseUnavailableError
from finrisk.journal import Journal, Record, Segment
from finrisk.logs import log

_ANALYSES = """
    id created_at user_hash session_hash experiment revision split_bp unit_kind unit_hash bucket
    arm_assigned arm_served model model_version approach outcome arm_error fallback_reason latency_ms
    upstream_ms prompt_tokens answer_tokens quality_score quality_parts grounded skip_reason strategy
    analysis redaction_version key_id block_reason arm_ms documents figures wrong_figures prompt labels
    judge_version prompt_version index_version judged_quality refused
""".split()
_TRAINING_DATA = """
    id created_at strategy analysis quality_score model finetuned_model_used latency_ms user_id
    session_id request_id prompt prompt_hash sources arm model_version revision quality_parts
    redaction_version key_id question_digest labels rules_version
""".split()
_JSON = frozenset({"quality_parts", "sources"})
_ORDER = ("experiment", "revision", "unit_hash", "id")


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
        where feedback.created_at <= excluded.created_at
            or feedback.created_at > now() + interval '1 hour'""",  # from a clock that was wrong
}
_TABLES = {"analysis": "analyses", "training": "training_data", "feedback": "feedback"}
_COLUMNS = {
    "analysis": _ANALYSES,
    "training": _TRAINING_DATA,
    "feedback": ["request_id", "rating", "comment", "created_at", "key_id"],
}

_NO_ROOM = ("25", "53", "58")
"""Classes of SQLSTATE that never speak of what the server was given: read-only, resources, system (PostgreSQL
manual, appendix A). What meets one waits: a probe is small, and may pass where a record finds no room."""

_PASSING = ("08", "40", "55", "57")
"""Connection, rollback, locks, operator (and time limits): the server's as a rule. A record can cause one, as
it can the loss of a connection, which has no SQLSTATE. What meets one twice, with a database that answers in
between, is set aside."""

_PROBE_SECONDS = 2.5  # longer than the pool's rest after a lost connection
_WAITING_IN_A_ROW = 3
_TRIES = 4
_REMINDER_SECONDS = 60.0


class UnknownKindError(Exception):
    """A record holds what this release has no table for."""


class Shipper:
    """Writes what the journal holds to the database."""

    def __init__(self, journal: Journal, database: Database) -> None:
        self._journal = journal
        self._database = database
        self._alone = False  # whether the last shipment failed as a whole
        self._quiet_until = 0.0

    def ship(self) -> bool:
        """Ship the files that nobody else ships; True when there were any.

        Raises:
            DatabaseUnavailableError: the database takes nothing at the moment; everything left waits.
        """
        with self._journal.claimed() as segments:
            if not segments:
                return False
            records = [record for segment in segments for record in segment.records]
            waiting = self._waiting(records)
            self._keep_rests(segments, waiting)
        if waiting:
            raise DatabaseUnavailableError(f"{len(waiting)} records wait until PostgreSQL can take them")
        return True

    def _keep_rests(self, segments: list[Segment], waiting: list[Record]) -> None:
        """Leave in the journal what waits; files of which nothing does go first, and give their room back.

        Raises:
            OSError: there is none for one of the others, which is as it was.
        """
        identities = {id(record) for record in waiting}
        rests = [[record for record in segment.records if id(record) in identities] for segment in segments]
        failure: OSError | None = None
        for segment, rest in sorted(zip(segments, rests, strict=True), key=lambda pair: bool(pair[1])):
            try:
                if self._journal.keep_rest(segment, rest):
                    metrics.DROPPED.labels("torn_record").inc(segment.torn)
            except OSError as error:
                failure = error
        if failure:
            raise failure

    def _waiting(self, records: list[Record]) -> list[Record]:
        """Write the records; those that have to wait, because the database cannot take them now."""
        if not self._alone:
            try:
                self._write(records)
                return []
            except Exception:  # whatever one of them raised, the others must not pay for it
                self._alone = True
        self._probe()
        waiting: list[Record] = []
        in_a_row = 0
        for place, record in enumerate(records):
            try:
                if in_a_row == _WAITING_IN_A_ROW:
                    self._probe()
                    in_a_row = 0
                settled = self._settled(record)
            except DatabaseUnavailableError:
                return waiting + records[place:]
            in_a_row = 0 if settled else in_a_row + 1
            waiting += [] if settled else [record]
        self._alone = bool(waiting)
        return waiting

    def _settled(self, record: Record) -> bool:
        """Write one record, or set it aside when it is the record's fault; False: it has to wait.

        Raises:
            DatabaseUnavailableError: a probe fails too.
        """
        losses = 0
        for _ in range(_TRIES):
            try:
                self._write([record])
                return True
            except Exception as error:  # any at all: see the module
                cause = error.__cause__ if isinstance(error, DatabaseUnavailableError) else error
            state = getattr(cause, "sqlstate", None) or ""
            reason = f"{type(cause).__name__} {state}".strip()
            if state.startswith(_NO_ROOM) or is_of_the_schema(cause):
                self._say(f"records wait though PostgreSQL answers: {reason}")
                return False
            self._probe()
            if cause is None or isinstance(cause, PoolTimeout | PoolClosed):
                continue  # the record did not get as far as the database
            is_passing = state.startswith(_PASSING) or (
                not state and isinstance(cause, psycopg.OperationalError)
            )
            losses += is_passing
            if not is_passing or losses > 1:
                return self._set_aside(record, reason)
        return False

    def _set_aside(self, record: Record, reason: str) -> bool:
        try:
            set_aside(self._journal.folder, self._journal.tag, record, reason)
        except OSError as error:
            self._say(f"records cannot be set aside: {error.strerror}")
            return False
        message = f"the database refused a record: {reason}; see finrisk journal list"
        log("record_set_aside", message, level=logging.ERROR)
        return True

    def _say(self, problem: str) -> None:
        """Log why records wait, once a minute."""
        if time.monotonic() >= self._quiet_until:
            self._quiet_until = time.monotonic() + _REMINDER_SECONDS
            log("journal_error", problem, level=logging.ERROR)

    def _write(self, records: list[Record]) -> None:
        if unknown := set().union(*records) - set(_STATEMENTS):
            raise UnknownKindError(f"no table for {', '.join(sorted(unknown))}")
        with self._database.connection() as connection:
            with connection.transaction():
                written = {kind: _inserted(connection, kind, records) for kind in _STATEMENTS}
            for kind, rows in written.items():
                metrics.COLLECTED.labels(_TABLES[kind]).inc(rows)

    def _probe(self) -> None:
        """Find out whether the database takes a record like any other.

        Raises:
            DatabaseUnavailableError: it does not.
        """
        end = time.monotonic() + _PROBE_SECONDS
        while True:
            try:
                with self._database.connection() as connection:
                    _try_out(connection)
                return
            except DatabaseUnavailableError as error:
                if is_of_the_schema(error.__cause__) or time.monotonic() >= end:
                    raise
                time.sleep(0.25)


def _try_out(connection: Connection) -> None:
    """Insert a record of every kind and roll back; a connection on which that fails is not used again.

    What the database lacks is raised as it is: the pool keeps it for the ops port to tell.
    """
    try:
        with connection.transaction(force_rollback=True):
            for kind in _STATEMENTS:
                _inserted(connection, kind, [_probe_record()])
    except psycopg.Error as error:
        if is_of_the_schema(error):
            raise
        connection.close()
        raise DatabaseUnavailableError(f"PostgreSQL takes no records: SQLSTATE {error.sqlstate}") from error


def _probe_record() -> Record:
    identifier, moment = str(uuid4()), "2000-01-01T00:00:00+00:00"
    analysis = {
        "id": identifier,
        "created_at": moment,
        "experiment": "",
        "revision": "",
        "split_bp": 1,  # of a stage, so that the sums of stages are reached too
        "unit_kind": "request",
        "unit_hash": "",
        "bucket": 0,
        "arm_assigned": "base",
        "outcome": "ok",
        "latency_ms": 0,
        "redaction_version": "",
        "judge_version": "",
        "prompt_version": "",
        "index_version": "",
    }
    training = {
        "id": identifier,
        "created_at": moment,
        "strategy": "",
        "analysis": "",
        "quality_score": 0,
        "model": "",
        "finetuned_model_used": False,
        "latency_ms": 0,
        "sources": [],
    }
    feedback = {"request_id": identifier, "rating": 1, "created_at": moment}
    return {"analysis": analysis, "training": training, "feedback": feedback}


def _inserted(connection: Connection, kind: str, records: list[Record]) -> int:
    """Insert the records' rows of one kind; how many were new.

    A trigger adds a request to the sums of its stage and unit (migration 0012): where everybody takes them in
    one order, nobody waits for somebody who waits for him.
    """
    rows = [_row(kind, record[kind]) for record in records if kind in record]
    if not rows:
        return 0
    rows.sort(key=lambda row: [str(row.get(name)) for name in _ORDER])
    cursor = connection.cursor()
    cursor.executemany(_STATEMENTS[kind], rows)
    return cursor.rowcount


def _row(kind: str, row: Record) -> dict[str, Any]:
    return {
        name: Jsonb(row.get(name)) if name in _JSON and row.get(name) is not None else row.get(name)
        for name in _COLUMNS[kind]
    }
