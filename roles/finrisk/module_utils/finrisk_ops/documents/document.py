"""A document as the service takes it, and what is wrong with one that it would not take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from finrisk_rules.documents import digest, redacted
from finrisk_rules.limits import (
    COMPANY_MAX,
    IDENTIFIER_MAX,
    LABEL_MAX,
    LABELS_MAX,
    TEXT_MAX,
    TITLE_MAX,
    YEARS,
)
from finrisk_rules.postings import too_many
from finrisk_rules.redaction import NOBODY, Names, RedactionError, proved_kinds
from finrisk_rules.storable import is_one_line, is_storable

from ..errors import FinriskError

BODY_MAX = 16 * 1024 * 1024
"""Most bytes of a request that the service reads."""

_FRAME = 1024
"""Bytes of a request around its documents, more than enough."""


@dataclass(frozen=True)
class Document:
    """A document to index; form feeds in the text separate its pages. A label is ``key: value``."""

    id: str
    title: str
    text: str
    company: str | None = None
    year: int | None = None
    ticker: str | None = None
    labels: tuple[str, ...] = ()

    def digest(self, names: Names = NOBODY) -> str:
        """Return the SHA-256 that the service shows for this document once it holds it."""
        title, text = self._redacted(names)
        return digest(title, self.company, self.year, text, self.ticker, self.labels)

    def postings_too_many(self, names: Names = NOBODY) -> int | None:
        """Return how many postings it has that the service does not index at once, None where it does."""
        title, text = self._redacted(names)
        return too_many(title, self.company, self.year, text)

    def _redacted(self, names: Names) -> tuple[str, str]:
        try:
            return redacted(self.title, self.text, names)
        except RedactionError as error:  # its cause may quote the text
            raise FinriskError(
                f"the document {self.id!r} cannot be read ({error}): leave it out, and report the defect"
            ) from None

    def body(self) -> dict[str, Any]:
        """Return it as the service takes it: what is not known is left out."""
        fields = {
            "id": self.id,
            "title": self.title,
            "company": self.company,
            "year": self.year,
            "ticker": self.ticker,
            "labels": list(self.labels) or None,
        }
        return {**{name: value for name, value in fields.items() if value is not None}, "text": self.text}


def encoded(documents: Iterable[Document]) -> bytes:
    """Return the body of the request that brings these documents."""
    body = {"documents": [document.body() for document in documents]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def document(value: object) -> Document | str:
    """Return the document, or what is wrong with it as the rest of a sentence."""
    if not isinstance(value, Mapping):
        return "is not an object with id, title and text"
    name, text = value.get("id"), value.get("text")
    title, company, year = value.get("title") or name, value.get("company"), value.get("year")
    if not isinstance(name, str) or not 1 <= len(name) <= IDENTIFIER_MAX:
        return f"has no id of 1 to {IDENTIFIER_MAX} characters"
    if not isinstance(text, str) or not text.strip():
        return "has no text"
    if len(text) > TEXT_MAX:
        return (
            f"has a text of {len(text):,} characters, {TEXT_MAX:,} is the most; cut it into several documents"
        )
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= TITLE_MAX:
        return f"has no title of 1 to {TITLE_MAX} characters"
    if company is not None and (not isinstance(company, str) or len(company.strip()) > COMPANY_MAX):
        return f"has a company that is not a text of 1 to {COMPANY_MAX} characters"
    if isinstance(year, str) and year.isascii() and year.isdigit():
        year = int(year[:5])
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or year not in YEARS):
        return f"has the year {year!r}, expected {YEARS.start} to {YEARS.stop - 1}"
    ticker = value.get("ticker")
    if ticker is not None and (not isinstance(ticker, str) or len(ticker.strip()) > COMPANY_MAX):
        return f"has a ticker that is not a text of 1 to {COMPANY_MAX} characters"
    labels = _labels(value.get("labels"))
    if isinstance(labels, str):
        return labels
    made = Document(
        name,
        title.strip(),
        text,
        (company or "").strip() or None,
        year,
        (ticker or "").strip() or None,
        labels,
    )
    return _unstorable(made) or made


def _labels(value: object) -> tuple[str, ...] | str:
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or len(value) > LABELS_MAX:
        return f"has labels that are not a list of up to {LABELS_MAX}"
    labels = []
    for label in value:
        key, _, rest = label.partition(":") if isinstance(label, str) else ("", "", "")
        said = f"{key.strip()}: {rest.strip()}"
        if not (key.strip() and rest.strip() and len(said) <= LABEL_MAX):
            return f"has the label {label!r}, expected key: value of at most {LABEL_MAX} characters"
        labels.append(said)
    return tuple(sorted(set(labels)))


def _unstorable(made: Document) -> str | None:
    """Return what the service could not keep of it, as the rest of a sentence."""
    names = (made.id, made.title, made.company or "", made.ticker or "", *made.labels)
    if not all(map(is_storable, (*names, made.text))):
        return "holds a NUL or half of a surrogate pair"
    if not all(map(is_one_line, names)):
        return "holds a control character or a line break in its id, title, company, ticker or labels"
    for name in (made.id, made.company or "", made.ticker or ""):
        if kinds := proved_kinds(name):
            return f"has personal data or a secret in its id, company or ticker ({', '.join(kinds)})"
    size = len(encoded([made])) + _FRAME
    if size > BODY_MAX:
        return f"takes {size:,} bytes to send, {BODY_MAX:,} is the most; cut it into several documents"
    return None
