"""The database schema, brought up to date by the service's own ``finrisk migrate``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ..database import UNANSWERED, address
from ..errors import FinriskError

SECONDS = 300.0


@dataclass(frozen=True)
class Schema:
    """Migrations that were applied by this run, those that still wait, and why nobody could be asked."""

    applied: list[str]
    pending: list[str]
    unanswered: str = ""


def migrate(database_url: str, repository: Path, *, check: bool) -> Schema:
    """Apply the waiting migrations; in check mode only say which they are.

    A database that does not answer is no failure, since the service starts without one; its ``unanswered``
    says why. Raises FinriskError with the reason of ``finrisk migrate`` when the database refuses.
    """
    place = address(database_url)
    command = [sys.executable, "-m", "finrisk", "migrate", *(["--plan"] if check else []), "--json"]
    environment = os.environ | {"DATABASE_URL": database_url}
    try:
        process = subprocess.run(
            command,
            env=environment,
            cwd=repository,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FinriskError(f"`finrisk migrate` did not end within {SECONDS:.0f} s at {place}") from None
    if process.returncode:
        output = process.stderr.strip() or process.stdout.strip() or f"exit status {process.returncode}"
        reason = " ".join(output.split()).removeprefix("finrisk: ")
        if process.returncode == UNANSWERED:
            return Schema([], [], f"at {place}: {reason}")
        raise FinriskError(f"cannot bring the schema at {place} up to date: {reason}")
    try:
        result = json.loads(process.stdout)
        return Schema([str(name) for name in result["applied"]], [str(name) for name in result["pending"]])
    except (ValueError, KeyError, TypeError):
        raise FinriskError("`finrisk migrate --json` did not print what it applied; run make setup") from None
