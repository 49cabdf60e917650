"""The tables of peers are true: versions are those of the locks, and each command finds tests."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys

import pytest

from tests.grounds.markdown import table
from tests.grounds.repository import DOCS, REPOSITORY

CONTRACT = REPOSITORY / "tests" / "contract"
PLACES = (("tuning.md", "Who proves what"), ("api.md", "`GET /openapi.json`"))
ROWS = [row for page, section in PLACES for row in table(DOCS / page, section, "peer").rows]


def locked() -> dict[str, str]:
    """Return the version of each package that the locks of dev and peers install."""
    found: dict[str, str] = {}
    for lock in ("dev", "peers"):
        text = (REPOSITORY / "requirements" / f"{lock}.txt").read_text("utf-8")
        found |= dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))
    packages = json.loads((CONTRACT / "peers" / "package-lock.json").read_text("utf-8"))["packages"]
    return found | {
        name.removeprefix("node_modules/"): held["version"] for name, held in packages.items() if name
    }


def test_the_versions_of_the_peers_are_those_of_the_locks() -> None:
    shown = [(match[1], row["version"]) for row in ROWS if (match := re.match(r"`([^`]+)`", row["peer"]))]
    assert len(shown) == len(ROWS)
    assert {name: locked().get(name) for name, _ in shown} == dict(shown)


def test_no_lock_of_the_javascript_peers_names_an_address_to_fetch_from() -> None:
    packages = json.loads((CONTRACT / "peers" / "package-lock.json").read_text("utf-8"))["packages"]
    assert all("resolved" not in held for held in packages.values())
    assert all(held["integrity"].startswith("sha512-") for name, held in packages.items() if name)


@pytest.mark.slow
def test_each_command_finds_tests() -> None:
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/contract", "tests/sandbox"]
    collected = subprocess.run(
        collect, cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split()
    for command in {each for row in ROWS for each in re.findall(r"`([^`]+)`", row["command"])}:
        file, *options = shlex.split(command)
        words = options[1].split(" or ") if options else [""]
        tests = [each.partition("::")[2] for each in collected if each.startswith(f"tests/{file}::")]
        assert [each for each in tests if any(word in each for word in words)], command
