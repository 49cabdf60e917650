"""Records of releases on this machine: a file each, until the table has them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..machine.files import read_json, remove_abandoned, write_json
from ..release import records
from ..release.records import Record

FOLDER = "releases"


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
        write_json(self.folder / f"{record.id}.json", asdict(record))
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
