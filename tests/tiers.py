"""The tiers of tests, and how ``make test`` runs them: ``python -m tests.tiers quick rest``.

A tier runs some files of tests at a time: two where tests compute, more where they wait. A file in which
a test failed runs once more, whole and alone; many such run two at a time. What fails twice fails the tier,
what passed only alone is listed at the end of the output, and a run that broke off has failed.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.grounds.repository import REPOSITORY

QUICK_FOLDERS = ("tests/unit", "tests/role")
SLOW_FOLDERS = ("tests/playbooks", "tests/app", "tests/sandbox", "tests/contract")
CLUSTER_FOLDER = "tests/cluster"
SLOW = "slow and not long"
LONGEST_FIRST = tuple(
    f"tests/{file}"
    for file in (
        "playbooks/test_release_accidents.py",
        "playbooks/test_deploy_rollback.py",
        "playbooks/test_act.py",
        "playbooks/test_demo.py",
        "playbooks/test_runbook.py",
        "playbooks/test_troubles.py",
        "playbooks/test_hundred_runs.py",
        "playbooks/test_check_mode.py",
        "role/test_tuning_once.py",
        "role/test_tuning_ends.py",
        "playbooks/test_tune.py",
        "playbooks/test_announcements.py",
        "cluster/test_loop.py",
        "cluster/test_status.py",
        "cluster/test_act.py",
        "cluster/test_accidents.py",
        "cluster/test_runbook.py",
        "cluster/test_errors.py",
        "cluster/test_database_down.py",
        "cluster/test_cluster_demo.py",
        "cluster/test_release.py",
        "cluster/test_release_pods.py",
        "cluster/test_release_failures.py",
    )
)
"""Files of minutes: begun first, they let all processes end together."""

SIDE_BY_SIDE = ("--dist", "loadfile", "--no-loadscope-reorder")
GOES_ON = ("--max-worker-restart", "10000")  # a process that dies costs its test alone, however many do
DURATIONS = ("--durations=25", "--durations-min=5")
ALONE = 3
"""Most files that run again one by one: where more failed, as without a cluster, the time would not do."""
LAST_FAILED = Path(".pytest_cache/v/cache/lastfailed")
PASSED, FAILED, STOPPED = 0, 1, 2  # of pytest's exit codes; a gate is stopped at its first failure


@dataclass(frozen=True)
class Tier:
    """What pytest runs; a gate stops at its first failure, and nothing follows a gate that failed."""

    folders: tuple[str, ...]
    marks: str = ""
    is_gate: bool = False
    processes: int = 2


TIERS = {
    "quick": Tier(QUICK_FOLDERS, "not slow", is_gate=True),
    "slow": Tier((*SLOW_FOLDERS, *QUICK_FOLDERS), SLOW, processes=3),
    "cluster": Tier((CLUSTER_FOLDER,)),
    "rest": Tier((*SLOW_FOLDERS, *QUICK_FOLDERS, CLUSTER_FOLDER), SLOW, processes=4),
}
"""The rest is slow and cluster at once: the one computes while the other waits for pods."""


def left_out(path: Path, marks: str) -> bool:
    """Whether a file is of the quick tier's folders and has no slow test, where slow ones are wanted.

    Each process of a tier collects for itself, and to import all of these takes a third of a minute.
    """
    if marks != SLOW or not path.match("test_*.py"):
        return False
    quick = any(REPOSITORY / folder in path.parents for folder in QUICK_FOLDERS)
    return quick and "pytest.mark.slow" not in path.read_text("utf-8")


@dataclass(frozen=True)
class Outcome:
    """How a tier ended: pytest's exit code, the seconds it took, and the tests that passed only alone."""

    code: int
    seconds: float
    passed_alone: frozenset[str]


def run(tier: Tier) -> Outcome:
    """Run a tier, once more the files in which a test failed, and the rest of a gate that turns out well."""
    began, failed_before = time.monotonic(), _failed()
    first = ["--exitfirst"] if tier.is_gate else []
    how = ["-n", str(tier.processes), *SIDE_BY_SIDE, *GOES_ON, *DURATIONS]
    code = _pytest(*how, *first, *tier.folders, "-m", tier.marks)
    failed, passed_alone = _failed() - failed_before, frozenset[str]()
    files = sorted({test.partition("::")[0] for test in failed})
    may_run_again = code == FAILED or (code == STOPPED and tier.is_gate)
    if may_run_again and files and all(Path(file).is_file() for file in files):
        again = ["-n", "2", *SIDE_BY_SIDE] if len(files) > ALONE else []
        code = _pytest("--maxfail", "3", "-v", *again, *files, "-m", tier.marks)
        passed_alone = failed - _failed()
        if code == PASSED and passed_alone != failed:
            code = FAILED
        if code == PASSED and tier.is_gate:
            rest = run(replace(tier, is_gate=False))
            code, passed_alone = rest.code, passed_alone | rest.passed_alone
    return Outcome(code, time.monotonic() - began, passed_alone)


def main(names: Sequence[str], tiers: dict[str, Tier]) -> int:
    """Run tiers in this order; return the exit code of the first that failed, else 0."""
    LAST_FAILED.unlink(missing_ok=True)
    outcomes: dict[str, Outcome] = {}
    for name in names:
        outcomes[name] = run(tiers[name])
        if outcomes[name].code and tiers[name].is_gate:
            break
    _print(*_summary(outcomes))
    return next((outcome.code for outcome in outcomes.values() if outcome.code), 0)


def _summary(outcomes: dict[str, Outcome]) -> list[str]:
    lines = [
        f"{name:8} {outcome.seconds / 60:5.1f} min  {'failed, see above' if outcome.code else 'passed'}"
        for name, outcome in outcomes.items()
    ]
    passed_alone = sorted(test for outcome in outcomes.values() for test in outcome.passed_alone)
    if passed_alone:
        lines += ["Failed beside others and passed alone, which is a defect of the test or of what it tests:"]
        lines += [f"  {test}" for test in passed_alone]
    return lines


def _pytest(*arguments: str) -> int:
    _print(f"+ pytest {shlex.join(arguments)}")
    with subprocess.Popen([sys.executable, "-m", "pytest", *arguments]) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            process.wait()  # it got the Ctrl-C too, and ends its servers first
            raise


def _failed() -> frozenset[str]:
    """The tests that failed when they ran last."""
    return frozenset(json.loads(LAST_FAILED.read_text("utf-8"))) if LAST_FAILED.exists() else frozenset()


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], TIERS))
