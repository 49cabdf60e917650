"""PostgreSQL stopped: pods start, answer and are released, and what was not checked is said."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster.environment import Environment
from tests.cluster.operation import Operated
from tests.grounds.waiting import until

SECONDS = 120


@pytest.fixture(scope="module")
def down(operated: Operated) -> Iterator[Operated]:
    """The environment without its database, and afterwards with one as it was."""
    environment = operated.environment
    environment.kubectl("scale", "statefulset/postgres", "--replicas=0")
    environment.kubectl("wait", "--for=delete", "pod", "-l", "app=postgres", f"--timeout={SECONDS}s")
    until(lambda: databases(environment) == {"down"}, SECONDS)
    yield operated
    environment.kubectl("scale", "statefulset/postgres", "--replicas=1")
    environment.kubectl("rollout", "status", "statefulset/postgres", "--timeout=90s")
    environment.play("deploy", "-e", "finrisk_ab_ratio=25")
    until(lambda: databases(environment) == {"ok"}, SECONDS)  # the pods recover by themselves


@pytest.fixture(scope="module")
def emptied(down: Operated) -> Operated:
    """The environment with a PostgreSQL that has come back without its data, as its volume was the pod's."""
    environment = down.environment
    environment.kubectl("scale", "statefulset/postgres", "--replicas=1")
    environment.kubectl("rollout", "status", "statefulset/postgres", "--timeout=90s")
    until(lambda: databases(environment) == {"unusable"}, SECONDS)
    return down


def databases(environment: Environment) -> set[str]:
    return {str(told.get("database")) for told in environment.readiness().values()}


def said_of_schema(environment: Environment, schema: str) -> list[dict[str, Any]]:
    """What the pods say when all of them say this schema; a slow PostgreSQL makes it unknown for a moment."""
    told = list(environment.readiness().values())
    return told if {each.get("schema") for each in told} == {schema} else []


def test_users_are_answered_without_sources(down: Operated) -> None:
    answer = down.environment.analyze("somebody")
    assert answer.status == 200
    assert answer.metadata["approach"] == "ungrounded"
    assert answer.body["sources"] == []


def test_a_new_pod_starts_and_gets_ready(down: Operated) -> None:
    environment = down.environment
    (first, *_) = environment.readiness()
    environment.kubectl("delete", "pod", first, "--wait=false")
    environment.kubectl("rollout", "status", "deployment/finrisk-api", "--timeout=60s")
    told = environment.readiness()
    assert len({name for name, each in told.items() if each.get("ready")} - {first}) >= 2


def test_deploy_moves_users_and_says_that_the_table_of_jobs_was_not_read(down: Operated) -> None:
    done = down.environment.play("deploy", "-vvv", "--diff", "-e", "finrisk_ab_ratio=50")
    assert down.splits() == {(down.revision, 0.5)}
    assert "The database cannot be reached, so only the tuning jobs of" in " ".join(done.output.split())
    assert down.environment.play("deploy", "-e", "finrisk_ab_ratio=50").changed == 0


def test_rollback_takes_everybody_to_base(down: Operated) -> None:
    began = time.monotonic()
    down.environment.play("rollback", "-vvv", "--diff")
    assert down.splits() == {(down.revision, 0.0)}
    assert time.monotonic() - began < SECONDS
    assert down.environment.analyze("somebody").metadata["approach"] == "ungrounded"


def test_a_migration_that_could_not_run_is_said_and_stops_nobody(down: Operated) -> None:
    environment = down.environment
    environment.kubectl("delete", "job", "-l", "app=finrisk-migration")
    done = environment.play("deploy", "-e", "finrisk_ab_ratio=75")
    tries = environment.objects("pod", "app=finrisk-migration")
    assert len(tries) == 1  # of the five that a Job has
    said = " ".join(done.output.split())
    assert "DATABASE NOT CHECKED: as the Job finrisk-migrate-" in said
    assert down.splits() == {(down.revision, 0.75)}
    environment.play("rollback")


def test_status_says_what_could_not_be_read_and_what_to_do(down: Operated) -> None:
    done = down.environment.play("status", "-e", "finrisk_format=json")
    found = json.loads(done.stdout)
    assert found["database"]["reachable_from_here"] is False
    assert found["database"]["from_the_service"] == "down"
    assert found["configuration"]["revision"] == down.revision
    assert {pod["database"] for pod in found["pods"]} == {"down"}
    (finding,) = [each for each in found["findings"] if "database" in each["what"]]
    assert "postgres" in finding["what"]
    assert "kubectl" in finding["command"]


def test_a_database_without_its_tables_costs_sources_and_no_answer(emptied: Operated) -> None:
    environment = emptied.environment
    answers = [environment.analyze(f"user-{number}") for number in range(20)]
    assert {answer.status for answer in answers} == {200}
    assert {answer.metadata["approach"] for answer in answers} == {"ungrounded"}
    for told in until(lambda: said_of_schema(environment, "empty"), SECONDS):
        assert told["ready"]
        assert "has no tables of FinRisk" in told["database_problem"]
    status = json.loads(environment.play("status", "-e", "finrisk_format=json").stdout)
    (finding,) = [each for each in status["findings"] if "counts as away" in each["what"]]
    assert "has no tables of FinRisk" in finding["what"]
    assert finding["command"].endswith("playbooks/site.yml")


def test_plain_site_mends_it_although_its_migration_had_ended_well(emptied: Operated) -> None:
    environment = emptied.environment
    jobs = environment.objects("job", "app=finrisk-migration")
    assert "Bring the database schema up to date" in environment.play("site", "--check").stdout
    assert "Bring the database schema up to date" in environment.play("site").stdout
    until(lambda: databases(environment) == {"ok"}, SECONDS)
    made = environment.objects("job", "app=finrisk-migration")
    assert [job["metadata"]["name"] for job in made] == [job["metadata"]["name"] for job in jobs]
    assert environment.play("site").changed == 0
