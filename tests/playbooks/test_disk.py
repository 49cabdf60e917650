"""tune.yml and deploy.yml on a folder that takes nothing: one sentence, nothing half done, then on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from finrisk_ops.process import gunicorn
from sandbox.connection import free_ports
from tests.grounds import disks
from tests.grounds.datasets import dataset
from tests.grounds.disks import HARMS, Harm
from tests.grounds.playground import Playground, connection
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import CREATE, Wire, wire


@dataclass(frozen=True)
class World:
    """An environment whose folders are small disks of their own, and on which site.yml ran."""

    playground: Playground
    ground: Wire
    place: gunicorn.Place

    @property
    def training_data(self) -> Path:
        return self.playground.folder / "training_data"


@pytest.fixture(scope="module")
def world(new_database: Callable[[bool], str]) -> Iterator[World]:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-disk-"))
    playground = Playground(folder)
    api, ops = free_ports(0, 0)
    where = gunicorn.Place(folder / "var", REPOSITORY, api, ops)
    with (
        wire(folder / "wire") as ground,
        disks.mounted(folder / "var", "64m"),
        disks.mounted(folder / "training_data", "1m"),
    ):
        described = connection(ground, database_url=new_database(True), api_port=api, ops_port=ops)
        playground.sandbox(**described, user_hash_key="ab" * 32)
        try:
            done = playground.run("site")
            assert done.code == 0, done.output
            dataset(folder / "training_data")
            yield World(playground, ground, where)
        finally:
            gunicorn.stop(where)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=HARMS)
def harm(request: pytest.FixtureRequest) -> Harm:
    return HARMS[request.param]


def check_one_sentence(run: Run, folder: Path, harm: Harm) -> None:
    assert (run.code, run.failed) == (2, 1), run.output
    (told,) = [line for line in run.stderr.splitlines() if line.startswith("local: ")]
    for word in (str(folder), harm.reason, harm.advice):
        assert word in told
    assert "Traceback" not in run.output
    assert "MODULE FAILURE" not in run.output


DEPLOY = ("-e", "finrisk_model=", "-e", "finrisk_ab_ratio=0", "-e", "finrisk_max_output_tokens=999")
TUNE = ("-e", "finrisk_tune_wait=false")


def test_deploy_leaves_the_running_revision_alone_and_status_still_tells_it(world: World, harm: Harm) -> None:
    var, serving = world.place.var_dir, gunicorn.readiness(world.place)["revision"]
    revisions, harmed = disks.contents(var / "revisions"), replace(world.playground, before=harm.on(var))
    try:
        check_one_sentence(harmed.run("deploy", *DEPLOY), var, harm)
        assert gunicorn.readiness(world.place)["revision"] == serving
        assert disks.contents(var / "revisions") == revisions
        status = harmed.run("status")
        if harm.reason == "Permission denied":  # it cannot even look
            check_one_sentence(status, var, harm)
        else:
            assert (status.code, serving in status.stdout) == (0, True), status.output
    finally:
        disks.mend(var)


def test_tune_makes_no_job_that_could_not_be_written_down(world: World, harm: Harm) -> None:
    files = disks.contents(world.training_data)
    harmed = replace(world.playground, before=harm.on(world.training_data))
    try:
        check_one_sentence(harmed.run("tune", *TUNE), world.training_data, harm)
        assert not world.ground.requests(CREATE, "POST")
        assert disks.contents(world.training_data) == files
    finally:
        disks.mend(world.training_data)


def test_once_the_folders_take_something_again_the_same_commands_do_their_work(world: World) -> None:
    """Last in this file: what failed before left nothing that would be in their way."""
    serving = gunicorn.readiness(world.place)["revision"]
    deployed = world.playground.run("deploy", *DEPLOY)
    assert (deployed.code, deployed.changed) == (0, 1), deployed.output
    assert gunicorn.readiness(world.place)["revision"] != serving
    tuned = world.playground.run("tune", *TUNE)
    assert tuned.code == 0, tuned.output
    assert len(world.ground.requests(CREATE, "POST")) == 1
