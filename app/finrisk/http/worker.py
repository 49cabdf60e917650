"""Gunicorn's threaded worker, with a thread for whole requests only.

Sockets are read by the worker's own loop (``loop``); a thread gets a request when its last byte is there, and
Gunicorn's parser reads it from memory. So a client that is slow, or never ends, costs a socket and a few
bytes. Probes have threads of their own.

This module and the loop are loaded before the workers fork and stay until Gunicorn is started anew; what a
reload renews, the application with its rules, is asked through `intake`.
"""

import ctypes
import gc
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
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

from finrisk.http.delivery import delivered
from finrisk.http.lobby import Connection
from finrisk.http.loop import Loop
from finrisk.http.outbox import Answer, Outbox

if TYPE_CHECKING:
    from finrisk.http.error_codes import ErrorCode

PROBE_THREADS = 4
"""Threads for health and metrics, which no user's request can take."""

SWITCH_SECONDS = 0.0005
"""How long a thread computes while others wait for their turn. A request waits for bytes some twenty times,
and each time for the threads that compute at that moment; CPython's 5 ms would be most of what is added."""

GARBAGE_OBJECTS = 20_000
"""More objects than at the last look before garbage is looked for: those of about a hundred requests. Looking
at CPython's 700 took 4 % of the service's CPU."""

_M_ARENA_MAX = -8  # malloc.h

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


class Worker(Loop):
    """A thread worker whose threads wait for no client, and whose refusals look like every other error."""

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Nothing to warn of: what bounds connections is the limit of open files."""

    def init_process(self) -> None:
        """Start the probes' threads beside those of the users, and let threads take turns on one heap."""
        sys.setswitchinterval(SWITCH_SECONDS)
        _share_heap()
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

    def enqueue_req(self, conn: Connection) -> None:
        """Have the request answered: a probe by the probes' threads."""
        conn.outbox = Outbox(conn.sock, lambda: self.method_queue.defer(self._send_more, conn))
        is_probe = self.intake.is_probe(conn.arrival.head, conn.server[1])
        future = (self.probes if is_probe else self.tpool).submit(self.handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

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
