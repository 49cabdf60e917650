"""How long `site.yml` without a change and a rollback take on a warm cluster while clients ask.

    python benchmarks/rollback.py [--rounds N]

A test cluster is started when none runs (as `make cluster-up` does; it then stays up) and an environment is
built on it by the playbooks: PostgreSQL, a simulated Gemini, the service with two replicas and a tuned model.
`site.yml` runs on it once more. Then each round sends everybody to the tuned model, and times `rollback.yml`
from the command on: until the last answer by the tuned model, on new and on kept connections, and until the
command ends. Every request counts.
"""

import argparse
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.development  # noqa: F401 - before all others, which it finds

# isort: split

from sandbox.kubernetes import cluster, ladder
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.ladder import Kind
from sandbox.kubernetes.place import Place
from tests.cluster import environment
from tests.cluster.clients import Clients
from tests.cluster.environment import Environment

HOLD_SECONDS = 20.0
SETTLE_SECONDS = 3.0  # of requests before and after


@dataclass(frozen=True)
class Figures:
    """One rollback, in seconds from the command on."""

    last_tuned_new: float
    last_tuned_kept: float
    ended: float
    requests: int
    failed: int

    @property
    def held(self) -> bool:
        """Whether it was fast enough and nobody lost a request."""
        slowest = max(self.last_tuned_new, self.last_tuned_kept, self.ended)
        return slowest <= HOLD_SECONDS and not self.failed

    def __str__(self) -> str:
        """Return the line of the report."""
        return (
            f"last tuned answer after {self.last_tuned_new:.1f} s on new connections,"
            f" {self.last_tuned_kept:.1f} s on kept ones; command ended after {self.ended:.1f} s;"
            f" {self.failed} of {self.requests} requests failed"
        )


def measured(where: Environment) -> Figures:
    """Roll back from 100 % tuned, and watch what clients get."""
    with Clients(where) as clients:
        time.sleep(SETTLE_SECONDS)
        began = time.time()
        where.play("rollback")
        ended = time.time()
        time.sleep(SETTLE_SECONDS)
    for lost in clients.failed():
        kind = "kept" if lost.keeps else "new"
        print(
            f"   lost after {lost.began - began:.2f}..{lost.ended - began:.2f} s on a {kind} connection:"
            f" {lost.status} {lost.problem}"
        )
    last = {
        keeps: max(sent.ended for sent in clients.between() if sent.keeps == keeps and sent.arm == "tuned")
        for keeps in (False, True)
    }
    return Figures(
        last[False] - began,
        last[True] - began,
        ended - began,
        len(clients.between()),
        len(clients.failed()),
    )


def main() -> int:
    """Measure and print; 1 when a figure is not held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: what was made is removed
    rung = ladder.choose()
    if rung.kind is not Kind.NODE:
        print(f"rollback.py needs a node of its own on this machine: {rung.reason}", file=sys.stderr)
        return 1
    rounds = []
    try:
        up = cluster.up(Place(), rung)
        with (
            tempfile.TemporaryDirectory(prefix="finrisk-rollback-") as folder,
            environment.environment(up, up.load(), Path(folder)) as where,
        ):
            where.play("site")
            where.tune()
            began = time.monotonic()
            changed = where.play("site").changed
            print(f"site.yml again: {time.monotonic() - began:.1f} s, changed={changed}", flush=True)
            for number in range(given.rounds):
                where.play("deploy", "-e", "finrisk_ab_ratio=100")
                rounds.append(measured(where))
                print(f"{number + 1}. {rounds[-1]}", flush=True)
    except (ClusterError, AssertionError) as error:
        print(f"rollback.py: {error}", file=sys.stderr)
        return 1
    held = all(each.held for each in rounds)
    print(f"{'held' if held else 'NOT HELD'}: everything within {HOLD_SECONDS:.0f} s, no request lost")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
