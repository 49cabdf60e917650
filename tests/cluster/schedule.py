"""Which files one process takes together: those that share an environment, which is then built once."""

from __future__ import annotations

from pathlib import PurePosixPath

from xdist.scheduler import LoadFileScheduling

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
    """A file at a time, as ``--dist loadfile`` does, and the files that share in one piece."""

    def _split_scope(self, nodeid: str) -> str:
        file = PurePosixPath(super()._split_scope(nodeid))
        is_shared = file.parent.name == "cluster" and file.name in SHARING
        return str(file.with_name("sharing")) if is_shared else str(file)
