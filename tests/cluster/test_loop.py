"""The whole loop on a cluster from an empty namespace, with clients who never stop asking.

One story is told once; every test looks at one promise in it.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.analysts import Analysts, strategies_of
from tests.cluster.clients import Clients
from tests.cluster.environment import REPOSITORY, Environment
from tests.grounds.plays import Run

USERS = [f"user-{number}" for number in range(160)]
RATIOS = {"deploy 25": 25, "deploy 50": 50, "deploy 100": 100, "rollback": 0}
STEPS = ["site", "ingest", "export", "prepare", "tune", *RATIOS]
# Three times what a quiet machine holds (benchmarks/rollback.py: 20 s): tests run on busy ones.
ROLLBACK_SECONDS = 60
NOTHING_NEW_SECONDS = 60
REVISION = re.compile(r"^Revision (\S+) (runs|would run)\b", re.MULTILINE)


@dataclass(frozen=True)
class Step:
    """A playbook previewed, run, and run again; and what pods and users say then."""

    announced: Run
    run: Run
    again: Run
    began: float
    ended: float
    seconds_again: float
    pods: dict[str, dict[str, Any]]
    arms: dict[str, str]
    """The arm of each user who was asked."""


@dataclass(frozen=True)
class Story:
    """The loop as it went."""

    environment: Environment
    clients: Clients
    empty_after_check: bool
    steps: dict[str, Step]
    status: dict[str, Any]


@pytest.fixture(scope="module")
def story(environment: Environment) -> Story:
    """Tell the story; what a playbook cannot do ends it."""
    samples = environment.folder / "samples"
    subprocess.run([sys.executable, "-m", "sandbox.samples", samples], cwd=REPOSITORY, check=True)
    announced = _preview(environment, "site")
    empty = not environment.cluster.kubectl("get", "namespace", environment.namespace, "--ignore-not-found")
    began = time.time()
    first = environment.play("site", "-vvv")
    with Clients(environment) as clients:
        steps = {"site": _finished(environment, announced, first, began, "site")}
        steps["ingest"] = _step(environment, "ingest", "-e", f"finrisk_documents={samples}")
        _ask_everything(environment, samples)
        for playbook in ("export", "prepare", "tune"):
            steps[playbook] = _step(environment, playbook)
        for ratio in (25, 50, 100):
            steps[f"deploy {ratio}"] = _step(environment, "deploy", "-e", f"finrisk_ab_ratio={ratio}")
        status = json.loads(environment.play("status", "-e", "finrisk_format=json").stdout)
        steps["rollback"] = _step(environment, "rollback")
    return Story(environment, clients, empty, steps, status)


def _preview(environment: Environment, playbook: str, *arguments: str) -> Run:
    return environment.play(playbook, *arguments, "--check", "--diff", "-vvv")


def _step(environment: Environment, playbook: str, *arguments: str) -> Step:
    announced = _preview(environment, playbook, *arguments)
    began = time.time()
    run = environment.play(playbook, *arguments, "-vvv")
    return _finished(environment, announced, run, began, playbook, *arguments)


def _finished(
    environment: Environment, announced: Run, run: Run, began: float, playbook: str, *arguments: str
) -> Step:
    ended = time.time()
    releases = playbook in ("deploy", "rollback")
    pods = environment.readiness() if releases else {}
    arms = _arms(environment) if releases else {}
    before = time.monotonic()
    again = environment.play(playbook, *arguments, "-vvv")
    return Step(announced, run, again, began, ended, time.monotonic() - before, pods, arms)


def _arms(environment: Environment) -> dict[str, str]:
    """Ask for every user once; return who wrote the answers."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(environment.analyze, USERS))
    assert [answer.body for answer in answers if answer.status != 200] == []
    return {user: answer.metadata["arm_served"] for user, answer in zip(USERS, answers, strict=True)}


def _ask_everything(environment: Environment, samples: Path) -> None:
    """Ask the sample questions, and wait until the database has every answer that is good enough."""
    with gzip.open(samples / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        strategies = strategies_of(json.loads(line) for line in lines)
    analysts = Analysts(f"http://{environment.host}", environment.secrets.api_key, threads=8)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(analysts.ask, strategies))
    assert {reply.status for reply in replies} == {200}
    good = sum(reply.metadata["quality_score"] >= 0.9 for reply in replies)
    deadline = time.monotonic() + 30
    while (count := _collected(environment)) < good:
        assert time.monotonic() < deadline, f"{count} of {good} answers were collected"
        time.sleep(0.2)


def _collected(environment: Environment) -> int:
    return int(environment.call("/api/v1/status").body["collection"]["count"])


def _revision(run: Run) -> str:
    found = REVISION.search(run.stdout.partition("PLAY RECAP")[2])
    assert found, run.stdout
    return found[1]


