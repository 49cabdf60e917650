"""Playbooks killed on their way and run again: the end is that of a run that nobody killed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from finrisk_ops.kube import lease
from tests.cluster import operation
from tests.cluster.clients import Clients
from tests.cluster.environment import Environment
from tests.cluster.operation import AfterChange, Operated
from tests.grounds.waiting import until

pytestmark = pytest.mark.long  # test_accidents.py has a kill in the middle of a release

RELEASE = "TASK [finrisk : Release"
RATIO = ("-e", "finrisk_ab_ratio=50")


def heading(line: str) -> bool:
    return line.startswith(RELEASE)


def progress(label: str) -> Callable[[str], bool]:
    """Stop at a line of the roll-out's progress."""
    return lambda line: " pods: " in line and label in line


def released_by(environment: Environment) -> lease.Holder | None:
    """Who holds the Lease of releases."""
    held = {each["metadata"]["name"]: each for each in environment.objects("lease")}
    return lease.holder_of(held.get(lease.NAME), time.time())


def test_site_killed_after_each_change_ends_as_if_nobody_had_killed_it(
    operated: Operated, environment: Environment
) -> None:
    killed_at: list[str] = []
    in_release = progress("")
    for _ in range(20):
        released = any(map(in_release, killed_at))
        run = operation.killed(environment, "site", AfterChange(None if released else in_release))
        if run.at_end:
            break
        killed_at.append(run.last)
    assert len(killed_at) >= 4, killed_at
    assert len(killed_at) == len(set(killed_at)), "each run came one task further"
    assert any(map(in_release, killed_at)), "and one was killed while its pods started"
    assert environment.play("site").changed == 0
    assert operation.objects(environment) == operated.objects


@pytest.mark.parametrize("playbook", ["deploy", "rollback"])
def test_a_release_killed_anywhere_ends_as_if_nobody_had_killed_it_and_users_are_answered(
    operated: Operated, playbook: str
) -> None:
    environment, before = operated.environment, operated.revisions
    arguments = RATIO if playbook == "deploy" else ()
    points = {
        "the release begins": heading,
        "the Deployment is applied": progress(""),
        "new pods are ready": progress("2 of 2"),
        "all pods run it": progress("every pod runs it"),
    }
    with Clients(environment) as clients:
        for name, point in points.items():
            run = operation.killed(environment, playbook, point, *arguments)
            assert not run.at_end or name != "the release begins"
        environment.play(playbook, *arguments)
    assert clients.failed() == []
    assert len(clients.between()) > 50
    after = operated.revision
    split = 0.5 if playbook == "deploy" else 0.0
    assert operated.splits() == {(after, split)}
    assert operated.revisions - before == {after}, "one revision, however often it was begun"
    (current,) = environment.objects("configmap", "finrisk.io/current=true")
    assert current["metadata"]["labels"]["finrisk.io/revision"] == after
    assert current["metadata"]["labels"]["finrisk.io/proven"] == "true"
    assert json.loads(current["metadata"]["annotations"]["finrisk.io/release"])["ratio"] == split * 100
    assert environment.play(playbook, *arguments).changed == 0


def test_a_killed_group_leaves_no_release_half_done(operated: Operated) -> None:
    """SIGKILL to the process group spares what left it: that release ends, or the next run takes over."""
    environment = operated.environment
    process = environment.start("deploy", "-e", "finrisk_ab_ratio=75")
    assert process.stdout is not None
    for line in process.stdout:
        if " pods: " in line:
            break
    operation.kill_group(process)
    again = environment.try_to_play("deploy", "-e", "finrisk_ab_ratio=75")
    if again.code:
        assert "another release is under way" in again.output
        until(lambda: not released_by(environment), 240)  # its roll-out may take 120
        environment.play("deploy", "-e", "finrisk_ab_ratio=75")
    assert operated.splits() == {(operated.revision, 0.75)}
    environment.play("deploy", "-e", "finrisk_ab_ratio=25")
