"""What a request costs beside a bare one: ``python benchmarks/service.py [--beside CHECKOUT]``.

Two services are asked in turns, in one run on one machine: FinRisk with everything on, over an index of
invented pages, and Flask with google-genai alone (``bare_service.py``), each with two Gunicorn workers. The
model behind both answers at once. Printed are requests a second of CPU, FinRisk's with and without
PostgreSQL's share, the latency of each, and the ratios, which other load on the machine moves least. With
``--beside`` FinRisk as it is in another checkout takes its turns too.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split
from benchmarks.environment import REPOSITORY
from benchmarks.own_service import site
from benchmarks.processes import cpu_seconds
from benchmarks.prompt_upstream import prompt_upstream
from benchmarks.sides import Side, bare, finrisk, index
from benchmarks.synthetic_pages import pages
from sandbox.connection import LOOPBACK

CLIENTS = 4
_BARE_THREADS = 24


@dataclass
class Measured:
    """What was measured of a side."""

    side: Side
    seconds: list[float] = field(default_factory=list)
    cpu: dict[str, float] = field(default_factory=dict)

    def ask(self, bodies: Sequence[bytes]) -> list[float]:
        """The seconds that each of these requests took, one after the other on one connection.

        Raises:
            SystemExit: one was not answered with 200.
        """
        connection, taken = HTTPConnection(LOOPBACK, self.side.port, timeout=60), []
        for body in bodies:
            began = time.perf_counter()
            connection.request("POST", self.side.path, body, self.side.headers)
            answer = connection.getresponse()
            text = answer.read()
            taken.append(time.perf_counter() - began)
            if answer.status != 200:
                raise SystemExit(f"{self.side.name} answered {answer.status}: {text.decode()[:300]}")
        connection.close()
        return taken

    def measure(self, bodies: Sequence[bytes]) -> None:
        """Ask with CLIENTS connections at once, and add time and CPU to what was measured before."""
        before = {name: cpu_seconds(root) for name, root in self.side.roots.items()}
        with ThreadPoolExecutor(CLIENTS) as pool:
            for taken in pool.map(self.ask, [bodies[n::CLIENTS] for n in range(CLIENTS)]):
                self.seconds += taken
        for name, root in self.side.roots.items():
            self.cpu[name] = self.cpu.get(name, 0.0) + cpu_seconds(root) - before[name]

    def rate(self, *names: str) -> float:
        """Requests a second of CPU of these processes and their children."""
        return len(self.seconds) / sum(self.cpu[name] for name in names)

    def at(self, share: float) -> float:
        """Milliseconds within which that share of its requests was answered."""
        return sorted(self.seconds)[int(len(self.seconds) * share)] * 1000


def report(services: Sequence[Measured], bare: Measured) -> Iterator[str]:
    """The lines that are printed."""
    floor = bare.rate("service")
    yield f"{len(bare.seconds)} requests each, {CLIENTS} at once, the model answers at once"
    yield f"bare Flask + google-genai: {floor:.0f} requests a second of CPU ({1000 / floor:.2f} ms)"
    for side in services:
        alone, together = side.rate("service"), side.rate("service", "postgresql")
        yield f"{side.side.name} alone: {alone:.0f} ({1000 / alone:.2f} ms), {alone / floor:.2f} of bare"
        yield f"  with PostgreSQL: {together:.0f} ({1000 / together:.2f} ms), {together / floor:.2f} of bare"
        yield f"  PostgreSQL's CPU beside the service's: {side.cpu['postgresql'] / side.cpu['service']:.2f}"
        for name, share in (("p50", 0.5), ("p99", 0.99)):
            yield f"  {name}: {side.at(share):.1f} ms, bare {bare.at(share):.1f} ms"
        yield f"  median beside bare: {median(side.seconds) / median(bare.seconds):.2f} times"


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
        model = parts.enter_context(prompt_upstream()).url
        services = []
        for checkout in filter(None, (REPOSITORY, arguments.beside)):
            own = parts.enter_context(parts.enter_context(site(model)).service(checkout.resolve()))
            index(own, filings)
            services.append(Measured(finrisk(f"FinRisk of {checkout.name}", own, filings)))
        floor = Measured(parts.enter_context(bare(model, filings, _BARE_THREADS)))
        sides = [*services, floor]
        for side in sides:  # imports, connections, plans
            for _ in range(3):
                Measured(side.side).measure(draw.choices(side.side.bodies, k=60))
        for _ in range(arguments.rounds):
            for side in sides:
                side.measure(draw.choices(side.side.bodies, k=arguments.requests))
        for line in report(services, floor):
            print(line)


if __name__ == "__main__":
    main()
