"""What a roll-out has come to, by Deployments, pods and events as a cluster shows them."""

from __future__ import annotations

from typing import Any

import pytest

from finrisk_ops.kube.rollout import NO_POD, Patience, Trouble, Verdict, View, judge
from finrisk_ops.service.log import last_words

NEW, OLD = "r0002-bbbbbbbb", "r0001-aaaaaaaa"


def deployment(*, updated: int = 2, available: int = 2, total: int = 2, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {"generation": 3},
        "spec": {"replicas": 2, **spec},
        "status": {
            "observedGeneration": 3,
            "updatedReplicas": updated,
            "availableReplicas": available,
            "replicas": total,
        },
    }


def pod(
    name: str, revision: str = NEW, *, ready: bool = True, ending: bool = False, **container: Any
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": {"finrisk.io/revision": revision}}
    if ending:
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}]
    statuses = [{"image": "app:1", "restartCount": 0, **container}]
    return {
        "metadata": metadata,
        "status": {"phase": "Running", "conditions": conditions, "containerStatuses": statuses},
    }


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"state": {"waiting": {"reason": reason, "message": message}}}


def event(name: str, reason: str, message: str) -> dict[str, Any]:
    return {"involvedObject": {"name": name}, "reason": reason, "message": message, "lastTimestamp": "1"}


def in_trouble(trouble: Trouble | None) -> Verdict:
    return Verdict(0, 2, "0 of 2 pods are made", trouble)


def has_arrived(verdict: Verdict) -> bool:
    return not verdict.waits_for and verdict.trouble is None


def test_it_has_arrived_when_every_pod_runs_it_and_no_other_is_left() -> None:
    verdict = judge(View(deployment(), [pod("a"), pod("b")]), NEW)
    assert has_arrived(verdict)
    assert (verdict.ready, verdict.desired) == (2, 2)


def test_an_old_pod_that_ends_may_still_answer_and_is_waited_for() -> None:
    verdict = judge(View(deployment(), [pod("a"), pod("b"), pod("c", OLD, ending=True)]), NEW)
    assert verdict.waits_for == "earlier pods that have not ended yet: 1"


def test_a_pod_of_the_same_revision_with_an_earlier_template_is_waited_for() -> None:
    """As after new credentials, or after kubectl set image was taken back."""

    def counted(number: int, name: str) -> dict[str, Any]:
        annotations = {"deployment.kubernetes.io/revision": str(number)}
        return {"metadata": {"annotations": annotations, "labels": {"pod-template-hash": name}}}

    held, pods = deployment(), [pod("a"), pod("b"), pod("c")]
    held["metadata"] |= counted(2, "")["metadata"]
    for each, name in zip(pods, ("new", "new", "old"), strict=True):
        each["metadata"]["labels"]["pod-template-hash"] = name
    view = View(held, pods, (), [counted(1, "old"), counted(2, "new")])
    assert judge(view, NEW).waits_for == "earlier pods that have not ended yet: 1"
    assert has_arrived(judge(View(held, pods[:2], (), view.replicasets), NEW))


def test_a_pod_that_ended_long_ago_is_not_waited_for() -> None:
    evicted = pod("c", OLD)
    evicted["status"] |= {"phase": "Failed", "reason": "Evicted"}
    assert has_arrived(judge(View(deployment(), [pod("a"), pod("b"), evicted]), NEW))


def test_what_the_controller_has_not_seen_says_nothing_yet() -> None:
    held = deployment()
    held["metadata"]["generation"] = 4
    crashing = pod("b", ready=False, **waiting("CrashLoopBackOff"))  # of the template before, for all we know
    verdict = judge(View(held, [pod("a"), crashing]), NEW)
    assert verdict.waits_for == "the controller has not seen it yet"
    assert verdict.trouble is None


