"""Reads an export row by row, whatever is in it: a broken line costs that line and nothing else.

Understood are a JSON array with one element a line (what export writes), JSON Lines, and a JSON array in any
other layout (as ``json_agg`` or ``jq`` leave it). Memory holds one piece of the file at a time.
"""

from __future__ import annotations

import codecs
import json
import math
import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

from ..errors import FinriskError
from ..machine.workers import batched
from ..text import LOOK, foreign, is_foreign

LINE_LIMIT = 4 << 20
"""Bytes of the longest row that is read: texts at their limits and a long prompt, all escaped, fit in."""

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_CHUNK = 1 << 20
_PIECE = 1 << 18
"""Bytes of a piece: enough to be worth sending to another process."""

_END = 64
"""Bytes at the end of a file in which its last bracket stands."""

_BETWEEN = re.compile("[ \t\r\n,\\[\ufeff]*")


class Line(NamedTuple):
    """One row of the file: its value, or the reason code why it has none."""

    number: int  # of the line; of the element when the array has another layout
    value: Any = None
    problem: str | None = None


class Piece(NamedTuple):
    """Rows of the file that follow each other: where they stand in it, or decoded already."""

    end: int  # bytes of the file until behind them
    first: int = 1  # number of the first line
    file: int = -1  # its descriptor, open in this process and in those that it starts
    start: int = 0  # bytes of the file before them
    size: int = 0  # bytes of them that are read
    in_array: bool = False  # each line is an element of an array
    rows: Sequence[Line] = ()

    @property
    def text(self) -> bytes:
        """Return the lines as they are written; OSError when they cannot be read."""
        parts = []
        at, end = self.start, self.start + self.size
        while at < end and (part := os.pread(self.file, end - at, at)):
            parts.append(part)
            at += len(part)
        return b"".join(parts)


class _BrokenError(ValueError):
    """A value that JSON's grammar or our stricter reading of it refuses; its text is the reason code."""


def read(path: Path) -> Iterator[Line]:
    """Yield the rows of the file in order; FinriskError when the file itself cannot be read.

    Codes: ``line_too_long``, ``not_utf8``, ``not_json``, ``repeated_key``, ``number_out_of_range``.
    """
    return chain.from_iterable(map(rows_of, pieces(path)))


def is_cut(path: Path) -> bool:
    """Whether a JSON array begins in the file and does not end in it; FinriskError when it cannot be read."""
    try:
        with path.open("rb") as file:
            is_array = _next_line(file).startswith(b"[")
            file.seek(max(0, path.stat().st_size - _END))
            return is_array and not file.read().rstrip(_BLANK).endswith(b"]")
    except OSError as error:
        raise FinriskError(f"cannot read {path}: {error.strerror}") from error


def rows_of(piece: Piece) -> Iterator[Line]:
    """Yield the rows of a piece as ``read`` does."""
    yield from piece.rows
    for number, line in enumerate(piece.text.split(b"\n"), piece.first):
        if len(line) > LINE_LIMIT:
            yield Line(number, problem="line_too_long")
            continue
        text = line.removeprefix(_BOM).strip(_BLANK)
        if piece.in_array:
            text = _element(text)
        if text:
            yield _decoded(number, text)


def _decoded(number: int, text: bytes) -> Line:
    try:
        return Line(number, _value(text))
    except _BrokenError as error:
        return Line(number, problem=str(error))


def pieces(path: Path, taking: Callable[[bytes], object] | None = None) -> Iterator[Piece]:
    """Yield the file in pieces, each of whole rows; FinriskError when the file itself cannot be read.

    A piece can be read until the next one is asked for, and by a process that was started since the first
    one was. ``taking`` is given all bytes of the file in their order.
    """
    try:
        with path.open("rb") as opened:
            if encoding := foreign(opened.read(LOOK)):
                raise FinriskError(f"{path} {is_foreign(encoding, path)}")
            opened.seek(0)
            layout = _layout(opened)
            opened.seek(0)
            file = _Reader(opened, taking)
            if layout == "array":
                for rows in batched(_elements(file), itemgetter(1)):
                    yield Piece(file.at, rows=[line for line, _ in rows])
            else:
                yield from _lines(file, layout == "array of lines")
            while file.read(_CHUNK):
                pass
    except OSError as error:
        raise FinriskError(f"cannot read {path}: {error.strerror}") from error


