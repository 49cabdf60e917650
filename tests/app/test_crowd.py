"""Connections part evenly among the workers of a real Gunicorn."""

import math
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Thread, Timer

import pytest

from finrisk.http import crowd
from finrisk.http.crowd import Seat
from tests.grounds.calls import Answer
from tests.grounds.service import RunningService

PROBE = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
NUMBER = 20
SOME = 4  # nearly as many is as many; and a worker's connections to PostgreSQL come and go


@pytest.fixture
def patient(new_service: Callable[..., RunningService], tmp_path: Path) -> RunningService:
    """A service whose workers leave a connection to one another for as long as a busy machine may need."""
    (tmp_path / "sitecustomize.py").write_text(
        "from finrisk.http import crowd\ncrowd.COURTESY_SECONDS = 30.0\n", "utf-8"
    )
    service = new_service(start=False, WORKERS=2)
    service.environment["PYTHONPATH"] = str(tmp_path)
    service.start()
    return service


@pytest.fixture
def kept() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def sockets(pid: int) -> int:
    """How many sockets a process has open."""
    links = [str(file) for file in Path(f"/proc/{pid}/fd").iterdir()]
    return sum(os.readlink(link).startswith("socket:") for link in links if os.path.islink(link))


def connect(service: RunningService, kept: ExitStack) -> None:
    """Open connections one after the other, each answered before the next."""
    for _ in range(NUMBER):
        client = kept.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=60))
        client.sendall(PROBE)
        assert client.recv(4096).startswith(b"HTTP/1.1 200")


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A listener at which a connection waits."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        yield server


@pytest.fixture
def seats() -> tuple[Seat, Seat]:
    """Two places of a crowd that has told nothing."""
    crowd._TOLD[:] = memoryview(bytes(8 * len(crowd._TOLD))).cast("d")
    return Seat(1), Seat(2)


def test_who_is_alone_or_has_no_more_than_others_takes_what_comes(
    listener: socket.socket, seats: tuple[Seat, Seat]
) -> None:
    seat, other = seats
    assert not seat.leaves(listener, 1000)
    other.tell(100)
    assert not seat.leaves(listener, 100)
    assert not seat.leaves(listener, 112)


def test_who_has_more_leaves_it_to_another(
    listener: socket.socket, seats: tuple[Seat, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowd, "COURTESY_SECONDS", 60.0)
    seat, other = seats
    other.tell(1)
    seconds = 0.2

    def take() -> None:
        time.sleep(seconds)
        listener.accept()[0].close()

    began = time.monotonic()
    taking = Thread(target=take)
    taking.start()
    assert seat.leaves(listener, 2)
    assert seconds <= time.monotonic() - began < 60
    taking.join()


def test_what_nobody_takes_is_taken_and_for_a_moment_all_that_comes(
    listener: socket.socket, seats: tuple[Seat, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, other = seats
    other.tell(1)
    assert not seat.leaves(listener, 2)
    monkeypatch.setattr(crowd, "COURTESY_SECONDS", 600.0)
    seat._courteous_from += 60  # the moment may be over here at any time
    assert not seat.leaves(listener, 2)


def test_who_has_no_place_leaves_it_to_another_unless_nobody_has_one(
    listener: socket.socket, seats: tuple[Seat, Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    seat, other = seats
    assert not seat.leaves(listener, math.inf)
    assert not other.leaves(listener, 1000)
    monkeypatch.setattr(crowd, "COURTESY_SECONDS", 60.0)
    taking = Timer(0.2, lambda: listener.accept()[0].close())
    taking.start()
    assert seat.leaves(listener, math.inf)
    taking.join()


@pytest.mark.parametrize("told", [math.inf, 1.0])
def test_who_takes_none_or_is_silent_is_left_nothing(
    listener: socket.socket, seats: tuple[Seat, Seat], monkeypatch: pytest.MonkeyPatch, told: float
) -> None:
    monkeypatch.setattr(crowd, "COURTESY_SECONDS", 600.0)
    monkeypatch.setattr(crowd, "_SILENT_SECONDS", 600.0 if told == math.inf else 0.0)
    seat, other = seats
    other.tell(told)
    assert not seat.leaves(listener, 2)


def test_a_worker_that_was_frozen_gets_nothing_and_then_all_until_it_has_as_many(
    patient: RunningService, kept: ExitStack
) -> None:
    frozen, other = patient.workers()
    time.sleep(3)  # connections of the readiness probes end
    before = sockets(frozen), sockets(other)
    os.kill(frozen, signal.SIGSTOP)
    connect(patient, kept)
    assert sockets(other) - before[1] >= NUMBER - SOME, "the frozen worker got some"
    os.kill(frozen, signal.SIGCONT)
    time.sleep(1.5)  # its loop turns once a second
    connect(patient, kept)
    assert sockets(frozen) - before[0] >= NUMBER - SOME


def test_who_finds_no_place_comes_next_to_a_worker_that_has_one(
    new_service: Callable[..., RunningService], kept: ExitStack
) -> None:
    service = new_service(WORKERS=2, MAX_IN_FLIGHT=2)
    _, frozen = service.workers()
    os.kill(frozen, signal.SIGSTOP)
    time.sleep(2.5)  # nothing is left to who was silent for so long
    connect(service, kept)
    os.kill(frozen, signal.SIGCONT)
    time.sleep(1.5)
    service.gemini.fault(path="generateContent", kind="latency", ms=14_000)

    def all_places_are_taken() -> bool:
        return b"\nfinrisk_inflight 4.0" in service.call("GET", "/metrics", port=service.ops_port).body

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(answer_after_refusals, service) for _ in range(4)]
        service.wait_until(all_places_are_taken, 12)
    assert {each.result().status for each in asked} == {200}


def answer_after_refusals(service: RunningService) -> Answer:
    """The answer to who asks again whenever no place was free."""
    while (answer := service.analyze()).status == 503:
        time.sleep(0.5)
    return answer
