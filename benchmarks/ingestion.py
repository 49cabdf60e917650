"""How many pages of text a second the documents API takes, and what a page costs.

    python benchmarks/ingestion.py [--pages 3000] [--batch 50] [--senders 4]

A service of its own with two workers is started and removed after. Pages of firms that do not exist
(synthetic_pages.py) are sent in batches, several at a time as `ingest.yml` does. CPU seconds are of all
processes of the service and of PostgreSQL, and of this client: on a machine that others use they tell more
than the clock.
"""

import argparse
import contextlib
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split

from benchmarks.own_service import OwnService, own_service
from benchmarks.synthetic_pages import pages

CORES = 2
WARM_UP = 200


@dataclass(frozen=True)
class Figures:
    """Pages that were sent, and the seconds that they took: by the clock, and of CPU."""

    pages: int
    seconds: float
    service_cpu: float
    postgresql_cpu: float
    client_cpu: float

    def lines(self) -> list[str]:
        """Return the report."""
        cpu = self.service_cpu + self.postgresql_cpu + self.client_cpu
        return [
            f"pages         {self.pages:,} in {self.seconds:.1f} s: {self.pages / self.seconds:.0f} pages/s",
            f"CPU a page    service {self.service_cpu / self.pages * 1000:.2f} ms, "
            f"PostgreSQL {self.postgresql_cpu / self.pages * 1000:.2f} ms, "
            f"client {self.client_cpu / self.pages * 1000:.2f} ms",
            f"{CORES} idle cores  {CORES * self.pages / cpu:.0f} pages/s at most, from the CPU seconds",
        ]


def cpu_seconds(pid: int) -> float:
    """Return what a process and all that descend from it have computed, those that ended included."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            stats[int(path.parent.name)] = path.read_text("utf-8").rpartition(")")[2].split()
    kin = {pid}
    while more := {child for child, stat in stats.items() if int(stat[1]) in kin} - kin:
        kin |= more
    ticks = sum(int(ticks) for each in kin for ticks in stats[each][11:15])  # proc(5): utime to cstime
    return ticks / os.sysconf("SC_CLK_TCK")


def measured(service: OwnService, count: int, batch: int, senders: int) -> Figures:
    """Send the pages and return what it took."""
    service.add_documents([page.document() for page in pages(WARM_UP)])
    rows = (page.document() for page in pages(count, first=WARM_UP))
    bodies = list(iter(lambda: list(islice(rows, batch)), []))
    roots = service.gunicorn, service.postgresql
    before, client, began = [cpu_seconds(pid) for pid in roots], time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(senders) as pool:
        list(pool.map(service.add_documents, bodies))
    seconds, client_cpu = time.perf_counter() - began, time.process_time() - client
    service_cpu, postgresql_cpu = (cpu_seconds(pid) - was for pid, was in zip(roots, before, strict=True))
    return Figures(count, seconds, service_cpu, postgresql_cpu, client_cpu)


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=50, help="pages in a request")
    parser.add_argument("--senders", type=int, default=4, help="requests at a time")
    chosen = parser.parse_args()
    with own_service() as service:
        print("\n".join(measured(service, chosen.pages, chosen.batch, chosen.senders).lines()))


if __name__ == "__main__":
    main()