class _Reader:
    """Reads a file from its beginning, and gives what it read to whom it may concern."""

    def __init__(self, file: BinaryIO, taking: Callable[[bytes], object] | None) -> None:
        self._file, self._taking = file, taking
        self.descriptor = file.fileno()
        self.at = 0  # bytes

    def read(self, size: int) -> bytes:
        return self._taken(self._file.read(size))

    def readline(self, size: int) -> bytes:
        return self._taken(self._file.readline(size))

    def _taken(self, data: bytes) -> bytes:
        self.at += len(data)
        if self._taking:
            self._taking(data)
        return data


def _layout(file: BinaryIO) -> str:
    """Say how the file is laid out, from its first two lines that are not blank."""
    first = _next_line(file)
    if first == b"[":
        second = _next_line(file)
        whole = second in (b"", b"]") or second.endswith((b"}", b"},", b"}]"))
        return "array of lines" if whole or _is_json(_element(second)) else "array"
    if first.startswith(b"[") and first[1:].lstrip(_BLANK).startswith(b"{"):
        return "array of lines" if _is_json(_element(first)) else "array"
    return "lines"


def _next_line(file: BinaryIO) -> bytes:
    while raw := file.readline(LINE_LIMIT):
        if line := raw.removeprefix(_BOM).strip(_BLANK):
            return line
    return b""


def _lines(file: _Reader, in_array: bool) -> Iterator[Piece]:
    first, start = 1, 0
    while text := file.read(_PIECE):
        size, lines = len(text), text.count(b"\n")
        if not text.endswith(b"\n"):
            size += _rest_of_line(file)
            lines += 1
        yield Piece(file.at, first, file.descriptor, start, size, in_array)
        first, start = first + lines, file.at


def _rest_of_line(file: _Reader) -> int:
    """Read what is left of a line, and return its bytes; of one that is too long no more than show it."""
    rest = file.readline(LINE_LIMIT + 1)
    if len(rest) > LINE_LIMIT and not rest.endswith(b"\n"):
        while (more := file.readline(_CHUNK)) and not more.endswith(b"\n"):
            pass
    return len(rest)


def _element(text: bytes) -> bytes:
    """Return an array's element without the brackets and the comma around it."""
    if text.startswith(b"["):
        text = text[1:].lstrip(_BLANK)
    if text.endswith(b"]"):
        text = text[:-1].rstrip(_BLANK)
    return text.removesuffix(b",").rstrip(_BLANK)


def _elements(file: _Reader) -> Iterator[tuple[Line, int]]:
    """Yield the elements of an array in a free layout, and of how many characters each is.

    Behind a broken one nothing can be told apart.
    """
    bytes_to_text = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text, number = "", 0
    while chunk := file.read(_CHUNK):
        text += bytes_to_text.decode(chunk)
        at = 0
        while (at := _skip(text, at)) < len(text) and text[at] != "]":
            try:
                value, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                break  # cut by the end of the chunk, or broken
            number += 1
            yield Line(number, value=value), end - at
            at = end
        text = text[at:]
        if len(text) > LINE_LIMIT:
            break
    if text[_skip(text, 0) :].rstrip() not in ("", "]"):
        yield Line(number + 1, problem="not_json"), len(text)


def _skip(text: str, at: int) -> int:
    gap = _BETWEEN.match(text, at)
    return gap.end() if gap else at


def _is_json(text: bytes) -> bool:
    try:
        _value(text)
    except _BrokenError:
        return False
    return True


def _value(text: bytes) -> Any:
    try:
        written = text.decode()
        value, end = _DECODER.raw_decode(written)  # there is no blank around it
    except UnicodeDecodeError:
        raise _BrokenError("not_utf8") from None
    except _BrokenError:
        raise
    except (ValueError, RecursionError):
        raise _BrokenError("not_json") from None
    if end < len(written):
        raise _BrokenError("not_json")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise _BrokenError("repeated_key")
    return values


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _BrokenError("number_out_of_range")
    return value


def _refuse_constant(_name: str) -> NoReturn:
    raise _BrokenError("number_out_of_range")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant)
