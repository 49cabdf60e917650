"""A worker before its first request: it ends when it is told to, and its threads share one heap."""

import re
import signal
from collections.abc import Callable
from pathlib import Path

from tests.grounds.service import RunningService

HANGS = """
import sys, threading

class Hangs:
    def find_spec(self, name, path=None, target=None):
        if name == "finrisk.wsgi":
            open({mark!r}, "w").close()
            threading.Event().wait()

sys.meta_path.insert(0, Hangs())
"""
HEAP_BYTES = 64 * 1024 * 1024


def test_a_service_whose_workers_hang_as_they_start_ends_at_once(
    new_service: Callable[..., RunningService], tmp_path: Path
) -> None:
    mark = tmp_path / "hangs"
    (tmp_path / "sitecustomize.py").write_text(HANGS.format(mark=str(mark)), "utf-8")
    service = new_service(start=False)
    service.environment["PYTHONPATH"] = str(tmp_path)
    service.start(wait=False)
    service.wait_until(mark.exists)
    assert service.process is not None
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(timeout=25) == 0, "it waited for a worker that hangs"


def heaps(pid: int) -> int:
    """How many heaps of single threads a process has (glibc, malloc/arena.c: 64 MiB, at such an address)."""
    found = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) rw-p .* 0 *$", Path(f"/proc/{pid}/maps").read_text(), re.M)
    starts = {int(start, 16) for start, _ in found}
    unused = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) ---p", Path(f"/proc/{pid}/maps").read_text(), re.M)
    ends = {int(end, 16) for _, end in unused}
    return sum(start % HEAP_BYTES == 0 and start + HEAP_BYTES in ends for start in starts)


def test_the_threads_of_a_worker_share_one_heap(new_service: Callable[..., RunningService]) -> None:
    service = new_service()
    service.add_page()
    assert service.analyze().status == 200
    [worker] = service.workers()
    assert heaps(worker) == 0
