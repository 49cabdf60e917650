"""What is loaded before a module or a command does anything: each task of a playbook waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.grounds.repository import REPOSITORY, ROLE

REDACTOR = "finrisk_rules.redaction.redactor"
HEAVY = {
    "finrisk_rules.judge.judgement",
    "finrisk_rules.orders",
    REDACTOR,
    "kubernetes",
    "google.genai",
    "psycopg",
    "pygal",
}
"""Each takes a tenth of a second of CPU or more."""
CHECKS = {"finrisk_prepare"}
DRAWS = {"finrisk_offline"}
REDACTS = {"finrisk_ingest", "finrisk_erasure"}
MODULES = sorted(path.stem for path in (ROLE / "library").glob("*.py"))

START = """
import sys
from tests.grounds.modules import load, show_the_role_to_ansible
show_the_role_to_ansible()
for name in sys.argv[1].split():
    load(name)
print(*sys.modules)
"""
COMMAND = "import sys, finrisk.cli; print(*sys.modules)"
POD = """
import os, runpy, sys
os.environ["FINRISK_VAR_DIR"] = sys.argv[1]
runpy.run_path("app/gunicorn.conf.py")["on_starting"](None)
print(*sys.modules)
"""
OF_A_WORKER = {"finrisk.metrics", "finrisk.settings", "finrisk.wsgi", "prometheus_client"}


def loaded(script: str, *arguments: str) -> set[str]:
    """Return what a script loads in a process of its own."""
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=120)
    return set(done.stdout.split())


def heavy(script: str, *arguments: str) -> set[str]:
    """Return what is heavy of it."""
    return HEAVY & loaded(script, *arguments)


@pytest.mark.parametrize(
    ("modules", "may"),
    [
        (set(MODULES) - CHECKS - DRAWS - REDACTS, set()),
        (CHECKS, {"finrisk_rules.orders", REDACTOR, "pygal"}),
        (REDACTS, {REDACTOR}),
        (DRAWS, {"pygal"}),
    ],
    ids=["most", "check", "redact", "draw"],
)
def test_a_module_loads_what_is_heavy_where_it_is_needed(modules: set[str], may: set[str]) -> None:
    assert heavy(START, " ".join(sorted(modules))) == may


def test_migrate_and_settings_load_no_judge_and_no_redaction() -> None:
    assert heavy(COMMAND) == {"psycopg"}


def test_the_workers_of_a_pod_share_the_rules_and_have_their_settings_and_metrics_for_themselves(
    tmp_path: Path,
) -> None:
    shared = loaded(POD, str(tmp_path))
    assert shared >= {
        "finrisk_rules.judge.judgement",
        "finrisk_rules.orders",
        REDACTOR,
    }
    assert not shared & OF_A_WORKER


MISSING = """
import sys
from tests.grounds.modules import load, show_the_role_to_ansible
show_the_role_to_ansible()
sys.modules["finrisk_ops"] = None
load("finrisk_status")
"""


def test_a_module_whose_package_is_missing_says_what_to_run() -> None:
    command = [sys.executable, "-c", MISSING]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "the Python package finrisk_ops is missing: run make setup" in done.stderr
