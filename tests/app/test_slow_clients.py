"""Clients that never finish hold no thread: the others are served, and health answers."""

from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from benchmarks import slow_clients
from benchmarks.own_service import OwnService
from finrisk import documents
from finrisk.http.documents import WRITERS
from tests.grounds.raw_http import ASK, BODY, CHUNKED, STATUS
from tests.grounds.refusals import refused
from tests.grounds.service import PAGE, RunningService, key
from tests.grounds.wire import Wire

BESIDE_OTHER_TESTS = 5.0
"""Seconds for a health page on a machine that runs four tests at once; alone, it is the benchmark's half."""

HEADERS = {"Authorization": f"Bearer {key('all')}", "Content-Type": "application/json"}


@contextmanager
def held(service: RunningService, opening: bytes, number: int = 1) -> Iterator[list[socket.socket]]:
    """Connections that have said this and say no more."""
    with ExitStack() as stack:
        sockets = []
        for _ in range(number):
            client = socket.socket()
            stack.enter_context(client)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(30)
            client.connect(("127.0.0.1", service.port))
            client.sendall(opening)
            sockets.append(client)
        yield sockets


def rest_of(client: socket.socket) -> bytes:
    reply = b""
    while piece := client.recv(65536):
        reply += piece
    return reply


@pytest.fixture(scope="module")
def narrow(
    tmp_path_factory: pytest.TempPathFactory, gemini: Wire, new_database: Callable[[bool], str]
) -> Iterator[RunningService]:
    """A service of one worker with two places and few threads, and a list of documents that fills buffers."""
    running = RunningService(tmp_path_factory.mktemp("narrow"), gemini, new_database(True))
    running.configure(WORKERS=1, MAX_IN_FLIGHT=2)
    running.start()
    try:
        rows = [{**PAGE, "id": f"p{number}", "title": "x" * 500} for number in range(300)]
        assert running.call("POST", "/api/v1/documents", {"documents": rows}).status == 200
        yield running
    finally:
        running.stop()


@pytest.mark.parametrize("sort", ["half-head", "dripping-body-key", "never-reads"])
def test_beside_two_hundred_slow_clients_users_are_served_and_health_answers(
    service: RunningService, sort: str
) -> None:
    """The short form of benchmarks/slow_clients.py, which holds 1,000 of every sort."""
    own = OwnService(service.port, service.ops_port, key("all"))
    slow_clients.add_documents(own)
    figures = slow_clients.measured(own, sort, sockets=200, seconds=3, gone_after=0)
    assert not figures.failed, figures
    assert max(figures.healthz) < BESIDE_OTHER_TESTS, figures
    assert len(figures.users) == 3 * slow_clients.USERS_A_SECOND


def test_what_does_not_arrive_in_time_is_told_so_and_closed(service: RunningService) -> None:
    openings = {
        b"": b"",
        b"GET /heal": b"408",
        b"\r\n": b"408",
        ASK + b"Content-Length: 100\r\n\r\n{": b"408",
        CHUNKED + b"5\r\nab": b"408",
        STATUS + b"GET /": b"408",
    }
    began = time.monotonic()
    with ExitStack() as stack:
        clients = {opening: stack.enter_context(held(service, opening))[0] for opening in openings}
        for opening, code in openings.items():
            reply = rest_of(clients[opening])
            if opening.startswith(STATUS):
                reply = reply[reply.index(b"HTTP/1.1 ", 1) :]
            if code:
                assert refused(reply, 408)["code"] == "request_timeout"
            else:
                assert reply == b""
    assert 9 < time.monotonic() - began < 20


def test_slow_bodies_with_a_key_take_no_place_before_they_are_read(narrow: RunningService) -> None:
    with held(narrow, ASK + b"Content-Length: %d\r\n\r\n" % len(BODY), 40) as clients:
        assert narrow.analyze().status == 200
        clients[0].sendall(BODY[:-1])
        assert narrow.analyze().status == 200
        clients[0].sendall(BODY[-1:])
        assert clients[0].recv(12) == b"HTTP/1.1 200"


