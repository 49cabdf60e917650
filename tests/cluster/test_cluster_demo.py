"""`make cluster-demo` on this session's cluster, and the commands that it leaves to the reader."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.ladder import Kind
from tests.grounds.repository import REPOSITORY

BUSY = 4.0  # runnable processes a core
SECONDS = 300  # of the whole demo; a quiet machine needs half of them


@dataclass(frozen=True)
class Told:
    """A demo that was run: what it printed, how long it took, and the shell that it ran in."""

    output: str
    code: int
    seconds: float
    shell: dict[str, str]
    program: list[str]

    def step(self, title: str) -> str:
        """What stands under a heading."""
        found = re.search(rf"── \d+  {title}.*?(?=\n── |\Z)", self.output, re.DOTALL)
        assert found, f"no step {title!r} in:\n{self.output}"
        return found[0]

    def run(self, *words: str) -> str:
        """Run a command in that shell, which has to succeed."""
        done = subprocess.run(
            words, cwd=REPOSITORY, env=self.shell, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def told(node: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    if node.kind is not Kind.NODE or node.place is None:
        pytest.skip("a disposable cluster's Services cannot be reached from here by their addresses")
    folder = tmp_path_factory.mktemp("demo")
    inherited = {
        name: os.environ[name] for name in ("LANG", "TMPDIR", "XDG_STATE_HOME") if name in os.environ
    }
    shell = inherited | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", str(folder)),
        "FINRISK_VAR_DIR": str(folder / "var"),
        "OUTPUT_DIR": str(folder / "training_data"),
        "KEEP": "1",
    }
    program = [sys.executable, "-m", "sandbox.cluster", "--number", str(node.place.number)]
    began = time.monotonic()
    try:
        done = subprocess.run(
            [*program, "demo"],
            cwd=REPOSITORY,
            env=shell,
            capture_output=True,
            text=True,
            check=False,
            timeout=1500,
        )
        seconds = time.monotonic() - began
        yield Told(done.stdout + done.stderr, done.returncode, seconds, shell, program)
    finally:
        subprocess.run([*program, "down"], cwd=REPOSITORY, env=shell, check=False, timeout=120)


def test_the_loop_closes_without_a_failed_request(told: Told) -> None:
    assert told.code == 0, told.output
    assert "requests that failed: 0" in told.output
    typed = re.findall(r"\$ ansible-playbook -i inventory/cluster playbooks/(\w+)\.yml", told.output)
    assert typed == "site ingest export prepare tune deploy status rollback".split()


def test_it_takes_minutes(told: Told) -> None:
    if os.getloadavg()[1] > BUSY * (os.cpu_count() or 1):
        pytest.skip("this machine did other work beside it")
    assert told.seconds < SECONDS, told.output


def test_a_quarter_of_the_users_meet_the_tuned_model_then_nobody(told: Told) -> None:
    rows = re.findall(r"^   (base|tuned) +\d+ +\d+ % +(\d+) +0 ", told.step("Deploy"), re.MULTILINE)
    users = {arm: int(count) for arm, count in rows}
    assert users.keys() == {"base", "tuned"}
    assert 3 <= users["tuned"] <= 30  # of 60, by hash
    assert re.findall(r"^   (base|tuned|none) ", told.step("Roll back"), re.MULTILINE) == ["base"]


def test_what_is_printed_holds_no_secret_but_the_key_at_its_end(told: Told) -> None:
    held = json.loads((Path(told.shell["FINRISK_VAR_DIR"]) / "sandbox.json").read_text())
    log = (Path(told.shell["FINRISK_VAR_DIR"]) / "logs" / "demo.log").read_text()
    for name in ("database_password", "user_hash_key", "api_key"):
        assert held[name] not in log
        assert name == "api_key" or held[name] not in told.output


def test_the_inventory_needs_nothing_but_the_file_that_the_demo_left(told: Told) -> None:
    """The shell has no KUBECONFIG and no secret."""
    assert {"KUBECONFIG", "POSTGRES_PASSWORD", "USER_HASH_KEY"}.isdisjoint(told.shell)
    page = told.run(
        *"ansible-playbook -i inventory/cluster playbooks/status.yml -e finrisk_format=json".split()
    )
    assert json.loads(page)["configuration"]["ratio"] == 0


def test_the_ten_requests_that_it_prints_work_as_typed(told: Told) -> None:
    told.run(*"ansible-playbook -i inventory/cluster playbooks/deploy.yml -e finrisk_ab_ratio=50".split())
    loop = re.search(r"   eval .*?\n   done", told.output, re.DOTALL)
    assert loop
    own = " ".join(told.program)
    typed = loop[0].replace("make -s cluster-connection FORMAT=shell", f"{own} connection --shell")
    answers = told.run("bash", "-c", typed).splitlines()
    assert len(answers) == 10
    assert {("rag_finetuned" in line, "true" in line) for line in answers} == {(True, True), (False, False)}
