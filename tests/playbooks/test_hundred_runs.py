"""The promise of tune.yml: many runs on one dataset, however they end, leave exactly one job."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.grounds.datasets import dataset
from tests.grounds.tune_playbook import describe, end_orphans, start
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire, wire

AT_ONCE = 3
READ = r"/tuningJobs/\d+$"
QUICK = ("-e", "finrisk_tune_request_seconds=4", "-e", "finrisk_tune_patience_seconds=15")
SUBMIT_ONLY = ("-e", "finrisk_tune_wait=false")


@dataclass(frozen=True)
class Plan:
    """How many runs, and how many of each kind; the rest of them finds the job that has ended."""

    runs: int
    job_seconds: float
    killed_after: tuple[float, ...]
    """Seconds after which an early run is killed."""
    killed_after_upload: int
    refusals: tuple[dict[str, Any], ...]
    """What the creation is answered, one run each."""
    came_meanwhile: int
    killed_while_waiting: int
    looks_refused: int


NINE = Plan(
    runs=9,
    job_seconds=20.0,
    killed_after=(),
    killed_after_upload=1,
    refusals=({"code": 503},),
    came_meanwhile=1,
    killed_while_waiting=1,
    looks_refused=1,
)
HUNDRED = Plan(
    runs=100,
    job_seconds=100.0,
    killed_after=(0.6, 1.2, 1.8, 2.4),
    killed_after_upload=6,
    refusals=({"code": 503}, {"code": 429, "retry_after": 1}, {"code": 503}, {"code": 429}, {"code": 500}),
    came_meanwhile=3,
    killed_while_waiting=16,
    looks_refused=16,
)


@dataclass
class Tally:
    """The runs so far, by what was done to them, and those that ended otherwise than they should."""

    plan: Plan
    ground: Wire
    folder: Path
    database_url: str
    done: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.done.values())

    def run(
        self, kind: str, *arguments: str, ends: tuple[int, ...] = (0,), folder: Path | None = None
    ) -> str:
        """One whole run; note it when it ends with another status."""
        self.done[kind] += 1
        process = start(self.ground, folder or self.folder, *QUICK, *arguments)
        text, _ = process.communicate(timeout=200)
        if process.returncode not in ends:
            self.wrong.append(f"{kind}: {process.returncode}\n{text[text.find('fatal:') :][:1500]}")
        return text

    def ended(self, kind: str, happened: Callable[[], object], number: int = signal.SIGKILL) -> None:
        """One run that is ended from outside as soon as something has happened, or at its own end."""
        self.done[kind] += 1
        process = start(self.ground, self.folder, *QUICK)
        try:
            until(lambda: happened() or process.poll() is not None, 180)
        finally:
            end(process, number)

    def sent(self) -> bool:
        """Whether a creation was sent whose outcome nobody has seen."""
        with psycopg.connect(self.database_url) as connection:
            found = connection.execute("select 1 from tuning_jobs where job ? 'submitting_since'").fetchone()
        return found is not None


def end(process: subprocess.Popen[str], number: int) -> None:
    """End a run; Python may lose a Ctrl-C while it imports, so it is pressed again, as people do."""
    for seconds in (10, 50):
        if process.poll() is None:
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=seconds)
            return
    raise AssertionError(f"the run did not end after signal {number}")


@pytest.fixture
def ground(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Wire]:
    with wire(tmp_path_factory.mktemp("wire"), tuning_seconds=2.0) as running:
        describe(running, database_url)
        yield running
        end_orphans(running.var)


def labels(ground: Wire) -> list[dict[str, str]]:
    return [job["labels"] for job in ground.jobs()]


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "plan", [NINE, pytest.param(HUNDRED, marks=pytest.mark.long)], ids=["nine", "hundred"]
)
def test_many_runs_on_one_dataset_leave_exactly_one_job_and_another_dataset_makes_a_second(
    ground: Wire, tmp_path: Path, database_url: str, plan: Plan
) -> None:
    folder = tmp_path / "data"
    dataset(folder)
    tally = Tally(plan, ground, folder, database_url)

    before_there_is_a_job(tally)
    assert labels(ground) == []
    while_the_creation_is_on_its_way(tally)
    assert len(labels(ground)) == 1
    while_the_job_runs(tally)
    after_it_has_ended(tally)

    assert tally.total == plan.runs, tally.done
    assert not tally.wrong, "\n\n".join(tally.wrong)
    [only] = labels(ground)
    assert only["finrisk-attempt"] == "1"
    [path] = folder.glob("finetuning_job_*")
    assert json.loads(path.read_text())["state"] == "ACTIVE"
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from tuning_jobs").fetchone() == (1,)

    assert tally.run("another parameter", *SUBMIT_ONLY, "-e", "finrisk_epochs=6")
    assert len({each["finrisk-spec"] for each in labels(ground)}) == len(labels(ground)) == 2
    dataset(tmp_path / "other", seed="b")
    assert tally.run("another dataset", *SUBMIT_ONLY, folder=tmp_path / "other")
    assert len({each["finrisk-spec"] for each in labels(ground)}) == len(labels(ground)) == 3
    assert not tally.wrong, "\n\n".join(tally.wrong)


def before_there_is_a_job(tally: Tally) -> None:
    """Runs that are refused, lose what they send, or are killed before the creation arrives."""
    ground = tally.ground
    ground.fault(kind="status", path=UPLOAD, code=503)
    tally.run("upload refused", "-e", "finrisk_tune_patience_seconds=1", ends=(2,))
    ground.clear()
    for moment in tally.plan.killed_after:
        stop = time.monotonic() + moment
        tally.ended("killed early", lambda stop=stop: time.monotonic() > stop)  # type: ignore[misc]
    for _ in range(tally.plan.killed_after_upload):
        after_the_upload(tally)
    for rule in tally.plan.refusals:
        ground.fault(kind="status", path=CREATE, method="POST", times=1, **rule)
        tally.run(f"creation refused with {rule['code']}", ends=(2,))
        ground.clear()
    ground.fault(kind="drop", path=CREATE, method="POST", times=1)
    tally.run("creation lost", ends=(2,))
    ground.clear()


def after_the_upload(tally: Tally) -> None:
    """A run that is killed when the dataset is there and the creation is not sent yet."""
    ground = tally.ground
    ground.forget_requests()
    ground.fault(kind="latency", path=r"/o/finrisk.*validation", ms=500)  # the last of what comes before it
    try:
        tally.ended(
            "killed after upload", lambda: has_dataset(ground) and ground.requests("/o/finrisk", "GET")
        )
    finally:
        ground.clear()


def has_dataset(ground: Wire) -> bool:
    names = [json.loads(path.read_text())["name"] for path in (ground.var / "gemini/objects").glob("*.json")]
    return len(names) == 2


def while_the_creation_is_on_its_way(tally: Tally) -> None:
    """The creation arrives, its answer is lost and the run that sent it is dead; others come meanwhile."""
    ground = tally.ground
    until(lambda: not has_mark_in_force(tally), 180)
    ground.fault(kind="job_slow", seconds=tally.plan.job_seconds, times=1)
    ground.fault(kind="latency", path=CREATE, method="POST", ms=2500, times=1)
    ground.fault(kind="drop", path=CREATE, method="POST", after=True, times=1)
    mark = newest_mark(tally)
    tally.ended("killed after create", lambda: newest_mark(tally) != mark)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        came = range(tally.plan.came_meanwhile)
        list(pool.map(lambda _: tally.run("came after a lost answer", *SUBMIT_ONLY), came))


def newest_mark(tally: Tally) -> Any:
    with psycopg.connect(tally.database_url) as connection:
        found = connection.execute("select job ->> 'submitting_since' from tuning_jobs").fetchone()
    return found and found[0]


def has_mark_in_force(tally: Tally) -> bool:
    mark = newest_mark(tally)
    return mark is not None and time.time() - float(mark) < 4.5


def while_the_job_runs(tally: Tally) -> None:
    """Waits that are killed or interrupted, looks that are refused or lost."""
    ground, dice = tally.ground, random.Random(6)  # noqa: S311 - which look a run is killed at
    refusals: list[dict[str, Any]] = [
        {"kind": "status", "code": 503},
        {"kind": "status", "code": 500},
        {"kind": "status", "code": 429, "retry_after": 1},
        {"kind": "drop"},
    ]

    def killed(number: int) -> None:
        looks = len(ground.requests(READ, "GET")) + dice.randrange(1, 4)
        signal_sent = signal.SIGINT if number % 4 == 3 else signal.SIGKILL
        word = "interrupted" if signal_sent == signal.SIGINT else "killed"
        tally.ended(f"{word} while waiting", lambda: len(ground.requests(READ, "GET")) >= looks, signal_sent)

    def refused(number: int) -> None:
        rule = refusals[number % len(refusals)]
        ground.fault(path=CREATE, method="GET", times=1, **rule)
        ground.fault(path=READ, times=1, **rule)
        tally.run("looks refused or lost", "-e", "finrisk_tune_deadline_minutes=0.03", ends=(0, 2))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(killed, range(tally.plan.killed_while_waiting)))
        list(pool.map(refused, range(tally.plan.looks_refused)))
    ground.clear()


def after_it_has_ended(tally: Tally) -> None:
    """The run that sees the end, and many that find it, some on other machines or without a database."""
    ground = tally.ground
    text = tally.run("waited to the end")
    assert "ACTIVE projects/" in text, text[-1500:]
    elsewhere = tally.folder.parent / "elsewhere"
    dataset(elsewhere)
    ways: list[tuple[str, tuple[str, ...], Path]] = [
        ("found", (), tally.folder),
        ("found on another machine", (), elsewhere),
        (
            "found without a database",
            ("-e", "finrisk_database_url=postgresql://nobody@127.0.0.1:1/x"),
            elsewhere,
        ),
        ("previewed", ("--check",), tally.folder),
    ]

    def found(number: int) -> None:
        kind, arguments, folder = ways[number % len(ways)]
        code = (503, 429, 500)[number % 3]
        ground.fault(kind="status", path=CREATE, method="GET", code=code, times=1)
        # one run may meet the refusals that were meant for the others too
        tally.run(kind, *arguments, "-e", "finrisk_tune_patience_seconds=60", folder=folder)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(found, range(tally.plan.runs - tally.total)))
    ground.clear()
