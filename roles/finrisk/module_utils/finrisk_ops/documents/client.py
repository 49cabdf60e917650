"""The documents' side of the service's HTTP API."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from finrisk_rules import waits
from finrisk_rules.limits import DOCUMENTS_MAX

from ..errors import FinriskError
from .document import Document, encoded

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 5
ANSWER_SECONDS = 120

TOO_LARGE = 413
GONE = 404

_ATTEMPTS = 4
_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0


class Service:
    """The documents' side of the service's HTTP API."""

    def __init__(self, url: str, key: str) -> None:
        """Check address and key; nothing is sent yet."""
        import requests  # only this module pays for the import

        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise FinriskError(
                f"finrisk_api_url is {url!r}: expected an address such as http://127.0.0.1:8000"
            )
        if not key.strip():
            raise FinriskError(
                "finrisk_api_key is empty: set it to a client key with the role documents "
                "(local: python -m sandbox up makes one; else FINRISK_API_KEY in the environment)"
            )
        self.url = url.strip().rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = parts.hostname not in (
            "127.0.0.1",
            "::1",
            "localhost",
        )  # no proxy to ourselves
        self._session.auth = _Bearer(key.strip())

    def __enter__(self) -> Service:
        """Use it in a with block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its connections."""
        self._session.close()

    def digests(self) -> dict[str, str]:
        """Return id and SHA-256 of every document that the service holds."""
        digests: dict[str, str] = {}
        after: str | None = None
        while True:
            query = {"limit": str(DOCUMENTS_MAX), **({"after": after} if after else {})}
            page = self._ask("GET", params=query)
            digests.update((document["id"], document["sha256"]) for document in page["documents"])
            after = page["next"]
            if after is None:
                return digests

    def send(self, batch: list[Document]) -> dict[str, int]:
        """Send the files, in halves while they are too large together.

        Sending them again changes nothing, so that a lost answer does no harm. Threads may send at a time.
        """
        try:
            answer = self._ask(
                "POST", data=encoded(batch), headers={"Content-Type": "application/json; charset=utf-8"}
            )
        except FinriskError as error:
            if error.detail.get("status") != TOO_LARGE or len(batch) == 1:
                raise
            half = len(batch) // 2
            parts = self.send(batch[:half]), self.send(batch[half:])
            return {name: sum(part[name] for part in parts) for name in parts[0]}
        return {name: int(answer[name]) for name in ("added", "changed", "unchanged")}

    def delete(self, name: str) -> bool:
        """Remove a document; False when it was gone already."""
        try:
            self._ask("DELETE", f"/{quote(name, safe='')}")
        except FinriskError as error:
            if error.detail.get("status") != GONE:
                raise
            return False
        return True

    def _ask(self, method: str, path: str = "", **arguments: Any) -> dict[str, Any]:
        import requests

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._session.request(
                    method,
                    f"{self.url}/api/v1/documents{path}",
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    **arguments,
                )
            except requests.RequestException as error:
                raise FinriskError(
                    f"cannot reach the service at {self.url}: {_reason(error)}; check finrisk_api_url and "
                    "that it runs (playbooks/status.yml)"
                ) from None
            if answer.status_code not in (429, 503) or attempt == _ATTEMPTS:
                break
            time.sleep(_wait(answer.headers))
        return _content(answer, self.url)


class _Bearer:
    """Puts the key on each request; an entry of ~/.netrc cannot take its place."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _content(answer: requests.Response, url: str) -> dict[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        content = None
    if answer.status_code == 200 and isinstance(content, dict):
        return content
    error = content.get("error") if isinstance(content, dict) else None
    message = str(error.get("message", "")) if isinstance(error, dict) else ""
    details = error.get("details") if isinstance(error, dict) else None
    if isinstance(details, list) and details:
        problems = "; ".join(f"{problem.get('field')}: {problem.get('message')}" for problem in details[:5])
        message += f" ({problems})"
    hint = {
        401: "finrisk_api_key is not a key that it knows; give it one of finrisk_client_keys",
        403: "finrisk_api_key needs the role documents",
        404: f"is {url} the service? Check finrisk_api_url",
        TOO_LARGE: "split the document: it is too large by itself",
        503: "its database may be down; see playbooks/status.yml",
    }.get(answer.status_code, "see playbooks/status.yml and its log")
    raise FinriskError(
        f"the service at {url} answered {answer.status_code}{': ' + message if message else ''}; {hint}",
        status=answer.status_code,
    )


def _reason(error: Exception) -> str:
    """Return why a request failed, in the words of the innermost cause."""
    text = str(error)
    for cause in (
        "Connection refused",
        "timed out",
        "Name or service not known",
        "CERTIFICATE_VERIFY_FAILED",
    ):
        if cause in text:
            return cause.lower()
    return type(error).__name__


def _wait(headers: Mapping[str, str]) -> float:
    wait = waits.wait(headers, time.time())
    return _WAIT_SECONDS if wait is None else min(wait, _LONGEST_WAIT_SECONDS)
