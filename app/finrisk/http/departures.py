"""How connections end: answers on their way to slow clients, partings in order, and who is dropped.

A part of the worker's loop (``loop``), which alone calls what is here, in its one thread.
"""

import contextlib
import selectors
import time
from collections.abc import Callable
from functools import partial
from socket import SHUT_WR, socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from finrisk.http.lobby import Connection, Lobby

PARTING_SECONDS = 2.0
"""How long a client may go on sending after its last answer: closing at once would take the answer along."""

PIECE_BYTES = 64 * 1024
"""Most bytes that are read of a socket at once."""


class Departures(ThreadWorker):  # type: ignore[misc]  # untyped library
    """What a worker's loop waits for, and the connections that it is done with."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lobby = Lobby()
        self.parting: dict[Connection, None] = {}
        self.sending: dict[Connection, None] = {}

    def _poll(
        self,
        connection: Connection,
        callback: Callable[[Connection, socket], None],
        event: int = selectors.EVENT_READ,
    ) -> None:
        self._poll_no_more(connection)
        self.poller.register(connection.sock, event, partial(callback, connection))
        connection.polled = True

    def _poll_no_more(self, connection: Connection) -> None:
        if connection.polled:
            connection.polled = False
            self.poller.unregister(connection.sock)

    def _send(self, connection: Connection, answer: bytes) -> None:
        """Send what fits the socket at once; a client that is not there needs no answer."""
        with contextlib.suppress(OSError):
            connection.sock.send(answer)

    def _end_with(self, connection: Connection, answer: bytes) -> None:
        self._send(connection, answer)
        self.lobby.leave(connection)
        self.lobby.release(connection)
        self._poll_no_more(connection)
        self._part(connection)

    def _part(self, connection: Connection) -> None:
        """End a connection in order: our side now, the client's when it has read the answer."""
        connection.timeout, connection.outbox = time.monotonic() + PARTING_SECONDS, None
        self.parting[connection] = None
        try:
            connection.sock.shutdown(SHUT_WR)
        except OSError:
            self._drop(connection)
            return
        self._poll(connection, self._discard)

    def _discard(self, connection: Connection, sock: socket) -> None:
        if connection not in self.parting:
            return
        try:
            gone = not sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            gone = True
        if gone:
            self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        """Close a connection, wherever it stands."""
        self.lobby.leave(connection)
        self.lobby.release(connection)
        self.sending.pop(connection, None)
        self.parting.pop(connection, None)
        self._poll_no_more(connection)
        self.nr_conns -= 1
        connection.close()
