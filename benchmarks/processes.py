"""What processes of this machine use: CPU and memory, from proc(5)."""

import os
from pathlib import Path

CORES = len(os.sched_getaffinity(0))
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(root: int) -> float:
    """CPU that a process and all below it have used, those that ended included once they were waited for."""
    ticks = (sum(map(int, fields[11:15])) for fields in _tree(root).values())  # utime, stime, cutime, cstime
    return sum(ticks) / _TICKS


def megabytes(root: int) -> float:
    """Memory of a process and all below it, what they share counted once (PSS), in MB of 1,000,000 bytes."""
    return sum(_memory(pid, "Pss:") for pid in _tree(root))


def own_megabytes(pid: int) -> float:
    """Memory that a process shares with no other (USS), in MB of 1,000,000 bytes."""
    return _memory(pid, "Private_")


def _tree(root: int) -> dict[int, list[str]]:
    """A process and all below it, with what stands behind the name in proc(5), stat."""
    children: dict[int, list[int]] = {}
    known: dict[int, list[str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        known[int(folder.name)] = fields
    tree, todo = {}, [root]
    while todo:
        pid = todo.pop()
        if pid in known:
            tree[pid] = known[pid]
        todo += children.get(pid, [])
    return tree


def _memory(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024 / 1e6


def is_running(pid: int) -> bool:
    """Whether it is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
