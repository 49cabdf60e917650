"""The connections that wait for their client: bounded in number, in bytes and in time."""

import contextlib
import math
import resource
from dataclasses import dataclass, field
from socket import socket
from typing import Any

from finrisk.http.arrival import Arrival
from finrisk.http.outbox import Outbox

HEAD_SECONDS = 10.0
"""How long a head may take, from the moment it is awaited: the connection's start, or its first byte."""

GRACE_SECONDS = 10.0
"""How long the sending of a body, or the taking of an answer, may last beside what its bytes need."""

LEAST_RATE = 16 * 1024
"""Bytes a second that a client sends, or takes, at least."""

MOST_SOCKETS = 8192
"""Most connections of a worker that wait for their client, where the limit of open files allows it."""

MOST_BYTES = 256 * 1024 * 1024
"""Most bytes of requests that a worker holds, from their first byte until they are answered."""

_FILES_A_THREAD = 3  # its client, the model, and one to spare
_OTHER_FILES = 128  # listeners, pools of connections, journal, metrics


def sockets_at_most(threads: int) -> int:
    """How many connections may wait: what the limit of open files, raised as far as it goes, leaves them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    need = MOST_SOCKETS + threads * _FILES_A_THREAD + _OTHER_FILES
    limit = need if hard == resource.RLIM_INFINITY else min(need, hard)
    if soft != resource.RLIM_INFINITY and soft < limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return max(16, limit - threads * _FILES_A_THREAD - _OTHER_FILES)


@dataclass(eq=False, slots=True)
class Connection:
    """A client's connection, and the request that arrives on it.

    ``timeout`` is when its time is over (monotonic seconds); ``body_limit`` is None before it was asked for;
    ``outbox`` is for the answer, and ``keeps`` says whether another request may follow.
    """

    sock: socket
    client: Any
    server: Any
    timeout: float = math.inf
    arrival: Arrival = field(default_factory=Arrival)
    rest: bytes = b""
    body_since: float = 0.0
    body_limit: int | None = None
    cut: bool = False
    outbox: Outbox | None = None
    keeps: bool = False
    polled: bool = False
    byte_count: int = 0

    @property
    def address(self) -> str:
        """The other end, without its port."""
        return str(self.client[0]) if self.client else ""

    def expect(self, until: float) -> None:
        """Begin with the next request, whose head is awaited until then."""
        self.arrival, self.timeout = Arrival(), until
        self.body_limit, self.cut, self.keeps = None, False, False

    def close(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self.sock.close()


class Lobby:
    """Who waits, the longest first, and the bytes that are held for them and for those being answered."""

    def __init__(self) -> None:
        self._waiting: dict[Connection, None] = {}
        self.byte_count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, connection: object) -> bool:
        return connection in self._waiting

    def enter(self, connection: Connection) -> None:
        """Let it wait."""
        self._waiting[connection] = None

    def leave(self, connection: Connection) -> None:
        """It waits no more: its request is whole, or it is gone."""
        self._waiting.pop(connection, None)

    def hold(self, connection: Connection, more: int) -> None:
        """Count bytes that arrived for it."""
        connection.byte_count += more
        self.byte_count += more

    def release(self, connection: Connection) -> None:
        """Forget the bytes of a request that was answered, or given up."""
        self.byte_count -= connection.byte_count
        connection.byte_count = 0

    def longest(self) -> Connection | None:
        """Who has waited longest."""
        return next(iter(self._waiting), None)

    def largest(self) -> Connection | None:
        """Who waits with the most bytes."""
        return max(self._waiting, key=lambda connection: connection.byte_count, default=None)

    def late(self, now: float) -> list[Connection]:
        """Those whose time is over."""
        return [connection for connection in self._waiting if connection.timeout <= now]

    def hurry(self, until: float) -> None:
        """Give those that have said nothing yet until then: a worker that stops does not wait for them."""
        for connection in self._waiting:
            if not connection.arrival.data:
                connection.timeout = min(connection.timeout, until)
