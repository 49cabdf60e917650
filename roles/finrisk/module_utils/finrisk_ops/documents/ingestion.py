"""Brings documents into the service's index: only what is new or changed is sent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from finrisk_rules import waits
from finrisk_rules.limits import DOCUMENTS_MAX

from ..counts import number_of
from ..errors import FinriskError
from . import files
from .files import Document

if TYPE_CHECKING:
    import requests

CONNECT_SECONDS = 5
ANSWER_SECONDS = 120
BATCH_CHARACTERS = 3_000_000
"""Most characters in one request: with every one escaped it stays below the service's body limit."""

TOO_LARGE = 413

_ATTEMPTS = 4
_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 1.0, 30.0
_DIFF_LIMIT = 100


@dataclass(frozen=True)
class Request:
    """Which documents to send where, with which key."""

    api_url: str
    api_key: str = field(repr=False)
    source: Path
    batch: int


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Send the new and the changed files, or in check mode only count them.

    Raises FinriskError when a document is unusable (then nothing was sent) or the service does not take it.
    """
    if request.batch < 1:
        raise FinriskError(f"finrisk_documents_batch is {request.batch}: expected 1 or more")
    digests = files.check(request.source)
    with Service(request.api_url, request.api_key) as service:
        index = service.digests()
        new = [name for name in digests if name not in index]
        changed = [name for name, digest in digests.items() if name in index and index[name] != digest]
        added, updated = len(new), len(changed)
        if not check_mode:
            stale = {*new, *changed}
            answers = [
                service.send(batch)
                for batch in _batches(
                    (document for document in files.read(request.source) if document.id in stale), request
                )
            ]
            added = sum(answer["added"] for answer in answers)
            updated = sum(answer["changed"] for answer in answers)
    unchanged = len(digests) - added - updated
    verb = "would be sent to" if check_mode else "sent to"
    return {
        "changed": added + updated > 0,
        "added": added,
        "updated": updated,
        "unchanged": unchanged,
        "summary": [
            f"{number_of(len(digests), 'document')}: {added:,} new and {updated:,} changed {verb} "
            f"{service.url}, {unchanged:,} unchanged"
        ],
        "diff": {"before": _listing(changed, index), "after": _listing([*changed, *new], digests)},
    }


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

        Sending them again changes nothing, so that a lost answer does no harm.
        """
        try:
            answer = self._ask("POST", json={"documents": [document.body() for document in batch]})
        except FinriskError as error:
            if error.detail.get("status") != TOO_LARGE or len(batch) == 1:
                raise
            half = len(batch) // 2
            parts = self.send(batch[:half]), self.send(batch[half:])
            return {name: sum(part[name] for part in parts) for name in parts[0]}
        return {name: int(answer[name]) for name in ("added", "changed", "unchanged")}

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        import requests

        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._session.request(
                    method,
                    f"{self.url}/api/v1/documents",
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    **arguments,
                )
            except requests.RequestException as error:
                raise FinriskError(
                    f"cannot reach the service at {self.url}: {_reason(error)}; check finrisk_api_url and "
                    "that it runs (ansible-playbook playbooks/status.yml)"
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
        503: "its database may be down; see ansible-playbook playbooks/status.yml",
    }.get(answer.status_code, "see ansible-playbook playbooks/status.yml and its log")
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


def _batches(stale: Iterable[Document], request: Request) -> Iterator[list[Document]]:
    batch: list[Document] = []
    characters, most = 0, min(request.batch, DOCUMENTS_MAX)
    for document in stale:
        if batch and (len(batch) >= most or characters + len(document.text) > BATCH_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(document)
        characters += len(document.text)
    if batch:
        yield batch


def _listing(names: list[str], digests: dict[str, str]) -> str:
    lines = [f"{name} sha256:{digests[name][:12]}\n" for name in names[:_DIFF_LIMIT]]
    if len(names) > _DIFF_LIMIT:
        lines.append(f"and {len(names) - _DIFF_LIMIT} more\n")
    return "".join(lines)
