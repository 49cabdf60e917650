"""A limit in time on a whole call: name look-up, connection, token, a stall between two bytes."""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")

_AHEAD = 512
"""Items that a call may be ahead of its reader; a stream that is faster waits, and its sender with it."""

_WAIT_SECONDS = 0.05
"""Between two looks whether there is room again."""

_IDLE_SECONDS = 10.0
"""How long a thread that has nothing to do waits for the next call."""

_Run = Callable[[], None]

_call = threading.local()
_idle: deque[SimpleQueue[_Run]] = deque()
"""Where the threads that have nothing to do take a call from, the one that was busy last at the end."""

os.register_at_fork(after_in_child=_idle.clear)  # a fork takes no threads along


@dataclass(frozen=True)
class _End:
    error: BaseException | None = None


def within(seconds: float, items: Callable[[], Iterable[Item]], first: float | None = None) -> Iterator[Item]:
    """What ``items`` gives and raises, for as long as the time lasts; the first within ``first`` seconds.

    The call runs in another thread, since parts of it have no time-out (the look-up of a name) or one
    that starts anew with every byte. What is not done in time is left behind, as is what the caller stops
    reading: it begins no request any more (``is_left_behind``), and one under way ends by its own time-outs.

    Raises:
        TimeoutError: the next item did not come in time.
    """
    began = time.monotonic()
    end = began + seconds
    until = end if first is None else min(end, began + first)
    come: SimpleQueue[Item | _End] = SimpleQueue()
    left = threading.Event()
    item: Item | _End | None = None

    def run() -> None:
        _call.left = left
        try:
            for item in items():
                while come.qsize() >= _AHEAD and not left.wait(_WAIT_SECONDS):
                    pass
                if left.is_set():
                    return
                come.put(item)
            come.put(_End())
        except BaseException as error:  # it is raised where the items are read
            come.put(_End(error))

    _start(run)
    try:
        while True:
            try:
                item = come.get(timeout=max(0.0, until - time.monotonic()))
            except Empty:
                raise TimeoutError(f"not there within {until - began:g} s") from None
            until = end
            if not isinstance(item, _End):
                yield item
            elif item.error is None:
                return
            else:
                raise item.error
    finally:
        left.set()
        item = None  # an error that its frame names stays, and all that was read with it, as garbage


def _start(run: _Run) -> None:
    """Have a thread run it that has nothing to do, or a new one, which costs as much as a short call."""
    try:
        queue = _idle.pop()
    except IndexError:
        queue = SimpleQueue()
        threading.Thread(target=_serve, args=(queue,), name="bounded call", daemon=True).start()
    queue.put(run)


def _serve(queue: SimpleQueue[_Run]) -> None:
    """Run what comes, until nothing does for a while."""
    while True:
        try:
            run = queue.get(timeout=_IDLE_SECONDS)
        except Empty:
            try:
                _idle.remove(queue)
            except ValueError:  # somebody took it at this moment, and puts a call into it
                run = queue.get()
            else:
                return
        run()
        del run  # and with it what the call has read
        _idle.append(queue)


def is_left_behind() -> bool:
    """Whether nobody waits any more for the call that this thread runs."""
    left: threading.Event | None = getattr(_call, "left", None)
    return left is not None and left.is_set()
