"""A limit in time on a whole call: name look-up, connection, token, a stall between two bytes."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")

_AHEAD = 512
"""Items that a call may be ahead of its reader; a stream that is faster waits, and its sender with it."""

_WAIT_SECONDS = 0.05
"""Between two looks whether there is room again."""

_call = threading.local()


@dataclass(frozen=True)
class _End:
    error: BaseException | None = None


def within(seconds: float, items: Callable[[], Iterable[Item]], first: float | None = None) -> Iterator[Item]:
    """What ``items`` gives and raises, for as long as the time lasts; the first within ``first`` seconds.

    The call runs in a thread of its own, since parts of it have no time-out (the look-up of a name) or one
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

    threading.Thread(target=run, name="bounded call", daemon=True).start()
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


def is_left_behind() -> bool:
    """Whether nobody waits any more for the call that this thread runs."""
    left: threading.Event | None = getattr(_call, "left", None)
    return left is not None and left.is_set()
