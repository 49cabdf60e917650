"""What a release writes on a cluster beside the Deployment: onto what it read before it asked its Lease."""

from __future__ import annotations

from typing import Any

import pytest

from finrisk_ops.kube import attempts, template
from finrisk_ops.kube import target as kube_target
from finrisk_ops.kube.rollout import NO_POD, Trouble, Verdict
from finrisk_ops.kube.target import KubernetesTarget
from finrisk_ops.machine.locks import LostError
from finrisk_ops.release.revision import CURRENT, REVISION, Revision
from tests.grounds.kept_objects import Kept, body

CORE = "/api/v1/namespaces/n"
NAME = "r0007-00000000"
CONFIG = f"{CORE}/configmaps/finrisk-config-{NAME}"
DEPLOYMENT = "/apis/apps/v1/namespaces/n/deployments/finrisk-api"


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """A revision's ConfigMap and the Deployment."""
    monkeypatch.setattr(kube_target, "PAUSE_SECONDS", 0.0)
    made = Kept()
    made.put(CONFIG, body(f"finrisk-config-{NAME}", labels={REVISION: NAME}))
    made.put(DEPLOYMENT, body("finrisk-api", spec={}))
    return made


class Lease:
    """A hold that is taken over in the middle of what this run does."""

    def __init__(self, *, asked: int) -> None:
        self.asked = asked

    def check(self) -> None:
        self.asked -= 1
        if self.asked < 0:
            raise LostError("taken over")


def holding(kept: Any, asked: int = 9) -> Any:
    target: Any = KubernetesTarget(kept)
    target._lease = Lease(asked=asked)
    return target


def current(_name: str) -> dict[str, str]:
    return {CURRENT: "true"}


def labels(kept: Kept) -> dict[str, str]:
    found: dict[str, str] = kept.objects[CONFIG]["metadata"]["labels"]
    return found


def test_a_label_is_written_onto_what_was_read_and_read_again_when_somebody_was_faster(kept: Any) -> None:
    theirs = body(f"finrisk-config-{NAME}", labels={REVISION: NAME, "theirs": "yes"})
    kept.meanwhile = lambda: kept.put(CONFIG, theirs)
    holding(kept).label(current)
    assert labels(kept) == {REVISION: NAME, "theirs": "yes", CURRENT: "true"}
    assert len(kept.sent) == 2
    holding(kept, asked=0).label(current)
    assert len(kept.sent) == 2, "nothing is left to write"


def test_a_run_whose_lease_was_taken_between_reading_and_writing_labels_and_deletes_nothing(
    kept: Any,
) -> None:
    before = dict(kept.objects)
    kept.meanwhile = lambda: kept.put(CONFIG, body(f"finrisk-config-{NAME}", labels={REVISION: NAME}))
    with pytest.raises(LostError):
        holding(kept, asked=1).label(current)
    assert CURRENT not in labels(kept)
    kept.meanwhile = lambda: kept.put(DEPLOYMENT, body("finrisk-api", spec={"replicas": 2}))
    with pytest.raises(LostError):
        holding(kept, asked=1).clear()
    assert kept.objects[DEPLOYMENT]["spec"] == {"replicas": 2}, "of the run that took over"
    assert before.keys() == kept.objects.keys()


def test_what_is_deleted_is_what_was_read(kept: Any) -> None:
    target = holding(kept)
    target.remove(NAME)
    target.remove(NAME)
    target.clear()
    target.clear()
    assert kept.objects == {}
    assert kept.sent == [f"DELETE finrisk-config-{NAME}", "DELETE finrisk-api"]


def test_a_controller_that_makes_no_pod_is_asked_until_it_does_and_nothing_of_that_stays(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, name in ((attempts, "ASK_SECONDS"), (kube_target, "POLL_SECONDS")):
        monkeypatch.setattr(place, name, 0.0)
    stopped = Verdict(0, 2, "0 of 2 pods are made", Trouble(f"{NO_POD}: exceeded quota", 10.0))
    unseen = Verdict(0, 2, "the controller has not seen it yet", is_seen=False)
    course = iter([stopped, unseen, stopped, Verdict(1, 2, "1 of 2 pods are ready"), Verdict(2, 2)])
    asked: list[str] = []
    monkeypatch.setattr(KubernetesTarget, "_verdict", lambda *_: next(course))
    monkeypatch.setattr(KubernetesTarget, "unproven", lambda *_: "")
    monkeypatch.setattr(KubernetesTarget, "_apply", lambda *_, **how: asked.append(how.get("asked", "")))
    holding(kept)._wait(Revision(NAME, {}, {}))
    first, second, last = asked
    assert "" < first < second, "what changes nothing wakes nobody"
    assert last == ""


def test_what_asks_a_controller_stands_beside_the_other_annotations_and_in_no_pod() -> None:
    held = body("finrisk-api", spec={"replicas": 2})
    held["metadata"]["annotations"] = {"of": "ours"}
    asking = template.asking_again(held, "now")
    assert asking["metadata"]["annotations"] == {"of": "ours", template.ASKED_AGAIN: "now"}
    assert asking["spec"] == held["spec"], "other pods would come"
    assert held["metadata"]["annotations"] == {"of": "ours"}
