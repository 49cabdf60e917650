"""What a command said: a line of an operator's shell, or a run of ansible-playbook."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TASK = re.compile(r"^TASK \[(?:finrisk : )?(?P<name>.*)\] \**$")
"""A step's heading, which -v alone prints."""
TIMED_OUT = 124
"""The code of a line that was ended because it took too long, as timeout(1) has it."""
CHANGED = re.compile(r"^(?:changed|would change): \[[^\]]*\] ?(?P<name>.*)$")
RECAP = re.compile(
    r"^\S+ *:(?: ok=\d+ +)? changed=(?P<changed>\d+) .*?\bfailed=(?P<failed>\d+).*$", re.MULTILINE
)
"""The line of a host, of ours and of Ansible's own recap; what a run has to say comes behind it."""


@dataclass(frozen=True)
class Run:
    """Code and output of one run."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Everything it printed."""
        return self.stdout + self.stderr

    @property
    def changed(self) -> int:
        """The recap's changed count."""
        return self._counted("changed")

    @property
    def failed(self) -> int:
        """The recap's failed count."""
        return self._counted("failed")

    @property
    def changed_tasks(self) -> list[str]:
        """The tasks that changed something, or announced it, in the order in which they ran."""
        found: dict[str, None] = {}
        task = ""
        for line in self.stdout.splitlines():
            if heading := TASK.match(line):
                task = heading["name"]
            elif changed := CHANGED.match(line):
                found[changed["name"] or task] = None
        return list(found)

    @property
    def told(self) -> str:
        """What stands behind the recap; all of it when a page that changed nothing stands alone."""
        return self.stdout[recap.end() :] if (recap := self._recap) else self.stdout

    @property
    def last_lines(self) -> list[str]:
        """The lines behind the recap."""
        return [line for line in self.told.splitlines() if line]

    def _counted(self, what: str) -> int:
        return int(recap[what]) if (recap := self._recap) else 0

    @property
    def _recap(self) -> re.Match[str] | None:
        found = RECAP.search(self.stdout)
        assert found or self.code == 0, self.output
        return found


def shell(line: str, folder: Path, environment: Mapping[str, str], seconds: float) -> Run:
    """Run a line in bash, in a folder; its code is TIMED_OUT when it did not end in time."""
    process = subprocess.Popen(
        ["bash", "-o", "pipefail", "-c", line],
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        return Run(TIMED_OUT, *process.communicate())
    return Run(process.returncode, stdout, stderr)
