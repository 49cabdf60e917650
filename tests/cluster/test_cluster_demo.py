"""`make cluster-demo` in a fresh checkout, on this session's cluster, and what it leaves to the reader."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.cluster.environment import Environment
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.ladder import Kind
from tests.grounds import packages
from tests.grounds.checkout import fresh_checkout

BUSY = 4.0  # runnable processes a core
SECONDS = 300  # of the whole demo; a quiet machine needs half of them


@dataclass(frozen=True)
class Told:
    """A demo that was run: what it printed, how long it took, and the shell and the folder that it ran in."""

    output: str
    code: int
    seconds: float
    shell: dict[str, str]
    folder: Path

    @property
    def var(self) -> Path:
        """Where the demo keeps its state when nobody says where."""
        return self.folder / "var" / "cluster"

    def step(self, title: str) -> str:
        """What stands under a heading."""
        found = re.search(rf"── \d+  {title}.*?(?=\n── |\Z)", self.output, re.DOTALL)
        assert found, f"no step {title!r} in:\n{self.output}"
        return found[0]

    def run(self, *words: str, code: int = 0) -> str:
        """Run a command in that shell, which has to end with this code; what it printed."""
        done = subprocess.run(
            words, cwd=self.folder, env=self.shell, capture_output=True, text=True, check=False, timeout=240
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + (done.stderr if code else "")


@pytest.fixture(scope="module")
def told(
    node: Cluster,
    images: dict[str, str],  # noqa: ARG001 - the copy finds them made
) -> Iterator[Told]:
    if node.kind is not Kind.NODE or node.place is None:
        pytest.skip("a disposable cluster's Services cannot be reached from here by their addresses")
    places = ("HOME", "LANG", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME")  # where node and images are
    inherited = (*places, *packages.INHERITED)
    with fresh_checkout() as folder:
        shell = {name: os.environ[name] for name in inherited if name in os.environ} | {
            "PATH": f"{folder / '.venv' / 'bin'}:{os.environ['PATH']}",
            "FINRISK_TEST_CLUSTER_NUMBER": str(node.place.number),
        }
        began = time.monotonic()
        try:
            done = subprocess.run(
                ["make", "cluster-demo", "KEEP=1"],
                cwd=folder,
                env=shell,
                capture_output=True,
                text=True,
                check=False,
                timeout=1500,
            )
            seconds = time.monotonic() - began
            yield Told(done.stdout + done.stderr, done.returncode, seconds, shell, folder)
        finally:
            subprocess.run(["make", "cluster-forget"], cwd=folder, env=shell, check=False, timeout=120)


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
    held = json.loads((told.var / "sandbox.json").read_text())
    log = (told.var / "logs" / "demo.log").read_text()
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
    answers = told.run("bash", "-c", loop[0]).splitlines()
    assert len(answers) == 10
    assert {("rag_finetuned" in line, "true" in line) for line in answers} == {(True, True), (False, False)}


def test_other_documents_are_refused_while_it_runs(told: Told) -> None:
    said = told.run("make", "cluster-demo", "DOCUMENTS=filings", code=2)
    assert "DOCUMENTS=filings is for `make demo`" in said
    assert told.run("make", "-s", "cluster-connection")


def test_a_demo_begins_when_what_the_one_before_left_is_gone(
    node: Cluster, images: dict[str, str], new_namespace: str, tmp_path: Path
) -> None:
    made = Environment(node, tmp_path, new_namespace)
    inside = ("-n", new_namespace)
    node.kubectl("create", "namespace", new_namespace)
    held = {"name": "held", "finalizers": ["finrisk.example.com/held"]}  # as a pod that takes its time
    content = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": held}
    node.kubectl(*inside, "create", "-f", "-", stdin=json.dumps(content))
    made.remove()
    try:
        with ThreadPoolExecutor(1) as pool:
            begun = pool.submit(made.prepare, images)
            try:
                assert wait([begun], timeout=15).not_done
            finally:
                release = '{"metadata": {"finalizers": null}}'
                node.kubectl(*inside, "patch", "configmap", "held", "--type=merge", "-p", release)
            begun.result(180)
        assert node.kubectl("get", "namespace", new_namespace, "--ignore-not-found") == ""
    finally:
        made.remove()
