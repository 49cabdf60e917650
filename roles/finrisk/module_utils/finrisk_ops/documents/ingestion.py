"""Brings documents into the service's index: only what is new or changed is sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from finrisk_rules.limits import DOCUMENTS_MAX
from finrisk_rules.redaction import NOBODY, Names

from ..counts import number_of
from ..errors import FinriskError
from . import mirror
from .client import Service
from .document import Document, encoded
from .identity import former
from .intake import Intake, Tell, take
from .sources import source

BATCH_BYTES = 2_000_000
"""Most bytes of documents in one request, unless one alone has more: so a request ends before the patience of
the one that waits for its turn."""

SENDERS = 4
"""Requests at a time: while the database takes one, the two workers of a service make the next ones ready."""

_DIFF_LIMIT = 100
_NOTES_LIMIT = 20
_SHOWN = 5


@dataclass(frozen=True)
class Request:
    """Which documents to send where, with which key, and what becomes of those that are gone."""

    api_url: str
    api_key: str = field(repr=False)
    source: Path
    batch: int
    mode: Literal["add", "mirror"] = "add"
    confirm_removal: bool = False
    database_url: str = field(default="", repr=False)
    tell: Tell | None = None
    names: Names = NOBODY


@dataclass(frozen=True)
class Plan:
    """What a run does to the index."""

    new: list[str]
    changed: list[str]
    gone: list[str]
    elsewhere: dict[str, str]
    """Documents that the index holds under another id, with that id: they are not sent."""


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Send the new and the changed documents, and in mode mirror remove what is gone; or only count them.

    Raises FinriskError when a document is unusable (then nothing was sent) or the service does not take it.
    """
    if request.batch < 1:
        raise FinriskError(f"finrisk_documents_batch is {request.batch}: expected 1 or more")
    found = source(request.source)
    with (
        Service(request.api_url, request.api_key) as service,
        take(found, request.tell, request.names) as intake,
    ):
        index = service.digests()
        plan = planned(intake, index, request.mode)
        intake.judge_sizes([*plan.new, *plan.changed])
        mirror.check(plan.gone, index, request.confirm_removal)
        cited = mirror.cited(request.database_url, plan.gone)
        added, updated, removed = len(plan.new), len(plan.changed), len(plan.gone)
        if not check_mode:
            added, updated = _sent(service, intake, plan, request)
            removed = sum([service.delete(name) for name in plan.gone])
    unchanged = len(intake.entries) - added - updated
    counts = {"added": added, "updated": updated, "unchanged": unchanged, "removed": removed}
    digests = {name: entry.digest for name, entry in intake.entries.items()}
    return {
        "changed": added + updated + removed > 0,
        **counts,
        "notes": [*intake.notes, *_elsewhere(plan)],
        "cited": cited.answers,
        "summary": _summary(counts, plan, service.url, intake, cited, check_mode),
        "diff": {
            "before": _listing([*plan.changed, *plan.gone], index),
            "after": _listing([*plan.changed, *plan.new], digests),
        },
    }


def planned(intake: Intake, index: Mapping[str, str], mode: str) -> Plan:
    """Return what is new, changed and gone.

    Raises FinriskError that names both when a document may stand in the index under a former name: it would
    be there twice.
    """
    entries = intake.entries
    holders = {digest: name for name, digest in index.items() if name not in entries}
    elsewhere = {
        name: holders[entry.digest]
        for name, entry in entries.items()
        if name not in index and entry.digest in holders and not (entry.named and mode == "mirror")
    }
    new = [name for name in entries if name not in index and name not in elsewhere]
    kept = set(elsewhere.values())
    others = [name for name in index if name not in entries and name not in kept]
    if mode != "mirror":
        _refuse_former([name for name in new if not entries[name].named], others)
    return Plan(
        new=new,
        changed=[name for name, entry in entries.items() if index.get(name, entry.digest) != entry.digest],
        gone=others if mode == "mirror" else [],
        elsewhere=elsewhere,
    )


