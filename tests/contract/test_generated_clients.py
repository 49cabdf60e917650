"""Clients that others' generators make of our description make all its calls to a real service."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract import peer_processes
from tests.contract.tap import Tap, tap
from tests.grounds.calls import Answer
from tests.grounds.description import Description
from tests.grounds.service import PAGE, STRATEGY, RunningService, key
from tests.grounds.wire import Simulator

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("peers")]

DOCUMENT = {**PAGE, "id": "reports 2024/corvane?"}
GIVEN = json.dumps({"document": DOCUMENT, "question": {"strategy": STRATEGY, "user_id": "u"}})


@pytest.fixture
def service(
    tmp_path: Path, gemini: Simulator, new_database: Callable[[bool], str]
) -> Iterator[RunningService]:
    """A service that has no document, and whose first question is blocked."""
    var = tmp_path / "var"
    var.mkdir()
    running = RunningService(var, gemini, new_database(True))
    running.configure(WORKERS=1)
    running.start()
    gemini.fault(kind="blocked_prompt", times=1)
    yield running
    running.stop()


@pytest.fixture
def taps(service: RunningService) -> Iterator[tuple[Tap, Tap]]:
    """What passes between a client and both ports."""
    with (
        tap(f"http://127.0.0.1:{service.port}") as api,
        tap(f"http://127.0.0.1:{service.ops_port}") as ops,
    ):
        yield api, ops


@pytest.fixture
def description(service: RunningService) -> Description:
    return Description(service.call("GET", "/openapi.json").json)


def check(saw: dict[str, Any]) -> None:
    """What every client must have seen."""
    assert saw["put"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert saw["page"] == [DOCUMENT["id"]]
    assert "[1]" in saw["answer"].pop("text")
    assert saw["answer"] == {"sources": saw["answer"]["sources"], "approach": "rag_base", "tokens": True}
    assert saw["answer"]["sources"][0] == 1
    assert (saw["events"][0], set(saw["events"][1:-1]), saw["events"][-1]) == ("meta", {"delta"}, "done")
    assert saw["streamed"].strip() == saw["done"]
    assert saw["rated"]["status"] in (200, 202)
    assert saw["rated"]["request_id"]
    assert saw["review"] == {"review": None}
    assert (saw["target"], saw["base"]) == (1000, "gemini-3.5-flash-lite")
    assert (saw["health"], saw["ready"], saw["workers"]) == ("ok", {"ready": True}, [True])
    assert saw["metrics"]
    assert saw["openapi"] == "3.1.0"
    assert saw["deleted"] == DOCUMENT["id"]
    assert saw["refused"] == {
        "blocked": _refusal(422, "blocked", {"reason": "blocked"}),
        "unknown": _refusal(404, "not_found"),
        "invalid": _refusal(422, "invalid", [{"field": "limit", "message": "1 to 1000"}]),
        "first_key": _refusal(401, "unauthorized"),
        "last_key": _refusal(429, "too_many_wrong_keys", waits=True),
        "gone": _refusal(404, "not_found"),
    }


def _refusal(status: int, code: str, details: object = None, waits: bool = False) -> dict[str, object]:
    return {"status": status, "code": code, "details": details, "waits": waits}


def check_exchanges(description: Description, taps: tuple[Tap, Tap]) -> None:
    """Nothing passed that is not described, and no operation was left out."""
    called = set()
    for exchange in [exchange for each in taps for exchange in each.exchanges]:
        answer = Answer(exchange.status, httpx2.Headers(exchange.headers), exchange.answered)
        assert description.problems(exchange.method, exchange.path, answer) == [], exchange
        called.add(description.operation(exchange.method, exchange.path)["operationId"])
    assert called == {operation["operationId"] for operation in description.operations.values()}


def test_a_generated_python_client_makes_all_calls(
    tmp_path: Path, description: Description, taps: tuple[Tap, Tap]
) -> None:
    peer_processes.generate_python(description.document, tmp_path / "generated")
    names = [path.stem for path in (tmp_path / "generated").rglob("*.py")]
    assert {"analyze", "put_documents", "analysis", "error_code", "stream_start"} <= set(names)
    assert [name for name in names if "api_v1" in name or "_type_" in name] == []
    program = str(peer_processes.PEERS / "client.py")
    command = [str(peer_processes.PYTHON), program, str(tmp_path), *(each.url for each in taps)]
    check(peer_processes.run(command, GIVEN, KEY=key("all")))
    check_exchanges(description, taps)


def test_a_generated_typescript_client_makes_all_calls_and_its_types_are_right(
    tmp_path: Path, description: Description, taps: tuple[Tap, Tap]
) -> None:
    program = peer_processes.generate_typescript(description.document, tmp_path)
    types = (tmp_path / "typescript" / "generated" / "types.gen.ts").read_text("utf-8")
    assert re.findall(r"\w*ApiV1\w*", types) == []
    command = [peer_processes.node(), str(program), *(each.url for each in taps), GIVEN]
    check(peer_processes.run(command, "", KEY=key("all")))
    check_exchanges(description, taps)
