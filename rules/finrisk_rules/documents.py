"""What makes a document the same document."""

import hashlib
import json


def digest(title: str, company: str | None, year: int | None, text: str) -> str:
    """SHA-256 (hex) over a document's content as submitted: only a changed one is sent again."""
    content = json.dumps([title, company, year, text], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
