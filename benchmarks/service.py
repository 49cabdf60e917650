"""What a request costs beside a bare one: ``python benchmarks/service.py [--beside CHECKOUT]``.

Two services are asked in turns, in one run on one machine: FinRisk with everything on, over an index of
invented pages, and Flask with google-genai alone (``bare_service.py``), each with two Gunicorn workers. The
model behind both answers at once. Printed are requests a second of CPU, FinRisk's with and without
PostgreSQL's share, the latency of each, and the ratios, which other load on the machine moves least. With
``--beside`` FinRisk as it is in another checkout takes its turns too.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parents[1]
_VENV = REPOSITORY / ".venv"
if find_spec("psycopg") is None and (_VENV / "bin/python").exists() and Path(sys.prefix) != _VENV:
    os.execv(_VENV / "bin/python", [str(_VENV / "bin/python"), *sys.argv])  # noqa: S606 - what `make setup` made
for folder in (REPOSITORY, REPOSITORY / "app", REPOSITORY / "rules"):
    sys.path.insert(0, str(folder))

from benchmarks.bare_service import bare_service  # noqa: E402 - found by the lines above
from benchmarks.own_service import own_service  # noqa: E402 - as above
from benchmarks.prompt_upstream import prompt_upstream  # noqa: E402 - as above
from benchmarks.synthetic_pages import SyntheticPage, pages  # noqa: E402 - as above
from sandbox.connection import LOOPBACK  # noqa: E402 - as above

CLIENTS = 4
_TICKS = os.sysconf("SC_CLK_TCK")
_DOCUMENTS_A_CALL = 50
_JSON = {"Content-Type": "application/json"}


@dataclass
class Side:
    """One service under the benchmark: where it listens, its first processes, and what was measured of it."""

    name: str
    port: int
    path: str
    headers: dict[str, str]
    bodies: list[bytes]
    roots: dict[str, int]
    seconds: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    def ask(self, bodies: Sequence[bytes]) -> list[float]:
        """The seconds that each of these requests took, one after the other on one connection.

        Raises:
            SystemExit: one was not answered with 200.
        """
        connection, taken = HTTPConnection(LOOPBACK, self.port, timeout=60), []
        for body in bodies:
            began = time.perf_counter()
            connection.request("POST", self.path, body, self.headers)
            answer = connection.getresponse()
            text = answer.read()
            taken.append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{self.name} answered {answer.status}: {text.decode()[:300]}")
        connection.close()
        return taken

    def measure(self, bodies: Sequence[bytes]) -> None:
        """Ask with CLIENTS connections at once, and add time and CPU to what was measured before."""
        before = {name: cpu_seconds(root) for name, root in self.roots.items()}
        with ThreadPoolExecutor(CLIENTS) as pool:
            for taken in pool.map(self.ask, [bodies[n::CLIENTS] for n in range(CLIENTS)]):
                self.seconds += taken
        for name, root in self.roots.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + cpu_seconds(root) - before[name]

    def rate(self, *names: str) -> float:
        """Requests a second of CPU of these processes and their children."""
        return len(self.seconds) / sum(self.cpu[name] for name in names)

    def at(self, share: float) -> float:
        """Milliseconds within which that share of its requests was answered."""
        return sorted(self.seconds)[int(len(self.seconds) * share)] * 1000


def cpu_seconds(root: int) -> float:
    """CPU that a process and all below it have used, those that ended included once they were waited for."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(folder.name))
        used[int(folder.name)] = sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += used.get(pid, 0)
        todo += children.get(pid, [])
    return total / _TICKS


def report(services: Sequence[Side], bare: Side) -> Iterator[str]:
    """The lines that are printed."""
    floor = bare.rate("service")
    yield f"{len(bare.seconds)} requests each, {CLIENTS} at once, the model answers at once"
    yield f"bare Flask + google-genai: {floor:.0f} requests a second of CPU ({1000 / floor:.2f} ms)"
    for side in services:
        alone, together = side.rate("service"), side.rate("service", "postgresql")
        yield f"{side.name}, service alone: {alone:.0f} ({1000 / alone:.2f} ms), {alone / floor:.2f} of bare"
        yield f"  with PostgreSQL: {together:.0f} ({1000 / together:.2f} ms), {together / floor:.2f} of bare"
        yield f"  PostgreSQL's CPU beside the service's: {side.cpu['postgresql'] / side.cpu['service']:.2f}"
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            yield f"  {name}: {side.at(share):.1f} ms, bare {bare.at(share):.1f} ms"
        yield f"  median beside bare: {median(side.seconds) / median(bare.seconds):.2f} times"


def _side(parts: ExitStack, name: str, model: str, checkout: Path, filings: list[SyntheticPage]) -> Side:
    """FinRisk as it is in a checkout, with an index of these pages."""
    own = parts.enter_context(own_service(model, checkout))
    for first in range(0, len(filings), _DOCUMENTS_A_CALL):
        own.add_documents([page.document() for page in filings[first : first + _DOCUMENTS_A_CALL]])
    questions = [{"strategy": page.question, "user_id": f"user-{n}"} for n, page in enumerate(filings)]
    return Side(
        name,
        own.port,
        "/api/v1/analyze",
        _JSON | {"Authorization": f"Bearer {own.api_key}"},
        [json.dumps(question).encode() for question in questions],
        {"service": own.gunicorn, "postgresql": own.postgresql},
    )


def main() -> None:
    """Start all, ask them in turns, print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--requests", type=int, default=80, help="of each service in a round")
    parser.add_argument("--pages", type=int, default=500, help="in the index")
    parser.add_argument("--beside", type=Path, help="another checkout, measured in the same turns")
    arguments = parser.parse_args()
    draw = random.Random(1)  # noqa: S311 - a benchmark, no secret
    filings = list(pages(arguments.pages))
    with ExitStack() as parts:
        model = parts.enter_context(prompt_upstream())
        services = [_side(parts, "FinRisk", model, REPOSITORY, filings)]
        if arguments.beside:
            checkout = arguments.beside.resolve()
            services.append(_side(parts, f"FinRisk of {checkout.name}", model, checkout, filings))
        # the prompts of the bare one are as long as FinRisk's: what a search finds, in a frame
        prompts = ["\n\n".join([p.text for p in draw.sample(filings, 4)] + [q.question]) for q in filings]
        floor = parts.enter_context(bare_service(model))
        asked = [json.dumps({"prompt": prompt}).encode() for prompt in prompts]
        bare = Side("the bare service", floor.port, "/ask", _JSON, asked, {"service": floor.pid})
        sides = [*services, bare]
        for side in sides:  # imports, connections, plans
            side.ask(draw.sample(side.bodies, min(60, len(side.bodies))))
        for _ in range(arguments.rounds):
            for side in sides:
                side.measure(draw.choices(side.bodies, k=arguments.requests))
        for line in report(services, bare):
            print(line)


if __name__ == "__main__":
    main()
