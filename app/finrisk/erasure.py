"""A user or a document leaves the journal: what waits for the database, and what it refused."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from finrisk import aside
from finrisk.journal import Record, decoded, locked, write_sealed


@dataclass(frozen=True)
class Subject:
    """Whose records go: those of a user, by the keyed hash, or those that stand on a document.

    A rating names its request alone: ``requests`` are those that are known to be the subject's.
    """

    user: str | None = None
    document: str | None = None
    requests: frozenset[str] = frozenset()

    def is_in(self, record: Record) -> bool:
        """Whether a record of the journal is about the subject."""
        return _row(record, "feedback").get("request_id") in self.requests or self._is_answered_in(record)

    def with_requests_of(self, records: Iterable[Record]) -> "Subject":
        """The same subject, who is known by the requests in these records too."""
        own = [record for record in records if self._is_answered_in(record)]
        names = (("analysis", "id"), ("training", "id"), ("training", "request_id"))
        found = {_row(record, kind).get(name) for record in own for kind, name in names}
        return replace(self, requests=self.requests | {each for each in found if isinstance(each, str)})

    def _is_answered_in(self, record: Record) -> bool:
        analysis, training = _row(record, "analysis"), _row(record, "training")
        if self.user is not None:
            return self.user in (analysis.get("user_hash"), training.get("user_id"))
        return self.document in _listed(analysis.get("documents")) or any(
            isinstance(source, dict) and source.get("document_id") == self.document
            for source in _listed(training.get("sources"))
        )


def erase(folder: Path, subject: Subject, *, plan: bool = False) -> int:
    """Remove the subject's records from what waits and from what was set aside; how many they are.

    With ``plan`` they stay. A file that a worker writes or ships at this moment is not touched: within a
    second its records are in the database. What a dead worker left open is nobody's.

    Raises:
        OSError: a file cannot be read or written; the others of before are done.
    """
    paths = sorted([*folder.glob("*.open"), *folder.glob("*.seg")])
    subject = subject.with_requests_of(_records(folder, paths))
    waiting = sum(_erase_waiting(path, subject, plan=plan) for path in paths)
    return waiting + len(aside.matching(folder, subject.is_in, plan=plan))


def _records(folder: Path, paths: Iterable[Path]) -> Iterator[Record]:
    for path in paths:
        with suppress(FileNotFoundError):  # shipped meanwhile
            yield from decoded(path).records
    yield from (entry.record for entry in aside.records_aside(folder))


def _erase_waiting(path: Path, subject: Subject, *, plan: bool) -> int:
    with locked(path, reading=plan) as mine:
        if not mine:
            return 0
        records = decoded(path).records
        rest = [record for record in records if not subject.is_in(record)]
        if len(rest) < len(records) and not plan:
            if rest:
                write_sealed(path, rest, path.stat())
            else:
                path.unlink()
        return len(records) - len(rest)


def _row(record: Record, kind: str) -> Record:
    row = record.get(kind)
    return row if isinstance(row, dict) else {}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
