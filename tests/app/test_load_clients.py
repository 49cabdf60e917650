"""The clients of benchmarks/load.py: what is added, refused and lost is counted as such."""

from __future__ import annotations

import asyncio
import json
from itertools import count

import pytest

from benchmarks.clients import Account, Clients, at
from benchmarks.load import told
from benchmarks.processes import CORES
from benchmarks.prompt_upstream import TICKS
from benchmarks.sides import Side

MODEL_SECONDS = 0.05
WHOLE = {"metadata": {"tokens": {"answer": round(MODEL_SECONDS * TICKS)}}}
REFUSAL = {"error": {"code": "overloaded"}}


def answer(status: int, body: object, *fields: str) -> bytes:
    text = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(text)}", *fields, "", ""]
    return "\r\n".join(lines).encode() + text


ANSWERS = [
    answer(200, WHOLE),
    answer(503, REFUSAL, "Retry-After: 0", "Connection: close"),
    answer(500, {}),
    answer(200, WHOLE)[:-1],
]
"""Whole, refused, failed, cut short."""


async def met(number: int) -> tuple[Account, int]:
    """What one client met of so many answers, and how many requests there were."""
    asked = count()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            n = next(asked)
            await asyncio.sleep(MODEL_SECONDS)
            reply = ANSWERS[n % 4] if n < number else ANSWERS[0]
            writer.write(reply)
            if n < number and n % 4 in (1, 3):
                writer.close()
                return

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        side = Side("a server", server.sockets[0].getsockname()[1], "/", {}, [b"{}"], {})
        async with Clients(side, 1) as clients:
            while len(clients.account.added) <= number // 4:
                await asyncio.sleep(0.01)
        return clients.account, next(asked)


def test_each_answer_is_counted_once_and_only_a_whole_one_says_what_was_added() -> None:
    account, asked = asyncio.run(met(8))
    assert len(account.refused) == 2
    assert account.lost == {"500 b'{}'": 2, "IncompleteReadError": 2}
    assert len(account.added) == asked - 6
    assert 0 <= min(account.added) < MODEL_SECONDS + 1


def test_percentiles_are_of_what_was_measured() -> None:
    assert at([0.001 * n for n in range(100, 0, -1)], 0.99) == pytest.approx(100)
    assert at([], 0.5) != at([], 0.5), "nothing measured is no number"


def test_what_is_printed_says_what_the_tools_of_the_benchmark_take_of_the_cores() -> None:
    account = Account(added=[0.01] * 4, lag=[0.0], seconds=2.0)
    account.cpu = {"service": 2.0, "postgresql": 0.6, "model": 0.2, "clients": 0.4}
    assert account.busy_cores() == pytest.approx(1.6)
    lines = list(told(account))
    assert f"all of it: 1.60 of {CORES} cores, 0.30 of them for clients and model" in lines
    left = CORES + 1 - 1.6
    assert f"with one core more {1.6 / (CORES + 1):.0%} would be busy, {left:.2f} cores free" in lines
