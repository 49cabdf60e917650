"""Gunicorn's threaded worker, answering also what is no HTTP request in the one error shape."""

import json
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import (
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

from finrisk import ids

_STATUS = {
    LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
}


def _status(error: object) -> HTTPStatus:
    """Whose fault it was: 4xx for what no server could read, 500 for the rest."""
    for kind, status in _STATUS.items():
        if isinstance(error, kind):
            return status
    return HTTPStatus.BAD_REQUEST if isinstance(error, ParseException) else HTTPStatus.INTERNAL_SERVER_ERROR


class Worker(ThreadWorker):  # type: ignore[misc]  # untyped library
    """A thread worker whose own refusals look like every other error."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: Any) -> None:
        """Answer a request that could not be read, or whose connection broke, and close."""
        del req, addr
        status = _status(exc)
        if status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("a connection failed: %s", type(exc).__name__)
        code = "internal_error" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "bad_request"
        error = {"code": code, "message": f"the request cannot be read: {status.phrase}"}
        body = json.dumps({"error": {**error, "request_id": str(ids.request_id())}}).encode()
        head = f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        try:
            write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("a client left before its error reached it")
