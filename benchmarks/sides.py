"""FinRisk and the floor beside it: where they listen, what they are asked, whose CPU counts."""

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.bare_service import bare_service
from benchmarks.own_service import OwnService
from benchmarks.synthetic_pages import SyntheticPage
from sandbox.connection import LOOPBACK

_DOCUMENTS_A_CALL = 50
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Side:
    """A service under a benchmark; ``roots`` are the first processes of what it consists of, by name."""

    name: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: list[bytes]
    roots: dict[str, int]

    def request(self, body: bytes) -> bytes:
        """The whole request on the wire, on a connection that is kept."""
        fields = {"Host": LOOPBACK, **self.headers, "Content-Length": str(len(body))}
        lines = [f"POST {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


def finrisk(name: str, own: OwnService, filings: list[SyntheticPage]) -> Side:
    """A service with everything on, whose users ask what these pages answer."""
    questions = [{"strategy": page.question, "user_id": f"user-{n}"} for n, page in enumerate(filings)]
    return Side(
        name,
        own.port,
        "/api/v1/analyze",
        _JSON | {"Authorization": f"Bearer {own.api_key}"},
        [json.dumps(question).encode() for question in questions],
        {"service": own.gunicorn, "postgresql": own.postgresql},
    )


def index(own: OwnService, filings: list[SyntheticPage]) -> None:
    """Give the service these pages."""
    for first in range(0, len(filings), _DOCUMENTS_A_CALL):
        own.add_documents([page.document() for page in filings[first : first + _DOCUMENTS_A_CALL]])


def prompts(filings: list[SyntheticPage]) -> list[str]:
    """Prompts as long as FinRisk's, for what only hands them on: what a search finds, and a question."""
    draw = random.Random(1)  # noqa: S311 - a benchmark, no secret
    return ["\n\n".join([p.text for p in draw.sample(filings, 4)] + [q.question]) for q in filings]


@contextmanager
def bare(model: str, filings: list[SyntheticPage], threads: int) -> Iterator[Side]:
    """Flask with google-genai."""
    with bare_service(model, threads) as floor:
        bodies = [json.dumps({"prompt": prompt}).encode() for prompt in prompts(filings)]
        yield Side("the bare service", floor.port, "/ask", _JSON, bodies, {"service": floor.pid})
