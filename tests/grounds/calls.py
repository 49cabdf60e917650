"""One HTTP request on a connection of its own, and its answer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2


@dataclass(frozen=True)
class Answer:
    """What came back; the names of headers are found in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.body)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the service tells about an analysis."""
        found: dict[str, Any] = self.json["metadata"]
        return found


def call(
    base_url: str,
    method: str,
    path: str,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    seconds: float = 40,
) -> Answer:
    """Send one request, the path as it is; ``body`` may be bytes, an iterator of chunks, or JSON.

    Raises OSError or http.client.HTTPException when no whole answer comes within so many seconds.
    """
    parts = urlsplit(base_url)
    is_raw = body is None or isinstance(body, bytes) or hasattr(body, "__next__")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request(method, path, body if is_raw else json.dumps(body).encode(), dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, httpx2.Headers(response.getheaders()), response.read())
    finally:
        connection.close()
