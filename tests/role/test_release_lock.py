"""The release lock of this machine: its holder named, killed, taken over by a rollback, or broken off."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import identity, locks

DEPLOY = "deploy at 25 % tuned, 75 % base"
FORK = multiprocessing.get_context("fork")


def be_busy() -> None:
    """Sleep for a minute in short parts: a signal that comes just before a sleep is handled after it."""
    for _ in range(600):
        time.sleep(0.1)


def hang(path: Path, ready: Event, said: Any) -> None:
    """Hold the lock as a deploy that hangs, where an error of ours would be handled by putting back."""
    try:
        with locks.file(path, DEPLOY):
            ready.set()
            try:
                be_busy()
            except FinriskError:
                said.send("put back")
    except locks.LostError as lost:
        said.send(lost.message)


def hang_deaf(path: Path, ready: Event, _said: Any) -> None:
    with locks.file(path, DEPLOY):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        ready.set()
        be_busy()


def hang_as_rollback(path: Path, ready: Event, _said: Any) -> None:
    with locks.file(path, "rollback to base", takes_over=True):
        ready.set()
        be_busy()


def interrupted(path: Path, ready: Event, _said: Any) -> None:
    with suppress(KeyboardInterrupt), locks.file(path, DEPLOY):
        ready.set()
        raise KeyboardInterrupt


class Holder:
    """Another process that holds the lock."""

    def __init__(self, how: Callable[..., None], path: Path) -> None:
        ready = FORK.Event()
        self.said, sending = FORK.Pipe(duplex=False)
        self.process = FORK.Process(target=how, args=(path, ready, sending))
        self.process.start()
        assert ready.wait(10)

    def __enter__(self) -> Holder:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()


def test_a_rollback_takes_over_from_a_deploy_that_hangs_which_puts_nothing_back(tmp_path: Path) -> None:
    path = tmp_path / "release.lock"
    with Holder(hang, path) as holder:
        began = time.monotonic()
        with locks.file(path, "rollback to base", takes_over=True):
            assert time.monotonic() - began < 3
            assert holder.said.poll(5)
            told = holder.said.recv()
        assert f"taken over by {identity.who()} (process {os.getpid()}) since 20" in told
        assert "rollback to base: it stopped and changes nothing more" in told
    assert locks.read(path) == (None, None)
    assert [each.name for each in tmp_path.iterdir()] == ["release.lock"]


def test_a_deploy_that_does_not_listen_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "_YIELD_SECONDS", 0.5)
    path = tmp_path / "release.lock"
    with Holder(hang_deaf, path) as holder, locks.file(path, "rollback to base", takes_over=True):
        holder.process.join(5)
        assert holder.process.exitcode == -signal.SIGKILL


def test_a_deploy_is_refused_and_told_that_a_rollback_is_not(tmp_path: Path) -> None:
    path = tmp_path / "release.lock"
    with (
        Holder(hang, path) as holder,
        pytest.raises(
            FinriskError, match=rf"process {holder.process.pid}\) since .*{DEPLOY}.*rollback\.yml takes over"
        ),
        locks.file(path, "deploy at 50"),
    ):
        pass


def test_a_rollback_waits_for_another_rollback(tmp_path: Path) -> None:
    path = tmp_path / "release.lock"
    with (
        Holder(hang_as_rollback, path) as holder,
        pytest.raises(FinriskError, match="another release is under way"),
        locks.file(path, "rollback to base", takes_over=True),
    ):
        pass
    assert holder.process.exitcode == -signal.SIGKILL, "by this test, not before"


@pytest.mark.parametrize("how", [hang, interrupted])
def test_a_run_that_breaks_off_leaves_its_name_until_the_next_one_ends(tmp_path: Path, how: Any) -> None:
    path = tmp_path / "release.lock"
    with Holder(how, path) as holder:
        if how is hang:
            holding, _ = locks.read(path)
            assert holding
            assert holding.pid == holder.process.pid
    held, left = locks.read(path)
    assert held is None
    assert left
    assert left.why == DEPLOY
    with suppress(FinriskError), locks.file(path, "deploy at 50"):
        raise FinriskError("it said so, and put back")
    assert locks.read(path) == (None, None)


def test_a_lock_that_another_deploy_took_faster_is_told_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_YIELD_SECONDS", 0.2)
    path = tmp_path / "release.lock"
    with Holder(hang, path) as first:
        killed, _ = locks.read(path)
        assert killed
    descriptor = os.open(path, os.O_RDWR)
    try:
        with Holder(hang, path) as faster, pytest.raises(FinriskError) as refused:
            locks._end(killed, descriptor, path)
        assert f"process {faster.process.pid})" in refused.value.message
        assert f"process {first.process.pid})" not in refused.value.message
    finally:
        os.close(descriptor)


def test_a_signal_that_no_rollback_sent_ends_the_run_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "release.lock"
    with Holder(hang, path) as holder:
        assert holder.process.pid is not None
        os.kill(holder.process.pid, signal.SIGTERM)
        holder.process.join(5)
        assert holder.process.exitcode == -signal.SIGTERM
