"""What a status says of the CronJob that rolls back by itself."""

from __future__ import annotations

from typing import Any

import pytest

from finrisk_ops.kube.acting import why_it_has_no_pod, why_it_waits
from finrisk_ops.status.page import page
from finrisk_ops.status.report import judgement
from tests.grounds.status import healthy


def acting(**values: Any) -> dict[str, Any]:
    """One that ran well a moment before the status of `healthy`."""
    return {
        "schedule": "* * * * *",
        "suspended": False,
        "last_run": "2026-11-28T02:59:00Z",
        "last_success": "2026-11-28T02:59:12Z",
        "job": "finrisk-act-29402099",
        "waits": False,
        "problem": None,
    } | values


def told(**values: Any) -> dict[str, Any]:
    data: dict[str, Any] = healthy() | {"acting": acting(**values)}
    data |= judgement(data)
    return data


def test_one_that_runs_well_is_a_line_with_its_ages_and_no_finding() -> None:
    data = told()
    assert data["findings"] == []
    assert "By itself       finrisk-act, at * * * * *: ran 60 seconds ago, well 48 seconds ago" in page(data)
    assert not [line for line in page(healthy() | judgement(healthy())) if line.startswith("By itself")]


def test_one_that_never_ran_says_so() -> None:
    line = next(line for line in page(told(last_run=None, last_success=None)) if "finrisk-act" in line)
    assert line.endswith("ran never, well never")


@pytest.mark.parametrize(
    ("values", "what", "command"),
    [
        ({"suspended": True}, "is suspended: nothing rolls back", '{"spec": {"suspend": false}}'),
        ({"problem": "Ask the gate: no."}, "Ask the gate: no.", "-n n logs job/finrisk-act-29402099"),
        (
            {"problem": "pod a cannot get the image x", "waits": True},
            "cannot get the image x.",
            "playbooks/site.yml && kubectl --context c -n n delete job finrisk-act-29402099",
        ),
    ],
)
def test_one_that_rolls_nothing_back_is_a_finding_with_what_mends_it(
    values: dict[str, Any], what: str, command: str
) -> None:
    [finding] = told(**values)["findings"]
    assert finding["about"] == "gate"
    assert what in finding["what"]
    assert command in finding["command"]
    assert not finding["roll_back"]


def test_a_pod_between_two_tries_to_get_its_image_waits_as_well() -> None:
    def pod(**state: Any) -> dict[str, Any]:
        container = {"name": "act", "image": "i", "state": state}
        return {"metadata": {"name": "a"}, "status": {"containerStatuses": [container]}}

    waits = {
        reason: {"reason": reason} for reason in ("ErrImagePull", "ImagePullBackOff", "ContainerCreating")
    }
    told = {reason: why_it_waits(pod(waiting=state), []) for reason, state in waits.items()}
    assert told["ErrImagePull"] == "pod a does not start (ErrImagePull): no reason given"
    assert told["ImagePullBackOff"].startswith("pod a cannot get the image i")
    assert told["ContainerCreating"] == why_it_waits(pod(running={}), []) == ""
    assert why_it_waits(pod(terminated={"exitCode": 2}), []) == "", (
        "it waits no more, whatever its phase says yet"
    )


def test_a_job_without_a_pod_says_what_keeps_it_from_one() -> None:
    """A quota that counts limits of CPU takes no pod without one."""
    message = 'Error creating: pods "b" is forbidden: failed quota: q: must specify limits.cpu for: act'
    event = {"reason": "FailedCreate", "involvedObject": {"kind": "Job", "name": "a"}, "message": message}
    job: dict[str, Any] = {"metadata": {"name": "a"}, "status": {}}
    assert why_it_has_no_pod(job, [event]) == f"Job a gets no pod: {message}"
    ended = {**job, "status": {"conditions": [{"type": "Failed", "status": "True"}]}}
    other = {**event, "involvedObject": {"kind": "Job", "name": "c"}}
    assert why_it_has_no_pod(ended, [event]) == why_it_has_no_pod(job, [other]) == ""