def test_who_does_not_read_an_answer_holds_no_thread(narrow: RunningService) -> None:
    listing = b"GET /api/v1/documents?limit=300 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
    listing += key("all").encode() + b"\r\nConnection: close\r\n\r\n"
    with held(narrow, listing, 40) as clients:
        for _ in range(3):
            assert narrow.call("GET", "/api/v1/status").status == 200
        head, _, body = rest_of(clients[-1]).partition(b"\r\n\r\n")
        assert b"HTTP/1.1 200" in head
        assert len(json.loads(body)["documents"]) == 300, "a slow reader gets all of it"


def test_users_cannot_take_the_threads_of_health(narrow: RunningService) -> None:
    listing = STATUS.replace(b"/api/v1/status", b"/api/v1/documents")
    with psycopg.connect(narrow.database_url) as connection:
        connection.execute("lock table documents in access exclusive mode")
        with held(narrow, listing, 100):
            query = "select 1 from pg_locks where not granted"
            narrow.wait_until(lambda: narrow.rows(query), 10)
            began = time.monotonic()
            assert narrow.call("GET", "/healthz", with_key=None).status == 200
            assert narrow.call("GET", "/metrics", with_key=None, port=narrow.ops_port).status == 200
            assert time.monotonic() - began < 1
        connection.rollback()
    narrow.wait_until(lambda: narrow.call("GET", "/api/v1/documents").status == 200)


def test_those_who_write_documents_leave_threads_for_those_who_ask(narrow: RunningService) -> None:
    body = json.dumps({"documents": [{"id": "w", "title": "t", "text": "text"}]}).encode()
    post = ASK.replace(b"/analyze", b"/documents") + b"Content-Length: %d\r\n\r\n" % len(body) + body
    with psycopg.connect(narrow.database_url) as connection:
        connection.execute("select pg_advisory_xact_lock(%s)", (documents.LOCK,))
        with held(narrow, post, 40) as clients:
            began = time.monotonic()
            assert narrow.analyze().status == 200
            assert time.monotonic() - began < 3
            connection.rollback()
            answers = [client.recv(12) for client in clients]
    assert answers.count(b"HTTP/1.1 200") == WRITERS
    assert answers.count(b"HTTP/1.1 503") == 40 - WRITERS


def test_a_worker_that_stops_finishes_what_is_being_read(narrow: RunningService) -> None:
    [old] = narrow.workers()
    unfinished = ASK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY[:5]
    with (
        held(narrow, unfinished) as [client],
        held(narrow, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") as [idle],
    ):
        assert idle.recv(12) == b"HTTP/1.1 200"  # the worker has accepted what came before
        assert narrow.process is not None
        os.kill(narrow.process.pid, signal.SIGHUP)
        rest_of(idle)  # it ends when the worker stops, and not before
        client.sendall(BODY[5:])
        reply = rest_of(client)
    assert reply.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in reply
    narrow.wait_until(lambda: (workers := narrow.workers()) and old not in workers, 30)


def test_when_too_many_wait_the_longest_waiting_one_makes_room(narrow: RunningService) -> None:
    """With the limit of open files at 350, some 180 sockets are left for those that wait."""
    assert narrow.process is not None
    resource.prlimit(narrow.process.pid, resource.RLIMIT_NOFILE, (350, 350))
    [old] = narrow.workers()
    os.kill(old, signal.SIGKILL)
    narrow.wait_until(lambda: narrow.is_ready() and old not in narrow.workers(), 30)
    idle = http.client.HTTPConnection("127.0.0.1", narrow.port, timeout=20)
    idle.request("GET", "/api/v1/status", headers=HEADERS)
    assert idle.getresponse().read()
    with held(narrow, b"GET /heal", 300) as clients:
        assert narrow.analyze().status == 200
        assert rest_of(clients[0]) == b""
        clients[-1].sendall(b"thz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert clients[-1].recv(12) == b"HTTP/1.1 200"
        idle.request("GET", "/api/v1/status", headers=HEADERS)
        assert idle.getresponse().status == 200, "who is idle between requests stays longest"
    idle.close()
