"""Which process takes which file, and which processes have a cluster."""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

CLUSTERS = 2
"""How many processes have a cluster from the beginning: while these wait for pods, the others compute."""


class Schedule(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file at a time, as ``--dist loadfile`` does.

    Processes with a cluster take what needs one first, the others what needs none; who finds nothing else
    takes what is left.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give a process the next file."""
        with_cluster = [each for each, taken in self.assigned_work.items() if any(map(_on_cluster, taken))]
        prefers_cluster = node in with_cluster or len(with_cluster) < CLUSTERS
        preferred = max(self.workqueue, key=lambda file: _on_cluster(file) == prefers_cluster)
        self.workqueue.move_to_end(preferred, last=False)  # the first of them
        super()._assign_work_unit(node)


def _on_cluster(file: str) -> bool:
    return PurePosixPath(file).parent.name == "cluster"
