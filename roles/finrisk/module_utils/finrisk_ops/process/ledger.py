"""Records of releases on this machine: a file each, until the table has them."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finrisk_rules.chain import Link, whole_lines

from ..errors import FinriskError
from ..machine.files import naming, read_json, remove_abandoned, write_json
from ..release import records
from ..release.records import Entry, Record

FOLDER = "releases"
COPY = "audit.jsonl"


@dataclass(frozen=True)
class FileLedger:
    """The folder ``releases`` of an environment's files."""

    var_dir: Path

    @property
    def folder(self) -> Path:
        """The folder that holds one file for each record."""
        return self.var_dir / FOLDER

    def identity(self) -> dict[str, Any] | None:
        """Nobody but the account's own system says who this is."""
        return None

    def write(self, record: Record) -> None:
        """Write the record's file; those beyond the newest fifty go."""
        write_json(self.folder / f"{record.id}.json", record.stored())
        remove_abandoned(self.folder)
        self.remove(records.superfluous(self.records()))

    def records(self) -> list[Record]:
        """Return the records that wait here, the newest first; what somebody broke is passed over."""
        found = []
        for path in self.folder.glob("*.json"):
            with contextlib.suppress(FinriskError):
                found.append(records.from_content(read_json(path)))
        return records.newest_first(found)

    def remove(self, identifiers: Iterable[str]) -> None:
        """Remove the files of records."""
        for identifier in identifiers:
            (self.folder / f"{identifier}.json").unlink(missing_ok=True)

    def links(self) -> list[Link]:
        """Return the links of ``audit.jsonl``; raises FinriskError for a line that is none."""
        path = self.var_dir / COPY
        try:
            lines = whole_lines(path.read_text("utf-8")).splitlines() if path.exists() else []
            entries = [json.loads(line) for line in lines]
            return list(map(records.link_of, entries))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise FinriskError(
                f"{path} cannot be read as links of releases: {error!r}; move it away"
            ) from None

    def keep(self, entries: Sequence[Entry]) -> None:
        """Add entries to ``audit.jsonl``, which only its owner reads.

        Nothing shortens it but a line that a full disk or a kill cut short: what comes goes in its place.
        """
        lines = [asdict(each.link) | {"content": json.loads(each.content)} for each in entries]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        path = self.var_dir / COPY
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with naming(path), open(descriptor, "r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            there = file.read()
            kept = whole_lines(there)
            file.truncate(min(len(kept), len(there)))  # bytes too: JSON that is all ASCII
            file.write(kept[len(there) :] + text)
            file.flush()
            os.fsync(file.fileno())
