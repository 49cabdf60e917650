"""Who has how many connections: the workers of one Gunicorn tell each other, so that they part evenly.

The kernel wakes all of them for a new connection, and on idle cores the same one is first nearly every time:
of a hundred connections that were kept it had four fifths, and its one interpreter the work.
"""

import math
import select
import time
from mmap import mmap
from socket import socket

COURTESY_SECONDS = 0.005
"""How long a worker leaves a new connection to one that has fewer; then it takes what comes, for a moment."""

_LOOK_SECONDS = 0.00025
_RUDE_SECONDS = 0.1
"""That moment: where others are so slow, a crowd of connections must not wait for them one by one."""

_PLACES = 64
_SILENT_SECONDS = 2.0
"""Who has told nothing for so long is dead or frozen: a worker's loop turns once a second at least."""

_EVEN = 1.125
"""So many times the fewest connections count as no more: who come all at once are taken at once."""

_TOLD = memoryview(mmap(-1, 16 * _PLACES)).cast("d")
"""Of each place, when its worker told last, and how many; made before workers fork, so that they share it."""


class Seat:
    """One worker's place among the others; the next ``age``, as Gunicorn numbers them, is another's."""

    def __init__(self, age: int) -> None:
        self._at = 2 * (age % _PLACES)
        self._courteous_from = 0.0

    def tell(self, connections: float) -> None:
        """Say how many connections the worker has now; infinity where it takes no more, or has no place."""
        _TOLD[self._at + 1] = connections
        _TOLD[self._at] = time.monotonic()

    def leaves(self, listener: socket, connections: float) -> bool:
        """Tell how many, as ``tell`` does; whether another, with fewer, took what waited at the listener."""
        self.tell(connections)
        now = time.monotonic()
        if now < self._courteous_from:
            return False
        until = now + COURTESY_SECONDS
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        while connections > self._fewest(now) * _EVEN:
            if now > until:
                self._courteous_from = now + _RUDE_SECONDS
                return False
            time.sleep(_LOOK_SECONDS)
            if not waiting.poll(0):
                return True
            now = time.monotonic()
        return False

    def _fewest(self, now: float) -> float:
        """The fewest connections of another worker; infinity where no other takes any."""
        told = _TOLD.tolist()
        places = range(0, len(told), 2)
        others = (told[at + 1] for at in places if at != self._at and now - told[at] < _SILENT_SECONDS)
        return min(others, default=math.inf)
