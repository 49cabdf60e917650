"""What makes a document the same document."""

import hashlib
import json
from collections.abc import Sequence

from finrisk_rules.redaction import NOBODY, Names, Redactor

INDEX_VERSION = "8"
"""Part of every digest: raise it when the index is built in another way, and every document is sent anew."""


def redacted(title: str, text: str, names: Names = NOBODY) -> tuple[str, str]:
    """Title and text of a document as they are indexed: the same value has the same placeholder in both."""
    redactor = Redactor(names)
    redactor.read(text)
    return redactor.redact(title).text, redactor.redact(text).text


def digest(
    title: str,
    company: str | None,
    year: int | None,
    text: str,
    ticker: str | None = None,
    labels: Sequence[str] = (),
) -> str:
    """SHA-256 (hex) of a document; title and text are redacted before. Only a changed one is sent again."""
    parts = [INDEX_VERSION, title, company, year, ticker, sorted(labels), text]
    content = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
