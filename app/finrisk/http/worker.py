"""Gunicorn's threaded worker, with a thread for whole requests only.

Sockets are read by the worker's own loop; a thread gets a request when its last byte is there, and Gunicorn's
parser reads it from memory. So a client that is slow, or never ends, costs a socket and a few bytes. Probes
have threads of their own.

This module is loaded before the workers fork and stays until Gunicorn is started anew; what a reload renews,
the application with its rules, is asked through `intake`.
"""

import contextlib
import ctypes
import errno
import gc
import math
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from socket import SHUT_WR, socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from gunicorn.http.errors import (
    ExpectationFailed,
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from finrisk.http import lobby
from finrisk.http.arrival import HEAD_BYTES, Head, Stage
from finrisk.http.crowd import Seat
from finrisk.http.delivery import delivered
from finrisk.http.lobby import Connection, Lobby
from finrisk.http.outbox import Answer, Outbox

if TYPE_CHECKING:
    from finrisk.http.error_codes import ErrorCode
    from finrisk.http.intake import Intake

PROBE_THREADS = 4
"""Threads for health and metrics, which no user's request can take."""

PARTING_SECONDS = 2.0
"""How long a client may go on sending after its last answer: closing at once would take the answer along."""

SWITCH_SECONDS = 0.0005
"""How long a thread computes while others wait for their turn. A request waits for bytes some twenty times,
and each time for the threads that compute at that moment; CPython's 5 ms would be most of what is added."""

GARBAGE_OBJECTS = 20_000
"""More objects than at the last look before garbage is looked for: those of about a hundred requests. Looking
at CPython's 700 took 4 % of the service's CPU."""

_M_ARENA_MAX = -8  # malloc.h
_PIECE = 64 * 1024
_SWEEP_SECONDS = 0.5
_ACCEPTED_A_TURN = 8

_STATUS = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
}


def _status(error: object) -> HTTPStatus:
    """Whose fault it was: 4xx for what no server could read, 500 for the rest."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    if isinstance(error, ParseException | NoMoreData):
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.INTERNAL_SERVER_ERROR


def _share_heap() -> None:
    """Have all threads use one heap of the C library: each of sixteen would keep what it ever needed."""
    if mallopt := getattr(ctypes.CDLL(None), "mallopt", None):  # glibc has it
        mallopt(_M_ARENA_MAX, 1)


class Worker(ThreadWorker):  # type: ignore[misc]  # untyped library
    """A thread worker whose threads wait for no client, and whose refusals look like every other error."""

    intake: "Intake"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lobby = Lobby()
        self.seat = Seat(self.age)
        self.sending: dict[Connection, None] = {}
        self.parting: dict[Connection, None] = {}
        self.worker_connections = sys.maxsize  # accepting never stops: whoever waited longest makes room
        self._swept = 0.0

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Nothing to warn of: what bounds connections is the limit of open files."""

    def init_process(self) -> None:
        """Start the probes' threads beside those of the users, and let threads take turns on one heap."""
        sys.setswitchinterval(SWITCH_SECONDS)
        _share_heap()
        self.most_waiting = self.max_keepalived = lobby.sockets_at_most(self.cfg.threads)
        self.probes = ThreadPoolExecutor(PROBE_THREADS, "probe")
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application, and the rules that it has for requests on their way."""
        # A worker that has begun nothing ends at once, wherever it hangs.
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
        gc.disable()  # what is loaded is no garbage, and looking for some would be a tenth of the start
        super().load_wsgi()
        from finrisk.http import intake  # with the application, after the fork: a reload renews both

        self.intake = intake.Intake(self.wsgi)
        gc.freeze()  # what is loaded by now stays: to look through it again takes 60 ms
        gc.set_threshold(GARBAGE_OBJECTS)
        gc.enable()
        signal.signal(signal.SIGTERM, self.handle_exit)
        signal.siginterrupt(signal.SIGTERM, False)

    # The loop: who comes, who waits, who goes

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

    def _read(self, connection: Connection, sock: socket) -> None:
        if connection not in self.lobby:
            return  # it was ended in this very turn, after the poller had seen it
        try:
            piece = sock.recv(_PIECE)
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

    def enqueue_req(self, conn: Connection) -> None:
        """Have the request answered: a probe by the probes' threads."""
        conn.outbox = Outbox(conn.sock, lambda: self.method_queue.defer(self._send_more, conn))
        is_probe = self.intake.is_probe(conn.arrival.head, conn.server[1])
        future = (self.probes if is_probe else self.tpool).submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

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

    def _send(self, connection: Connection, answer: bytes) -> None:
        """Send what fits the socket at once; a client that is not there needs no answer."""
        with contextlib.suppress(OSError):
            connection.sock.send(answer)

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
            gone = not sock.recv(_PIECE)
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

    # The threads: a whole request, and its answer

    def handle(self, conn: Connection) -> bool:
        """Answer a request; True when its connection may carry another."""
        request = None
        try:
            request = delivered(conn, self.cfg)
            answer = Answer(cast(Outbox, conn.outbox))
            answering = SimpleNamespace(sock=answer, client=conn.client, server=conn.server)
            keeps = bool(self.handle_request(request, answering)) and not conn.cut
            answer.end()
            return keeps
        except (ParseException, NoMoreData) as error:
            self.handle_error(request, conn, conn.client, error)
        except (OSError, StopIteration) as error:
            self.log.debug("a client left, or did not read its answer: %s", error)
        except Exception as error:  # whatever it was, its client gets an answer
            self.handle_error(request, conn, conn.client, error)
        return False

    def handle_error(self, req: Any, client: Connection, addr: Any, exc: Any) -> None:
        """Answer a request that could not be read, or whose handling failed, before the connection ends."""
        del req, addr
        status = _status(exc)
        code: ErrorCode = "bad_request"
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            code = "internal_error"
            self.log.error("a connection failed: %s", type(exc).__name__)
        message = f"the request cannot be read: {status.phrase}"
        if client.outbox is not None:
            head, address = client.arrival.head, client.address
            client.outbox.sendall(self.intake.refusal(head, address, status, code, message))
