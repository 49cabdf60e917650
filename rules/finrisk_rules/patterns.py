"""Patterns that are compiled when they are first asked: of a thousand, most processes ask a few.

To compile them all takes half a second, in every worker, command and module that begins. What is asked again
costs what a compiled pattern costs.
"""

from __future__ import annotations

import re
from typing import Any, cast

_ASKED = (
    "search match fullmatch finditer findall sub subn split scanner flags groups groupindex".split()
)  # fmt: skip


class Pattern:
    """A pattern of ``re`` that is compiled when it is first asked, with its methods as its own."""

    __slots__ = ("_flags", "pattern", *_ASKED)

    def __init__(self, source: str, flags: int) -> None:
        self.pattern = source
        self._flags = flags

    def __repr__(self) -> str:
        return f"pattern_of({self.pattern!r}, {self._flags})"

    def __getattr__(self, name: str) -> Any:
        """Compile it, since nothing was asked of it yet."""
        if name not in _ASKED:
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for each in _ASKED:
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)


def pattern_of(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return what has the methods of ``re.compile(source, flags)``; what is wrong in it fails when asked.

    It is no argument for ``re.search`` and its kind, and never the ``re`` of a match.
    """
    return cast("re.Pattern[str]", Pattern(source, int(flags)))
