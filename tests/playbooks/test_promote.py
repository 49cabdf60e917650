"""promote.yml writes what an environment runs and proved as a diff to review, and nothing else."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from finrisk_ops.machine import identity
from finrisk_ops.process import gunicorn
from sandbox.connection import free_ports
from tests.grounds.playground import Playground, connection
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import wire

IMAGE = "registry.example.com/finrisk/finrisk-api:0.2.0"
RELEASE_FILE = REPOSITORY / "inventory" / "production" / "group_vars" / "finrisk" / "release.yml"


@dataclass(frozen=True)
class Proving:
    """An environment that proved a release, and the release file of the next one."""

    playground: Playground
    place: gunicorn.Place
    file: Path

    def promote(self, *arguments: str) -> Run:
        return self.playground.run("promote", "-e", f"finrisk_promote_file={self.file}", *arguments)


@pytest.fixture(scope="module")
def proving(new_database: Callable[[bool], str]) -> Iterator[Proving]:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-promote-"))
    playground = Playground(folder)
    api, ops = free_ports(0, 0)
    with wire(folder / "var") as ground:
        described = connection(
            ground, database_url=new_database(True), api_port=api, ops_port=ops, user_hash_key="ab" * 32
        )
        playground.sandbox(**described)
        where = gunicorn.Place(folder / "var", REPOSITORY, api, ops)
        try:
            done = playground.run("site", "-e", f"finrisk_image={IMAGE}")
            assert done.code == 0, done.output
            yield Proving(playground, where, folder / "release.yml")
        finally:
            gunicorn.stop(where)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def before(proving: Proving) -> str:
    """The release file of the next environment as the repository holds it."""
    shutil.copy(RELEASE_FILE, proving.file)
    return proving.file.read_text()


def test_the_release_is_announced_as_a_diff_written_once_and_then_kept(proving: Proving, before: str) -> None:
    announced = proving.promote("--check", "--diff")
    assert announced.code == 0, announced.output
    assert proving.file.read_text() == before
    assert f"+finrisk_image: {json.dumps(IMAGE)}" in announced.stdout
    assert "-finrisk_image:" in announced.stdout
    done = proving.promote()
    assert done.code == 0, done.output
    assert (announced.changed, done.changed, proving.promote().changed) == (1, 1, 0)
    assert yaml.safe_load(proving.file.read_text()) == {
        "finrisk_model": "",
        "finrisk_image": IMAGE,
        "finrisk_dataset_sha256": "",
    }
    assert done.last_lines[-1] == str(proving.file)


def test_the_values_differ_from_the_file_in_the_repository_and_the_proof_follows(
    proving: Proving, before: str
) -> None:
    proving.promote("-e", json.dumps({"finrisk_why": "step 25, RISK-4711"}))
    after = proving.file.read_text().splitlines()
    head, proof = after[: len(before.splitlines())], after[len(before.splitlines()) :]
    changed = [line for line, old in zip(head, before.splitlines(), strict=True) if line != old]
    assert changed == [f"finrisk_image: {json.dumps(IMAGE)}"]
    (current,) = [path.name for path in (proving.place.var_dir / "revisions").iterdir()]
    assert proof[1].startswith(f"# Proved by local as {current} at 0 % tuned, 100 % base, released")
    assert proof[-1].startswith("# Promoted 20")
    assert proof[-1].endswith(f" by {identity.who()}: step 25, RISK-4711")


def test_a_promotion_is_recorded_and_status_shows_it(proving: Proving, before: str) -> None:
    assert before
    proving.promote("-e", json.dumps({"finrisk_why": "step 25, RISK-4711"}))
    assert proving.promote("-e", "finrisk_promote_to=local").code != 0
    data = proving.playground.run("status", "-e", "finrisk_format=json")
    shown = json.loads(data.stdout)["releases"]
    assert [(each["action"], each["outcome"]) for each in shown[:2]] == [
        ("promote", "refused"),
        ("promote", "done"),
    ]
    assert shown[1]["reason"] == "step 25, RISK-4711"
    assert ("site", "done") in {(each["action"], each["outcome"]) for each in shown}
    page = proving.playground.run("status").stdout
    assert "cannot be promoted to itself" in page


def test_an_environment_is_not_promoted_to_itself(proving: Proving, before: str) -> None:
    refused = proving.promote("-e", "finrisk_promote_to=local")
    assert refused.code != 0
    assert "cannot be promoted to itself" in refused.output
    assert proving.file.read_text() == before


def test_what_was_edited_by_hand_is_not_promoted(proving: Proving, before: str) -> None:
    config = proving.place.var_dir / "current" / "config.json"
    kept = config.read_text()
    held = json.loads(kept)
    held["data"]["MAX_OUTPUT_TOKENS"] = "100"
    config.write_text(json.dumps(held))
    try:
        refused = proving.promote()
    finally:
        config.write_text(kept)
    assert refused.code != 0
    assert "edited by hand" in refused.output
    assert proving.file.read_text() == before


def test_what_the_environment_does_not_run_is_not_promoted(proving: Proving, before: str) -> None:
    """Last in this file: it stops the service."""
    gunicorn.stop(proving.place)
    refused = proving.promote()
    assert refused.code != 0
    assert "does not run everywhere" in refused.output
    assert proving.file.read_text() == before
