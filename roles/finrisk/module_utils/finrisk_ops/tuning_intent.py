"""The mark that a creation was sent and its answer not yet seen.

A run that is killed while its request is on the way leaves a job that no list shows yet. The mark is in the
row of the spec, or without a database in a hidden file. It tells the next run to keep looking until the
request has either arrived or timed out, before it creates anything.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .files import read_json, write_json
from .tuning_table import Table


@dataclass(frozen=True)
class Intent:
    """The mark of one spec."""

    spec_id: str
    spec: str  # canonical JSON
    display_name: str
    output_dir: Path
    table: Table | None

    def set(self) -> None:
        """Say that the creation is about to be sent."""
        content = {"display_name": self.display_name, "submitting_since": time.time()}
        if self.table:
            self.table.keep(self.spec_id, self.spec, content)
        else:
            write_json(self._file, content)

    def clear(self) -> None:
        """Say that the outcome is known."""
        if self.table:
            self.table.settle(self.spec_id)
        with suppress(FileNotFoundError):
            self._file.unlink()

    def age(self) -> float | None:
        """Return the seconds since a creation was sent whose outcome is not known, or None."""
        since = self.table.submitting_since(self.spec_id) if self.table else None
        if since is None and self._file.exists():
            since = float(read_json(self._file)["submitting_since"])
        return None if since is None else max(time.time() - since, 0.0)

    @property
    def _file(self) -> Path:
        return self.output_dir / f".submitting_{self.spec_id}.json"
