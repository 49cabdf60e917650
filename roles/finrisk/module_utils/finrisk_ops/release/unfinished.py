"""Who holds the release lock, or broke off with it, as sentences for people: the same for every target."""

from __future__ import annotations

from typing import Protocol

from .revision import Revision
from .traffic import describe


class Holder(Protocol):
    """Who holds a release lock, or held it last."""

    @property
    def who(self) -> str:
        """The person and the machine."""

    @property
    def since(self) -> str:
        """When it was taken: UTC, ISO 8601."""

    @property
    def why(self) -> str:
        """What for."""

    @property
    def yields(self) -> bool:
        """Whether a rollback may take it over."""


def half_made(revision: Revision, left: Holder | None) -> str:
    """Return the sentence for a revision that is asked for and not proven; who ``left`` the lock began it."""
    release = revision.release
    what = left.why if left else "the release"
    who = (left.who if left else release.who) or "somebody"
    since = (left.since if left else release.when) or "an unknown time"
    return (
        f"{what} by {who} since {since} did not come to its end: {revision.name} ({describe(release.ratio)}) "
        "is asked for and was not seen to run everywhere; playbooks/rollback.yml goes to base"
    )


def in_the_way(holder: Holder) -> str:
    """Return the sentence for a lock that a rollback would meet."""
    if holder.yields:
        return f"{holder.who} is releasing since {holder.since} ({holder.why}): a rollback takes over from it"
    return f"{holder.who} is rolling back since {holder.since}: another rollback has to wait for its end"
