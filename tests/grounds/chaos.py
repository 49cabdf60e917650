"""A service under every accident at once, and the account of what it acknowledged afterwards."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any

import psycopg

from tests.grounds.calls import Answer
from tests.grounds.odd import body, parts
from tests.grounds.postgresql import OwnPostgresql
from tests.grounds.service import STRATEGY, RunningService
from tests.grounds.waiting import until

ODD_TEXTS = ("cash\x00 was 12 [1].", "cash \ud83d was 12 [1].", "\ude00", "Cash was 12 [1]. " * 120_000)
GOOD_TEXT = (
    "## Liquidity risk\n"
    "- The liquidity coverage ratio of Corvane Bank fell to 118 % in 2024 from 131 % [1].\n"
    "- The cause were wholesale deposits of $412 million, which left in the fourth quarter [1].\n"
)
MEGABYTE = b"x" * (1 << 20)


class OddAnswers:
    """One answer in fifty is hard to store or long, one in a hundred never ends."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self, streams: bool) -> Iterator[bytes]:
        number = next(self._numbers)
        if number % 100 == 0:
            return self._endless(streams)
        if number % 50 == 25:
            return body(streams, parts(ODD_TEXTS[number // 50 % len(ODD_TEXTS)], finish="STOP"))
        return body(streams, parts(GOOD_TEXT, finish="STOP"))

    @staticmethod
    def _endless(streams: bool) -> Iterator[bytes]:
        yield (b"data: " if streams else b"") + b'{"candidates": [{"content": {"parts": [{"text": "'
        for _ in range(5000):  # 5 GB, far beyond what a service may take
            yield MEGABYTE


@dataclass(frozen=True)
class Plan:
    """How long, how many requests a second, and the accidents as shares of the time."""

    seconds: float
    rate: float
    worker_kills: int = 17
    away: tuple[float, float] = (1 / 3, 2 / 3)  # PostgreSQL
    all_workers: float = 0.52
    master: float = 0.82


@dataclass
class Account:
    """What was acknowledged, and what became of it."""

    outcomes: Counter[str] = field(default_factory=Counter)
    recorded: set[str] = field(default_factory=set)
    unrecorded: int = 0
    ratings: dict[str, int] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    peak_megabytes: float = 0.0
    lost: int = 0
    doubled: int = 0
    ratings_lost: int = 0
    set_aside: int = 0

    def percentile(self, share: float) -> float:
        """Seconds within which this share of the answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Chaos:
    """One run: requests at a steady rate, accidents beside them."""

    def __init__(self, service: RunningService, server: OwnPostgresql, plan: Plan) -> None:
        self._service, self._server, self._plan = service, server, plan
        self._random = random.Random(7)  # noqa: S311 - accidents, not secrets
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self.account = Account()

    def run(self) -> Account:
        """Ask, break, mend; then count what the database holds."""
        accidents = [
            threading.Thread(target=each)
            for each in (self._kill_workers, self._crash_postgresql, self._kill_master, self._watch_memory)
        ]
        with ThreadPoolExecutor(80) as pool:
            for thread in accidents:
                thread.start()
            asked = self._ask(pool)
            wait(asked)
            for request in asked:
                request.result()
        for thread in accidents[:-1]:
            thread.join()
        self._settle()
        self._stopping.set()
        accidents[-1].join()
        return self.account

    def _ask(self, pool: ThreadPoolExecutor) -> list[Future[None]]:
        plan = self._plan
        began = time.monotonic()
        asked = []
        for number in range(int(plan.seconds * plan.rate)):
            time.sleep(max(0.0, began + number / plan.rate - time.monotonic()))
            asked.append(pool.submit(self._request, number))
        return asked

    def _request(self, number: int) -> None:
        service, began = self._service, time.monotonic()
        try:
            answer = self._streamed(number) if number % 10 == 9 else service.analyze(user_id=f"u{number}")
        except (OSError, HTTPException, ValueError) as error:
            self._count(type(error).__name__)
            return
        if answer.status != 200:
            self._count(answer.json["error"]["code"] if answer.status else "refused")
            return
        told = answer.metadata
        with self._lock:
            self.account.outcomes["answered"] += 1
            self.account.latencies.append(time.monotonic() - began)
            if told["recorded"]:
                self.account.recorded.add(told["request_id"])
            else:
                self.account.unrecorded += 1
        if number % 3 == 0 and told["recorded"]:
            if number % 2:
                time.sleep(self._random.uniform(1, 6))
            self._rate(told["request_id"], self._random.choice([-1, 1]))

    def _streamed(self, number: int) -> Answer:
        question = {"strategy": STRATEGY, "user_id": f"u{number}"}
        headers = {"Accept": "text/event-stream"}
        streamed = self._service.call("POST", "/api/v1/analyze", question, headers=headers)
        if streamed.status != 200:
            return streamed
        last = streamed.body.decode().strip().rpartition("\n\n")[2]
        name, _, data = last.partition("\ndata: ")
        if name == "event: done":
            return Answer(200, streamed.headers, data.encode())
        if name == "event: error":
            return Answer(503, streamed.headers, data.encode())
        raise HTTPException("the stream broke off")

    def _rate(self, identifier: str, rating: int) -> None:
        body = {"request_id": identifier, "rating": rating}
        try:
            answer = self._service.call("POST", "/api/v1/feedback", body)
        except (OSError, HTTPException):
            return
        if answer.status in (200, 202):
            with self._lock:
                self.account.ratings[identifier] = rating

    def _count(self, outcome: str) -> None:
        with self._lock:
            self.account.outcomes[outcome] += 1

    def _sleep_until(self, share: float, began: float) -> None:
        self._stopping.wait(max(0.0, began + share * self._plan.seconds - time.monotonic()))

    def _worker_pids(self) -> list[int]:
        entries = [json.loads(path.read_text()) for path in (self._service.var / "workers").glob("*.json")]
        return [entry["pid"] for entry in entries]

    def _kill(self, pids: list[int]) -> None:
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def _kill_workers(self) -> None:
        began = time.monotonic()
        shares = {number / (self._plan.worker_kills + 1) for number in range(1, self._plan.worker_kills + 1)}
        for share in sorted(shares | {self._plan.all_workers}):
            self._sleep_until(share, began)
            pids = self._worker_pids()
            self._kill(pids if share == self._plan.all_workers else pids[:1])

    def _crash_postgresql(self) -> None:
        began = time.monotonic()
        self._sleep_until(self._plan.away[0], began)
        self._server.kill()
        self._sleep_until(self._plan.away[1], began)
        self._server.start()

    def _kill_master(self) -> None:
        began = time.monotonic()
        self._sleep_until(self._plan.master, began)
        process = self._service.process
        assert process is not None
        process.kill()
        process.wait()
        until(lambda: not self._listens(), 30)  # a worker that was just starting ends when it has started
        self._service.start(wait=False)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._service.port)) == 0

    def _watch_memory(self) -> None:
        while not self._stopping.wait(0.25):
            for pid in self._worker_pids():
                self.account.peak_megabytes = max(self.account.peak_megabytes, resident_megabytes(pid))

    def _settle(self) -> None:
        """Wait until the journal is empty, then compare."""
        service, account = self._service, self.account
        service.wait_until(service.is_ready)
        service.wait_until(lambda: self._journal()["bytes"] == 0, 60)
        account.set_aside = int(self._journal()["set_aside"])
        with psycopg.connect(service.database_url) as connection:
            stored = {str(row[0]) for row in connection.execute("select id from analyses")}
            users = connection.execute(
                b"select count(*) - count(distinct user_hash) from analyses"
            ).fetchone()
        account.lost = len(account.recorded - stored)
        account.doubled = users[0] if users else 0  # every request comes from a user of its own
        with contextlib.suppress(AssertionError):  # it is the account that says what is lost
            until(lambda: not self._ratings_lost(), 20)
        account.ratings_lost = self._ratings_lost()

    def _ratings_lost(self) -> int:
        query = "select id::text, rating from analyses where rating is not null"
        applied = {str(row[0]): row[1] for row in self._service.rows(query)}
        return sum(applied.get(each) != rating for each, rating in self.account.ratings.items())

    def _journal(self) -> dict[str, Any]:
        told: dict[str, Any] = self._service.call("GET", "/readyz", port=self._service.ops_port).json
        return dict(told["journal"])


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process; 0 when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
