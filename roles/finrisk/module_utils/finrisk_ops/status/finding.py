"""Something that is wrong, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """Something that is wrong: where, what, why it may be so, and the command that mends it."""

    about: str
    what: str
    command: str
    causes: list[str] = field(default_factory=list)

    def content(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)
