"""One spelling for the id of a document: who writes it again changes signs, and keeps words and digits."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"\A[a-z][a-z0-9+.]*://(?:www\.)?|\Awww\.")
_PLACE = re.compile(r"#.*|(?<=\.)(pdf|docx?|xlsx?|csv|txt|md|xml)\?.*", re.DOTALL)
"""What an address says of a place in the document, or of how a file is fetched; a page may need its query."""

_GAP = re.compile(r"[\s_-]+")
_ENDING = re.compile(r"(?<=[^\W_])\.[a-z]{2,5}\Z")
_LONGEST = 2_000  # characters: to compose letters can take the square of them


def spelled(document: str) -> str:
    """Return the id in the one spelling that stands for all: words and digits stay as they are.

    Case, width and composed letters, percent signs, an address's scheme, ``www.`` and page (``#page=4``),
    blanks for hyphens or underscores, slashes at the ends and a file's ending tell no documents apart.
    """
    if _PLAIN.fullmatch(document) or len(document) > _LONGEST:
        return document
    text = unicodedata.normalize("NFKC", unquote(document)).casefold().replace("\\", "/").strip()
    is_address = _HOST.match(text)
    if is_address:
        text = _PLACE.sub(r"\1", text[is_address.end() :])
    text = _GAP.sub("-", text).strip("-/")
    return _ENDING.sub("", text) or document
