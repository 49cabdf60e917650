"""The chain of releases: each has a link whose hash covers its content and every link before it.

Whoever changes, removes, inserts or re-orders a release breaks a hash; who also calculates all later hashes
anew, or cuts the end off, is found by a witness: links that are kept elsewhere.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

BEGINNING = "0" * 64
"""What stands before the first link."""

_UNLINKED = (
    "the release has no link: it was inserted by hand, or recorded by a checkout older than the chain before "
    "migration 0015 refused that; read its row and ask whom it names (docs/files.md)"
)
Content = Mapping[str, Any]
"""A row of the table ``releases``, by column."""


@dataclass(frozen=True)
class Link:
    """The link of one release; numbers go from 1 without a gap, ``hash`` is hexadecimal."""

    number: int
    release: str
    hash: str


@dataclass(frozen=True)
class Break:
    """The first link that does not hold, and why in words."""

    number: int
    release: str
    why: str

    def sentence(self) -> str:
        """Return it for people."""
        return f"the chain of releases is broken at link {self.number} (release {self.release}): {self.why}"


def canonical(content: Content) -> str:
    """JSON of a release with sorted keys, moments in UTC, and without what is null or empty.

    So a column that a later schema adds changes no hash of an earlier release.
    """
    known = {key: value for key, value in content.items() if value is not None and value != ""}
    return json.dumps(known, sort_keys=True, separators=(",", ":"), default=_plain)


def link(before: Link | None, content: Content) -> Link:
    """The link of a release that comes after this one; None for the first."""
    number, previous = (before.number, before.hash) if before else (0, BEGINNING)
    return Link(number + 1, str(content["id"]), _hash(previous, content))


def first_break(
    releases: Iterable[Content], links: Iterable[Link], witness: Iterable[Link] = ()
) -> Break | None:
    """The first break of a chain; None while it is whole. ``witness`` are links of it, kept elsewhere.

    A link that is there twice counts once: two runs that end together write the same ones into a copy.
    """
    contents = {str(content["id"]): content for content in releases}
    kept = {each.number: each for each in witness}
    previous: Link | None = None
    for each in sorted(set(links), key=lambda one: one.number):
        number = previous.number + 1 if previous else 1
        if each.number != number:
            release = kept[number].release if number in kept else "unknown"
            return Break(number, release, "the link was removed")
        if each.release not in contents:
            return Break(number, each.release, "its release was removed")
        if link(previous, contents.pop(each.release)) != each:
            return Break(number, each.release, "the release was changed, or another one put in its place")
        if number in kept and kept[number] != each:
            return Break(number, each.release, f"the copy has release {kept[number].release} as this link")
        previous = each
    number = previous.number + 1 if previous else 1
    if later := [kept[each] for each in sorted(kept) if each >= number]:
        return Break(later[0].number, later[0].release, "the copy has it, and the table ends before it")
    if previous and contents:
        return Break(number, min(contents), _UNLINKED)
    return None


def whole_lines(copy: str) -> str:
    """A copy, a line of JSON a link, without a last line that was cut short, as by a full disk or a kill.

    Such a line has no end and is no JSON; one that lacks its end alone gets it.
    """
    before, end, last = copy.rpartition("\n")
    try:
        json.loads(last)
    except ValueError:
        return before + end
    return f"{copy}\n"


def _hash(previous: str, content: Content) -> str:
    return hashlib.sha256(f"{previous}\n{canonical(content)}".encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID | date):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be part of a release")
