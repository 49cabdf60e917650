"""The rows of an export that can be trained on, and those that cannot, as prepare keeps them apart."""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from finrisk_rules.examples import fold
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

from ..machine.files import Sink
from .rows import Example, is_safe
from .split import Ties


@dataclass
class UsableRows:
    """The usable rows: their lines in a nameless file, and a few numbers for each."""

    spool: IO[bytes]
    quality: array[float] = field(default_factory=lambda: array("f"))
    created_at: array[float] = field(default_factory=lambda: array("d"))
    strategy_chars: array[int] = field(default_factory=lambda: array("I"))
    analysis_chars: array[int] = field(default_factory=lambda: array("I"))
    chars: array[int] = field(default_factory=lambda: array("I"))
    superseded: bytearray = field(
        default_factory=bytearray
    )  # 1: a better answer to the same question came later
    ties: Ties = field(default_factory=Ties)

    def add(self, number: int, name: str | None, example: Example) -> None:
        """Keep one example."""
        self.spool.write(json.dumps([number, name]).encode() + b"\t" + example.json_line())
        self.quality.append(example.quality)
        self.created_at.append(example.created_at)
        self.strategy_chars.append(len(example.strategy))
        self.analysis_chars.append(len(example.analysis))
        self.chars.append(len(SYSTEM_INSTRUCTION) + len(example.prompt) + len(example.analysis))
        self.superseded.append(0)
        self.ties.add(example.documents, example.user, fold(example.strategy))

    def rows(self) -> array[int]:
        """Return the numbers of the rows that no better answer replaced."""
        return array("I", (row for row, superseded in enumerate(self.superseded) if not superseded))

    def lines(self) -> Iterator[tuple[int, str | None, bytes]]:
        """Yield line number, id and JSONL line of each row in order."""
        self.spool.seek(0)
        for line in self.spool:
            head, _, body = line.partition(b"\t")
            number, name = json.loads(head)
            yield number, name, body


@dataclass
class Rejections:
    """Writes which rows were rejected and why: the place in the export and the id, never any of the text."""

    file: Sink
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, number: int, name: str | None, reason: str) -> None:
        """Write one."""
        self.counts[reason] += 1
        if name and not is_safe(name):
            name = None
        self.file.write(json.dumps({"row": number, "id": name, "reason": reason}).encode() + b"\n")
