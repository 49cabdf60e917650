"""Gunicorn: overload, reload, workers, metrics, documents, status."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from finrisk.http.intake import FAREWELL
from tests.grounds.service import PAGE, STRATEGY, RunningService, key

DOCUMENTS = "/api/v1/documents"


def test_a_reload_loses_no_request_and_every_worker_runs_the_new_revision(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=2)
    service.add_page()
    service.gemini.fault(path="generateContent", kind="latency", ms=100)
    old = set(service.workers())
    failures: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answer = service.analyze()
            if answer.status != 200:
                failures.append((answer.status, answer.body))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    service.configure(DATA_COLLECTION_QUALITY="0.5")
    assert service.process is not None
    os.kill(service.process.pid, signal.SIGHUP)
    service.wait_until(lambda: service.is_ready() and not old & set(service.workers()), 20)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    listed = service.call("GET", "/readyz", port=service.ops_port).json["workers"]
    assert {worker["revision"] for worker in listed} == {(service.var / "current").resolve().name}
    status = service.call("GET", "/api/v1/status").json
    assert status["configuration"]["DATA_COLLECTION_QUALITY"] == 0.5


def test_in_a_reload_nobody_waits_for_the_new_workers(new_service: Callable[..., RunningService]) -> None:
    service = new_service(WORKERS=2)
    old = set(service.workers())
    assert service.process is not None
    os.kill(service.process.pid, signal.SIGHUP)
    answered = [time.monotonic()]
    while not set(service.workers()) - old:
        answered.append(time.monotonic())
        assert service.call("GET", "/healthz").status == 200
        answered.append(time.monotonic())
    answered.append(time.monotonic())
    longest = max(after - before for before, after in pairwise(answered))
    assert longest < (answered[-1] - answered[0]) / 2, "new workers take long to start"
    service.wait_until(lambda: service.is_ready() and not old & set(service.workers()), 30)


def test_a_service_that_is_told_to_end_in_a_reload_does_not_wait_for_the_new_workers(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1)
    assert service.process is not None
    master, (old,) = service.process.pid, service.workers()
    account, credentials = service.var / "account.json", service.var / "credentials.json"
    os.mkfifo(account)  # whoever reads it waits for good
    content = json.loads(credentials.read_text())
    content["stringData"]["GOOGLE_APPLICATION_CREDENTIALS"] = str(account)
    credentials.write_text(json.dumps(content))
    os.kill(master, signal.SIGHUP)
    children = Path(f"/proc/{master}/task/{master}/children")
    [new] = service.wait_until(lambda: {int(pid) for pid in children.read_text().split()} - {old})
    forked = time.monotonic()
    service.process.terminate()
    service.wait_until(lambda: not Path(f"/proc/{old}").exists())
    assert time.monotonic() - forked < 15, "new workers are waited for, for 20 s"
    os.kill(new, signal.SIGKILL)
    assert service.process.wait(timeout=60) == 0


def test_what_a_reload_may_renew_is_not_imported_before_the_workers(service: RunningService) -> None:
    def imports(pid: int) -> bool:
        return "pydantic_core" in Path(f"/proc/{pid}/maps").read_text()

    assert service.process is not None
    assert not imports(service.process.pid)
    assert all(imports(pid) for pid in service.workers())


def test_a_pod_that_goes_answers_all_and_keeps_no_connection(
    new_service: Callable[..., RunningService],
) -> None:
    """What the preStop hook does: it makes a file. A container that starts again in its pod goes no more."""
    service = new_service(WORKERS=1)
    farewell = service.var / FAREWELL

    def parted() -> bool:
        kept.request("GET", "/healthz")
        answer = kept.getresponse()
        assert (answer.status, answer.read() != b"") == (200, True)
        return answer.headers["Connection"] == "close"

    with closing(http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)) as kept:
        assert not parted()
        farewell.touch()
        service.wait_until(parted, 20)
        assert parted(), "who comes again is answered"
    service.stop()
    service.start()
    assert not farewell.exists()


def test_more_than_the_limit_is_refused_quickly_and_the_accepted_are_answered(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=2, MAX_IN_FLIGHT=4)
    service.gemini.fault(path="generateContent", kind="latency", ms=3000)

    def timed(_: int) -> tuple[int, float]:
        started = time.monotonic()
        answer = service.analyze()
        return answer.status, time.monotonic() - started

    with ThreadPoolExecutor(24) as pool:
        outcomes = list(pool.map(timed, range(24)))
    refused = [seconds for status, seconds in outcomes if status == 503]
    accepted = [seconds for status, seconds in outcomes if status == 200]
    assert 4 <= len(accepted) <= 8
    assert len(refused) == 24 - len(accepted)
    assert max(refused) < 2, "a refusal waits for nobody"


def test_who_finds_no_place_is_refused_in_the_loop_by_its_key_and_parted_from(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1, MAX_IN_FLIGHT=1)
    service.gemini.fault(path="generateContent", kind="latency", ms=8000)

    def is_full() -> bool:
        return b"\nfinrisk_inflight 1.0" in service.call("GET", "/metrics", port=service.ops_port).body

    def status_with(name: str | None) -> int:
        return service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, with_key=name).status

    with ThreadPoolExecutor(1) as pool:
        accepted = pool.submit(service.analyze)
        service.wait_until(is_full, 5)
        answer = service.analyze()
        others = [status_with(name) for name in (None, "librarian")]
        listed = service.call("GET", "/api/v1/documents").status
    assert answer.json["error"]["code"] == "overloaded"
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Connection"] == "close", "its next connection may be another worker's"
    assert answer.headers["X-Request-Id"] == answer.json["error"]["request_id"]
    assert others == [401, 403], "a key that may not ask is no matter of places"
    assert listed == 200, "only analyses need a place"
    assert accepted.result().status == 200
    lines = service.log_lines("request_refused")
    told = {(line["key_id"], line["route"]) for line in lines if line["code"] == "overloaded"}
    assert told == {("all", "/api/v1/analyze")}


def test_a_client_that_leaves_in_the_middle_gives_its_place_back(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=1, MAX_IN_FLIGHT=1)
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=5)
        headers = {"Authorization": f"Bearer {key('all')}", "Content-Type": "application/json"}
        headers["Accept"] = "text/event-stream"
        connection.request("POST", "/api/v1/analyze", json.dumps({"strategy": STRATEGY}), headers)
        connection.getresponse().read(10)
        connection.close()
    service.wait_until(lambda: service.analyze().status == 200, 5)


def test_metrics_add_up_over_the_workers(new_service: Callable[..., RunningService]) -> None:
    service = new_service(WORKERS=2)
    for _ in range(12):
        service.analyze()
    service.call("POST", "/api/v1/analyze", {})
    text = service.call("GET", "/metrics", port=service.ops_port).body.decode()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert lines['finrisk_requests_total{assigned="base",outcome="ok",served="base"}'] == "12.0"
    assert lines['finrisk_rejected_total{code="invalid"}'] == "1.0"
    assert lines['finrisk_request_duration_seconds_bucket{assigned="base",le="2.0"}'] == "12.0"
    assert lines["finrisk_split"] == "0.0"


def test_nothing_listens_beyond_loopback(service: RunningService) -> None:
    def listening(table: str) -> set[tuple[str, int]]:
        found = set()
        with open(table, encoding="ascii") as lines:
            for line in list(lines)[1:]:
                address, state = line.split()[1], line.split()[3]
                host, _, port = address.partition(":")
                if state == "0A" and int(port, 16) in (service.port, service.ops_port):
                    found.add((host, int(port, 16)))
        return found

    assert listening("/proc/net/tcp") == {("0100007F", service.port), ("0100007F", service.ops_port)}
    assert listening("/proc/net/tcp6") == set()


def test_documents_are_added_listed_changed_and_deleted(new_service: Callable[..., RunningService]) -> None:
    service = new_service()
    other = {**PAGE, "id": "a/b c", "title": "Second"}
    assert service.call("POST", DOCUMENTS, {"documents": [PAGE, other]}).json == {
        "added": 2,
        "changed": 0,
        "unchanged": 0,
    }
    again = service.call("POST", DOCUMENTS, {"documents": [PAGE, {**other, "title": "Third"}]})
    assert again.json == {"added": 0, "changed": 1, "unchanged": 1}
    listed = service.call("GET", DOCUMENTS + "?limit=1").json
    assert [each["id"] for each in listed["documents"]] == ["a/b c"]
    assert listed["next"] == "a/b c"
    rest = service.call("GET", DOCUMENTS + "?limit=1&after=a/b%20c").json
    assert [each["id"] for each in rest["documents"]] == [PAGE["id"]]
    assert rest["next"] is None
    assert service.call("DELETE", DOCUMENTS + "/a/b%20c").json == {"deleted": "a/b c"}
    assert service.call("DELETE", DOCUMENTS + "/a/b%20c").status == 404


def test_the_listed_digest_is_the_one_that_the_playbooks_compute(service: RunningService) -> None:
    from finrisk_rules.documents import digest

    [listed] = service.call("GET", DOCUMENTS).json["documents"]
    assert listed["sha256"] == digest(PAGE["title"], PAGE["company"], PAGE["year"], PAGE["text"])


def test_documents_are_redacted_at_ingestion(new_service: Callable[..., RunningService]) -> None:
    service = new_service()
    document = {
        "id": "d",
        "title": "Contact a@example.com",
        "text": "Write to b@example.com about SSN 536-36-3852.",
    }
    assert service.call("POST", DOCUMENTS, {"documents": [document]}).status == 200
    stored = str(
        service.rows("select to_jsonb(d), to_jsonb(p) from documents d join pages p on p.document_id = d.id")
    )
    assert "example.com" not in stored
    assert "536-36-3852" not in stored


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "abc", pytest.param("9" * 3000, id="long"), "\uff11"])
def test_a_wrong_page_size_gets_422(service: RunningService, limit: str) -> None:
    from urllib.parse import quote

    assert service.call("GET", f"{DOCUMENTS}?limit={quote(limit)}").status == 422


def test_status_tells_configuration_collection_and_traffic(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(WORKERS=2)
    service.add_page()
    answers = [service.analyze(user_id=f"u{n}") for n in range(4)]
    service.wait_for_row(answers[-1])
    status = service.wait_until(
        lambda: (found := service.call("GET", "/api/v1/status").json)["collection"]["count"] == 4 and found
    )
    collection = status["collection"]
    assert (collection["enabled"], collection["target"], collection["rows_last_24h"]) == (True, 1000, 4)
    assert (collection["duplicates"], collection["percent"]) == (3, 0.1)  # all asked the same
    assert status["configuration"]["AB_TEST_TRAFFIC_SPLIT"] == 0.5
    assert status["configuration"]["split"] == 0
    assert (status["experiment"]["arms"], status["experiment"]["split"]) == ({}, 0)
    base = status["traffic"]["base"]
    assert (base["requests"], base["users"], base["share"]) == (4, 4, 1.0)
    assert base["p95_ms"] >= base["p50_ms"] > 0
    assert base["quality"] >= 0.9
