"""The few calls of the Kubernetes API that the cluster's own parts make; standard library only."""

from __future__ import annotations

import http.client
import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

MERGE_PATCH = "application/merge-patch+json"
TIMEOUT_SECONDS = 10.0


class ApiError(Exception):
    """The API server refused; ``status`` is HTTP's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text[:300]}")
        self.status = status


class Api:
    """Calls as the administrator, a connection for each: any thread may call."""

    def __init__(self, url: str, certificates: Path) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._context = ssl.create_default_context(cafile=certificates / "ca.crt")
        self._context.load_cert_chain(certificates / "admin.crt", certificates / "admin.key")

    def text(self, method: str, path: str, body: object = None, kind: str = "application/json") -> str:
        """Call, and return the answer as it came.

        Raises ApiError for a refusal, OSError or http.client.HTTPException when there is no answer.
        """
        connection = http.client.HTTPSConnection(
            self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._context
        )
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, body=content, headers={"Content-Type": kind})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
        finally:
            connection.close()
        if answer.status >= 300:
            raise ApiError(answer.status, text)
        return text

    def get(self, path: str, **query: str) -> Any:
        """Read an object or a list."""
        return json.loads(self.text("GET", f"{path}?{urlencode(query)}" if query else path))

    def create(self, path: str, body: object) -> Any:
        """Create an object."""
        return json.loads(self.text("POST", path, body))

    def patch(self, path: str, body: object) -> Any:
        """Merge fields into an object."""
        return json.loads(self.text("PATCH", path, body, MERGE_PATCH))

    def delete(self, path: str, **query: str) -> Any:
        """Delete an object."""
        return json.loads(self.text("DELETE", f"{path}?{urlencode(query)}" if query else path))
