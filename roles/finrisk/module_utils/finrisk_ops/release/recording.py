"""Each release leaves a record, however it ends; no release waits for a database because of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, cast

from ..errors import FinriskError
from . import history, records
from .records import Ledger, Record
from .release import Outcome, current_revision
from .revision import Release, Revision
from .target import Target

SECONDS = 3.0
"""That a run may wait for the database in all, for figures and for the table."""

Figures = Callable[[str, Revision | None], dict[str, Any] | None]
"""Reads the experiment's figures of the database at a URL, for the revision that runs."""


@dataclass(frozen=True)
class Desk:
    """Where an environment's releases are written down, and what is written beside them."""

    ledger: Ledger
    environment: str
    database: Callable[[], AbstractContextManager[str]]
    """Lends a URL that works from here; raises FinriskError when there is none."""
    figures: Figures
    warn: Callable[[str], None]
    gate: Mapping[str, Any] = field(default_factory=dict)
    """What the gate said to this release; empty where it was not asked. It stands among the figures."""
    approvals: Sequence[Mapping[str, Any]] = ()
    """Who agreed to it, where the environment asks for that. They stand among the figures too."""


@dataclass(frozen=True)
class Wanted:
    """How a refusal is recorded: in which environment, of which action, and why it was asked for."""

    environment: str
    action: str
    why: str = ""


def release(
    desk: Desk, target: Target, action: str, asked: Release, act: Callable[[Target], Outcome]
) -> Outcome:
    """Deploy or roll back by ``act`` and record it: begun before the first change, and how it ended.

    What changed nothing is not recorded, what was refused or failed is. Raises what ``act`` raises.
    """
    target.check_usable()
    entry = Entry(desk, target, action, asked)
    watched = _Watched(target, entry.begin)
    try:
        outcome = act(cast(Target, watched))
    except (FinriskError, OSError) as failure:
        after = watched.tried.name if watched.tried else ""
        entry.end(
            records.FAILED if watched.tried else records.REFUSED, _sentence(failure), revision_after=after
        )
        entry.hand_over()
        raise
    if outcome.changed:
        came = outcome.revision.release
        known = {key: getattr(came, key) for key in ("model", "image", "dataset", "experiment")}
        entry.end(records.DONE, revision_after=outcome.revision.name, ratio_after=came.ratio, **known)
    entry.hand_over()
    return outcome


@contextmanager
def promotion(desk: Desk, target: Target, why: str) -> Iterator[Entry]:
    """Record a promotion that the block refuses or, by the entry that it gets, carries out."""
    target.check_usable()
    entry = Entry(desk, target, "promote", Release(why=why))
    try:
        yield entry
    except (FinriskError, OSError) as failure:
        entry.end(records.REFUSED, _sentence(failure))
        raise
    finally:
        entry.hand_over()


def refused(ledger: Ledger, target: Target, record: Wanted, message: str) -> None:
    """Record what was refused before anything was released, as far as that can be written."""
    running, name = _running(target)
    before = running.release if running else Release()
    begun = _begun(ledger, record.environment, record.action, record.why)
    known = {key: getattr(before, key) for key in ("model", "image", "dataset", "experiment")}
    known |= {"revision_before": name, "ratio_before": before.ratio if running else None}
    with suppress(FinriskError, OSError):
        ledger.write(records.end(begun, records.REFUSED, message, **known))


def _running(target: Target) -> tuple[Revision | None, str]:
    """Return the running revision and its name, as far as they can be read."""
    with suppress(FinriskError, OSError):
        return current_revision(target), target.current()
    return None, ""


def _begun(ledger: Ledger, environment: str, action: str, why: str) -> Record:
    who = None
    with suppress(FinriskError, OSError):
        who = ledger.identity()
    return records.begin(environment, action, why, who)


def _sentence(failure: FinriskError | OSError) -> str:
    return failure.message if isinstance(failure, FinriskError) else str(failure)


class Entry:
    """The record of one run, from what ran before to how it ended."""

    def __init__(self, desk: Desk, target: Target, action: str, asked: Release) -> None:
        """Note what runs now, and begin to read the figures that this is decided on."""
        self._desk = desk
        self._waited = 0.0
        running, name = _running(target)
        before = running.release if running else Release()
        self._record = replace(
            _begun(desk.ledger, desk.environment, action, asked.why),
            ratio_before=before.ratio if running else None,
            ratio_after=asked.ratio,
            model=asked.model or before.model,
            image=asked.image or before.image,
            dataset=asked.dataset or before.dataset,
            experiment=asked.experiment or before.experiment,
            revision_before=name,
        )
        self._figures = _Errand(lambda: self._with_database(lambda url: desk.figures(url, running)))

    def begin(self) -> None:
        """Write that this run is under way, so that one which is killed leaves a trace."""
        self._write(self._record)

    def end(self, outcome: str, message: str = "", **known: Any) -> None:
        """Write how it ended, with the figures that are there; warn when it could not be written."""
        told = {"gate": dict(self._desk.gate), "approvals": [dict(each) for each in self._desk.approvals]}
        figures = (self._wait(self._figures) or {}) | {
            name: said for name, said in told.items() if said
        } or None
        problem = self._write(records.end(self._record, outcome, message, figures=figures, **known))
        if problem and outcome == records.DONE:
            self._desk.warn(f"this {self._record.action} could not be recorded: {problem}")

    def hand_over(self) -> None:
        """Bring what waits here into the table, as far as the database answers in time."""
        if self._figures.failed or self._waited >= SECONDS:
            return
        ledger = self._desk.ledger
        self._wait(
            _Errand(lambda: self._with_database(lambda url: history.take_over(ledger, url, time.time())))
        )

    def _with_database(self, work: Callable[[str], Any]) -> Any:
        with self._desk.database() as url:
            return work(url)

    def _wait(self, errand: _Errand) -> Any:
        began = time.monotonic()
        result = errand.result(max(0.0, SECONDS - self._waited))
        self._waited += time.monotonic() - began
        return result

    def _write(self, record: Record) -> str:
        try:
            self._desk.ledger.write(record)
        except (FinriskError, OSError) as error:
            return str(error)
        return ""


class _Errand:
    """Something done beside a release, whose result is taken when it is there in time."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.failed = False
        self._result: Any = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def result(self, seconds: float) -> Any:
        """Return the result; None when it is not there after so many seconds, or there will be none."""
        self._thread.join(seconds)
        return None if self._thread.is_alive() else self._result

    def _run(self, work: Callable[[], Any]) -> None:
        try:
            self._result = work()
        except Exception:  # whatever it is, it must not touch the release
            self.failed = True


class _Watched:
    """A target that tells before its first change, and keeps which revision was to run."""

    def __init__(self, target: Target, begin: Callable[[], None]) -> None:
        self.tried: Revision | None = None
        self._target = target
        self._begin = begin
        self._has_begun = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def store(self, revision: Revision) -> None:
        self._change()
        self._target.store(revision)

    def roll_out(self, revision: Revision) -> None:
        self._change()
        self.tried = self.tried or revision
        self._target.roll_out(revision)

    def _change(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._begin()
