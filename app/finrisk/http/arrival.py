"""A request while it arrives: when it is whole, told from its bytes alone.

Gunicorn's parser stays the only authority on HTTP. This one says when to call it, and what must be known of a
head before its body is there. Whatever it does not understand it calls odd, and an odd request is refused.
"""

import re
from enum import Enum
from typing import NamedTuple
from urllib.parse import unquote

HEAD_BYTES = 64 * 1024
"""Longest head, and longest trailer section, that is waited for."""

CHUNK_LINE_BYTES = 4096
"""Longest line that announces a chunk, its extensions included."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIELDS = re.compile(
    rb"\r\n(content-length|transfer-encoding|expect|authorization):([^\r\n]*)", re.IGNORECASE
)
_FRAMING = frozenset((b"content-length", b"transfer-encoding"))
_LENGTH = re.compile(rb"[0-9]{1,15}")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})(?:[ \t]*;.*)?", re.DOTALL)


class Stage(Enum):
    """How far a request has come."""

    HEAD = "head"
    BODY = "body"
    WHOLE = "whole"
    ODD = "odd"


class Head(NamedTuple):
    """What is known of a request before its body is there; ``length`` is None for a body in chunks."""

    method: str
    target: str
    authorization: str
    length: int | None
    expects_continue: bool

    @property
    def path(self) -> str:
        """The path of the target, percent-decoded."""
        target = self.target
        if not target.startswith("/"):
            target = "/" + target.partition("://")[2].partition("/")[2]
        return unquote(target.partition("?")[0])


class Arrival:
    """The bytes of a connection from the start of a request on; those of the next one may follow."""

    __slots__ = ("_chunk", "_ended", "_looked", "_start", "announced", "data", "head", "stage")

    def __init__(self) -> None:
        self.data = bytearray()
        self.stage = Stage.HEAD
        self.head: Head | None = None
        self.announced = 0  # bytes that the body has at least: its length, or the chunks begun so far
        self._start = 0  # where the body begins
        self._looked = 0  # up to where the bytes were looked at
        self._chunk = 0  # where the line of the current chunk begins
        self._ended = 0  # bytes of the body in the chunks before it

    @property
    def body_bytes(self) -> int:
        """How many bytes after the head are here, the framing of chunks included."""
        return len(self.data) - self._start

    def take(self, piece: bytes) -> None:
        """Add what came next."""
        self.data += piece
        if self.stage is Stage.HEAD:
            self.stage = self._after_head()
        if self.stage is Stage.BODY:
            self.stage = self._after_body()

    def _after_head(self) -> Stage:
        end = self.data.find(b"\r\n\r\n", max(0, self._looked - 3))
        length = end if end >= 0 else len(self.data)
        if self._has_what_no_head_has(length):
            return Stage.ODD
        self._looked = length
        if (end + 4 if end >= 0 else length) > HEAD_BYTES:
            return Stage.ODD
        if end < 0:
            return Stage.HEAD
        self.head = _read(bytes(self.data[:end]))
        if self.head is None:
            return Stage.ODD
        self.announced = self.head.length or 0
        self._start = self._chunk = self._looked = end + 4
        return Stage.BODY

    def _has_what_no_head_has(self, end: int) -> bool:
        """Whether there is a control character, or a line feed without its carriage return."""
        lines = self.data.count(b"\r\n", max(0, self._looked - 1), end)
        return self.data.count(b"\n", self._looked, end) != lines or bool(
            _CONTROL.search(self.data, self._looked, end)
        )

    def _after_body(self) -> Stage:
        if self.head and self.head.length is not None:
            return Stage.WHOLE if self.body_bytes >= self.head.length else Stage.BODY
        return self._after_chunks()

    def _after_chunks(self) -> Stage:
        while True:
            line = self.data.find(b"\r\n", max(self._chunk, self._looked - 1))
            self._looked = max(self._looked, len(self.data)) if line < 0 else line
            length = (line if line >= 0 else len(self.data) - 1) - self._chunk
            if length > CHUNK_LINE_BYTES:
                return Stage.ODD
            if line < 0:
                return Stage.BODY
            size = _chunk_size(bytes(self.data[self._chunk : line]))
            if size is None:
                return Stage.ODD
            if size == 0:
                return self._after_trailers(line)
            end = line + 2 + size
            self.announced = self._ended + size
            if len(self.data) < end + 2:
                return Stage.BODY
            if self.data[end : end + 2] != b"\r\n":
                return Stage.ODD
            self._ended = self.announced
            self._chunk = self._looked = end + 2

    def _after_trailers(self, line: int) -> Stage:
        end = self.data.find(b"\r\n\r\n", line)
        if (end + 4 if end >= 0 else len(self.data)) - line > HEAD_BYTES:
            return Stage.ODD
        return Stage.WHOLE if end >= 0 else Stage.BODY


def _read(raw: bytes) -> Head | None:
    """The head, or None when its first line or the framing of its body is not plain."""
    request = raw.removeprefix(b"\r\n").partition(b"\r\n")[0].split(b" ")
    if len(request) != 3:
        return None
    fields: dict[bytes, bytes] = {}
    for field, value in _FIELDS.findall(raw):
        name = field.lower()
        if name in fields and name in _FRAMING:
            return None
        fields[name] = value.strip(b" \t")
    length, coding = fields.get(b"content-length"), fields.get(b"transfer-encoding")
    if coding is not None:
        if length is not None or coding.lower() != b"chunked" or request[2] != b"HTTP/1.1":
            return None
    elif length is not None and not _LENGTH.fullmatch(length):
        return None
    return Head(
        method=request[0].decode("latin-1"),
        target=request[1].decode("latin-1"),
        authorization=fields.get(b"authorization", b"").decode("latin-1"),
        length=int(length or b"0") if coding is None else None,
        expects_continue=request[2] == b"HTTP/1.1" and fields.get(b"expect", b"").lower() == b"100-continue",
    )


def _chunk_size(line: bytes) -> int | None:
    match = _CHUNK_SIZE.fullmatch(line)
    return int(match[1], 16) if match else None
