"""One release at a time: a file that says who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from ..errors import FinriskError
from .files import naming, write_json
from .identity import now, who
from .processes import Process, start_time

_YIELD_SECONDS = 5.0


class LostError(FinriskError):
    """The lock was lost: whoever has it now may be releasing, so nothing may be put back either."""


@dataclass(frozen=True)
class Holder:
    """Who holds a release lock, as its file says."""

    who: str
    pid: int
    start_time: int
    since: str
    why: str
    yields: bool  # to a rollback, which itself yields to nobody

    @property
    def process(self) -> Process:
        """The process that holds the lock, or held it."""
        return Process(self.pid, self.start_time)


@contextlib.contextmanager
def file(path: Path, why: str, *, takes_over: bool = False) -> Iterator[None]:
    """Hold the release lock for the length of the block; a rollback takes it over from any other run.

    The kernel lets go of it when the process ends, however it ends, so no lock outlives its holder. A run
    that breaks off leaves its name in the file. A run that it is taken from stops and changes nothing more.

    Raises FinriskError naming the holder when somebody else has it, and LostError when it was taken over.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    me = Holder(who(), os.getpid(), start_time(os.getpid()) or 0, now(), why, not takes_over)
    try:
        _take(descriptor, path, me)
        with naming(path):
            _write(descriptor, json.dumps(asdict(me)) + "\n")
        came_to_an_end = False
        try:
            with _giving_way(_note(path)):
                yield
            came_to_an_end = True
        except Exception:
            came_to_an_end = True
            raise
        finally:
            if came_to_an_end:
                _write(descriptor, "")
    finally:
        os.close(descriptor)


def read(path: Path) -> tuple[Holder | None, Holder | None]:
    """Return who holds the release lock now, and who held it last and broke off, its name still in it."""
    holder = _signature(path)
    if holder is None:
        return None, None
    return (holder, None) if holder.process.alive else (None, holder)


def _take(descriptor: int, path: Path, me: Holder) -> None:
    """Lock the file, and end the run that has it where that one yields to this one."""
    if not is_free(descriptor):
        holder = _signature(path)
        if me.yields or holder is None or not holder.yields or holder.pid == me.pid:
            raise _refusal(path, holder)
        write_json(_note(path), asdict(me))
        _end(holder, descriptor, path)
    _note(path).unlink(missing_ok=True)


def _end(holder: Holder, descriptor: int, path: Path) -> None:
    """Ask the holder to stop, and end it when it does not; return with its lock.

    Raises FinriskError naming who has the lock then, when it cannot be had.
    """
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            if holder.process.alive:
                os.kill(holder.pid, number)
        except PermissionError:
            raise FinriskError(
                f"another release is under way: {_told(holder)}, which this account may not stop; run this "
                "as the account that began it"
            ) from None
        deadline = time.monotonic() + _YIELD_SECONDS
        while time.monotonic() < deadline:
            if is_free(descriptor):
                return
            time.sleep(0.1)
    signed = _signature(path)
    if signed and signed != holder:  # somebody else was faster
        raise _refusal(path, signed)
    raise FinriskError(f"the release of {_told(holder)} holds its lock still; run this again")


@contextlib.contextmanager
def _giving_way(note: Path) -> Iterator[None]:
    """Let the SIGTERM of a run that left this note end the block by LostError; any other ends the process."""
    if threading.current_thread() is not threading.main_thread():  # it alone gets signals
        yield
        return

    def give_way(number: int, _frame: object) -> None:
        if (taker := _signature(note)) is None:
            signal.signal(number, before)
            os.kill(os.getpid(), number)
        else:
            raise _TakenOver(taker)

    before = signal.getsignal(signal.SIGTERM) or signal.SIG_DFL
    signal.signal(signal.SIGTERM, give_way)
    try:
        yield
    except _TakenOver as taken:
        raise LostError(
            f"this run was taken over by {_told(taken.taker)}: it stopped and changes nothing more; "
            "playbooks/status.yml shows what runs"
        ) from None
    finally:
        signal.signal(signal.SIGTERM, before)


class _TakenOver(BaseException):
    """Ends what a run is doing, past everything that handles what may go wrong in it."""

    def __init__(self, taker: Holder) -> None:
        super().__init__(taker.who)
        self.taker = taker


def is_free(descriptor: int) -> bool:
    """Lock the file or folder, unless somebody else has; say whether it was to be had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signature(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _refusal(path: Path, holder: Holder | None) -> FinriskError:
    who = _told(holder) if holder else f"its holder has just begun and has not signed {path} yet"
    instead = "; playbooks/rollback.yml takes over from it" if holder and holder.yields else ""
    return FinriskError(
        f"another release is under way: {who}. Nothing was changed; run this again when it has ended{instead}"
    )


def _told(holder: Holder) -> str:
    return f"{holder.who} (process {holder.pid}) since {holder.since}, {holder.why}"


def _note(path: Path) -> Path:
    return path.with_suffix(".taken")


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)
