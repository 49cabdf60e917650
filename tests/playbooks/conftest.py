"""Runs the real ansible-playbook on an environment of the test's own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from finrisk_ops.process import gunicorn
from sandbox.connection import free_ports
from tests.grounds.deployed import World
from tests.grounds.playground import Playground, connection_of_service
from tests.grounds.repository import REPOSITORY
from tests.grounds.tuning import tuned_model
from tests.grounds.wire import wire


@pytest.fixture
def playground(tmp_path: Path, database_url: str) -> Playground:
    """A playground on a database of its own."""
    made = Playground(tmp_path)
    made.sandbox(database_url=database_url, api_key="frk_abc_" + "x" * 40)
    return made


@pytest.fixture(scope="module")
def built(new_database: Callable[[bool], str]) -> Iterator[World]:
    """An environment on which site.yml ran; everything is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="finrisk-release-"))
    playground = Playground(folder)
    api, ops = free_ports(0, 0)
    database_url = new_database(False)
    with wire(folder / "var", tuning_seconds=1.0) as ground:
        playground.sandbox(**connection_of_service(ground, database_url, api, ops))
        where = gunicorn.Place(folder / "var", REPOSITORY, api, ops)
        try:
            first = playground.run("site", "--diff")
            assert first.code == 0, first.output
            model = tuned_model(ground, folder / "training_data", database_url)
            yield World(playground, ground, where, model)
        finally:
            gunicorn.stop(where)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(built: World) -> World:
    """The environment without faults, at the ratio at which the test before left it: most need no reset."""
    built.ground.clear()
    return built


@pytest.fixture
def base(world: World) -> World:
    """The environment with everybody on base."""
    if gunicorn.readiness(world.place).get("split") != 0:
        done = world.run("rollback")
        assert done.code == 0, done.output
    assert world.told[1] == 0
    return world
