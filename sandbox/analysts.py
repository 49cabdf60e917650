"""Analysts who use the service: many at once, each with a user id of their own, some rating answers."""

import http.client
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import fmean, quantiles
from typing import Any
from urllib.parse import urlsplit

from sandbox.gold import gold_of

WRONG = frozenset({"unsupported", "misattributed", "wrong_scale", "wrong_direction"})
"""Verdicts of the service on a figure that its sources do not bear out."""


@dataclass(frozen=True)
class Strategy:
    """A question of one user, with the documents that answer it, and the answer, where they are known."""

    user_id: str
    session_id: str
    text: str
    expected: frozenset[str]
    gold: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """What a user saw: status 0 is a connection that broke; seconds include everything."""

    strategy: Strategy
    status: int
    seconds: float
    body: dict[str, Any]
    rating: int | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """How the answer came about; empty when there is none."""
        metadata: dict[str, Any] = self.body.get("metadata", {})
        return metadata

    @property
    def verdicts(self) -> list[str]:
        """What the service says of each figure of the answer."""
        return [figure["verdict"] for figure in self.body.get("figures", [])]

    @property
    def is_wrong(self) -> bool:
        """Whether the service says that a figure of the answer is wrong."""
        return not WRONG.isdisjoint(self.verdicts)


def wrong_figures(replies: Iterable[Reply]) -> str:
    """The share of figures with a wrong verdict in these answers, in percent."""
    return percent([verdict in WRONG for reply in replies for verdict in reply.verdicts])


def percent(truths: Sequence[bool]) -> str:
    """The share of those that are true, as it is shown; `-` of none."""
    return f"{100 * sum(truths) / len(truths):.1f} %" if truths else "-"


@dataclass
class Arm:
    """What the users of one arm saw."""

    replies: list[Reply] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)

    def row(self, name: str, total: int) -> list[str]:
        """The arm's line in the table."""
        answered = [reply for reply in self.replies if reply.status == 200]
        milliseconds = sorted(reply.seconds * 1000 for reply in answered)
        cuts = quantiles(milliseconds, n=100) if len(milliseconds) > 1 else milliseconds * 99
        ratings = [reply.rating for reply in answered if reply.rating is not None]
        return [
            name,
            str(len(self.replies)),
            f"{100 * len(self.replies) / max(total, 1):.0f} %",
            str(len({reply.strategy.user_id for reply in self.replies})),
            ", ".join(f"{count} {kind}" for kind, count in sorted(self.errors.items())) or "0",
            f"{cuts[49]:.0f}" if cuts else "-",
            f"{cuts[94]:.0f}" if cuts else "-",
            f"{fmean(reply.metadata['quality_score'] for reply in answered):.3f}" if answered else "-",
            wrong_figures(answered),
            f"{ratings.count(1)} up, {ratings.count(-1)} down",
        ]


HEAD = ["arm", "requests", "share", "users", "errors", "p50 ms", "p95 ms", "quality", "wrong", "feedback"]
"""``wrong`` is the share of figures that the service says are wrong."""


def by_arm(replies: Sequence[Reply]) -> list[list[str]]:
    """The table by assigned arm; a request that got no arm stands under ``none``."""
    arms: dict[str, Arm] = {}
    for reply in replies:
        arm = arms.setdefault(reply.metadata.get("arm_assigned", "none"), Arm())
        arm.replies.append(reply)
        reason = reply.metadata.get("fallback_reason")
        if reply.status != 200:
            arm.errors[reply.body.get("error", {}).get("code", "connection broken")] += 1
        elif reason:
            arm.errors[f"{reason}, answered by base"] += 1
    return [HEAD, *(arms[name].row(name, len(replies)) for name in sorted(arms))]


class Analysts:
    """Clients of one service with one key; each thread keeps its connection."""

    def __init__(self, url: str, key: str, threads: int = 16) -> None:
        self._address = urlsplit(url).netloc
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._threads = threads
        self._local = threading.local()

    def call(self, path: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """One request; status 0 when the connection broke."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._address, timeout=60)
            self._local.connection = connection
        try:
            payload = None if body is None else json.dumps(body)
            connection.request("GET" if body is None else "POST", path, payload, self._headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            self._local.connection = None
            return 0, {}

    def ask(self, strategy: Strategy, rate: bool = False) -> Reply:
        """Ask a question; rate the answer, where asked to, by whether it begins with the right document."""
        body = {"strategy": strategy.text, "user_id": strategy.user_id, "session_id": strategy.session_id}
        started = time.monotonic()
        status, answer = self.call("/api/v1/analyze", body)
        seconds = time.monotonic() - started
        rating = None
        if rate and status == 200 and strategy.expected:
            rating = 1 if _first_cited(answer) in strategy.expected else -1
            self.call("/api/v1/feedback", {"request_id": answer["metadata"]["request_id"], "rating": rating})
        return Reply(strategy, status, seconds, answer, rating)

    def ask_all(self, strategies: Sequence[Strategy], progress: Callable[[int], None]) -> list[Reply]:
        """Ask every question, several users at a time; every fourth answer is rated."""
        replies: list[Reply] = []

        def ask(pair: tuple[int, Strategy]) -> Reply:
            number, strategy = pair
            return self.ask(strategy, rate=number % 4 == 0)

        with ThreadPoolExecutor(self._threads) as pool:
            for reply in pool.map(ask, enumerate(strategies)):
                replies.append(reply)
                progress(len(replies))
        return replies


def _first_cited(answer: dict[str, Any]) -> str | None:
    """The document that the answer's first citation names."""
    first = re.search(r"\[(\d+)\]", answer["analysis"])
    by_number = {source["n"]: source["document_id"] for source in answer["sources"]}
    return by_number.get(int(first[1])) if first else None


def strategies_of(queries: Iterable[dict[str, Any]], users: int = 60) -> list[Strategy]:
    """The questions of a ``queries.jsonl.gz``; those that name no user are spread over ``users`` of them."""
    strategies = []
    for number, query in enumerate(queries):
        user = query.get("user_id") or f"analyst-{number % users + 1:02d}"
        session = query.get("session_id") or f"session-{user}"
        documents, gold = frozenset(query["gold_doc_ids"]), gold_of(query)
        strategies.append(Strategy(user, session, query["question_scoped"], documents, gold))
    return strategies
