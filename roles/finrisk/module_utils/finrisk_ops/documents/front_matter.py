"""What a text file says of itself between two lines of ``---`` at its start."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

KEYS = ("company", "year", "title", "id", "ticker", "labels")

MOST_LINES = 200

_ENTRY = re.compile(r"([A-Za-z_][\w .-]{0,60}?)[ \t]*:(?:[ \t]+(.*))?")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)|[ \t]+(.*)")


@dataclass(frozen=True)
class FrontMatter:
    """What was said, the keys that mean nothing here, and the text without the block."""

    said: dict[str, object]
    unknown: tuple[str, ...]
    text: str


@dataclass
class _Entry:
    value: str
    items: list[str] = field(default_factory=list)


def front_matter(text: str) -> FrontMatter:
    """Return what a text's block of ``key: value`` lines says, and the text without it.

    A text whose first line is ``---`` and whose block holds anything but entries begins with a rule: it is
    left as it is.
    """
    lines = text.split("\n")
    entries = _entries(lines)
    if entries is None:
        return FrontMatter({}, (), text)
    end, found = entries
    said: dict[str, object] = {}
    unknown = []
    for key, entry in found.items():
        name = key.lower()
        if name not in KEYS:
            unknown.append(key)
        elif name == "labels":
            said[name] = labels([entry.value, *entry.items])
        elif value := _bare(" ".join([entry.value, *entry.items])):
            said[name] = value
    return FrontMatter(said, tuple(unknown), "\n".join(lines[end + 1 :]).lstrip("\n"))


def labels(values: Sequence[str]) -> list[str]:
    """Return the labels of texts that hold one or several, between commas, semicolons or bars."""
    parts = [
        part
        for value in values
        for part in re.split(r"[,;|\n]", value.strip().removeprefix("[").removesuffix("]"))
    ]
    return [bare for part in parts if (bare := _bare(part))]


def _entries(lines: Sequence[str]) -> tuple[int, dict[str, _Entry]] | None:
    """Return the line that ends the block, and its entries; None when there is no block."""
    if not lines or lines[0].rstrip() != "---":
        return None
    found: dict[str, _Entry] = {}
    last: _Entry | None = None
    for number, line in enumerate(lines[1:MOST_LINES], start=1):
        if line.rstrip() in ("---", "..."):
            return (number, found) if found else None
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if match := _ENTRY.fullmatch(line.rstrip()):
            last = found[match[1]] = _Entry(match[2] or "")
        elif last is not None and (match := _ITEM.fullmatch(line.rstrip())):
            last.items.append(match[1] or match[2])
        else:
            return None
    return None


def _bare(value: str) -> str:
    """Return the value without the quotes and the comment of YAML."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1].strip()
    return re.sub(r"\s+#.*\Z", "", value).strip()
