"""A user or a document leaves the journal: what waits for the database, and what it refused."""

from dataclasses import dataclass
from pathlib import Path

from finrisk import aside
from finrisk.journal import Record, decoded, locked, write_sealed


@dataclass(frozen=True)
class Subject:
    """Whose records go: those of a user, by the keyed hash, or those that stand on a document."""

    user: str | None = None
    document: str | None = None

    def is_in(self, record: Record) -> bool:
        """Whether a record of the journal is about the subject."""
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
    waiting = sum(_erase_waiting(path, subject, plan=plan) for path in paths)
    return waiting + len(aside.matching(folder, subject.is_in, plan=plan))


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
