"""Text and Markdown, perhaps with a front matter."""

from __future__ import annotations

import re
from pathlib import Path

from ..front_matter import front_matter
from .reading import Reading, utf8

SUFFIXES = (".md", ".txt")

_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def read(path: Path) -> Reading:
    """Return the text of a file; raises UnreadableError when it is not UTF-8."""
    found = front_matter(utf8(path))
    heading = _HEADING.search(found.text) if path.suffix.lower() == ".md" else None
    notes = (f"has keys that mean nothing here: {', '.join(found.unknown)}",) if found.unknown else ()
    return Reading(found.text, heading[1] if heading else None, found.said, notes)
