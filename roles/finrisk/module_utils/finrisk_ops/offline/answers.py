"""The answers that models gave, kept as they come: a run that was killed asks for none of them again."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..machine.files import FILE_MODE, make_folder

FAILED = "failed"
"""The outcome of a call that says nothing of the model."""
PASSING = (FAILED, "timeout")
"""Outcomes that may be of that hour alone: the next run asks again."""
ANSWERED = "answered"


class Answers:
    """Answers by the id of their call, in a file of one JSON object a line."""

    def __init__(self, path: Path) -> None:
        """Read what is kept; a line that was cut in the middle counts for nothing."""
        self.path = path
        self._told: dict[str, dict[str, Any]] = {}
        self._read()

    def get(self, call: str) -> dict[str, Any] | None:
        """Return how a call ended; None when it was not made, or failed."""
        return self._told.get(call)

    def _read(self) -> None:
        if self.path.is_file():
            for line in self.path.read_bytes().split(b"\n"):
                self._take(line)

    def _take(self, line: bytes) -> dict[str, Any]:
        try:
            told: dict[str, Any] = json.loads(line)
            name, outcome = told["id"], told["outcome"]
        except (ValueError, TypeError, KeyError):
            return {}
        if outcome != FAILED:
            self._told[name] = told
        return told

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Lend what keeps further answers, beside those of a run that has just ended.

        The file is brought to the disk at the end.

        Raises:
            FinriskError: Another run asks for the same dataset.
        """
        make_folder(self.path.parent)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with open(descriptor, "r+b", buffering=0) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise FinriskError(
                    f"another run asks the models now and writes {self.path}: wait for it, then run again"
                ) from None
            self._read()
            try:
                yield Writer(self, descriptor)
            finally:
                os.fsync(descriptor)


class Writer:
    """Appends answers to a file of them."""

    def __init__(self, answers: Answers, descriptor: int) -> None:
        """Begin on a line of its own: the last one may have been cut."""
        self._answers, self._descriptor = answers, descriptor
        end = os.lseek(descriptor, 0, os.SEEK_END)
        if end and os.pread(descriptor, 1, end - 1) != b"\n":
            os.write(descriptor, b"\n")

    def add(self, line: bytes) -> dict[str, Any]:
        """Keep a line of ``finrisk answer`` and return it; what is passing is told, and not kept."""
        told = self._answers._take(line)
        if told and told["outcome"] not in PASSING:
            os.write(self._descriptor, line.rstrip(b"\n") + b"\n")
        return told
