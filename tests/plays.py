"""What a run of ansible-playbook said."""

from __future__ import annotations

import re
from dataclasses import dataclass

TASK = re.compile(r"^TASK \[(?:finrisk : )?(?P<name>.*)\] \**$")
CHANGED = re.compile(r"^changed: \[")


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
            elif CHANGED.match(line):
                found[task] = None
        return list(found)

    @property
    def last_lines(self) -> list[str]:
        """What stands behind the recap."""
        lines = self.stdout.partition("PLAY RECAP")[2].splitlines()[2:]
        return [line for line in lines if line]

    def _counted(self, what: str) -> int:
        found = re.search(rf"\b{what}=(\d+)", self.stdout.partition("PLAY RECAP")[2])
        assert found, self.output
        return int(found[1])
