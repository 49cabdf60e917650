"""Looks at the rows of an export, many at a time and on every processor: what prepare keeps of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..machine.workers import in_order
from .candidates import Candidates
from .examples import Terms, rating_of
from .preferences import DISLIKED, Dislike
from .raw import Piece, pieces, rows_of
from .rows import Example, example_of, id_of
from .spool import Spool
from .summary import Origins
from .verdicts import judged_again

_LEAST_BYTES = 2 << 20
"""An export below this is read by one process: others would take longer to start."""


Rejection = tuple[int, str | None, str]
"""A row that is no candidate: the number of its line, its id, and the reason code why."""


@dataclass(slots=True)
class Batch:
    """Rows of an export, each kind in order."""

    end: int = 0  # bytes of the export until behind them
    origins: Origins = field(default_factory=Origins)
    rows: Candidates = field(default_factory=Candidates)
    rejections: list[Rejection] = field(default_factory=list)
    dislikes: list[Dislike] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """How rows are looked at."""

    terms: Terms
    is_judging: bool  # again, those that an older judge saw
    spool: Spool  # where usable rows are kept

    def __call__(self, piece: Piece) -> Batch:
        """Return what becomes of the rows of a piece of an export."""
        batch = Batch(piece.end)
        lines = list(rows_of(piece))
        if self.is_judging:
            lines = [line._replace(value=judged_again(line.value)) for line in lines]
        looked_at = [line.problem or example_of(line.value, self.terms) for line in lines]
        places, examples = [], []
        for (number, row, _), example in zip(lines, looked_at, strict=True):
            name = id_of(row)
            if isinstance(example, str):
                batch.rejections.append((number, name, example))
            else:
                places.append((number, name))
                examples.append(example)
            batch.origins.add(row, is_usable=not isinstance(example, str))
            if dislike := self._dislike(row, example):
                batch.dislikes.append(dislike)
        batch.rows = Candidates.of(places, examples)
        batch.rows.store(self.spool)
        return batch

    def _dislike(self, row: object, example: Example | str) -> Dislike | None:
        """Return the answer of a row that was rated down, whatever its score."""
        if not isinstance(row, dict) or rating_of(row) != DISLIKED:
            return None
        if isinstance(example, str):
            example = example_of(row, replace(self.terms, min_quality=0.0))
        return None if isinstance(example, str) else Dislike.of(example, id_of(row))


def batches(
    raw: Path, look: Look, processes: int, taking: Callable[[bytes], object] | None = None
) -> Iterator[Batch]:
    """Yield what becomes of the rows of an export, in order; ``taking`` is given all of its bytes."""
    is_small = raw.stat().st_size < _LEAST_BYTES
    return in_order(look, pieces(raw, taking), 1 if is_small else processes)
