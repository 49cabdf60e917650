"""Lines of a page: wrapped between words, tables, commands that can be pasted, colours."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from typing import NamedTuple

WIDTH = 100
INDENT = 16
INSIDE = WIDTH - INDENT
GOOD, BAD, DOUBT, COMMAND = "green", "red", "yellow", "cyan"
"""Colours as Ansible names them; whether there are any is for who prints to say."""

_LONGEST_NAME = 50
_WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""")


class Line(NamedTuple):
    """A line and its colour; none is the terminal's own."""

    text: str
    colour: str = ""


def plain(lines: Iterable[str], colour: str = "") -> list[Line]:
    """Return the lines in one colour."""
    return [Line(line, colour) for line in lines]


def wrap(text: str, first: str = "", following: str = "") -> list[str]:
    """Return a text as lines; a word that is too long for one is shortened in the middle."""
    words = " ".join(shorten(word, INSIDE - len(following)) for word in text.split())
    return textwrap.wrap(
        words,
        INSIDE,
        initial_indent=first,
        subsequent_indent=following,
        break_on_hyphens=False,
        break_long_words=False,
    ) or [first.rstrip()]


def command(text: str, first: str = "   $ ", following: str = "     ") -> list[str]:
    """Return a command as lines that a shell takes as one: they end with a backslash, between two words."""
    lines, line = [], first
    for word in _WORD.findall(text):
        if line.strip() != first.strip() and line.strip() and len(line) + len(word) + 2 > INSIDE:
            lines.append(f"{line}\\")
            line = following
        line += f"{word} "
    return [*lines, line.rstrip()]


def table(rows: Sequence[tuple[str, ...]], right: tuple[int, ...] = ()) -> list[str]:
    """Return rows as lines with columns below each other; ``right`` are those of figures."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def shorten(name: str, width: int = _LONGEST_NAME) -> str:
    """Return a name that is too long without its middle: both ends tell names apart."""
    if len(name) <= width:
        return name
    end = (width - 3) * 2 // 3
    return f"{name[: width - 3 - end]}...{name[-end:]}"


def cut(text: str) -> str:
    """Return a text as one line, without what is too much at its end."""
    flat = " ".join(text.split())
    return flat if len(flat) <= INSIDE else f"{flat[: INSIDE - 3]}..."