@pytest.mark.parametrize(
    ("container", "told"),
    [
        (
            waiting("ImagePullBackOff", "not found"),
            "cannot get the image app:1 (ImagePullBackOff): not found",
        ),
        (waiting("ErrImageNeverPull"), "cannot get the image app:1 (ErrImageNeverPull)"),
        (
            waiting("CrashLoopBackOff")
            | {"restartCount": 3, "lastState": {"terminated": {"exitCode": 4, "reason": "Error"}}},
            "ended with exit status 4",
        ),
        (
            waiting("CrashLoopBackOff")
            | {"restartCount": 3, "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}},
            "more memory than its limit",
        ),
        (
            waiting("CrashLoopBackOff")
            | {
                "lastState": {
                    "terminated": {"exitCode": 128, "reason": "StartError", "message": "no finrisk"}
                }
            },
            "cannot start: no finrisk",
        ),
        (
            waiting("CrashLoopBackOff") | {"lastState": {"terminated": {"exitCode": 137, "reason": "Error"}}},
            "its probe failed: Startup probe failed: 500",
        ),
    ],
)
def test_a_pod_that_cannot_run_fails_the_roll_out_at_once_with_its_own_reason(
    container: dict[str, Any], told: str
) -> None:
    events = [event("a", "Unhealthy", "Startup probe failed: 500"), event("b", "Unhealthy", "of another pod")]
    verdict = judge(View(deployment(available=1), [pod("a", ready=False, **container)], events), NEW)
    assert verdict.trouble
    assert told in verdict.trouble.text
    assert verdict.trouble.patience == 0


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([event("a", "Failed", "Error: context deadline exceeded")], "context deadline exceeded"),
        ([event("b", "Failed", "of another pod")], "its node does not say why"),
    ],
)
def test_a_container_that_its_node_began_anew_is_told_with_what_the_node_said(
    events: list[dict[str, Any]], told: str
) -> None:
    begun_anew = pod("a", ready=False, restartCount=1, state={"running": {}})
    trouble = judge(View(deployment(available=1), [begun_anew, pod("b")], events), NEW).trouble
    assert trouble
    assert trouble.text == f"pod a was begun anew: {'Error: ' * ('deadline' in told)}{told}"


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"type": "ReplicaFailure", "status": "True", "message": "exceeded quota: small"}, "exceeded quota"),
        ({"type": "Progressing", "reason": "ProgressDeadlineExceeded", "message": "timed out"}, "timed out"),
    ],
)
def test_what_may_mend_itself_gets_some_time(trouble: dict[str, Any], told: str) -> None:
    held = deployment(available=0, updated=0)
    held["status"]["conditions"] = [trouble]
    verdict = judge(View(held, []), NEW)
    assert verdict.trouble
    assert told in verdict.trouble.text
    assert 0 < verdict.trouble.patience < 60


def test_of_pods_that_are_refused_the_last_reason_is_told_and_no_name_that_changes() -> None:
    held = deployment(available=0, updated=0)
    held["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": "2"}
    held["status"]["conditions"] = [
        {
            "type": "ReplicaFailure",
            "status": "True",
            "message": 'Internal error occurred: failed calling webhook "deny.example": no route',
            "lastTransitionTime": "2026-01-01T00:00:10Z",
        }
    ]
    replicasets = [
        {"metadata": {"name": name, "annotations": {"deployment.kubernetes.io/revision": number}}}
        for name, number in (("before", "1"), ("newest", "2"))
    ]

    def told(*events: tuple[str, str, str]) -> str:
        warnings = [event(name, "FailedCreate", said) | {"lastTimestamp": at} for name, at, said in events]
        verdict = judge(View(held, [], warnings, replicasets), NEW)
        assert verdict.trouble
        return str(verdict.trouble.text)

    refusal = 'Error creating: pods "finrisk-api-5c9-{}" is forbidden: maximum memory usage is 64Mi'
    first, last = ("newest", "2026-01-01T00:00:20Z", refusal.format("a")), refusal.format("b")
    assert "the admission webhook deny.example does not answer" in told(
        ("newest", "2026-01-01T00:00:09Z", last), ("before", "2026-01-01T00:00:30Z", last)
    )
    assert told(first) == f"{NO_POD}: maximum memory usage is 64Mi"
    combined = f"(combined from similar events): {last}"
    assert told(first, ("newest", "2026-01-01T00:00:20.5Z", combined)) == told(first)


def test_a_pod_without_a_node_waits_as_long_as_the_roll_out_may() -> None:
    held = pod("a", ready=False)
    held["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes"}]
    verdict = judge(View(deployment(available=1), [held]), NEW)
    assert verdict.trouble
    assert verdict.trouble.text == "no node takes pod a: 0/3 nodes"
    assert verdict.trouble.patience == float("inf")


def test_a_paused_deployment_is_told_with_the_command() -> None:
    kubectl = "kubectl --context staging -n n"
    verdict = judge(View(deployment(paused=True), [pod("a", OLD)], kubectl=kubectl), NEW)
    assert verdict.trouble
    assert f"{kubectl} rollout resume" in verdict.trouble.text


def test_troubles_of_the_old_pods_do_not_fail_the_new_ones() -> None:
    crashing = pod("old", OLD, ready=False, **waiting("CrashLoopBackOff"), restartCount=9)
    verdict = judge(View(deployment(updated=1, total=3), [pod("a"), crashing]), NEW)
    assert verdict.trouble is None
    assert verdict.waits_for


