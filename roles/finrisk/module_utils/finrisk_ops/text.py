"""Files that people bring as text: UTF-8, with or without a byte order mark; other encodings are named."""

from __future__ import annotations

import codecs
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import FinriskError

if TYPE_CHECKING:
    from finrisk_rules.redaction import Names

ENCODING = "utf-8-sig"
"""UTF-8 with or without a byte order mark."""
LOOK = 64
"""Bytes at the beginning of a file that tell a foreign encoding."""
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # begins as UTF-16's does
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises OSError as opening it does, and FinriskError with the file and its encoding when it is not UTF-8.
    """
    content = path.read_bytes()
    if encoding := foreign(content[:LOOK]):
        raise FinriskError(f"{path} {is_foreign(encoding, path)}")
    try:
        return content.decode(ENCODING)
    except UnicodeDecodeError as error:
        raise FinriskError(f"{path} {is_no_utf8(error, path)}") from None


def names_of(path: str) -> Names:
    """Return the firm's own list of names, the empty one without a path.

    Raises OSError as opening the file does, and FinriskError, which names no name, when it is no such list.
    """
    from finrisk_rules.redaction import NOBODY, Names  # which most modules never need

    if not path:
        return NOBODY
    try:
        return Names(read_text(Path(path)))
    except ValueError as error:
        raise FinriskError(f"{path} (finrisk_redaction_names) cannot be used: {error}; mend it") from None


def foreign(beginning: bytes) -> str:
    """Return the encoding that a file's first bytes show, UTF-16 or UTF-32; empty when it may be UTF-8."""
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return encoding
    even, odd = beginning[::2].count(0), beginning[1::2].count(0)
    if max(even, odd) * 4 > len(beginning) > 2 and 0 in (even, odd):  # most letters have a NUL beside them
        return "UTF-16BE" if even else "UTF-16LE"
    return ""


def is_foreign(encoding: str, path: Path) -> str:
    """Return the rest of the sentence for a file in another encoding, with the command that turns it."""
    return f"is {encoding}, expected UTF-8: {_turned(encoding, path)}"


def is_no_utf8(error: UnicodeDecodeError, path: Path) -> str:
    """Return the rest of the sentence for a file that breaks UTF-8: most are from Windows."""
    return f"is not UTF-8 (byte {error.start}): save it as UTF-8, or {_turned('WINDOWS-1252', path)}"


def _turned(encoding: str, path: Path) -> str:
    """Return the line for a shell that makes a UTF-8 file of it."""
    name, turn = shlex.quote(str(path)), f"iconv -f {encoding} -t UTF-8"
    if path.suffix == ".gz":
        return f"gzip -dc {name} | {turn} | gzip > NEW makes one"
    return f"{turn} {name} > NEW makes one"
