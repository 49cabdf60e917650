"""What has been collected, how the experiment goes, who was served what: GET /api/v1/status."""

import threading
import time
from collections.abc import Callable
from typing import Any

from psycopg.rows import class_row, tuple_row

from finrisk.db.pool import Connection, Database, DatabaseUnavailableError
from finrisk.settings import Settings
from finrisk_rules import experiment, figures

READ_SECONDS = 10.0
"""Longest wait for the database's part."""

_RESTS = 20
_LONGEST_REST_SECONDS = 15.0


class Figures:
    """The database's part of the status, read by one thread at a time, so that no caller can wear it out.

    What was read counts for twenty times as long as reading it took, at most 15 s: at once on a small
    database; on a large one a worker is busy with it for a part of the time, however many ask. That the
    database is away is remembered in the same way.
    """

    def __init__(
        self, read: Callable[[], dict[str, Any]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read, self._clock = read, clock
        self._reading = threading.Lock()
        self._found: dict[str, Any] = {}
        self._until = float("-inf")

    def now(self) -> dict[str, Any]:
        """What ``read`` returned a moment ago, or returns now."""
        with self._reading:
            begun = self._clock()
            if begun >= self._until:
                self._found = self._read()
                ended = self._clock()
                self._until = ended + min(_LONGEST_REST_SECONDS, _RESTS * (ended - begun))
            return self._found


def in_database(database: Database, settings: Settings) -> dict[str, Any]:
    """``collection``, ``experiment`` and ``traffic``; all null, with the ``problem``, while it is away."""
    try:
        with database.connection(READ_SECONDS) as connection:
            return {"collection": collection(connection, settings)} | running_experiment(connection, settings)
    except DatabaseUnavailableError as error:
        return {"collection": None, "experiment": None, "traffic": None, "problem": str(error)}


def configuration(settings: Settings) -> dict[str, Any]:
    """The revision, the keys that steer traffic and collection, and the split they amount to."""
    return {
        "revision": settings.finrisk_revision,
        "ENABLE_DATA_COLLECTION": settings.enable_data_collection,
        "DATA_COLLECTION_QUALITY": settings.data_collection_quality,
        "ENABLE_FINETUNING": settings.enable_finetuning,
        "ENABLE_AB_TESTING": settings.enable_ab_testing,
        "AB_TEST_TRAFFIC_SPLIT": settings.ab_test_traffic_split,
        "FINETUNED_MODEL_NAME": settings.finetuned_model_name,
        "base_model": settings.base_model,
        "split": settings.split,
    }


def collection(connection: Connection, settings: Settings) -> dict[str, Any]:
    """How many examples base has given, and why pairs of the last 24 hours were not kept."""
    with connection.cursor(row_factory=class_row(figures.CollectionRow)) as cursor:
        [row] = cursor.execute(figures.COLLECTION, figures.COUNTED).fetchall()
    skipped = connection.execute(figures.SKIPPED).fetchall()
    return {
        "enabled": settings.enable_data_collection,
        "quality_threshold": settings.data_collection_quality,
        **figures.collection(row, skipped),
    }


def running_experiment(connection: Connection, settings: Settings) -> dict[str, dict[str, Any]]:
    """The ``experiment`` that runs since its first stage, and its ``traffic`` of the last 24 hours by arm."""

    def rows(query: str, values: dict[str, object], kind: type[Any] | None = None) -> list[Any]:
        with connection.cursor(row_factory=class_row(kind) if kind else tuple_row) as cursor:
            return cursor.execute(query.encode(), values).fetchall()

    running = experiment.Running(
        settings.ab_experiment, settings.finetuned_model_name, settings.finrisk_revision, settings.split
    )
    found, traffic = experiment.read(running, rows)
    return {"experiment": found, "traffic": traffic}
