"""A user and a document leave an environment on a cluster: tables and index, and the command for the pods."""

from __future__ import annotations

import json
import re
import shlex
from functools import partial
from typing import Any

import pytest

from tests.cluster.environment import Answer, Environment
from tests.cluster.operation import Operated
from tests.grounds.plays import Run
from tests.grounds.service import PAGE, STRATEGY
from tests.grounds.waiting import until

USER, OTHER = "jane.roe@example.com", "john"
PODS = re.compile(r"in each: (?P<command>.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def environment(operated: Operated) -> Environment:
    """The environment with a document on which two users' answers stand."""
    environment = operated.environment
    assert environment.call("/api/v1/documents", {"documents": [PAGE]}).status == 200
    for user in (USER, OTHER):
        answer = environment.analyze(user, STRATEGY)
        assert answer.status == 200, answer.body
        assert sources(answer) == {PAGE["id"]}
        until(partial(is_stored, environment, user))
    return environment


def sources(answer: Answer) -> set[str]:
    return {str(source["document_id"]) for source in answer.body["sources"]}


def is_stored(environment: Environment, user: str) -> bool:
    return bool(traced(environment, user)["total_requests"])


def traced(environment: Environment, whom: str) -> dict[str, Any]:
    run = environment.play("status", "-e", "finrisk_format=json", "-e", f"finrisk_trace={whom}")
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def erased(environment: Environment, *whom: str) -> Run:
    """The run that erases: its preview announced the same, and the next one finds nothing."""
    announced = environment.play("erase", *whom, "--check", "--diff")
    run = environment.play("erase", *whom)
    again = environment.play("erase", *whom)
    assert (announced.changed, run.changed, again.changed) == (1, 1, 0), run.output + again.output
    assert announced.last_lines[1:] == run.last_lines[1:]
    return run


def test_a_user_is_traced_and_goes_and_the_others_stay(environment: Environment) -> None:
    [request] = traced(environment, USER)["requests"]
    assert (request["arm"] in ("base", "tuned"), request["sources"]) == (True, [PAGE["id"]])
    run = erased(environment, "-e", f"finrisk_user={USER}")
    assert "1 row of analyses" in run.last_lines
    assert USER not in run.stdout
    assert [traced(environment, whom)["total_requests"] for whom in (USER, OTHER)] == [0, 1]
    told = PODS.search(run.told)
    assert told, run.told
    for pod in environment.readiness():
        command = shlex.split(told["command"].replace("POD", pod))
        assert environment.cluster.kubectl(*command[1:]) == "0 deleted\n"


def test_a_document_leaves_the_index_with_the_answers_on_it(environment: Environment) -> None:
    run = erased(environment, "-e", f"finrisk_document={PAGE['id']}")
    assert run.last_lines[1:3] == [f"the document {PAGE['id']} of the index", "1 row of analyses"]
    assert PAGE["id"] not in sources(environment.analyze(OTHER, STRATEGY))
