"""What a worker asks the application before a thread is spent: a probe, may it send a body, is there room."""

import json
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from werkzeug.exceptions import HTTPException

from finrisk import ids, metrics
from finrisk.http import refusals
from finrisk.http.admission import RETRY_AFTER
from finrisk.http.arrival import Head
from finrisk.http.body_reader import limit_of
from finrisk.http.context import Context
from finrisk.http.error_codes import ErrorBody, ErrorCode
from finrisk.http.errors import HEADERS

_ANALYSIS = ("POST", "/api/v1/analyze")
_ASKERS = frozenset(("analyze", "admin"))
FAREWELL = "farewell"
"""The file in the var folder that says that this pod goes: its preStop hook makes it."""

_PROBES = frozenset(("/healthz", "/readyz", "/metrics"))


class Intake:
    """The rules of one application on requests of which the head alone is known."""

    def __init__(self, app: Flask) -> None:
        self._context: Context = app.extensions["finrisk"]
        self._routes = app.url_map.bind("")
        settings = self._context.service.settings
        self._ops_port = settings.ops_port
        self._farewell: Path = settings.variable_path(FAREWELL)

    def is_probe(self, head: Head | None, port: int) -> bool:
        """Whether machines ask, not users: health and metrics, and all that comes to the ops port."""
        return port == self._ops_port or (head is not None and head.target.partition("?")[0] in _PROBES)

    @property
    def is_full(self) -> bool:
        """Whether there is no place for an analysis at this moment."""
        return self._context.admission.is_full

    def takes_leave(self) -> bool:
        """Whether clients should go on elsewhere: no answer leads to another on its connection."""
        return self._farewell.exists()

    def body_limit(self, head: Head) -> int:
        """How many bytes of body are worth waiting for: none where the head alone is reason to refuse."""
        limit = limit_of(head.method, head.path)
        if limit and self._context.service.settings.require_api_key:
            return limit if self._context.keys.valid(head.authorization) else 0
        return limit

    def overload(self, head: Head | None, address: str) -> bytes | None:
        """The refusal of an analysis that there is no place for; None for what a thread has to answer."""
        shared = self._context
        if not self.is_full or head is None or (head.method, head.path) != _ANALYSIS:
            return None
        key_id = None
        if shared.service.settings.require_api_key:
            key = shared.keys.valid(head.authorization)
            if key is None or not key.roles & _ASKERS:
                return None
            key_id = key.id
        message = shared.admission.refusal
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return self.refusal(head, address, status, "overloaded", message, RETRY_AFTER, key_id)

    def refusal(
        self,
        head: Head | None,
        address: str,
        status: HTTPStatus,
        code: ErrorCode,
        message: str,
        retry_after: int | None = None,
        key_id: str | None = None,
    ) -> bytes:
        """The whole answer, in the one error shape, to a request that the application never sees."""
        metrics.REJECTED.labels(code).inc()
        request_id = str(ids.request_id())
        route = self._route(head)
        refusals.note(code, key_id, address, status=status.value, route=route, request_id=request_id)
        return _answer(request_id, status, code, message, retry_after)

    def _route(self, head: Head | None) -> str | None:
        """The pattern of the path, as the application has it; None where it has none."""
        if head is None:
            return None
        try:
            rule, _ = self._routes.match(head.path, head.method, return_rule=True)
        except HTTPException:
            return None
        return str(rule.rule)


def _answer(
    request_id: str, status: HTTPStatus, code: ErrorCode, message: str, retry_after: int | None
) -> bytes:
    error: ErrorBody = {"error": {"code": code, "message": message, "request_id": request_id}}
    body = json.dumps(error, ensure_ascii=False).encode()
    headers = {
        "Connection": "close",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **HEADERS,
        "X-Request-Id": request_id,
    }
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("latin-1") + b"\r\n" + body