def _refuse_former(new: Iterable[str], others: Iterable[str]) -> None:
    known = set(others)
    pairs = [(name, before) for name in new if (before := former(name, known))]
    if pairs:
        shown = "; ".join(f"{name}, which may be {before} of the index" for name, before in pairs[:_SHOWN])
        more = f"; and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
        raise FinriskError(
            f"{number_of(len(pairs), 'document')} may stand in the index under another name, and nothing was "
            f"sent: {shown}{more}. Delete the old one, let -e finrisk_documents_mode=mirror do it, or give "
            "the file an id in documents.csv",
            problems=[f"{name} may be {before} of the index" for name, before in pairs],
        )


def _sent(service: Service, intake: Intake, plan: Plan, request: Request) -> tuple[int, int]:
    """Send what is new and changed, and return how many were each."""
    wanted = {*plan.new, *plan.changed}
    stale = [name for name in intake.entries if name in wanted]
    tell = request.tell if request.tell and stale else lambda _done, _total, _label: None
    added = updated = done = 0
    tell(done, len(stale), "documents sent")
    for size, answer in _answers(service, batches(intake.documents(stale), request.batch)):
        added, updated, done = added + answer["added"], updated + answer["changed"], done + size
        tell(done, len(stale), "documents sent")
    return added, updated


def _answers(service: Service, parts: Iterable[list[Document]]) -> Iterator[tuple[int, dict[str, int]]]:
    """Yield the size of each batch and its answer, in order; after a failure nothing else is sent.

    No more than SENDERS batches are in memory, and the next one. What is under way when somebody stops
    listening is waited for.
    """
    under_way: deque[tuple[int, Future[dict[str, int]]]] = deque()
    with ThreadPoolExecutor(SENDERS) as senders:
        for batch in parts:
            if len(under_way) == SENDERS:
                size, answer = under_way.popleft()
                yield size, answer.result()
            under_way.append((len(batch), senders.submit(service.send, batch)))
        for size, answer in under_way:
            yield size, answer.result()


def batches(documents: Iterable[Document], most: int) -> Iterator[list[Document]]:
    """Yield the documents in lists that fit a request."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        bytes_ = len(encoded([document]))
        if batch and (len(batch) >= min(most, DOCUMENTS_MAX) or size + bytes_ > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += bytes_
    if batch:
        yield batch


def _summary(
    counts: Mapping[str, int], plan: Plan, url: str, intake: Intake, cited: mirror.Cited, check_mode: bool
) -> list[str]:
    verb = "would be sent to" if check_mode else "sent to"
    total = counts["added"] + counts["updated"] + counts["unchanged"]
    lines = [
        f"{number_of(total, 'document')}: {counts['added']:,} new and {counts['updated']:,} changed {verb} "
        f"{url}, {counts['unchanged']:,} unchanged"
    ]
    if plan.gone:
        removed = "would be removed from the index" if check_mode else "removed from the index"
        lines += [f"{number_of(counts['removed'], 'document')} {removed}: {_some(plan.gone)}", *cited.lines()]
    notes = [*intake.notes, *_elsewhere(plan)]
    more = [f"and {len(notes) - _NOTES_LIMIT} more such notes"] if len(notes) > _NOTES_LIMIT else []
    return [*lines, *notes[:_NOTES_LIMIT], *more]


def _elsewhere(plan: Plan) -> list[str]:
    return [
        f"{name} stands in the index as {holder}, with the same content, and is not sent"
        for name, holder in plan.elsewhere.items()
    ]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return f"{shown}, ..." if len(names) > _SHOWN else shown


def _listing(names: list[str], digests: Mapping[str, str]) -> str:
    lines = [f"{name} sha256:{digests[name][:12]}\n" for name in names[:_DIFF_LIMIT]]
    if len(names) > _DIFF_LIMIT:
        lines.append(f"and {len(names) - _DIFF_LIMIT} more\n")
    return "".join(lines)
