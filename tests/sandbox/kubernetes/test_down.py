"""`make cluster-down` after a session of tests that was killed, and beside one that runs."""

from __future__ import annotations

import pytest

from sandbox.kubernetes import binaries, cluster
from sandbox.kubernetes.__main__ import main
from sandbox.kubernetes.place import Place


def test_every_cluster_goes_down_but_that_of_a_session_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[int] = []

    def record(place: Place, *, forget: bool) -> None:
        assert not forget
        stopped.append(place.number)

    monkeypatch.setattr(cluster, "down", record)
    with binaries.locked(cluster.session_lock(Place(7))):
        assert main(["down"]) == 0
    assert {0, 8} < set(stopped)
    assert 7 not in stopped
    assert main(["--number", "7", "down"]) == 0
    assert stopped[-1] == 7
