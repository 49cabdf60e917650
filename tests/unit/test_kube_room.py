"""Whether fewer pods would make room, by the cluster's own words, and how a rollback then goes on."""

from __future__ import annotations

import pytest
from ansible.module_utils.finrisk_ops.kube.rollout import Trouble, Verdict, View
from ansible.module_utils.finrisk_ops.kube.room import pods_fewer, short_of
from ansible.module_utils.finrisk_ops.kube.squeeze import PLACE_SECONDS, Squeeze, impatient

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
        (FULL.format(used=4, limited=4), 1),
        (FULL.format(used=5, limited=4), 2),
        (FULL.format(used=5, limited=0), 0),
        (CPU, 2),
        ("0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient cpu.", 1),
        ("0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available", 1),
        ("0/1 nodes are available: 1 node(s) were unschedulable. no new claims to deallocate", 0),
        ('failed calling webhook "deny.example.com": connection refused', 0),
        ('pods "a" is forbidden: maximum memory usage per Container is 64Mi, but limit is 1Gi', 0),
        ("", 0),
    ],
)
def test_fewer_pods_make_room_where_the_cluster_counts_them(message: str, fewer: int) -> None:
    assert pods_fewer(message) == fewer


def test_a_quota_is_short_of_what_twice_the_pods_would_use() -> None:
    size = {"pods": "1", "requests.memory": "512Mi"}
    assert short_of(size, 2, {"pods": "4"}, {"pods": "5"}) == "pods: 4 of 5"
    assert short_of(size, 2, {"pods": "4"}, {"pods": "6"}) == ""
    assert short_of(size, 2, {"requests.memory": "1Gi"}, {"requests.memory": "1536Mi"}) != ""
    assert short_of(size, 2, {"services": "1"}, {"services": "1"}) == ""


def verdict(desired: int, fewer: int) -> Verdict:
    return Verdict(0, desired, "0 pods are made", Trouble("the cluster makes no pod", 10.0, fewer))


def pod(*, ready: bool) -> dict[str, object]:
    conditions = [{"type": "Ready", "status": str(ready)}]
    return {"metadata": {"name": "a"}, "status": {"conditions": conditions}}


def test_a_rollback_lets_one_pod_go_where_that_makes_room_and_says_how_long_nobody_served() -> None:
    squeeze = Squeeze()
    assert not squeeze.begins(verdict(1, 1), 1.0), "what goes anyway may go first"
    assert not squeeze.begins(verdict(1, 0), 100.0), "it would make no room"
    assert squeeze.begins(verdict(1, 1), 4.0)
    assert not squeeze.begins(verdict(1, 1), 40.0), "there is one pod alone"
    for at, ready in ((0.0, True), (1.0, True), (2.0, False), (7.0, False), (8.0, True)):
        squeeze.see(View({}, [pod(ready=ready)]), at)
    assert squeeze.told.endswith("(the cluster makes no pod): it went on with 1 fewer; no pod served for 6 s")


def test_one_more_goes_when_the_first_went_from_a_node_that_takes_none_but_never_the_last() -> None:
    squeeze = Squeeze()
    assert squeeze.begins(verdict(3, 1), 4.0)
    assert not squeeze.begins(verdict(3, 1), 20.0)
    assert squeeze.begins(verdict(3, 1), 31.0)
    assert squeeze.pods_fewer == 2
    assert not squeeze.begins(verdict(3, 1), 31.0)
    assert squeeze.told.endswith("2 fewer")


def test_a_rollback_waits_for_room_as_long_as_it_may_and_for_a_node_half_a_minute() -> None:
    def patience(trouble: Trouble) -> float:
        taken = impatient(Verdict(0, 2, "", trouble)).trouble
        assert taken is not None
        return float(taken.patience)

    assert patience(Trouble("quota", 10.0, 1)) == float("inf")
    assert patience(Trouble("no node takes pod a", float("inf"))) == PLACE_SECONDS
    assert patience(Trouble("cannot get the image")) == 0.0
