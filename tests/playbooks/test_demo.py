"""docs/first-hour.md, typed in a fresh checkout: `make demo KEEP=1` and what it leaves to the reader."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox import connection as connections
from sandbox.story import TRY
from tests.grounds import packages
from tests.grounds.checkout import fresh_checkout, own_ports
from tests.grounds.repository import DOCS
from tests.grounds.transcript import Said, Typed, missing, transcript, typed
from tests.grounds.wire import Wire

SECONDS = 1200  # all of it, with both cores busy otherwise
pytestmark = pytest.mark.timeout(SECONDS + 120)
SHOWN = transcript(DOCS / "first-hour.md")
DEMO = "make demo KEEP=1"
LOOP = Typed(TRY.format(connection="make -s connection FORMAT=shell"), ())
"""What the demo prints to try; typed where the transcript types its own loop."""
FAILING = Typed("make demo DOCUMENTS=filings-of-nobody; .venv/bin/python -m sandbox status", ())
"""A demo that fails while another one was left running; typed right after it."""
AT = next(number for number, each in enumerate(SHOWN) if each.command.startswith("for i in"))


@dataclass(frozen=True)
class Hour:
    """The transcript as it was typed: what each command said."""

    folder: Path
    said: list[Said]
    failing: Said
    loop: Said

    @property
    def output(self) -> str:
        """What the demo printed."""
        return next(each.output for each in self.said if each.command == DEMO)

    def step(self, title: str) -> str:
        """What stands under a heading of the demo."""
        found = re.search(rf"── {title}.*?(?=\n── |\Z)", self.output, re.DOTALL)
        assert found, f"no step {title!r} in:\n{self.output}"
        return found[0]


@pytest.fixture(scope="module", name="told")
def hour() -> Iterator[Hour]:
    if shutil.which("curl") is None:
        assert os.environ.get("CI") != "true", "CI has curl"
        pytest.skip("needs curl")
    with fresh_checkout() as folder:
        kept = {name: os.environ[name] for name in packages.INHERITED}
        shell = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **kept}
        var = folder / "var" / "local"
        own_ports(var)
        try:
            up = [str(folder / ".venv" / "bin" / "python"), "-m", "sandbox", "up"]
            subprocess.run(up, cwd=folder, env=shell, check=True, capture_output=True, timeout=120)
            held = connections.read(var)
            assert held is not None
            # else a busy machine looks at the job for the first time when it is over
            Wire(held.gemini_url, var).fault(kind="job_slow", seconds=30, times=1)
            said = typed(
                [*SHOWN[:1], FAILING, *SHOWN[1 : AT + 1], LOOP, *SHOWN[AT + 1 :]], folder, shell, 900
            )
            failing, loop = said.pop(1), said.pop(AT + 1)
            yield Hour(folder, said, failing, loop)
        finally:
            subprocess.run(["make", "down"], cwd=folder, env=shell, check=False, timeout=120)


@pytest.mark.parametrize("number", range(len(SHOWN)), ids=[each.command[:40] for each in SHOWN])
def test_the_first_hour_is_as_documented(told: Hour, number: int) -> None:
    said = told.said[number]
    assert said.code == 0, said.output
    assert missing(SHOWN[number].shown, said.output) == [], said.output


def test_the_loop_closes_without_a_failed_request(told: Hour) -> None:
    assert "requests that failed: 0" in told.output
    playbooks = re.findall(r"\$ ansible-playbook playbooks/(\w+)\.yml", told.output)
    assert [name for name in playbooks if name != "status"] == (
        ["site", "ingest", "export", "prepare", "tune", "deploy", "deploy", "rollback"]
    )


def test_tuning_shows_a_bar_and_ends_with_the_model(told: Hour) -> None:
    step = told.step("5  Tune")
    assert len(re.findall(r"\[#*\.*\] +\d+ %", step)) >= 2
    assert re.search(r"ACTIVE projects/finrisk-sandbox/locations/us-central1/endpoints/\d+", step)


def test_half_the_users_meet_the_tuned_model_then_all_then_none(told: Hour) -> None:
    half = re.findall(r"^   (base|tuned) +(\d+) +(\d+) % +(\d+) +0 ", told.step("6  Deploy"), re.MULTILINE)
    assert {arm for arm, *_ in half} == {"base", "tuned"}
    assert sum(int(users) for *_, users in half) == 60
    assert re.findall(r"^   (base|tuned|none) ", told.step("7  Everybody"), re.MULTILINE) == ["tuned"]
    assert re.findall(r"^   (base|tuned|none) ", told.step("9  Roll back"), re.MULTILINE) == ["base"]


def test_both_models_take_an_exam_on_questions_that_nothing_was_trained_on(told: Hour) -> None:
    row = re.compile(r"^   (base|tuned) +(\d+) +[\d.]+ % +([\d.]+) %$", re.MULTILINE)
    exam = {name: (int(asked), float(wrong)) for name, asked, wrong in row.findall(told.step("10  Exam"))}
    asked = {int(number) for number in re.findall(r"(\d+)/\1 questions", told.step("7  Everybody"))}
    assert {questions for questions, _ in exam.values()} == asked
    assert exam["tuned"][1] <= exam["base"][1]


def test_the_status_page_shows_the_six_success_lines(told: Hour) -> None:
    step = told.step("8  Status")
    assert len(re.findall(r"\[(?:x| |\?)\] ", step)) == 6, step


def test_every_step_fits_on_a_screen(told: Hour) -> None:
    steps = re.split(r"\n(?=── )", told.output)
    assert max(len(step.splitlines()) for step in steps) <= 55


def test_every_file_of_the_summary_exists(told: Hour) -> None:
    written = re.findall(r"^   (\S+\.jsonl?)$", told.step("What was written"), re.MULTILINE)
    assert len(written) >= 12
    assert [path for path in written if not (told.folder / path).is_file()] == []


def test_no_secret_is_in_the_log_of_the_playbooks(told: Hour) -> None:
    var = told.folder / "var" / "local"
    held = json.loads((var / "sandbox.json").read_text())
    password = held["database_url"].split(":")[2].split("@")[0]
    log = (var / "logs" / "demo.log").read_text()
    for secret in (password, held["api_key"], held["user_hash_key"], "PRIVATE KEY"):
        assert secret not in log


def test_the_loop_that_it_prints_works_as_typed(told: Hour) -> None:
    assert LOOP.command in told.step("It is still running")
    lines = told.loop.output.splitlines()
    assert len(lines) == 10, told.loop.output
    assert {("rag_finetuned" in line, "true" in line) for line in lines} == {(True, True), (False, False)}


def test_a_demo_that_fails_stops_nothing_that_ran_before(told: Hour) -> None:
    assert "DOCUMENTS=" in told.failing.output
    assert "does not exist: nothing was started" in told.failing.output
    assert told.failing.code == 0, told.failing.output  # that of status: all parts are up
    assert "stays up" in told.failing.output
