"""The worker's loop: who comes, who waits until a request is whole, and what follows its answer."""

import errno
import math
import selectors
import sys
import time
from concurrent.futures import Future
from http import HTTPStatus
from socket import socket
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER

from finrisk.http import lobby
from finrisk.http.arrival import HEAD_BYTES, Head, Stage
from finrisk.http.crowd import Seat
from finrisk.http.departures import PIECE_BYTES, Departures
from finrisk.http.lobby import Connection

if TYPE_CHECKING:
    from finrisk.http.error_codes import ErrorCode
    from finrisk.http.intake import Intake

_SWEEP_SECONDS = 0.5
_ACCEPTED_A_TURN = 8


class Loop(Departures):
    """Reads requests within limits of time and size; ``enqueue_req`` has those that are whole answered."""

    intake: "Intake"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat = Seat(self.age)
        self.worker_connections = sys.maxsize  # accepting never stops: whoever waited longest makes room
        self._swept = 0.0

    def init_process(self) -> None:
        """Let so many connections wait as the limit of open files allows."""
        self.most_waiting = self.max_keepalived = lobby.sockets_at_most(self.cfg.threads)
        super().init_process()

    def accept(self, listener: socket) -> None:
        """Take new connections, unless another worker should; of too many, the longest waiting makes room."""
        for _ in range(_ACCEPTED_A_TURN):
            if self.seat.leaves(listener, self._crowd()):
                return
            try:
                sock, client = listener.accept()
            except OSError as error:
                if error.errno in (errno.EMFILE, errno.ENFILE):
                    self._make_room()
                elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                    raise
                return
            self._welcome(Connection(sock, client, listener.getsockname()))

    def _crowd(self) -> float:
        """How many connections it has; infinity where it takes none, or has no place for an analysis."""
        return self.nr_conns if self._accepting and not self.intake.is_full else math.inf

    def _welcome(self, connection: Connection) -> None:
        connection.sock.setblocking(False)
        self.nr_conns += 1
        free = self.most_waiting
        for waiting in (self.lobby, self.sending, self.parting, self.keepalived_conns):
            free -= len(waiting)
        if free <= 0:
            self._make_room()
        self._await(connection)

    def _make_room(self) -> None:
        """Close whom it costs least: who was answered, then who is slowest, then who is idle longest."""
        if first := next(iter(self.parting), None) or self.lobby.longest() or next(iter(self.sending), None):
            self._drop(first)
        elif self.keepalived_conns:
            self._drop(self.keepalived_conns.popleft())

    def _await(self, connection: Connection) -> None:
        """Wait for a request; some of it, or all, may be there already."""
        connection.expect(time.monotonic() + lobby.HEAD_SECONDS)
        self.lobby.enter(connection)
        rest, connection.rest = connection.rest, b""
        if rest:
            self._take(connection, rest)
        else:
            self._read(connection, connection.sock)
        if connection in self.lobby:
            self._poll(connection, self._read)

    def _read(self, connection: Connection, sock: socket) -> None:
        if connection not in self.lobby:
            return  # it was ended in this very turn, after the poller had seen it
        try:
            piece = sock.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._drop(connection)
            return
        if piece:
            self._take(connection, piece)
        elif connection.arrival.data:
            self._refuse(
                connection, HTTPStatus.BAD_REQUEST, "bad_request", "the request ends before it is whole"
            )
        else:
            self._drop(connection)

    def _take(self, connection: Connection, piece: bytes) -> None:
        """Add a piece to the request, and do what its stage asks for."""
        arrival = connection.arrival
        arrival.take(piece)
        self.lobby.hold(connection, len(piece))
        if arrival.stage is Stage.BODY and arrival.head:
            self._go_on_with_body(connection, arrival.head)
        elif arrival.stage is not Stage.HEAD:
            self._hand_over(connection)
        if self.lobby.byte_count > lobby.MOST_BYTES and (largest := self.lobby.largest()):
            message = "this worker holds too many unanswered requests; try again shortly"
            self._refuse(largest, HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", message, retry_after=1)

    def _go_on_with_body(self, connection: Connection, head: Head) -> None:
        arrival = connection.arrival
        if connection.body_limit is None:
            connection.body_limit = limit = self.intake.body_limit(head)
            if not limit or (head.length or 0) > limit:
                connection.cut = True
                self._hand_over(connection)
                return
            connection.body_since = time.monotonic()
            if head.expects_continue and not arrival.body_bytes:
                self._send(connection, b"HTTP/1.1 100 Continue\r\n\r\n")
        limit = connection.body_limit
        if arrival.announced > limit or arrival.body_bytes > 2 * limit + HEAD_BYTES:
            message = f"the body has more than {limit} bytes, which is the limit"
            self._refuse(connection, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", message)
            return
        connection.timeout = (
            connection.body_since + lobby.GRACE_SECONDS + arrival.body_bytes / lobby.LEAST_RATE
        )

    def _hand_over(self, connection: Connection) -> None:
        """Give the request to a thread, unless there is no place for it.

        Who is refused is parted from: the next connection may be another worker's, which has a place.
        """
        if connection.arrival.stage is Stage.WHOLE and not connection.cut:
            answer = self.intake.overload(connection.arrival.head, connection.address)
            if answer:
                self._end_with(connection, answer)
                return
        self.lobby.leave(connection)
        self._poll_no_more(connection)
        self.enqueue_req(connection)

    def finish_request(self, conn: Connection, fs: "Future[bool]") -> None:
        """Go on with a connection whose request was answered, when its client has taken the answer."""
        self.lobby.release(conn)
        conn.keeps = not fs.cancelled() and not fs.exception() and fs.result()
        if not conn.outbox:
            self._follow(conn)
            return
        conn.timeout = time.monotonic() + lobby.GRACE_SECONDS + len(conn.outbox) / lobby.LEAST_RATE
        self.lobby.hold(conn, len(conn.outbox))
        self.sending[conn] = None
        self._send_more(conn)
        if self.lobby.byte_count > lobby.MOST_BYTES:
            self._drop(next(iter(self.sending)))

    def _send_more(self, connection: Connection) -> None:
        """Send the rest of an answer whenever its client takes some."""
        if connection.outbox and not connection.polled:
            self._poll(connection, self._flush, selectors.EVENT_WRITE)

    def _flush(self, connection: Connection, sock: socket) -> None:
        del sock
        if not connection.polled or connection.outbox is None or not connection.outbox.flush():
            return
        self._poll_no_more(connection)
        if connection in self.sending:
            del self.sending[connection]
            self.lobby.release(connection)
            self._follow(connection)

    def _follow(self, conn: Connection) -> None:
        """Turn to what follows an answer: the next request, or the end."""
        if not conn.keeps or (conn.outbox is not None and conn.outbox.gone):
            self._part(conn)
            return
        conn.outbox = None
        if conn.rest:
            self._await(conn)
            return
        idle = self.cfg.keepalive if self.alive else min(self.cfg.keepalive, STOP_KEEPALIVE_LINGER)
        conn.timeout = time.monotonic() + idle
        self.keepalived_conns.append(conn)
        self._poll(conn, self.on_client_socket_readable)

    def on_client_socket_readable(self, conn: Connection, client: socket) -> None:
        """Read from a connection that was kept: its next request begins, or it ends."""
        del client
        if not conn.polled:
            return
        self._poll_no_more(conn)
        self.keepalived_conns.remove(conn)
        self._await(conn)

    def murder_pending(self) -> None:
        """End the connections whose time is over; Gunicorn's loop asks for it on each turn."""
        self.seat.tell(self._crowd())
        now = time.monotonic()
        while self.parting and (first := next(iter(self.parting))).timeout <= now:
            self._drop(first)
        if now - self._swept < _SWEEP_SECONDS:
            return
        self._swept = now
        if self.intake.takes_leave():
            self.max_keepalived = 0  # Gunicorn then closes with the answer
        for connection in [connection for connection in self.sending if connection.timeout <= now]:
            self._drop(connection)
        for late in self.lobby.late(now):
            if late.arrival.data:
                message = "the request took too long to arrive"
                self._refuse(late, HTTPStatus.REQUEST_TIMEOUT, "request_timeout", message)
            else:
                self._drop(late)

    def _cap_keepalive(self, deadline: float) -> None:
        """Give those that have not begun until then, when the worker stops."""
        super()._cap_keepalive(deadline)
        self.lobby.hurry(deadline)

    def _refuse(
        self,
        connection: Connection,
        status: HTTPStatus,
        code: "ErrorCode",
        message: str,
        retry_after: int | None = None,
    ) -> None:
        """Refuse in the loop a request that no thread will see."""
        head, address = connection.arrival.head, connection.address
        self._end_with(connection, self.intake.refusal(head, address, status, code, message, retry_after))
