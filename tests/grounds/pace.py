"""How fast this machine is just now: bounds of CPU time are scaled by it, since cores share their caches."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable

DOCUMENT = json.dumps([{"id": n, "text": "net sales of the year " * 3, "value": n * 1.5} for n in range(960)])
"""100 KB of JSON, which a machine of pace 1 reads in a millisecond."""
READINGS = 20
USUAL = 0.5
"""Pace of an idle machine of the kind that tests run on."""


def pace() -> float:
    """Return the milliseconds of CPU that reading the document takes on average, just now."""
    start = time.process_time()
    for _ in range(READINGS):
        json.loads(DOCUMENT)
    return (time.process_time() - start) / READINGS * 1000


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that the work takes, without those of collecting what other tests left."""
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        gc.enable()


def settled_seconds(work: Callable[[], object]) -> float:
    """Return the seconds of CPU that the work takes; on a slower machine than ``USUAL``, as on that one."""
    before, spent = pace(), cpu_seconds(work)
    return spent / max(1.0, before / USUAL, pace() / USUAL)
