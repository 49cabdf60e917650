"""Two releases at once: one goes on, the other names it, waits, or takes over from one that was killed."""

from __future__ import annotations

import json
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import identity, locks
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import release
from tests.grounds.process_releases import deploy, rendered, stored

pytestmark = pytest.mark.slow  # each test starts a Gunicorn


def test_a_deploy_planned_on_another_revision_names_who_came_between(target: ProcessTarget) -> None:
    target.store(replace(stored(target, 0, 1)))
    target.make_current(target.names()[0])
    with pytest.raises(FinriskError, match="planned on r0007-00000000"):
        release.deploy(target, rendered(50), planned_on="r0007-00000000", check=False)


def _hold(path: Path, ready: Any, done: Any) -> None:
    with locks.file(path, "deploy at 25 % tuned, 75 % base"):
        ready.set()
        done.wait(20)


def test_a_second_release_is_refused_and_names_the_holder(target: ProcessTarget) -> None:
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    path = target.place.var_dir / "release.lock"
    holder = context.Process(target=_hold, args=(path, ready, done))
    holder.start()
    try:
        assert ready.wait(10)
        with pytest.raises(FinriskError, match=rf"process {holder.pid}.*deploy at 25 % tuned") as caught:
            deploy(target)
        assert identity.who() in caught.value.message
    finally:
        done.set()
        holder.join()
    assert target.names() == []


def test_a_rollback_that_nobody_typed_waits_for_whoever_releases_and_for_no_other_revision(
    target: ProcessTarget,
) -> None:
    """What it was decided on has to run still; by hand a rollback takes the lock over."""
    running = stored(target, 50, 1)
    target.make_current(running.name)
    with pytest.raises(FinriskError, match=rf"{running.name} is current, but this rollback was planned on"):
        release.roll_back(target, "base", rendered(0), planned_on="r0009-00000000", check=False)
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(target.place.var_dir / "release.lock", ready, done))
    holder.start()
    try:
        assert ready.wait(10)
        with pytest.raises(FinriskError, match=rf"process {holder.pid}.*deploy at 25 % tuned"):
            release.roll_back(target, "base", rendered(0), planned_on=running.name, check=False)
        assert holder.is_alive()
    finally:
        done.set()
        holder.join()
    assert target.current() == running.name


def test_the_lock_of_a_killed_holder_is_free(target: ProcessTarget) -> None:
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    path = target.place.var_dir / "release.lock"
    holder = context.Process(target=_hold, args=(path, ready, done))
    holder.start()
    assert ready.wait(10)
    holder.kill()
    holder.join()
    with locks.file(path, "next"):
        assert json.loads(path.read_text())["pid"] == os.getpid()
