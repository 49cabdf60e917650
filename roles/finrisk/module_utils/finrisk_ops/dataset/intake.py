"""Looks at the rows of an export, many at a time and on every processor: what prepare keeps of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from ..machine.workers import batched, in_order
from .candidates import Candidate
from .examples import Terms, rating_of
from .preferences import DISLIKED, Dislike
from .raw import Line, decoded, undecoded
from .rows import Example, example_of, id_of
from .summary import Origins
from .verdicts import judged_again

_ROW = 500  # bytes of one that was decoded already: a guess
_LEAST_BYTES = 2 << 20
"""An export below this is read by one process: others would take longer to start."""


class Seen(NamedTuple):
    """A row that was looked at: a candidate, or the reason code why it is none."""

    number: int  # of its line
    name: str | None  # its id
    candidate: Candidate | str
    dislike: Dislike | None


@dataclass(slots=True)
class Batch:
    """Rows of an export, in order."""

    end: int = 0  # bytes of the export until behind them
    origins: Origins = field(default_factory=Origins)
    rows: list[Seen] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are looked at."""

    terms: Terms
    is_judging: bool  # again, those that an older judge saw

    def __call__(self, lines: Sequence[Line]) -> Batch:
        """Return what becomes of some lines of an export."""
        batch = Batch()
        for line in map(decoded, lines):
            value = judged_again(line.value) if self.is_judging else line.value
            example = line.problem or example_of(value, self.terms)
            name = id_of(line.value)
            candidate = example if isinstance(example, str) else Candidate.of(line.number, name, example)
            batch.rows.append(Seen(line.number, name, candidate, self._dislike(value, example)))
            batch.origins.add(value, is_usable=not isinstance(example, str))
            batch.end = line.end
        return batch

    def _dislike(self, row: object, example: Example | str) -> Dislike | None:
        """Return the answer of a row that was rated down, whatever its score."""
        if not isinstance(row, dict) or rating_of(row) != DISLIKED:
            return None
        if isinstance(example, str):
            example = example_of(row, replace(self.terms, min_quality=0.0))
        return None if isinstance(example, str) else Dislike.of(example, id_of(row))


def batches(raw: Path, look: Look, processes: int) -> Iterator[Batch]:
    """Yield what becomes of the rows of an export, in order."""
    is_small = raw.stat().st_size < _LEAST_BYTES
    return in_order(look, batched(undecoded(raw), _weight), 1 if is_small else processes)


def _weight(line: Line) -> int:
    return len(line.text) if line.text is not None else _ROW
