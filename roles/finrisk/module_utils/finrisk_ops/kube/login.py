"""The login helper of a kubeconfig (``exec``), as the clouds have one, and what it says when it fails."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..errors import FinriskError

LONGEST = 200


def command(documents: Sequence[Mapping[str, Any]], context: str) -> str:
    """Return the program that logs in for a context of these parts of a kubeconfig; empty without one."""
    chosen = _named(documents, "contexts", context).get("context") or {}
    user = _named(documents, "users", str(chosen.get("user"))).get("user") or {}
    return str((user.get("exec") or {}).get("command") or "")


@contextlib.contextmanager
def heard(helper: str, context: str) -> Iterator[None]:
    """Listen to what the library logs of a helper that failed: it goes on without credentials.

    Raises FinriskError that names the helper and why it gave no credentials.
    """
    said: list[str] = []
    listener = _Listener(said)
    logging.getLogger().addHandler(listener)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(listener)
    if not helper or not said:
        return
    if "Errno 2" in said[0]:
        raise FinriskError(
            f"the login helper {helper} of context {context} is not installed: install it (your cluster's "
            "provider has it), or put its folder into PATH, then run this again"
        )
    if "Errno 13" in said[0]:
        raise FinriskError(
            f"the login helper {helper} of context {context} may not be run: make it executable"
        )
    raise FinriskError(
        f"the login helper {helper} of context {context} gave no credentials: "
        f"{' '.join(said[0].split()).removeprefix('exec: ')[:LONGEST]}; log in with it, then run this again"
    )


class _Listener(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


def _named(documents: Sequence[Mapping[str, Any]], kind: str, name: str) -> Mapping[str, Any]:
    """Return the first entry of this name, as kubectl merges files."""
    entries = [entry for document in documents for entry in document.get(kind) or []]
    return next((entry for entry in entries if str(entry.get("name")) == name), {})
