"""deploy.yml and rollback.yml under accidents: clients who never stop, two at once, kills, what is gone."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import pytest

from finrisk_ops.process import gunicorn
from tests.grounds.deployed import World, ask
from tests.grounds.playground import Playground
from tests.grounds.repository import REPOSITORY


@dataclass
class Clients:
    """Users who ask all the time, and what went wrong for them."""

    place: gunicorn.Place
    answers: list[tuple[float, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask_all_the_time(self, first: int) -> None:
        """Ask for one user after the other until told to stop."""
        number = first
        while not self.stopping.is_set():
            number += 1
            try:
                told = ask(self.place, f"user-{number % 40}")["metadata"]
                self.answers.append((time.time(), told["revision"], told["arm_served"]))
            except (OSError, ValueError, KeyError) as error:
                self.failures.append(repr(error))
            time.sleep(0.2)

    def __enter__(self) -> Clients:
        self._threads = [threading.Thread(target=self.ask_all_the_time, args=(n * 100,)) for n in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join()


def test_no_request_is_lost_while_deploy_and_rollback_run(world: World) -> None:
    with Clients(world.place) as clients:
        world.deploy("-e", "finrisk_ab_ratio=100")
        tuned, _ = world.told
        deployed = time.time()
        assert world.run("rollback").code == 0
        back = time.time()
        time.sleep(2)
    assert clients.failures == []
    assert any(arm == "tuned" for _, revision, arm in clients.answers if revision == tuned)
    assert back - deployed < 120, "ten seconds on an idle machine: benchmarks/playbooks.py"
    late = {arm for moment, _, arm in clients.answers if moment > back + 0.2}
    assert late == {"base"}


def start(world: World, playbook: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a playbook in a process group of its own."""
    variables = {"FINRISK_VAR_DIR": str(world.place.var_dir), "ANSIBLE_NOCOLOR": "1"}
    variables["OUTPUT_DIR"] = str(world.playground.folder / "training_data")
    return subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", f"playbooks/{playbook}.yml", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_of_two_deploys_at_once_one_runs_and_the_other_names_the_holder(base: World) -> None:
    both = [start(base, "deploy", "-e", f"finrisk_ab_ratio={ratio}") for ratio in (40, 60)]
    outputs = [process.communicate(timeout=240)[0] for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) == [0, 2], outputs
    refused = " ".join(outputs[codes.index(2)].split())
    assert "another release is under way: " in refused or "released it at" in refused
    assert "@" + socket.gethostname() in refused
    assert base.told[1] == (0.4, 0.6)[codes.index(0)]


@pytest.mark.parametrize(("seconds", "ratio"), [pytest.param(0.4, 21, marks=pytest.mark.long), (2.5, 23)])
def test_a_deploy_that_was_killed_and_runs_again_ends_the_same(
    world: World, seconds: float, ratio: int
) -> None:
    process = start(world, "deploy", "-v", "-e", f"finrisk_ab_ratio={ratio}")
    assert process.stdout is not None
    for line in process.stdout:
        if "Release the revision" in line:
            break
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    again = world.run("deploy", "-e", f"finrisk_ab_ratio={ratio}")
    if again.code:  # the module that outlived its ansible-playbook came first
        assert "released it at" in again.output or "another release is under way" in again.output
        world.deploy("-e", f"finrisk_ab_ratio={ratio}")
    revision, split = world.told
    assert split == ratio / 100
    assert (world.place.var_dir / "current").resolve().name == revision
    held = json.loads((world.place.var_dir / "current" / "config.json").read_text())
    assert held["metadata"]["labels"]["finrisk.io/proven"] == "true"
    assert world.deploy("-e", f"finrisk_ab_ratio={ratio}").changed == 0


def test_rollback_needs_neither_model_nor_database_nor_a_running_service(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=50")
    gunicorn.stop(world.place)
    world.ground.fault(kind="status", code=503)
    world.ground.forget_requests()
    path = world.place.var_dir / "sandbox.json"
    kept = path.read_text()
    path.write_text(kept.replace(json.loads(kept)["database_url"], "postgresql://u:nopassword@127.0.0.1:9/d"))
    try:
        done = world.playground.run("rollback")
    finally:
        path.write_text(kept)
    assert done.code == 0, done.output
    assert world.told[1] == 0
    assert not world.ground.requests("endpoints|publishers")


@pytest.mark.parametrize("gate", ["override", "{{ nobody_has_set_this }}"])
def test_rollback_begins_whatever_an_inventory_says_of_the_gate(playground: Playground, gate: str) -> None:
    more = playground.folder / "more.json"
    more.write_text(json.dumps({"finrisk": {"vars": {"finrisk_gate": gate}}}))
    begun = playground.run("rollback", "-i", "inventory/local", "-i", str(more), "-e", "finrisk_approvals=0")
    assert "the service has no credentials yet" in begun.output, begun.output
    assert playground.run("deploy", "-i", "inventory/local", "-i", str(more)).code == 2


def test_credentials_that_the_service_cannot_use_are_not_written(world: World) -> None:
    """The workers would read them at their next start, with the revision that runs."""
    held = (world.place.var_dir / "credentials.json").read_bytes()
    refused = world.run("site", "-e", "finrisk_google_credentials_file=/nowhere/account.json")
    assert (refused.code, refused.changed, refused.failed) == (2, 0, 1), refused.output
    assert "the service refuses these settings: finrisk: GOOGLE_APPLICATION_CREDENTIALS" in refused.stderr
    assert (world.place.var_dir / "credentials.json").read_bytes() == held
    assert world.run("site").changed == 0


def test_rollback_mends_a_revision_that_was_broken_by_hand(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=50")
    (world.place.var_dir / "current" / "config.json").write_text("{")
    refused = world.run("site")
    assert refused.code == 2
    assert "rollback.yml" in refused.output
    done = world.run("rollback")
    assert done.code == 0, done.output
    assert world.told[1] == 0
    assert world.run("site").changed == 0
