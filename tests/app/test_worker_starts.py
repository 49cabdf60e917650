"""A worker before its first request: it ends when it is told to, and its threads share one heap."""

import re
import signal
import subprocess
import sys
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
FAILS = """
import finrisk_rules.judge.judgement as judgement

def judge(*texts):
    raise LookupError("a defect of the judge")

judgement.judge = judge
"""
COUNTS = """
import re._compiler, sys
from tests.grounds.service import PAGE, STRATEGY
from finrisk_rules.page_facts import facts_of, stored

compiled = []
compile = re._compiler.compile
re._compiler.compile = lambda pattern, flags: compiled.append(pattern) or compile(pattern, flags)
import finrisk.analysis, finrisk.http.app
from finrisk.rehearsal import rehearse
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.examples import problem
from finrisk_rules.lexemes import query_lexemes
from finrisk_rules.prompt import Source, render
from finrisk_rules.redaction import redact

counts = [len(compiled)]
rehearse()
counts += [len(compiled)]
text = PAGE["text"]
source = JudgedSource(PAGE["title"], text, stored(facts_of(text)), PAGE["company"], PAGE["year"])
judge(STRATEGY, redact(text).text, [source])
page = Source(PAGE["id"], PAGE["title"], text)
query_lexemes(STRATEGY), render(STRATEGY, [page]), problem(STRATEGY, text, [page])
print(*counts, len(compiled))
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


def test_a_service_whose_judge_fails_starts_and_says_so(
    new_service: Callable[..., RunningService], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAILS, "utf-8")
    service = new_service(start=False)
    service.environment["PYTHONPATH"] = str(tmp_path)
    service.start()
    [line] = service.log_lines("rehearsal_failed")
    assert line["exception"] == "LookupError"


def test_a_worker_compiles_what_requests_ask_and_before_the_first_one() -> None:
    command = [sys.executable, "-c", COUNTS]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    imported, rehearsed, asked = map(int, done.stdout.split())
    assert imported < 250, "of some 1,100 that are written down, most of them those of libraries"
    assert rehearsed - imported > 250
    assert asked - rehearsed < (rehearsed - imported) / 4, "an answer on a page of another firm"
