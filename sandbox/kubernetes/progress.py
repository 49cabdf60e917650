"""What the cluster's commands say while they work: a line for each step, with the seconds it took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(text: str) -> None:
    """Print a line at once, to standard error: standard output is for answers."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print the step and its seconds when it is done."""
    began = time.monotonic()
    yield
    say(f"{time.monotonic() - began:7.1f} s  {text}")