def test_a_check_on_an_empty_cluster_makes_nothing(story: Story) -> None:
    assert story.empty_after_check


@pytest.mark.parametrize("name", STEPS)
def test_a_check_announces_exactly_what_the_run_then_changes(story: Story, name: str) -> None:
    step = story.steps[name]
    assert step.announced.changed_tasks == step.run.changed_tasks
    assert step.run.changed > 0
    if name == "site" or name in RATIOS:
        assert _revision(step.announced) == _revision(step.run)


@pytest.mark.parametrize("name", STEPS)
def test_a_second_run_changes_nothing(story: Story, name: str) -> None:
    assert (story.steps[name].again.changed, story.steps[name].again.failed) == (0, 0)


def test_a_second_run_of_site_takes_seconds(story: Story) -> None:
    assert story.steps["site"].seconds_again <= NOTHING_NEW_SECONDS


def test_no_secret_is_printed_at_any_verbosity(story: Story) -> None:
    held = story.environment.secrets
    values = [held.database_password, held.user_hash_key, held.api_key, held.private_key]
    assert all(len(value) > 20 for value in values)
    runs = [run for step in story.steps.values() for run in (step.announced, step.run, step.again)]
    assert [held.found_in(run.output) for run in runs] == [[]] * len(runs)


def test_the_secrets_that_were_looked_for_are_those_in_use(story: Story) -> None:
    encoded = json.dumps(story.environment.objects("secrets"))
    assert story.environment.secrets.found_in(encoded) == [
        "database_password",
        "user_hash_key",
        "private_key",
    ]


def test_not_one_request_failed(story: Story) -> None:
    assert story.clients.failed() == []


@pytest.mark.parametrize("keeps", [False, True], ids=["new connections", "kept connections"])
def test_clients_went_on_asking_while_each_revision_came(story: Story, keeps: bool) -> None:
    for name in RATIOS:
        step = story.steps[name]
        sent = [each for each in story.clients.between(step.began, step.ended) if each.keeps == keeps]
        revisions = {each.revision for each in sent}
        assert _revision(step.run) in revisions, name
        assert len(revisions) == 2, name
        assert len(sent) >= 5, name


@pytest.mark.parametrize("name", RATIOS)
def test_every_worker_of_every_pod_reports_the_split_that_was_asked(story: Story, name: str) -> None:
    step = story.steps[name]
    wanted = (_revision(step.run), RATIOS[name] / 100)
    assert len(step.pods) == 2
    for told in step.pods.values():
        assert (told["revision"], told["split"], told["ready"]) == (*wanted, True)
        assert [(worker["revision"], worker["split"]) for worker in told["workers"]] == [wanted] * 2


@pytest.mark.parametrize("name", RATIOS)
def test_users_get_the_share_that_was_asked(story: Story, name: str) -> None:
    arms = list(story.steps[name].arms.values())
    assert 100 * arms.count("tuned") / len(arms) == pytest.approx(RATIOS[name], abs=15)
    if RATIOS[name] in (0, 100):
        assert set(arms) == {"tuned" if RATIOS[name] else "base"}


def test_raising_the_ratio_only_moves_users_in(story: Story) -> None:
    quarter, half, everybody = (
        {user for user, arm in story.steps[name].arms.items() if arm == "tuned"}
        for name in ("deploy 25", "deploy 50", "deploy 100")
    )
    assert quarter < half < everybody


def test_nobody_gets_the_tuned_model_soon_after_the_rollback_began(story: Story) -> None:
    step = story.steps["rollback"]
    assert step.began < story.clients.last_tuned() <= step.began + ROLLBACK_SECONDS
    after = story.clients.between(step.ended)
    assert {sent.arm for sent in after} == {"base"}


def test_the_model_was_tuned_on_what_the_users_were_answered(story: Story) -> None:
    exported, prepared, job = (
        json.loads(next(story.environment.training_data.glob(f"{name}_*.json")).read_text())
        for name in ("export_metadata", "dataset_metadata", "finetuning_job")
    )
    assert exported["eligible_examples"] >= 100
    assert prepared["source"]["sha256"] == exported["sha256"]
    assert prepared["train_examples"] >= 100
    assert job["state"] == "ACTIVE"
    assert job["tuned_model_name"] in story.steps["deploy 25"].run.stdout


def test_status_tells_what_every_pod_runs(story: Story) -> None:
    step = story.steps["deploy 100"]
    told = {(pod["name"], pod["revision"], pod["split"]) for pod in story.status["pods"]}
    assert told == {(pod, _revision(step.run), 1.0) for pod in step.pods}


def test_the_workers_of_a_pod_share_what_takes_long_to_import(story: Story) -> None:
    pod = next(iter(story.steps["rollback"].pods))
    maps = story.environment.kubectl("exec", pod, "--", "cat", "/proc/1/maps")
    assert "pydantic_core" in maps
