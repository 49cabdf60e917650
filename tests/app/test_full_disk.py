"""A var folder without room: what cannot be written is missed and said, and no worker dies of it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from finrisk.metric_files import KINDS
from tests.grounds.service import RunningService
from tests.grounds.wire import Wire


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this account may not mount a file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def service(small_disk: Path, gemini: Wire, new_database: Callable[[bool], str]) -> Iterator[RunningService]:
    """A service whose var folder is on the small disk, and nothing else."""
    running = RunningService(small_disk, gemini, new_database(True))
    running.configure()
    running.start()
    yield running
    running.stop()


@contextmanager
def kept_full(folder: Path) -> Iterator[None]:
    """Take all the room that is left, and what others give back, until the block ends."""
    path, ended = folder / "filling", threading.Event()

    def fill() -> None:
        with path.open("wb", buffering=0) as file:
            while not ended.is_set():
                try:
                    file.write(b"x" * 4096)
                except OSError:
                    full.set()
                    ended.wait(0.0005)

    full, thread = threading.Event(), threading.Thread(target=fill)
    thread.start()
    try:
        assert full.wait(30)
        yield
    finally:
        ended.set()
        thread.join()
        path.unlink()


def children(service: RunningService) -> set[int]:
    assert service.process is not None
    pid = service.process.pid
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def replaced(service: RunningService) -> set[int]:
    """Kill the workers; the successors, once there are two that answer."""
    before = children(service)
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    service.wait_until(lambda: len(children(service) - before) == 2 and not children(service) & before)
    service.wait_until(lambda: service.call("GET", "/healthz").status == 200)
    return children(service)


def counted(service: RunningService) -> float:
    """The analyses that the workers counted together."""
    text = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    lines = [line for line in text.splitlines() if line.startswith("finrisk_requests_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_workers_come_back_and_answer_on_a_full_disk_and_share_their_metrics_when_there_is_room(
    service: RunningService,
) -> None:
    with kept_full(service.var):
        successors = replaced(service)
        assert {service.analyze().status for _ in range(30)} == {200}
        assert service.call("GET", "/metrics", port=service.ops_port).status == 200
        assert children(service) == successors
    sharing = replaced(service)
    service.wait_until(service.is_ready)
    assert set(service.workers()) == sharing
    before = counted(service)
    for _ in range(10):
        service.analyze()
    assert counted(service) == before + 10


def test_room_is_taken_for_every_file_that_is_written(service: RunningService) -> None:
    service.analyze()
    written = {path.name.rpartition("_")[0] for path in (service.var / "metrics").glob("*.db")}
    assert written == set(KINDS)


def test_counts_on_a_full_disk_kill_nobody(service: RunningService) -> None:
    before = children(service)
    with kept_full(service.var):
        for _ in range(10):  # counts that were not there when the workers started
            assert service.call("GET", "/nothing-here").status == 404
            assert service.analyze().status == 200
        assert children(service) == before
