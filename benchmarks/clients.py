"""Clients that are always there: each asks, reads the answer, and asks again, for a bounded time."""

import asyncio
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from benchmarks.prompt_upstream import TICKS
from benchmarks.sides import Side
from sandbox.connection import LOOPBACK

_ANSWER_SECONDS = 60.0
_LAG_SECONDS = 0.02
_OK, _OVERLOADED = 200, 503
_BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError, KeyError)


@dataclass
class Account:
    """What clients met; times in seconds."""

    added: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    lag: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    def add(self, other: "Account") -> None:
        """Put another account of the same side to this one."""
        self.added += other.added
        self.refused += other.refused
        self.lost += other.lost
        self.lag += other.lag
        self.seconds += other.seconds
        for name, seconds in other.cpu.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + seconds

    def busy_cores(self, *names: str) -> float:
        """How many cores these parts kept busy all the time; all parts where none is named."""
        return sum(self.cpu[name] for name in names or self.cpu) / self.seconds


def at(times: list[float], share: float) -> float:
    """Milliseconds below which that share of the times lies; nan when there are none."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] * 1000 if times else float("nan")


class Clients:
    """So many clients of one side, in one event loop; ``added`` is a request's time without the model's own.

    They come one by one over two seconds, as the model's answers do. Who is refused waits as long as it is
    told. Every answer that is neither whole nor a refusal of an overload is lost. New connections go to
    ``port``.
    """

    def __init__(self, side: Side, number: int) -> None:
        self.port = side.port
        self.account = Account()
        self._requests = [side.request(body) for body in side.bodies]
        self._number = number
        self._ended = False
        self._draw = random.Random(2)  # noqa: S311 - a benchmark, no secret

    async def __aenter__(self) -> "Clients":
        self._tasks = [asyncio.create_task(self._live()) for _ in range(self._number)]
        self._tasks.append(asyncio.create_task(self._watch()))
        return self

    async def __aexit__(self, *error: object) -> None:
        """Let everybody hear the last answer, and leave."""
        self._ended = True
        await asyncio.gather(*self._tasks)

    async def _watch(self) -> None:
        """Note how late this loop itself comes: that much of what is added is the clients' own."""
        while not self._ended:
            began = time.perf_counter()
            await asyncio.sleep(_LAG_SECONDS)
            self.account.lag.append(time.perf_counter() - began - _LAG_SECONDS)

    async def _live(self) -> None:
        await asyncio.sleep(self._draw.uniform(0, 2))
        writer: asyncio.StreamWriter | None = None
        while not self._ended:
            request, port, rest = self._draw.choice(self._requests), self.port, 0.0
            began = time.perf_counter()
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=1 << 20)
                    writer.transport.set_write_buffer_limits(1 << 20)
                writer.write(request)
                async with asyncio.timeout(_ANSWER_SECONDS):
                    status, fields, body = await _answer(reader)
                rest = self._note(status, fields, body, time.perf_counter() - began)
                keeps = fields.get("connection", "").lower() != "close"
            except _BROKEN as error:
                self.account.lost[type(error).__name__] += 1
                keeps = False
            if not keeps and writer is not None:
                writer.close()
                writer = None
            await asyncio.sleep(rest)
        if writer is not None:
            writer.close()

    def _note(self, status: int, fields: dict[str, str], body: bytes, seconds: float) -> float:
        """Count an answer; how long its client waits before it asks again."""
        if status == _OK:
            taken = json.loads(body)["metadata"]["tokens"]["answer"] / TICKS
            self.account.added.append(seconds - taken)
            return 0.0
        if status == _OVERLOADED and json.loads(body)["error"]["code"] == "overloaded":
            self.account.refused.append(seconds)
            return float(fields["retry-after"])
        self.account.lost[f"{status} {body[:200]!r}"] += 1
        return 0.0


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    """The status, the fields and the body of the next answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return int(first.split()[1]), fields, await reader.readexactly(int(fields["content-length"]))
