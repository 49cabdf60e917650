"""The journal of a service on this machine, by the service's own ``finrisk journal erase``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from ..errors import FinriskError
from .subject import Subject

SECONDS = 120.0


def arguments(subject: Subject) -> list[str]:
    """Return the command that removes the subject, behind ``finrisk``."""
    whose = f"--user={subject.user}" if subject.user else f"--document={subject.document}"
    return ["journal", "erase", whose]


def erase(var_dir: Path, repository: Path, subject: Subject, requests: Iterable[str], *, check: bool) -> int:
    """Remove the subject's records from the journal, or in check mode count them.

    ``requests`` are the subject's in the database: a rating that waits names nothing else.

    Raises FinriskError with the reason of the command.
    """
    if not (var_dir / "journal").is_dir():  # no service ran here yet
        return 0
    try:
        process = subprocess.run(
            [
                sys.executable,
                "-m",
                "finrisk",
                *arguments(subject),
                "--requests",
                *(["--plan"] if check else []),
            ],
            input="\n".join(requests),
            env=os.environ | {"FINRISK_VAR_DIR": str(var_dir)},
            cwd=repository,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FinriskError(
            f"`finrisk journal erase` did not end within {SECONDS:.0f} s in {var_dir}"
        ) from None
    count = process.stdout.partition(" ")[0]
    if process.returncode or not count.isdigit():
        reason = " ".join((process.stderr or process.stdout).split()).removeprefix("finrisk: ")
        raise FinriskError(f"cannot erase from the journal: {reason or 'no reason given'}; run this again")
    return int(count)
