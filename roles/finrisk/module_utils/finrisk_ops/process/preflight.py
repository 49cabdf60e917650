"""What the service of this machine says to settings before it gets them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

from ..errors import FinriskError
from . import gunicorn
from .gunicorn import Place

PATIENCE_SECONDS = 60.0


def check_settings(place: Place, settings: Mapping[str, str]) -> None:
    """Let the service check settings, credentials among them, as it would read them at its start.

    Raises FinriskError with the service's own message, which names the key and the fix.
    """
    command = [sys.executable, "-m", "finrisk", "settings"]
    try:
        process = subprocess.run(
            command,
            env={**gunicorn.environment(place), **settings},
            cwd=place.root,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FinriskError(f"`finrisk settings` did not end within {PATIENCE_SECONDS:.0f} s") from None
    if process.returncode:
        said = process.stderr.strip() or process.stdout.strip() or f"exit status {process.returncode}"
        raise FinriskError(f"the service refuses these settings: {said.splitlines()[-1]}.")