def test_a_restart_that_the_roll_out_got_over_does_not_fail_it() -> None:
    once: dict[str, Any] = {"restartCount": 1, "lastState": {"terminated": {"exitCode": 1}}}
    assert has_arrived(judge(View(deployment(), [pod("a", **once), pod("b")]), NEW))


def test_a_pod_that_serves_is_no_trouble_however_often_it_was_restarted_in_its_life() -> None:
    often: dict[str, Any] = {
        "restartCount": 7,
        "lastState": {"terminated": {"exitCode": 137, "reason": "OOMKilled"}},
    }
    assert has_arrived(judge(View(deployment(), [pod("a", **often), pod("b")]), NEW))
    crashing = pod("a", ready=False, **often)
    verdict = judge(View(deployment(available=1), [crashing, pod("b")]), NEW)
    assert verdict.trouble is not None
    assert "used more memory than its limit" in verdict.trouble.text


def test_a_pod_on_a_lost_node_that_nobody_can_end_does_not_hold_up_a_roll_out() -> None:
    lost = pod("c", OLD, ready=False, ending=True)  # it was to be gone by 2026-01-01 00:00
    midnight = 1767225600.0

    def waits(held: dict[str, Any], now: float) -> str:
        return str(judge(View(deployment(), [pod("a"), pod("b"), held], now=now), NEW).waits_for)

    assert waits(lost, midnight + 20), "it may just be slow"
    assert not waits(lost, midnight + 40)
    assert waits(pod("c", OLD, ending=True), midnight + 40), "what is in service may answer"


@pytest.mark.parametrize(
    ("log", "told"),
    [
        ('{"level": "ERROR", "message": "no model"}\nbye', "no model"),
        ("Traceback\n  x\nValueError: no\n[INFO] bye", "ValueError: no"),
        ("one\ntwo\n\n", "two"),
        ("", ""),
    ],
)
def test_the_last_words_of_a_log_are_its_error(log: str, told: str) -> None:
    assert last_words(log) == told


def test_a_trouble_that_may_mend_itself_is_waited_for_as_long_as_its_patience() -> None:
    patience, quota = Patience(300, 100.0), Trouble("the cluster makes no pod: quota", patience=10)
    assert not patience.is_over(in_trouble(quota), 120)
    assert not patience.is_over(in_trouble(quota), 129.9)
    assert patience.is_over(in_trouble(quota), 130)
    assert patience.is_over(in_trouble(Trouble("cannot get the image")), 131), (
        "what cannot mend itself is over at once"
    )


def test_a_trouble_that_went_or_changed_begins_anew_and_one_that_only_counts_does_not() -> None:
    patience, quota = Patience(300, 0.0), Trouble("the cluster makes no pod: quota", patience=10)
    assert not patience.is_over(in_trouble(quota), 0)
    assert not patience.is_over(in_trouble(None), 8)
    assert not patience.is_over(in_trouble(quota), 9)
    assert not patience.is_over(in_trouble(quota), 18)
    assert not patience.is_over(in_trouble(Trouble("no node takes pod a", patience=10)), 18.5)
    assert not patience.is_over(in_trouble(quota), 18.9)
    assert not patience.is_over(in_trouble(quota), 28.8)
    assert patience.is_over(in_trouble(quota), 28.9)
    same = "x" * 60
    assert not patience.is_over(in_trouble(Trouble(same + " after 1 s", patience=10)), 30)
    assert patience.is_over(in_trouble(Trouble(same + " after 11 s", patience=10)), 41)


def test_without_trouble_and_with_one_that_is_endured_the_wait_ends_with_its_time() -> None:
    for trouble in (None, Trouble("no node takes pod a", patience=float("inf"))):
        patience = Patience(60, 0.0)
        assert not patience.is_over(in_trouble(trouble), 60)
        assert patience.is_over(in_trouble(trouble), 60.1)


def test_a_trouble_lasts_while_the_controller_has_not_seen_what_changed() -> None:
    patience, quota = Patience(300, 0.0), in_trouble(Trouble("the cluster makes no pod: quota", patience=10))
    unseen = Verdict(0, 2, "the controller has not seen it yet", is_seen=False)
    assert not patience.is_over(quota, 0)
    assert not patience.is_over(unseen, 9)
    assert patience.is_over(quota, 10)
    assert patience.is_over(unseen, 301), "its time is over all the same"
