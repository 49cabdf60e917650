"""A checkout wherever people put one, with files as their editors save them."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.checkout import FASTER, Checkout, fresh_checkout, own_ports
from tests.grounds.repository import REPOSITORY

FOLDER = "Fi nRisk é's"
MARK = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def place() -> Iterator[Checkout]:
    """A copy of what Git knows, in such a path, with a sandbox of its own; nothing leads back from it."""
    above = Path(tempfile.mkdtemp(prefix="finrisk-path-"))
    above.chmod(0o711)
    folder = above / FOLDER
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if not name.startswith(("tests/", "benchmarks/")) and (REPOSITORY / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name, follow_symlinks=False)
    (folder / "inventory/local/group_vars/finrisk/test.yml").write_bytes(MARK + FASTER.encode())
    (folder / ".venv").symlink_to(Path(sys.executable).parents[1])
    folder.chmod(0o711)
    made = Checkout(folder)
    (folder / "var").mkdir(0o711)
    own_ports(made.var)
    try:
        made.command("python -m sandbox up")
        made.command('python -m sandbox.samples "$FINRISK_VAR_DIR/samples"')
        yield made
    finally:
        made.command("python -m sandbox.demo --down")
        shutil.rmtree(above, ignore_errors=True)


def test_the_loop_works_in_a_path_with_blanks_and_accents(place: Checkout) -> None:
    site = place.playbook("site.yml")
    assert f"{place.folder}/var/local/revisions/" in site.told
    assert place.playbook("ingest.yml").changed == 1
    place.ask(place.strategies()[:8])
    export = place.playbook("export.yml -e finrisk_min_examples=1")
    raw = next(line for line in export.last_lines if "training_data_raw_" in line)
    assert Path(raw).is_file()
    assert place.playbook(f"prepare.yml -e {_json(finrisk_raw_file=raw)}").changed == 1
    reason = "ticket RISK-4711, it's due"
    place.playbook(f"rollback.yml -e {_json(finrisk_why=reason)} -e finrisk_max_in_flight=32")
    _, status = place.status()
    assert status["configuration"]["revision"] == (place.var / "current").readlink().name


def _json(**variables: str) -> str:
    return shlex.quote(json.dumps(variables))


def test_make_works_there_too(place: Checkout) -> None:
    said = place.shell("make -s connection")
    assert json.loads(said.stdout)["api_url"] == place.place.api_url, said.output


def test_an_inventory_in_utf16_is_named(place: Checkout) -> None:
    shutil.copytree(place.folder / "inventory/local", place.folder / "inventory/wide")
    hosts = place.folder / "inventory/wide/hosts.yml"
    hosts.write_text(hosts.read_text("utf-8"), "utf-16")
    said = place.shell(f"{sys.executable} -m ansible playbook -i inventory/wide playbooks/status.yml")
    assert said.code == 1
    assert "inventory/wide/hosts.yml is UTF-16, expected UTF-8" in said.stderr


def test_setup_says_where_another_python_is_asked_for_than_there_is(tmp_path: Path) -> None:
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho Python 9.9.9\n")
    other.chmod(0o755)
    with fresh_checkout() as folder:
        command = ["make", "setup", f"PYTHON={other}"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "PYTHON names Python 9.9.9, and .venv has Python 3." in done.stderr
    assert "make clean first" in done.stderr
