"""A checkout beside the repository, with a sandbox and a service of its own, where an operator types."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from finrisk_ops.process import gunicorn
from finrisk_ops.status.page import page
from sandbox import connection as connections
from sandbox.analysts import Analysts, Reply, Strategy, strategies_of
from tests.grounds import packages
from tests.grounds.plays import Run, shell
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

OWN = {"inventory", "training_data", "var"}
NOT_CLONED = {"training_data", "var", "collections", "node_modules", "__pycache__", "*.egg-info"}
FASTER = "finrisk_workers: 1\nfinrisk_warmup_requests: 1\n"
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "FINRISK_PG_BIN", *packages.INHERITED)


@dataclass(frozen=True)
class Checkout:
    """A folder in which every relative path of the documentation leads to files of the test's own."""

    folder: Path

    @property
    def var(self) -> Path:
        """The state of its environment."""
        return self.folder / "var" / "local"

    @property
    def training_data(self) -> Path:
        """Where export, prepare and tune write."""
        return self.folder / "training_data" / "local"

    @property
    def environment(self) -> dict[str, str]:
        """What the shell of the operator knows."""
        return {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(self.folder),
            "FINRISK_VAR_DIR": str(self.var),
            "OUTPUT_DIR": str(self.training_data),
            "ANSIBLE_NOCOLOR": "1",
        }

    @property
    def sandbox(self) -> dict[str, Any]:
        """What sandbox.json says."""
        found: dict[str, Any] = json.loads((self.var / "sandbox.json").read_text())
        return found

    @property
    def database_url(self) -> str:
        """The database of its sandbox."""
        return str(self.sandbox["database_url"])

    @property
    def wire(self) -> Wire:
        """Its simulator, to switch faults on."""
        return Wire(self.sandbox["gemini_url"], self.var)

    @property
    def place(self) -> gunicorn.Place:
        """Its service."""
        described = self.sandbox
        return gunicorn.Place(self.var, REPOSITORY, described["api_port"], described["ops_port"])

    def shell(self, script: str, environment: Mapping[str, str] | None = None, seconds: float = 240) -> Run:
        """Run a script in bash, in the folder; code 124 when it did not end in time."""
        return shell(script, self.folder, {**self.environment, **(environment or {})}, seconds)

    def command(self, *arguments: str) -> Run:
        """Run a program of the checkout's .venv; it has to succeed."""
        bin_folder = self.folder / ".venv" / "bin"
        path = f"{bin_folder}:{self.environment['PATH']}"
        done = self.shell(" ".join(arguments), {"PATH": path})
        assert done.code == 0, done.output
        return done

    def playbook(self, line: str) -> Run:
        """Run a playbook, which has to succeed: ``"deploy.yml -e finrisk_ab_ratio=50"``."""
        return self.command(f"ansible-playbook playbooks/{line}")

    def status(self) -> tuple[str, dict[str, Any]]:
        """Return what status.yml says, as JSON and as the page that its module writes of that."""
        data: dict[str, Any] = json.loads(self.playbook("status.yml -e finrisk_format=json").stdout)
        return "\n".join(page(data)), data

    @property
    def settings(self) -> dict[str, str]:
        """The ConfigMap of the running revision."""
        held = json.loads((self.var / "current" / "config.json").read_text())
        found: dict[str, str] = held["data"]
        return found

    def strategies(self) -> list[Strategy]:
        """The sample questions."""
        with gzip.open(self.var / "samples" / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
            return strategies_of(json.loads(line) for line in lines)

    def analysts(self) -> Analysts:
        """Clients of the gunicorn, with the sandbox's key."""
        return Analysts(self.place.api_url, self.sandbox["api_key"], threads=8)

    def ask(self, strategies: Sequence[Strategy]) -> list[Reply]:
        """Ask the questions, all of which are answered, and wait until the database has them."""
        wanted = self.count("analyses") + len(strategies)
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(self.analysts().ask, strategies))
        assert [reply.status for reply in replies] == [200] * len(strategies)
        until(lambda: self.count("analyses") >= wanted)
        return replies

    def count(self, table: str) -> int:
        """The rows of a table."""
        counting = sql.SQL("select count(*) from {}").format(sql.Identifier(table))
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(counting).fetchone()
        assert row
        return int(row[0])

    def execute(self, statement: LiteralString) -> None:
        """Change something in the database."""
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement)


def own_ports(var: Path) -> None:
    """Choose the ports of a sandbox to come: each would begin at 8000, also one that starts beside it."""
    var.mkdir(parents=True)
    api, ops = connections.free_ports(0, 0)
    connections.write(var, replace(connections.new(var), api_port=api, ops_port=ops))


@contextmanager
def fresh_checkout() -> Iterator[Path]:
    """Make a copy of the sources, as a clone has them, in which `make setup` finds nothing to do.

    The folder is removed at the end; whoever started something in it ends that before.
    """
    folder = Path(tempfile.mkdtemp(prefix="finrisk-checkout-"))  # the database's account passes through
    folder.chmod(0o711)
    try:
        for entry in REPOSITORY.iterdir():
            if entry.is_dir() and not entry.name.startswith(".") and entry.name not in NOT_CLONED:
                ignored = shutil.ignore_patterns(*NOT_CLONED)
                shutil.copytree(entry, folder / entry.name, symlinks=True, ignore=ignored)
            elif entry.is_file():
                shutil.copy(entry, folder)
        _linked(Path(sys.executable).parents[1], folder / ".venv")
        _linked(REPOSITORY / "collections", folder / "collections")
        uv = folder / ".uv" / "bin" / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text(f'#!/bin/sh\nexec "{REPOSITORY}/.uv/bin/uv" "$@"\n')  # the first image asks it
        uv.chmod(0o755)
        for name in (".venv/.ready", "collections/.ready"):  # in make's order, behind uv
            (folder / name).write_text("")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _linked(source: Path, target: Path) -> None:
    """Make a folder of links to what another holds, but the mark of make."""
    target.mkdir()
    for entry in source.iterdir():
        if entry.name != ".ready":
            (target / entry.name).symlink_to(entry)


@contextmanager
def checkout() -> Iterator[Checkout]:
    """Make a checkout with a running sandbox and service; stop them and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="finrisk-checkout-"))  # the database's account passes through
    folder.chmod(0o711)
    for entry in REPOSITORY.iterdir():
        if not entry.name.startswith(".") and entry.name not in OWN:
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(REPOSITORY / "inventory", folder / "inventory")
    (folder / "inventory/local/group_vars/finrisk/test.yml").write_text(FASTER)
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    (folder / "var").mkdir()
    (folder / "var").chmod(0o711)
    made = Checkout(folder)
    own_ports(made.var)
    try:
        made.command("python -m sandbox up")
        made.command(f"python -m sandbox.samples {made.var / 'samples'}")
        made.playbook("site.yml")
        yield made
    finally:
        if (made.var / "sandbox.json").exists():
            gunicorn.stop(made.place)
            made.shell(f"{sys.executable} -m sandbox down")
        shutil.rmtree(folder, ignore_errors=True)
