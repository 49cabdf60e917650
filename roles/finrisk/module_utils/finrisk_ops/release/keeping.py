"""Which revisions stay, which of them is current, and which are proven: decided here for every target."""

from __future__ import annotations

from collections.abc import Sequence

from .revision import CURRENT, PROVEN, Revision
from .target import Labels, Target

NEWEST_KEPT = 10


def proven(target: Target) -> list[Revision]:
    """Return the revisions that a deploy proved and nobody edited since, the highest number first."""
    return proven_of(target.readable())


def proven_of(revisions: Sequence[Revision]) -> list[Revision]:
    """Return those of these revisions that a deploy proved and nobody edited since."""
    return [revision for revision in revisions if revision.proven and revision.intact]


def prove(target: Target, revision: Revision) -> None:
    """Label the revision as current and proven; no other stays current, and what was proven stays proven."""

    def labels(name: str) -> Labels:
        return {CURRENT: "true", PROVEN: "true"} if name == revision.name else {CURRENT: None}

    target.label(labels)


def prune(target: Target, newest: int = NEWEST_KEPT) -> None:
    """Remove the revisions that nobody needs.

    The ``newest`` stay, the current one, the newest proven one, to which a rollback goes, and whatever the
    target itself still uses.
    """
    names = target.names()
    in_use = {target.current(), *names[:newest]} | {revision.name for revision in proven(target)[:1]}
    in_use |= target.used()
    for name in names:
        if name not in in_use:
            target.remove(name)
