"""Whether fewer pods would make room, by the cluster's own words, and how a rollback then goes on."""

from __future__ import annotations

import pytest

from finrisk_ops.kube.attempts import ASK_SECONDS, Attempts
from finrisk_ops.kube.rollout import Trouble, Verdict, View
from finrisk_ops.kube.room import is_made_by_fewer, short_of
from finrisk_ops.kube.squeeze import PLACE_SECONDS, Squeeze, impatient

FULL = (
    'pods "finrisk-api-5c9-x2x" is forbidden: exceeded quota: tight, requested: pods=1, used: pods={used}, '
    "limited: pods={limited}"
)
CPU = (
    'pods "a" is forbidden: exceeded quota: q, requested: pods=1,requests.cpu=500m, '
    "used: pods=3,requests.cpu=2, limited: pods=9,requests.cpu=1500m"
)


@pytest.mark.parametrize(
    ("message", "fewer"),
    [
        (FULL.format(used=4, limited=4), True),
        (FULL.format(used=5, limited=4), True),
        (FULL.format(used=5, limited=0), False),
        (CPU, True),
        ("0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.", True),
        ("0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available", True),
        ("0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate", False),
        ('failed calling webhook "deny.example.com": connection refused', False),
        ('pods "a" is forbidden: maximum memory usage per Container is 64Mi, but limit is 1Gi', False),
        ("", False),
    ],
)
def test_fewer_pods_make_room_where_the_cluster_counts_them(message: str, fewer: bool) -> None:
    assert is_made_by_fewer(message) is fewer


def test_a_quota_is_short_of_what_twice_the_pods_would_use() -> None:
    size = {"pods": "1", "requests.memory": "512Mi"}
    assert short_of(size, 2, {"pods": "4"}, {"pods": "5"}) == "pods: 4 of 5"
    assert short_of(size, 2, {"pods": "4"}, {"pods": "6"}) == ""
    assert short_of(size, 2, {"requests.memory": "1Gi"}, {"requests.memory": "1536Mi"}) != ""
    assert short_of(size, 2, {"services": "1"}, {"services": "1"}) == ""


QUOTA = "the cluster makes no pod: exceeded quota"
NODES = "no node takes pod a: Insufficient cpu"


def verdict(desired: int, text: str = NODES, *, wants_room: bool = True) -> Verdict:
    return Verdict(0, desired, "0 pods are made", Trouble(text, 10.0, wants_room))


def pod(*, ready: bool, ends: bool = False) -> dict[str, object]:
    conditions = [{"type": "Ready", "status": str(ready)}]
    metadata = {"name": "a"} | ({"deletionTimestamp": "2026-01-01T00:00:00Z"} if ends else {})
    return {"metadata": metadata, "status": {"conditions": conditions}}


def test_a_rollback_lets_one_pod_go_where_that_makes_room_and_says_how_long_nobody_served() -> None:
    squeeze = Squeeze()
    assert not squeeze.goes_on(verdict(1), 1.0), "what goes anyway may go first"
    assert not squeeze.goes_on(verdict(1, wants_room=False), 100.0), "it would make no room"
    assert squeeze.goes_on(verdict(1), 4.0)
    assert not squeeze.goes_on(verdict(1), 40.0), "there is one pod alone"
    for at, ready in ((0.0, True), (1.0, True), (2.0, False), (7.0, False), (8.0, True)):
        squeeze.see(View({}, [pod(ready=ready)]), at)
    assert squeeze.told.endswith(f"({NODES}): it went on with 1 fewer; no pod served for 6 s")


@pytest.mark.parametrize(("text", "most"), [(NODES, 2), (QUOTA, 3)])
def test_one_more_goes_when_the_first_made_no_room_and_the_last_one_where_a_quota_counts(
    text: str, most: int
) -> None:
    squeeze = Squeeze()
    assert squeeze.goes_on(verdict(3, text), 4.0)
    squeeze.see(View({}, [pod(ready=True, ends=True)]), 100.0)
    squeeze.see(View({}, [pod(ready=True)]), 125.0)
    assert not squeeze.goes_on(verdict(3, text), 125.0), "the one that went has just ended"
    squeeze.see(View({}, [pod(ready=True)]), 131.0)
    for _ in range(5):
        squeeze.goes_on(verdict(3, text), 31.0)
    assert squeeze.pods_fewer == most
    assert squeeze.told.endswith(f"{most} fewer")


def test_a_rollback_waits_for_room_as_long_as_it_may_and_for_a_node_half_a_minute() -> None:
    def patience(trouble: Trouble) -> float:
        taken = impatient(Verdict(0, 2, "", trouble)).trouble
        assert taken is not None
        return float(taken.patience)

    assert patience(Trouble("quota", 10.0, wants_room=True)) == float("inf")
    assert patience(Trouble("no node takes pod a", float("inf"))) == PLACE_SECONDS
    assert patience(Trouble("cannot get the image")) == 0.0
    slow = Trouble("pod a does not get ready: Startup probe failed", float("inf"))
    assert patience(slow) == float("inf"), "a pod that is slow to start is on its way"


def test_a_controller_that_made_no_pod_is_asked_at_once_and_then_every_few_seconds() -> None:
    attempts, full = Attempts(), Trouble(QUOTA, 10.0, wants_room=True)
    assert not attempts.are_due(None, 0.0)
    assert not attempts.are_due(Trouble(NODES, 10.0, wants_room=True), 0.0), "a scheduler tries by itself"
    assert attempts.asked == ""
    assert attempts.are_due(full, 1.0)
    first = attempts.asked
    assert not attempts.are_due(full, 0.9 + ASK_SECONDS)
    assert attempts.are_due(full, 1.0 + ASK_SECONDS)
    assert attempts.asked > first
