"""What a pod does that is told to end before Python runs: the kernel drops what its first process ignores."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.kubernetes.images import APP_SETTINGS

SECONDS = 20.0


def first_process(unshare: int) -> int:
    """Return the process that is number 1 of its own, as soon as it runs Python."""
    end = time.monotonic() + SECONDS
    children = Path(f"/proc/{unshare}/task/{unshare}/children")
    while time.monotonic() < end:
        for child in children.read_text().split():
            if Path(f"/proc/{child}/comm").read_text().startswith("python"):
                return int(child)
    raise AssertionError("no Python was started")


@pytest.mark.skipif(os.geteuid() != 0, reason="a process that is number 1 of its own takes root")
def test_a_pod_that_is_told_to_end_before_python_can_handle_it_ends() -> None:
    entry = [sys.executable if word == "python3" else word for word in APP_SETTINGS["Entrypoint"]]
    command = ["unshare", "--pid", "--fork", "--kill-child", *entry, "--help"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            os.kill(first_process(process.pid), signal.SIGTERM)
            assert process.wait(SECONDS) == 143, "it was told to end, and went on"
        finally:
            process.kill()
