"""Mounts below a folder, as the kernel tells them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from sandbox.kubernetes.failure import ClusterError


def below(folder: Path) -> list[Path]:
    """Every mount point below the folder, the last mounted first."""
    points = []
    for line in Path("/proc/self/mounts").read_text("utf-8").splitlines():
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), line.split()[1])
        if point.startswith(f"{folder}/"):
            points.append(Path(point))
    return points[::-1]


def remove(folder: Path) -> None:
    """Unmount everything below the folder, by force where something still looks into it.

    Raises ClusterError when a mount stays.
    """
    for point in below(folder):
        if subprocess.run(["umount", point], capture_output=True, check=False).returncode:
            subprocess.run(["umount", "--lazy", point], capture_output=True, check=False)
    if left := below(folder):
        raise ClusterError(f"cannot unmount {', '.join(map(str, left))}")
