"""What prepare is asked for: which export, where to, and on which terms."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from finrisk_rules.redaction import NOBODY, Names

from ..errors import FinriskError
from ..machine.files import STAMP_FORMAT, newest, stamp
from ..machine.workers import processors
from .examples import Terms
from .names import RAW, RAW_METADATA
from .raw import is_cut


@dataclass(frozen=True)
class Request:
    """Which export to prepare, where to, and how."""

    raw_file: str  # empty: the newest export in the folder
    output_dir: Path
    train_split: float
    max_examples: int  # 0: all
    min_quality: float
    training_labels: frozenset[str] = frozenset()
    refused_producers: tuple[str, ...] = ()
    tuned_rows: bool = False
    judge_again: bool = False
    names: Names = NOBODY  # that redaction takes out
    processes: int = 0  # 0: as many as there are processors
    tell: Callable[[int, int, str], None] | None = None  # takes percent done, 100, and of what

    @property
    def workers(self) -> int:
        """Return how many processes look at rows."""
        return self.processes or processors()

    def terms(self, is_scored: bool) -> Terms:
        """Return the terms on which a row is trained on; ``is_scored`` when others have a quality score."""
        return Terms(
            self.min_quality,
            self.training_labels,
            self.refused_producers,
            self.tuned_rows,
            self.names,
            is_scored=is_scored and self.min_quality > 0,
        )

    def check(self) -> None:
        """Raise FinriskError when a value makes no sense."""
        if not 0 < self.train_split < 1:
            raise FinriskError(
                f"finrisk_train_split is {self.train_split:g}: expected a share between 0 and 1, such as 0.9"
            )
        if self.max_examples < 0 or self.max_examples == 1:
            raise FinriskError(
                f"finrisk_max_examples is {self.max_examples}: expected 0 for all, or 2 and more"
            )
        if self.processes < 0:
            raise FinriskError(
                f"finrisk_processes is {self.processes}: expected 0 for one a processor, or 1 and more"
            )


def raw_file(request: Request) -> Path:
    """Return the export that is asked for; FinriskError when there is none."""
    name = request.raw_file
    if not name:
        raw = newest(request.output_dir, RAW, ".json")
        if raw is None:
            raise FinriskError(
                f"there is no {RAW}_<time>.json in {request.output_dir}: run "
                "playbooks/export.yml first, or name a file with -e finrisk_raw_file=PATH"
            )
        return _whole(raw)
    path = Path(name).expanduser().absolute()
    if (
        any(sign in path.name for sign in "*?[") and not path.exists()
    ):  # as the shell would have written it out
        path = max(path.parent.glob(path.name), default=path)
    if not path.is_file():
        raise FinriskError(
            f"finrisk_raw_file is {path}, which is not a file; leave it out to take the newest export"
        )
    return _whole(path)


def _whole(raw: Path) -> Path:
    """Return an export; FinriskError where what export.yml wrote has lost its end since."""
    metadata = raw.with_name(f"{RAW_METADATA}_{stamp_of(raw)}.json")
    if metadata.is_file() and is_cut(raw):
        raise FinriskError(
            f"{raw} was cut since it was exported: its array does not end. Run playbooks/export.yml again, "
            "or name another export with -e finrisk_raw_file=PATH"
        )
    return raw


def stamp_of(raw: Path) -> str:
    """Return the time in the export's name, so that a second run writes the same names; else its age."""
    match = re.search(r"\d{8}_\d{6}", raw.name)
    if match:
        try:
            datetime.strptime(match[0], STAMP_FORMAT).replace(tzinfo=UTC)
        except ValueError:
            pass
        else:
            return match[0]
    return stamp(datetime.fromtimestamp(raw.stat().st_mtime, UTC))
