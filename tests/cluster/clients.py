"""Users who never stop asking, through the Service: each on a new connection, or on one that they keep."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from tests.cluster.environment import Environment

STRATEGY = "Which liquidity risk is named?"  # too short to be collected: exports do not see these users
USERS = 40
PAUSE_SECONDS = 0.4
"""Each of four then asks twice a second; at 0.2 they took a third of a core from what they watch."""
RARELY = 2.0
"""The pause where nothing is released."""


@dataclass(frozen=True)
class Sent:
    """One request and what came of it."""

    began: float
    ended: float
    keeps: bool
    status: int
    revision: str
    arm: str
    problem: str


class Clients:
    """Four of them, two of each kind, for the length of the block."""

    def __init__(self, environment: Environment, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._environment = environment
        self._pause_seconds = pause_seconds
        self._sent: list[Sent] = []
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask_all_the_time, args=(number * 10, number % 2 == 0))
            for number in range(4)
        ]

    def __enter__(self) -> Clients:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def between(self, began: float = 0.0, ended: float = float("inf")) -> list[Sent]:
        """The requests that were answered, or failed, in this time."""
        return [sent for sent in list(self._sent) if began <= sent.ended <= ended]

    def begun(self, since: float) -> list[Sent]:
        """The requests that began since then and were answered, or failed: none that waited before."""
        return [sent for sent in list(self._sent) if sent.began >= since]

    def failed(self) -> list[Sent]:
        """The requests that got no answer."""
        return [sent for sent in list(self._sent) if sent.status != 200]

    def last_tuned(self) -> float:
        """When the last answer by the tuned model came; 0 when none did."""
        return max((sent.ended for sent in list(self._sent) if sent.arm == "tuned"), default=0.0)

    def _ask_all_the_time(self, first: int, keeps: bool) -> None:
        number = first
        kept = self._environment.connection() if keeps else None
        while not self._stopping.is_set():
            number += 1
            began = time.time()
            answer = self._environment.analyze(f"client-{number % USERS}", STRATEGY, kept)
            told = answer.metadata
            problem = "" if answer.status == 200 else str(answer.body)
            self._sent.append(
                Sent(
                    began,
                    time.time(),
                    keeps,
                    answer.status,
                    told.get("revision", ""),
                    told.get("arm_served", ""),
                    problem,
                )
            )
            self._stopping.wait(self._pause_seconds)
        if kept:
            kept.close()
