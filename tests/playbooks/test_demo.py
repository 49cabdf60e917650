"""`make demo KEEP=1`: the whole loop on one machine, and the commands that it leaves to the reader."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox import connection as connections
from tests.grounds.checkout import own_ports
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import Wire


@dataclass(frozen=True)
class Told:
    """A demo that was run: what it printed, and the environment it ran in."""

    output: str
    code: int
    environment: dict[str, str]

    def step(self, title: str) -> str:
        found = re.search(rf"── {title}.*?(?=\n── |\Z)", self.output, re.DOTALL)
        assert found, f"no step {title!r} in:\n{self.output}"
        return found[0]


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-demo-"))
    folder.chmod(0o711)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "FINRISK_VAR_DIR": str(folder / "var"),
        "OUTPUT_DIR": str(folder / "training_data"),
        "KEEP": "1",
    }
    command = [sys.executable, "-m", "sandbox.demo"]
    own_ports(folder / "var")
    try:
        up = [sys.executable, "-m", "sandbox", "up"]
        subprocess.run(up, cwd=REPOSITORY, env=environment, check=True, capture_output=True, timeout=120)
        held = connections.read(folder / "var")
        assert held is not None
        # else a busy machine looks at the job for the first time when it is over
        Wire(held.gemini_url, folder / "var").fault(kind="job_slow", seconds=20, times=1)
        done = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False, timeout=500
        )
        yield Told(done.stdout + done.stderr, done.returncode, environment)
    finally:
        subprocess.run([*command, "--down"], cwd=REPOSITORY, env=environment, check=False, timeout=120)
        shutil.rmtree(folder, ignore_errors=True)


def test_the_loop_closes_without_a_failed_request(told: Told) -> None:
    assert told.code == 0, told.output
    assert "requests that failed: 0" in told.output
    playbooks = re.findall(r"\$ ansible-playbook playbooks/(\w+)\.yml", told.output)
    assert [name for name in playbooks if name != "status"] == (
        ["site", "ingest", "export", "prepare", "tune", "deploy", "deploy", "rollback"]
    )


def test_tuning_shows_a_bar_and_ends_with_the_model(told: Told) -> None:
    step = told.step("5  Tune")
    assert len(re.findall(r"\[#*\.*\] +\d+ %", step)) >= 2
    assert re.search(r"ACTIVE projects/finrisk-sandbox/locations/us-central1/endpoints/\d+", step)


def test_half_the_users_meet_the_tuned_model_then_all_then_none(told: Told) -> None:
    half = re.findall(r"^   (base|tuned) +(\d+) +(\d+) % +(\d+) +0 ", told.step("6  Deploy"), re.MULTILINE)
    assert {arm for arm, *_ in half} == {"base", "tuned"}
    assert sum(int(users) for *_, users in half) == 60
    assert re.findall(r"^   (base|tuned|none) ", told.step("7  Everybody"), re.MULTILINE) == ["tuned"]
    assert re.findall(r"^   (base|tuned|none) ", told.step("9  Roll back"), re.MULTILINE) == ["base"]


def test_the_status_page_shows_the_six_success_lines(told: Told) -> None:
    step = told.step("8  Status")
    assert len(re.findall(r"\[(?:x| |\?)\] ", step)) == 6, step


def test_every_step_fits_on_a_screen(told: Told) -> None:
    steps = re.split(r"\n(?=── )", told.output)
    assert max(len(step.splitlines()) for step in steps) <= 45


def test_every_file_of_the_summary_exists(told: Told) -> None:
    written = re.findall(r"^   (/\S+)", told.step("What was written"), re.MULTILINE)
    assert len(written) >= 12
    assert [path for path in written if not Path(path).is_file()] == []


def test_no_secret_is_in_the_log_of_the_playbooks(told: Told) -> None:
    var = Path(told.environment["FINRISK_VAR_DIR"])
    held = json.loads((var / "sandbox.json").read_text())
    password = held["database_url"].split(":")[2].split("@")[0]
    log = (var / "logs" / "demo.log").read_text()
    for secret in (password, held["api_key"], held["user_hash_key"], "PRIVATE KEY"):
        assert secret not in log


def test_the_loop_that_it_prints_works_as_typed(told: Told) -> None:
    if shutil.which("jq") is None or shutil.which("curl") is None:
        assert os.environ.get("CI") != "true", "CI has curl and jq"
        pytest.skip("needs curl and jq")
    deploy = ["ansible-playbook", "playbooks/deploy.yml", "-e", "finrisk_ab_ratio=50"]
    subprocess.run(deploy, cwd=REPOSITORY, env=told.environment, check=True, capture_output=True)
    loop = re.search(r"for i in .*?\n   done", told.step("It is still running"), re.DOTALL)
    assert loop
    done = subprocess.run(
        ["bash", "-c", loop[0]], env=told.environment, capture_output=True, text=True, check=True, timeout=240
    )
    lines = done.stdout.split()
    assert len(lines) == 20, done.stdout + done.stderr
    assert set(lines[0::2]) <= {'"rag_base"', '"rag_finetuned"'}
    pairs = zip(lines[0::2], lines[1::2], strict=True)
    met = {("rag_finetuned" in approach, tuned == "true") for approach, tuned in pairs}
    assert met == {(True, True), (False, False)}
