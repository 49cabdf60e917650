"""A place where revisions are kept and run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from ..errors import FinriskError
from ..service.snapshot import Snapshot
from .obstacle import Obstacle
from .revision import Revision

Labels = Mapping[str, str | None]
"""Labels to set on the objects of a revision; None takes one away."""


class NoImageError(FinriskError):
    """The image of a revision cannot be had where it is to run; another revision's may be there."""


class Target(Protocol):
    """A place where revisions are kept and run: a process of this machine, or a cluster."""

    @property
    def api_url(self) -> str:
        """The address of the API, as it is reached where the service runs."""

    def snapshot(self, revision: Revision | None) -> Snapshot:
        """Return what the service shows from outside, beside what it should run."""

    def check_usable(self) -> None:
        """Raise FinriskError in one sentence when it cannot be reached."""

    def locked(self, why: str, *, takes_over: bool = False) -> AbstractContextManager[None]:
        """Hold the release lock of the environment; a rollback takes it over from a run that is none.

        The run that it was taken from changes nothing more, and raises machine.locks.LostError.
        """

    def names(self) -> list[str]:
        """Return the names of all revisions, half written ones among them, the highest number first."""

    def current(self) -> str:
        """Return the name of the current revision, empty before the first."""

    def read(self, name: str) -> Revision:
        """Return a revision; raises FinriskError when it is gone or broken."""

    def readable(self) -> list[Revision]:
        """Return every revision that can be read, the highest number first."""

    def store(self, revision: Revision) -> None:
        """Write the revision's objects."""

    def preflight(self, revision: Revision) -> None:
        """Check the settings before anything is switched."""

    def pending(self, revision: Revision) -> str:
        """Say what is missing until it runs everywhere; empty when nothing is."""

    def roll_out(self, revision: Revision) -> None:
        """Make it current and wait until it runs everywhere."""

    def label(self, labels: Callable[[str], Labels]) -> None:
        """Give every revision the labels that its name stands for; other labels stay as they are."""

    def used(self) -> set[str]:
        """Return the revisions that something of the target's own still names, beside the current one."""

    def remove(self, name: str) -> None:
        """Remove a revision, as far as it is there."""

    def runs_something(self) -> bool:
        """Say whether anything of the service runs now, of whatever revision."""

    def clear(self) -> None:
        """Leave nothing running."""

    def unfinished(self) -> str:
        """Say in one sentence what a release that broke off left half made; empty when nothing is."""

    def rollback_obstacles(self) -> list[Obstacle]:
        """Say what a rollback would meet now; reads only, and takes less than 2 s."""
