"""What a rollback would meet now, the same for every target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Obstacle:
    """One thing that a rollback would meet."""

    what: str  # a sentence that begins with what stands there
    overcome: bool = False
    """Whether a rollback gets over it by itself, so that nobody has to do anything about it."""
    credentials: bool = False
    """Whether it is that the credentials are gone; it is overcome where there is a copy of them."""
