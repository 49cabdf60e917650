"""Which files one process takes together, and which processes have a cluster."""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

CLUSTERS = 2
"""How many processes take the tests of this folder: each starts a cluster, which is dear."""
SHARING = (
    "test_accidents.py",
    "test_database_down.py",
    "test_erasure.py",
    "test_errors.py",
    "test_killed.py",
    "test_promotion.py",
    "test_site_rights.py",
    "test_status.py",
)
"""The files whose tests use ``operated``."""


class Schedule(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """A file at a time, as ``--dist loadfile`` does, and the files that share in one piece.

    Processes with a cluster take what needs one first, and then help the others.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(super()._split_scope(nodeid))
        is_shared = _on_cluster(str(file)) and file.name in SHARING
        return str(file.with_name("sharing")) if is_shared else str(file)

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give a process the next piece that it takes; what is left may be for others alone, and ends it."""
        with_cluster = [each for each, taken in self.assigned_work.items() if any(map(_on_cluster, taken))]
        takes_cluster = node in with_cluster or len(with_cluster) < CLUSTERS
        for_node = [scope for scope in self.workqueue if takes_cluster or not _on_cluster(scope)]
        if not for_node:
            node.shutdown()
            return
        self.workqueue.move_to_end(max(for_node, key=_on_cluster), last=False)  # the first of them
        super()._assign_work_unit(node)


def _on_cluster(file: str) -> bool:
    return PurePosixPath(file).parent.name == "cluster"
