"""Asks the models by the service's own ``finrisk answer``, with the settings that the service has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..counts import number_of
from ..errors import FinriskError
from .answers import FAILED, PASSING, Answers
from .calls import Call

MOST_FAILURES = 8
"""Calls to one model that fail one after the other, from which on it counts as away."""
SHARE_OF_FAILURES = 0.05
"""Most calls of a model that may fail; what failed is left out of the comparison."""
_NOBODY = {"USER_HASH_KEY": "nobody is stored here"}


@dataclass(frozen=True)
class Service:
    """The service whose function answers: where its code is, its settings and credentials."""

    repository: Path
    settings: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that has them."""
        given = {name: value for name, value in self.credentials.items() if value}
        return {**os.environ, **_NOBODY, **self.settings, **given}


def ask(
    calls: Sequence[Call], answers: Answers, service: Service, tell: Callable[[int, int, str], None] | None
) -> None:
    """Make the calls that are not answered yet, and keep each answer as it comes.

    Raises:
        FinriskError: A model does not answer, or a setting is wrong; what was answered is kept.
    """
    failures = _Failures()
    with (
        answers.writing() as writer,
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as problems,
    ):
        wanted = {call.id: call for call in calls if answers.get(call.id) is None}
        if not wanted:
            return
        for call in wanted.values():
            given.write(json.dumps(call.content(), ensure_ascii=False).encode() + b"\n")
        given.seek(0)
        process = subprocess.Popen(
            [sys.executable, "-m", "finrisk", "answer"],
            env=service.environment(),
            cwd=service.repository,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=problems,
        )
        assert process.stdout is not None  # noqa: S101 - for the type checker
        try:
            for done, line in enumerate(process.stdout, start=1):
                told = writer.add(line)
                if told:
                    failures.add(wanted[told["id"]].model, told)
                if tell:
                    tell(done, len(wanted), f"of {len(wanted):,} answers")
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()
        problems.seek(0)
        said = problems.read().decode(errors="replace")
    missing = sum(answers.get(name) is None for name in wanted) - failures.total
    if missing > 0:
        words = " ".join(said.split()).removeprefix("finrisk: ")
        raise FinriskError(
            f"`finrisk answer` ended before {number_of(missing, 'call')} of {len(wanted):,}: "
            f"{words[-500:] or 'it said nothing'}; what was answered is kept: mend that, then run this again"
        )
    failures.check(Counter(call.model for call in calls))


class _Failures:
    """Which models failed how often, and why."""

    def __init__(self) -> None:
        self._number: Counter[str] = Counter()
        self._streak: Counter[str] = Counter()
        self._problem: dict[str, str] = {}

    @property
    def total(self) -> int:
        """Return how many calls failed."""
        return self._number.total()

    def add(self, model: str, told: Mapping[str, object]) -> None:
        """Take in how a call ended; FinriskError when the model counts as away."""
        if told["outcome"] not in PASSING:
            self._streak[model] = 0
            return
        self._number[model] += told["outcome"] == FAILED
        self._streak[model] += 1
        self._problem[model] = str(told.get("problem"))
        if self._streak[model] >= MOST_FAILURES:
            raise FinriskError(
                f"{model} does not answer, {MOST_FAILURES} calls in a row failed: {self._problem[model]}; "
                "what was answered is kept: run this again when it answers"
            )

    def check(self, calls: Mapping[str, int]) -> None:
        """Raise FinriskError when too much of a model's calls failed to compare it."""
        for model, number in self._number.items():
            if number > SHARE_OF_FAILURES * calls[model]:
                raise FinriskError(
                    f"{number:,} of {number_of(calls[model], 'call')} to {model} failed, the last one: "
                    f"{self._problem[model]}; what was answered is kept: run this again, and only these "
                    "are asked"
                )
