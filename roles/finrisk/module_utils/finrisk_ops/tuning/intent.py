"""The mark that a creation was sent and its answer not yet seen.

A run that is killed while its request is on the way leaves a job that no list shows yet. The mark is in a
hidden file and, for other machines, in the row of the spec; each is dated and aged by one clock. It tells the
next run to keep looking until the request has either arrived or timed out, before it creates anything.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import FinriskError
from ..machine.files import read_json, write_json
from .table import Table


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
        write_json(self._file, {"display_name": self.display_name, "submitting_since": time.time()})
        if self.table:
            self.table.begin(self.spec_id, self.spec, self.display_name)

    def clear(self) -> None:
        """Say that the outcome is known; a row that cannot be reached only makes the next run look longer."""
        with suppress(FileNotFoundError):
            self._file.unlink()
        if self.table:
            with suppress(FinriskError):
                self.table.settle(self.spec_id)

    def age(self) -> float | None:
        """Return the seconds since the latest creation whose outcome is not known was sent, or None."""
        of_row = self.table.submitting_for(self.spec_id) if self.table else None
        of_file = None
        if self._file.exists():
            of_file = max(time.time() - float(read_json(self._file)["submitting_since"]), 0.0)
        return min((age for age in (of_row, of_file) if age is not None), default=None)

    @property
    def _file(self) -> Path:
        return self.output_dir / f".submitting_{self.spec_id}.json"
