"""Whose data goes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError

_SHOWN = 12
_HASH = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Subject:
    """A user, known by the keyed hash alone, or a document; the other one is empty."""

    user: str = ""
    document: str = ""

    @property
    def name(self) -> str:
        """Return it as an operator reads it; a user never by more than the start of the hash."""
        return f"user {self.user[:_SHOWN]}" if self.user else f"document {self.document}"

    def is_in(self, line: bytes) -> bool:
        """Say whether an exported row is about the subject, or a line that cannot be read names it."""
        if self.user:
            return self.user.encode() in line
        if not any(spelling in line for spelling in self._spellings):
            return False
        try:
            row = json.loads(line.strip().removesuffix(b","))
        except (ValueError, RecursionError):
            return True
        sources = row.get("sources") if isinstance(row, Mapping) else None
        return isinstance(sources, list) and any(self._is_source(source) for source in sources)

    def _is_source(self, source: Any) -> bool:
        return isinstance(source, Mapping) and source.get("document_id") == self.document

    @property
    def _spellings(self) -> tuple[bytes, bytes]:
        """Return how JSON may write the document's id, in UTF-8 and in ASCII."""
        return json.dumps(self.document, ensure_ascii=False).encode(), json.dumps(self.document).encode()


def subject(user_hash: str, document: str, key: str, key_in_use: str) -> Subject:
    """Return whose data goes; a user by the hash under ``key``.

    Raises FinriskError when not exactly one is named, or when the key is not the environment's: then no row
    would match, and it would look as if nothing was kept.
    """
    if bool(user_hash) == bool(document):
        raise FinriskError("name one of the two: -e finrisk_user=ID, or -e finrisk_document=ID")
    if user_hash and not _HASH.fullmatch(user_hash):
        raise FinriskError(f"user_hash is {user_hash!r}: expected the keyed hash of a user, 64 hex digits")
    if user_hash and key_in_use and key != key_in_use:
        raise FinriskError(
            "USER_HASH_KEY (finrisk_user_hash_key) is not the one in use: no row would match this user. "
            "Nothing was changed; set the key of the environment and run this again"
        )
    return Subject(user_hash, document)
