"""What of a service's log, and of a cluster's events and objects, belongs on the page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from finrisk_ops.kube.status import is_ordinary, scaled_to_nothing
from finrisk_ops.service import log


def line(ago: timedelta, **values: Any) -> str:
    return json.dumps(
        {"time": (datetime.now(UTC) - ago).isoformat(), "level": "INFO", "message": "m"} | values
    )


def test_refusals_are_those_of_the_last_day_and_a_line_stands_for_many() -> None:
    refused: dict[str, Any] = {"event": "request_refused", "code": "invalid_request"}
    lines = [
        line(timedelta(hours=30), **refused, left_out=1000),
        line(timedelta(hours=2), **refused, left_out=8),
        line(timedelta(hours=1), **refused),
        line(timedelta(hours=1), event="request_refused", code="internal_error", left_out=2),
        line(timedelta(hours=1), event="collection_dropped", level="ERROR"),
        line(timedelta(hours=40), event="collection_dropped", level="ERROR"),
    ]
    recent = log.of_lines(lines, "l", "c")
    assert recent["refused"] == {"invalid_request": 10, "internal_error": 3}
    assert recent["lost"] == 1
    assert recent["since"] is None, "it reaches back further than a day"


def test_a_log_that_begins_within_the_day_says_when() -> None:
    first = line(timedelta(hours=3), event="ab_testing_configured")
    recent = log.of_lines([first, line(timedelta(hours=1), event="x")], "l", "c")
    assert recent["since"] == json.loads(first)["time"]
    assert log.of_lines([], "l", "c")["since"] is None


@pytest.mark.parametrize(
    ("kind", "name", "message", "ordinary"),
    [
        ("Pod", "a", "Startup probe failed: Get http://10.244.0.7:8000/readyz", True),
        ("Pod", "a", "Readiness probe failed: connection refused", True),
        ("Pod", "a", "Liveness probe failed: connection refused", False),
        ("Pod", "gone", "Back-off restarting failed container", True),
        ("Pod", "a", "Back-off restarting failed container", False),
        ("ReplicaSet", "finrisk-api-686fd449d", "exceeded quota: tight", False),
    ],
)
def test_what_every_roll_out_has_does_not_drown_what_matters(
    kind: str, name: str, message: str, ordinary: bool
) -> None:
    event = {"message": message, "involvedObject": {"kind": kind, "name": name}}
    assert is_ordinary(event, {"a"}) is ordinary


def test_who_scaled_to_nothing_is_named() -> None:
    written: dict[str, Any] = {"f:spec": {"f:replicas": {}}}
    live: dict[str, Any] = {
        "spec": {"replicas": 0},
        "metadata": {
            "managedFields": [
                {"manager": "finrisk", "time": "2026-11-27T10:00:00Z", "fieldsV1": written},
                {"manager": "kubectl", "time": "2026-11-28T07:18:54Z", "fieldsV1": written},
                {"manager": "other", "time": "2026-11-28T09:00:00Z", "fieldsV1": {"f:status": {}}},
            ]
        },
    }
    [drift] = scaled_to_nothing(live)
    assert (drift.field, drift.manager, drift.when) == (".spec.replicas", "kubectl", "2026-11-28T07:18:54Z")
    assert scaled_to_nothing(live | {"spec": {"replicas": 2}}) == []
    assert scaled_to_nothing({}) == []
