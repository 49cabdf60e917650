"""What a worker sets of the interpreter: turns of threads, and when garbage is looked for."""

import gc
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from gunicorn.workers.gthread import ThreadWorker

from finrisk.http.worker import GARBAGE_OBJECTS, SWITCH_SECONDS, Worker


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A worker that loads nothing and runs no loop."""
    for name in ("init_process", "load_wsgi"):
        monkeypatch.setattr(ThreadWorker, name, lambda _: None)
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    on_term = signal.getsignal(signal.SIGTERM)
    made: Any = object.__new__(Worker)
    made.cfg = SimpleNamespace(threads=1)
    settings = SimpleNamespace(ops_port=0, variable_path=Path)
    made.wsgi = Flask("finrisk")
    made.wsgi.extensions["finrisk"] = SimpleNamespace(service=SimpleNamespace(settings=settings))
    yield made
    signal.signal(signal.SIGTERM, on_term)
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)
    gc.unfreeze()


def test_a_thread_that_computes_lets_others_go_on_within_a_millisecond(worker: Any) -> None:
    worker.init_process()
    worker.probes.shutdown()
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS)
    assert SWITCH_SECONDS < 0.001


def test_what_is_loaded_is_not_looked_through_for_garbage(worker: Any) -> None:
    worker.load_wsgi()
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] == GARBAGE_OBJECTS
