"""tune.yml as an operator runs it: a process of ansible-playbook, which a test may end at any moment."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.grounds import packages
from tests.grounds.playground import connection
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import Wire

INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", *packages.INHERITED)


def describe(ground: Wire, database_url: str) -> None:
    """Write the simulator's sandbox.json as ``python -m sandbox up`` does it."""
    described = connection(ground, database_url=database_url)
    (ground.var / "sandbox.json").write_text(json.dumps(described))


def environment(ground: Wire, folder: Path, **more: str) -> dict[str, str]:
    """Return what the operator's shell knows."""
    known = {key: os.environ[key] for key in INHERITED if key in os.environ}
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    ours = {"HOME": str(home), "FINRISK_VAR_DIR": str(ground.var), "OUTPUT_DIR": str(folder)}
    return {"ANSIBLE_NOCOLOR": "1"} | known | ours | more


def start(ground: Wire, folder: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start tune.yml in a process group of its own."""
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "playbooks/tune.yml", *arguments]
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment(ground, folder, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def end_orphans(var: Path) -> None:
    """Kill what runs on a var folder of a test: Ansible's workers outlive a killed ansible-playbook."""
    wanted = f"FINRISK_VAR_DIR={var}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), signal.SIGKILL)
