"""An environment that was built and deployed, and playbooks that are killed on their way."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.environment import Environment

KINDS = (
    "namespace deployment statefulset service networkpolicy role rolebinding poddisruptionbudget"
    " serviceaccount job lease configmap secret"
).split()
VARYING = (  # what no two environments share
    (re.compile(r"finrisk-test-(?:gemini-)?[0-9a-f]{8}"), "NAMESPACE"),
    (re.compile(r"(r[0-9]{4})-[0-9a-f]{8}"), r"\1"),
    (re.compile(r"(finrisk-migrate-[0-9]{4})-[0-9a-f]{8}"), r"\1"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "UID"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "ADDRESS"),
    (re.compile(r'"finrisk.io/credentials": "[0-9a-f]{12}"'), ""),
)
RECORD = "finrisk.io/record"  # a release that the table does not have yet
BUSY = ("holderIdentity", "renewTime", "acquireTime", "leaseTransitions")  # of a Lease


@dataclass(frozen=True)
class Operated:
    """An environment in which a quarter of the users have the tuned model."""

    environment: Environment
    site: str
    """All that site.yml said, at -vvv and with differences."""
    objects: dict[str, str]
    """What site.yml made of an empty cluster."""

    @property
    def revision(self) -> str:
        """The revision that the Deployment asks for."""
        (held,) = self.environment.objects("deployment", "app=finrisk-api")
        return str(held["metadata"]["labels"]["finrisk.io/revision"])

    @property
    def revisions(self) -> set[str]:
        """Every revision that is kept, also those that were begun and put back."""
        kept = self.environment.objects("configmap", "finrisk.io/revision")
        return {str(each["metadata"]["labels"]["finrisk.io/revision"]) for each in kept}

    @property
    def generation(self) -> int:
        """How often somebody changed the Deployment."""
        (held,) = self.environment.objects("deployment", "app=finrisk-api")
        return int(held["metadata"]["generation"])

    def splits(self) -> set[tuple[str, float]]:
        """Revision and split that the pods say themselves."""
        told = self.environment.readiness().values()
        return {(each["revision"], each["split"]) for each in told if each}


def operated(environment: Environment) -> Operated:
    """Build an environment and deploy a tuned model in it."""
    done = environment.play("site", "-vvv", "--diff")
    there = objects(environment)
    environment.tune()
    environment.play("deploy", "-e", "finrisk_ab_ratio=25")
    return Operated(environment, done.output, there)


def objects(environment: Environment) -> dict[str, str]:
    """The specification of every object of a namespace, without what no two environments share."""
    found = {}
    for held in _all(environment):
        if RECORD in (held["metadata"].get("labels") or {}):
            continue
        kept: dict[str, Any] = {key: held[key] for key in ("spec", "data", "rules") if key in held}
        if held["kind"] in ("ConfigMap", "Secret"):
            kept["data"] = sorted(kept.get("data") or {})
        for name in BUSY:
            kept.get("spec", {}).pop(name, None)
        kept["labels"] = held["metadata"].get("labels")
        found[_plain(f"{held['kind']} {held['metadata']['name']}")] = _plain(json.dumps(kept, sort_keys=True))
    return found


def _all(environment: Environment) -> list[dict[str, Any]]:
    named = environment.kubectl("get", ",".join(KINDS[1:]), "-o", "json")
    namespace = environment.cluster.kubectl("get", "namespace", environment.namespace, "-o", "json")
    items: list[dict[str, Any]] = json.loads(named)["items"]
    return [json.loads(namespace), *items]


def _plain(text: str) -> str:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text


@dataclass(frozen=True)
class Killed:
    """A run that was ended by SIGKILL, unless it came to its end before."""

    at_end: bool
    output: str
    last: str
    """The line at which it was killed."""


def killed(environment: Environment, playbook: str, stop: Callable[[str], bool], *arguments: str) -> Killed:
    """Run a playbook, which names each step, until a line of its output; kill it and all that it started."""
    process = environment.start(playbook, "-v", *arguments, PYTHONUNBUFFERED="1")
    lines: list[str] = []
    assert process.stdout is not None
    try:
        for line in process.stdout:
            lines.append(line)
            if stop(line):
                return Killed(False, "".join(lines), line.strip())
        process.wait()
        assert process.returncode == 0, "".join(lines)
        return Killed(True, "".join(lines), "")
    finally:
        kill(process.pid)
        process.communicate()


def kill_group(process: subprocess.Popen[str]) -> None:
    """Kill a playbook as a terminal that goes away does."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


class AfterChange:
    """Says yes at the first heading after a task that changed something: the state is one more task on.

    Or earlier, at a line that is named.
    """

    def __init__(self, or_at: Callable[[str], bool] | None = None) -> None:
        self._changed = False
        self._or_at = or_at

    def __call__(self, line: str) -> bool:
        self._changed = self._changed or line.startswith("changed: ")
        return (self._changed and line.startswith("TASK [")) or bool(self._or_at and self._or_at(line))


def kill(pid: int) -> None:
    """Kill a process and all that it started, in whatever session; stopped first, none can start another."""
    stopped: set[int] = set()
    while new := set(_descendants(pid)) - stopped:
        for each in new:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGSTOP)
        while not all(map(_rests, new)):  # one that is forking has not stopped yet
            time.sleep(0.005)
        stopped |= new
    for each in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def _rests(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] in "TtZX"
    except (OSError, IndexError):
        return True


def _descendants(pid: int) -> Iterable[int]:
    """The process and all that it started."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += parents.get(found[-1], [])
    return found
