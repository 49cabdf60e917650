"""The folder of exports and datasets: one run at a time writes into it, and who waits learns for whom."""

from __future__ import annotations

import getpass
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import folder_lock

HOLD = """
import fcntl, os, sys, time
fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def holder(script: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process have the folder."""
    script.write_text(HOLD)
    command = [sys.executable, str(script), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


@pytest.mark.parametrize(
    ("script", "name"), [("AnsiballZ_finrisk_prepare.py", "finrisk_prepare"), ("other.py", "python")]
)
def test_who_has_the_folder_for_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, name: str
) -> None:
    monkeypatch.setattr(folder_lock, "_WAIT_SECONDS", 0.3)
    folder = tmp_path / "training_data"
    folder.mkdir()
    with (
        holder(tmp_path / script, folder) as process,
        pytest.raises(FinriskError, match=f"^{name}") as told,
        folder_lock.held(folder),
    ):
        pass
    account = f" of {getpass.getuser()} (process {process.pid}) has been writing into {folder} for "
    assert account in told.value.message


def test_the_folder_of_a_holder_that_is_killed_is_free(tmp_path: Path) -> None:
    with holder(tmp_path / "other.py", tmp_path) as process:
        Timer(0.3, process.kill).start()
        with folder_lock.held(tmp_path):
            assert process.wait(5) == -9
