"""Which rules these are."""

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable


@cache
def rules_version() -> str:
    """The version of the rules of this program; programs that have the same decide alike."""
    return version_of(files("finrisk_rules"))


def version_of(rules: Traversable) -> str:
    """16 hex digits of a SHA-256 over the source of all rules in a folder."""
    content = hashlib.sha256()
    for name, source in sorted(_sources(rules, "")):
        content.update(f"{name}\n{len(source)}\n".encode() + source)
    return content.hexdigest()[:16]


def _sources(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{path}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{path}{entry.name}", entry.read_bytes()
