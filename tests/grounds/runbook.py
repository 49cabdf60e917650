"""docs/runbook.md taken apart: what people typed, and what they type now."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.grounds.repository import DOCS

RUNBOOK = (DOCS / "runbook.md").read_text(encoding="utf-8")
HEAD = "| You used to type | You type now |"


@dataclass(frozen=True)
class Row:
    """A row of the tables: old commands as patterns, new ones to run here, and those that need a cluster."""

    old: tuple[str, ...]
    here: tuple[str, ...]
    cluster: tuple[str, ...]
    now: str

    def replaces(self, command: str) -> bool:
        """Say whether this row is about the old command; ``…`` stands for any text."""
        patterns = (".*".join(map(re.escape, old.split("…"))) for old in self.old)
        return any(re.fullmatch(pattern, command) for pattern in patterns)


def code(text: str) -> tuple[str, ...]:
    return tuple(found.replace("\\|", "|") for found in re.findall(r"`([^`]+)`", text))


def rows() -> list[Row]:
    found = []
    for table in RUNBOOK.split(HEAD)[1:]:
        for line in table.splitlines()[2:]:
            if not line.startswith("|"):
                break
            old, now, _ = re.split(r"(?<!\\)\|", line)[1:4]
            parts = [part.strip() for part in now.split("<br>")]
            here = [each for part in parts if not part.startswith("cluster:") for each in code(part)]
            cluster = [each for part in parts if part.startswith("cluster:") for each in code(part)]
            found.append(Row(code(old), tuple(here), tuple(cluster), now))
    return found


def blocks(text: str) -> list[str]:
    return re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
