"""Work done by several processes of this machine, with results in the order of what was asked."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from ..errors import FinriskError

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

_FUNCTIONS: list[Callable[[Any], Any]] = []  # of this process: one that was started here has one
_BATCH = 200_000  # bytes or characters: enough to be worth sending to another process
_GARBAGE = 50_000  # new objects after which a process looks for those that are of no more use
_AHEAD = 3  # pieces of work a process that may wait: memory does not grow with the work


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    function: Callable[[Asked], Answer], pieces: Iterable[Asked], processes: int
) -> Iterator[Answer]:
    """Yield the function's answer to each piece, in their order; with one process, of this one.

    What it raises is raised here. FinriskError when a process was ended from outside.
    """
    if processes < 2:
        yield from map(function, pieces)
        return
    pool = ProcessPoolExecutor(
        processes, multiprocessing.get_context("fork"), initializer=_begin, initargs=(function, os.getpid())
    )
    waiting: deque[Future[Answer]] = deque()
    try:
        for piece in pieces:
            waiting.append(pool.submit(_answer, piece))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool as error:
        raise FinriskError(
            "one of the processes was ended from outside, often for want of memory: make room, or run this "
            "again with -e finrisk_processes=1"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _answer(piece: Any) -> Any:
    return _FUNCTIONS[-1](piece)


def _begin(function: Callable[[Any], Any], parent: int) -> None:
    """Know the function for all pieces, and end soon after the process that started this one is killed.

    Garbage is looked for seldom, and never in what the process began with.
    """
    _FUNCTIONS.append(function)
    gc.freeze()
    gc.set_threshold(_GARBAGE)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def batched(items: Iterable[Asked], weight: Callable[[Asked], int]) -> Iterator[list[Asked]]:
    """Yield the items in lists, each with the item by which it reaches the weight that is worth sending."""
    batch: list[Asked] = []
    total = 0
    for item in items:
        batch.append(item)
        total += weight(item)
        if total >= _BATCH:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
