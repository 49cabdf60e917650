"""Who released what, when and why: the record of one deploy, rollback or promotion."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from finrisk_rules.chain import Link
from finrisk_rules.storable import storable

from ..machine import identity
from ..machine.processes import start_time

BEGUN, DONE, REFUSED, FAILED, DID_NOT_END = "begun", "done", "refused", "failed", "did_not_end"
ACTIONS = ("site", "deploy", "rollback", "promote")
CAME_TO_NOTHING = (REFUSED, FAILED)
SHOWN, SHOWN_OF_NOTHING = 10, 3
"""How many are shown, of those that released something and of those that came to nothing."""

KEPT = 50
"""Records that wait where the release was made; older ones are given up when no database is ever reached."""

ABANDONED_SECONDS = 3600.0
"""After which a run of another machine that never said how it ended is taken as ended."""

LONGEST = 2000  # code points of a message
APART = frozenset({"runner", "more"})
"""What the table has no column for."""
_KINDS = {"identity": dict, "figures": dict, "ratio_before": int, "ratio_after": int}


@dataclass(frozen=True)
class Runner:
    """The process that makes a release; ``machine`` changes with every boot and every container."""

    machine: str = ""
    pid: int = 0
    start_time: int = 0

    @property
    def gone(self) -> bool:
        """Whether this is a process of this very machine that has ended."""
        return self.machine == identity.machine() and start_time(self.pid) != self.start_time


@dataclass(frozen=True)
class Record:
    """One deploy, rollback or promotion. ``identity`` is who the cluster says it was, None on a process.

    ``more`` is what a newer FinRisk says of it: the record waits for one, since here it has no column.
    """

    id: str
    at: str  # UTC, ISO 8601
    environment: str
    action: str
    outcome: str = BEGUN
    account: str = ""
    identity: dict[str, Any] | None = None
    reason: str = ""
    ratio_before: int | None = None
    ratio_after: int | None = None  # what it led to, or would have
    model: str = ""
    image: str = ""
    dataset: str = ""
    experiment: str = ""
    revision_before: str = ""
    revision_after: str = ""
    figures: dict[str, Any] | None = None
    message: str = ""
    runner: Runner = field(default_factory=Runner)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """Who released: as the cluster knows them, or the account where no cluster does."""
        return str((self.identity or {}).get("username") or self.account)

    @property
    def ended(self) -> bool:
        """Whether its outcome is known."""
        return self.outcome != BEGUN

    def content(self) -> dict[str, Any]:
        """Return it as JSON, without the process that ran it, which nobody else has a use for."""
        return {key: value for key, value in asdict(self).items() if key not in APART} | {"who": self.who}

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, as it waits where the release was made."""
        return {key: value for key, value in asdict(self).items() if key != "more"} | self.more


@dataclass(frozen=True)
class Entry:
    """What a copy of the chain has of a release: its link, and its content as JSON."""

    link: Link
    content: str


def link_of(content: Mapping[str, Any]) -> Link:
    """Return the link that a copy holds; raises KeyError, TypeError or ValueError for what is none."""
    return Link(int(content["number"]), str(content["release"]), str(content["hash"]))


class Ledger(Protocol):
    """Where an environment's releases are recorded first: its namespace, or a folder of this machine."""

    def identity(self) -> dict[str, Any] | None:
        """Return who the place says this is; None where nobody says so."""

    def write(self, record: Record) -> None:
        """Write a record, in place of an earlier state of it; raises FinriskError or OSError."""

    def records(self) -> list[Record]:
        """Return the records that wait here, the newest first."""

    def remove(self, identifiers: Iterable[str]) -> None:
        """Remove records, as far as they are there."""

    def links(self) -> list[Link]:
        """Return the copy of the chain of releases, as far as it is kept here."""

    def keep(self, entries: Sequence[Entry]) -> None:
        """Add entries to the copy; raises FinriskError or OSError."""


def begin(environment: str, action: str, reason: str, who: dict[str, Any] | None) -> Record:
    """Return the record of what this process is about to do."""
    pid = os.getpid()
    return Record(
        id=str(identifier()),
        at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        environment=environment,
        action=action,
        account=identity.who(),
        identity=who,
        reason=safe(reason),
        runner=Runner(identity.machine(), pid, start_time(pid) or 0),
    )


def end(record: Record, outcome: str, message: str = "", **known: Any) -> Record:
    """Return how the release ended; no secret stays in the message."""
    return replace(record, outcome=outcome, message=safe(message), **known)


def settled(record: Record, now: float) -> Record | None:
    """Return the record as it stays, at this time in seconds since 1970; None while its run may go on."""
    if record.ended:
        return record
    age = now - datetime.fromisoformat(record.at).timestamp()
    return replace(record, outcome=DID_NOT_END) if record.runner.gone or age > ABANDONED_SECONDS else None


def from_content(content: Mapping[str, Any]) -> Record | None:
    """Return the record that a file or an object holds; None for what is none."""
    names = {each.name for each in fields(Record)} - APART
    try:
        known = {key: value for key, value in content.items() if key in names}
        if not all(_is_kind(key, value) for key, value in known.items()):
            return None
        more = {key: value for key, value in content.items() if key not in names | {"runner"}}
        record = Record(**known, runner=Runner(**content.get("runner", {})), more=more)
        uuid.UUID(record.id)
        datetime.fromisoformat(record.at)
    except (TypeError, ValueError, AttributeError):
        return None
    return record if record.action in ACTIONS else None


def _is_kind(name: str, value: object) -> bool:
    """Say whether a value is of the kind that the field has: somebody may have edited what is read."""
    kind = _KINDS.get(name, str)
    return isinstance(value, kind) or (value is None and name in _KINDS)


def newest_first(records: Iterable[Record | None]) -> list[Record]:
    """Return those that are records, in the order of the moments that their identifiers carry."""
    return sorted((each for each in records if each), key=lambda record: record.id, reverse=True)


def shown(records: Iterable[Record]) -> list[Record]:
    """Return the first of each kind, in their order: runs that came to nothing hide no release."""
    left = {False: SHOWN, True: SHOWN_OF_NOTHING}
    found = []
    for record in records:
        came_to_nothing = record.outcome in CAME_TO_NOTHING
        if left[came_to_nothing]:
            left[came_to_nothing] -= 1
            found.append(record)
    return found


def superfluous(records: Sequence[Record]) -> list[str]:
    """Return the identifiers of what is kept no longer, of records in the order ``newest_first``."""
    return [record.id for record in records[KEPT:]]


def safe(text: str) -> str:
    """Return a text as a record may keep it: what PostgreSQL can store, without passwords and keys."""
    from finrisk_rules.redaction import SECRETS, redact  # which most modules never need

    return storable(redact(text, SECRETS).text)[:LONGEST]


def identifier() -> uuid.UUID:
    """Return a new UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then randomness."""
    milliseconds, random = time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76
    value |= (random >> 68 & 0xFFF) << 64 | 2 << 62 | random & (1 << 62) - 1
    return uuid.UUID(int=value)
