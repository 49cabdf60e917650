"""What is kept of an analysis, and the threads that take it from a worker to the database."""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from uuid import UUID

from finrisk import aside, metrics
from finrisk.db.pool import Connection, Database, DatabaseUnavailableError
from finrisk.journal import SYNC_SECONDS, Journal, JournalFullError, Record, backlog
from finrisk.logs import log
from finrisk.ratings import apply_ratings
from finrisk.retention import forget_old_text, remove_old_pairs
from finrisk.settings import Settings
from finrisk.shipping import Shipper
from finrisk_rules import log_events

SHIPS_WITHIN_SECONDS = 30.0
"""A sealed file that is older says that the journal does not reach the database."""

_PAUSE_SECONDS = 0.1
_AWAY_SECONDS = 0.5
_FAILED_SECONDS = 1.0
_REMINDER_SECONDS = 60.0


class Collection:
    """Keeps records in the journal and ships them in the background; one object a worker process."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._journal = Journal(Path(settings.variable_path("journal")))
        self._shipper = Shipper(self._journal, database)
        self._complaints: dict[str, float] = {}
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
            log(log_events.COLLECTION_DROPPED, f"a record was not kept: {error}", level=logging.ERROR)
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
            self._attempt("the journal was not synced", self._journal.sync)

    def _ship_forever(self) -> None:
        """Seal, ship, apply ratings and keep house; what fails of these keeps none of the others waiting."""
        housekeeping_due = forgetting_due = 0.0
        while True:
            stopping = self._stopping.is_set()
            self._attempt("no journal file was sealed", partial(self._journal.seal, now=stopping))
            pause = self._attempt("the journal was not shipped", self._shipper.ship)
            if housekeeping := time.monotonic() >= housekeeping_due:
                housekeeping_due = time.monotonic() + 2
                self._attempt("files of dead workers were not adopted", self._journal.adopt)
                self._attempt("the journal was not measured", self._measure)
            if housekeeping or not pause:
                self._attempt("ratings were not applied", self._apply_ratings)
            if time.monotonic() >= forgetting_due:
                forgetting_due = time.monotonic() + 600
                self._attempt("old text was not forgotten", self._forget_old_text)
                self._attempt("old pairs were not removed", self._remove_old_pairs)
            if stopping:
                return
            self._stopping.wait(pause)

    def _attempt(self, failure: str, step: Callable[[], object]) -> float:
        """Do one step, whatever it raises, and return how long to pause after it, in seconds.

        A database that is away is no news. Anything else is said when it begins and each minute after.
        """
        try:
            return 0.0 if step() else _PAUSE_SECONDS
        except DatabaseUnavailableError:
            return _AWAY_SECONDS
        except Exception as error:  # the thread must outlive anything that a file or a row can do to it
            complaint = f"{failure}: {type(error).__name__}"
            if time.monotonic() >= self._complaints.get(complaint, 0.0):
                self._complaints[complaint] = time.monotonic() + _REMINDER_SECONDS
                logging.getLogger("finrisk").exception(failure, extra={"event": "journal_error"})
            return _FAILED_SECONDS

    def _measure(self) -> None:
        waiting = self._journal.measure()
        metrics.JOURNAL_BYTES.set(waiting.size)
        metrics.JOURNAL_AGE.set(waiting.oldest)
        metrics.JOURNAL_ASIDE.set(aside.count(self._journal.folder))

    def _apply_ratings(self) -> None:
        apply_ratings(self._database, self._settings.data_collection_quality)

    def _forget_old_text(self) -> None:
        forget_old_text(self._database, self._settings.analysis_retention_days)

    def _remove_old_pairs(self) -> None:
        remove_old_pairs(self._database, self._settings.training_retention_days)


def journal_state(folder: Path) -> dict[str, float | int | bool]:
    """What the ops port says of a journal: whether it ships, what waits, how many records are set aside."""
    waiting = backlog(folder)
    return {
        "ships": waiting.oldest < SHIPS_WITHIN_SECONDS,
        "bytes": waiting.size,
        "oldest_seconds": round(waiting.oldest, 1),
        "set_aside": aside.count(folder),
    }


def known_request(connection: Connection, request_id: UUID) -> bool:
    """Whether the analysis has reached the database."""
    row = connection.execute("select 1 from analyses where id = %s", (request_id,)).fetchone()
    return row is not None
