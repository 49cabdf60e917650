"""What a refused request leaves: a log line on who was refused what, sampled so that no flood fills the disk.

A window begins with a refusal and lasts a minute. Of equal refusals, the same code for the same key and
address, the first three are written, then the 10th, the 100th and so on; what is left at the end is written
with it. Each line stands for one request, and in ``left_out`` for those before it that have none.
"""

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from finrisk.logs import log
from finrisk_rules import log_events

WINDOW = 60.0
"""Seconds."""

_KINDS, _LINES, _LAST_LINES = 1000, 60, 20
"""Most kinds of refusals that a window tells apart, most lines during it, and most at its end."""


class _Kind(NamedTuple):
    code: str
    key_id: str | None
    address: str | None


class _Request(NamedTuple):
    status: int | None
    route: str | None
    request_id: str | None


@dataclass
class _Tally:
    """The refusals of one kind in a window, and the newest of them."""

    newest: _Request
    requests: int = 0
    left_out: int = 0


def _is_written(number: int) -> bool:
    return number <= 3 or str(number).strip("0") == "1"


class _Window:
    """What was refused since it began; whoever holds the lock of Refusals may change it."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.lines = 0
        self.beyond: Counter[str] = Counter()
        self._tallies: dict[_Kind, _Tally] = {}

    def count(self, kind: _Kind, request: _Request) -> int | None:
        """Count a refusal; when it gets a line, how many were left out before it."""
        if kind not in self._tallies and len(self._tallies) >= _KINDS:
            self.beyond[kind.code] += 1
            return None
        tally = self._tallies.setdefault(kind, _Tally(request))
        tally.requests, tally.newest = tally.requests + 1, request
        if not _is_written(tally.requests) or self.lines >= _LINES:
            tally.left_out += 1
            return None
        self.lines += 1
        left_out, tally.left_out = tally.left_out, 0
        return left_out

    def write_rest(self) -> None:
        """Write what has no line yet: the most frequent kinds each, the others by their code alone."""
        rest = [(kind, tally) for kind, tally in self._tallies.items() if tally.left_out]
        rest.sort(key=lambda pair: pair[1].left_out, reverse=True)
        for kind, tally in rest[:_LAST_LINES]:
            _write(kind, tally.left_out - 1, tally.newest)
        for kind, tally in rest[_LAST_LINES:]:
            self.beyond[kind.code] += tally.left_out
        for code, number in self.beyond.items():
            _write(_Kind(code, None, None), number - 1, _Request(None, None, None))


class Refusals:
    """The refusals of one process."""

    def __init__(self, seconds: float = WINDOW) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._window: _Window | None = None

    def note(
        self,
        code: str,
        key_id: str | None,
        address: str | None,
        *,
        status: int | None = None,
        route: str | None = None,
        request_id: str | None = None,
    ) -> None:
        """Count a refusal, and write its line when it is one of those that get one.

        ``key_id`` is an id, never a key; ``route`` is the pattern of the path, never the path itself.
        """
        kind, request = _Kind(code, key_id, address), _Request(status, route, request_id)
        window = self._window
        if window is not None and time.monotonic() - window.began >= self._seconds:
            self._end(window)
        with self._lock:
            self._window = self._window or self._begin()
            left_out = self._window.count(kind, request)
        if left_out is not None:
            _write(kind, left_out, request)

    def tell(self) -> None:
        """End the window: write what is left of it."""
        if window := self._window:
            self._end(window)

    def _begin(self) -> _Window:
        window = _Window()
        timer = threading.Timer(self._seconds, self._end, [window])
        timer.daemon = True
        with suppress(RuntimeError):  # no thread to be had: the next refusal ends the window
            timer.start()
        return window

    def _end(self, window: _Window) -> None:
        with self._lock:
            if window is not self._window:
                return
            self._window = None
        window.write_rest()


def _write(kind: _Kind, left_out: int, request: _Request) -> None:
    log(
        log_events.REQUEST_REFUSED,
        f"refused: {kind.code}",
        **kind._asdict(),
        **request._asdict(),
        left_out=left_out,
    )


REFUSALS = Refusals()
note = REFUSALS.note
tell = REFUSALS.tell
