"""What a run of each playbook costs that changes nothing, beside a play without tasks: Ansible's own start.

    python benchmarks/playbooks.py [--rounds N] [--beside CHECKOUT]

An environment of its own is built on this machine by the playbooks, removed after. Then each of the five runs
in turn, N times, by clock and by CPU (its own and of all that it started); with ``--beside`` those of another
checkout, on the same environment, take turns with them. Printed are medians. On a busy machine the clock says
little, and CPU is up to a third more. For a cluster: ``benchmarks/rollback.py``.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.development  # noqa: F401 - before all others, which it finds

# isort: split
from benchmarks.environment import REPOSITORY
from tests.grounds.modules import show_the_role_to_ansible

show_the_role_to_ansible()

from tests.grounds.machine import Machine, own_machine  # noqa: E402 - found by the line above

FIVE = ("export", "prepare", "tune", "deploy", "rollback")
FLOOR = "no task"
EXAMPLES = 150
HOLD_SECONDS = 15.0
EMPTY = "- name: Do nothing\n  hosts: finrisk\n  gather_facts: false\n  tasks: []\n"


@dataclass(frozen=True)
class Cost:
    """Seconds of one run."""

    clock: float
    cpu: float


def built(machine: Machine) -> None:
    """Bring everything about that the five would: all of them have run, and base has everybody."""
    for name in ("site", "ingest"):
        machine.playbook(name)
    machine.collect(EXAMPLES)
    for name in FIVE:
        machine.playbook(name)


def run(machine: Machine, checkout: Path, playbook: Path | str) -> Cost:
    """Run a playbook of a checkout; raise RuntimeError when it fails or changes something."""
    python = checkout / Path(sys.executable).relative_to(REPOSITORY)
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [str(python), "-m", "ansible", "playbook", str(playbook)],
        cwd=checkout,
        env=machine.environment | {"PATH": f"{python.parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    clock, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or (done.stdout and "changed=0" not in done.stdout):
        raise RuntimeError(f"{playbook} of {checkout} did not change nothing:\n{done.stdout}{done.stderr}")
    return Cost(clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def table(title: str, costs: Mapping[str, list[Cost]]) -> float:
    """Print the medians of a checkout; return the seconds by clock of the five together."""
    clock = {name: median(each.clock for each in runs) for name, runs in costs.items()}
    cpu = {name: median(each.cpu for each in runs) for name, runs in costs.items()}
    print(
        f"{title:24} {'clock':>7} {'CPU':>7} {'ours':>7}  (seconds; ours: CPU above the play without tasks)"
    )
    for name in (FLOOR, *FIVE):
        print(f"  {name:22} {clock[name]:7.2f} {cpu[name]:7.2f} {cpu[name] - cpu[FLOOR]:7.2f}")
    wait, work = (sum(each[name] for name in FIVE) for each in (clock, cpu))
    print(f"  {'the five together':22} {wait:7.2f} {work:7.2f} {work - 5 * cpu[FLOOR]:7.2f}")
    return wait


def main() -> int:
    """Measure and print; 1 when the five together take longer than they may."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", type=lambda name: Path(name).resolve(), metavar="CHECKOUT")
    given = parser.parse_args()
    checkouts = [REPOSITORY, *([given.beside] if given.beside else [])]
    costs = {checkout: defaultdict[str, list[Cost]](list) for checkout in checkouts}
    with tempfile.TemporaryDirectory() as folder, own_machine() as machine:
        empty = Path(folder) / "empty.yml"
        empty.write_text(EMPTY, "utf-8")
        built(machine)
        for _ in range(given.rounds):
            for name in (FLOOR, *FIVE):
                for checkout, of in costs.items():
                    of[name].append(
                        run(machine, checkout, empty if name == FLOOR else f"playbooks/{name}.yml")
                    )
    seconds, *_ = (table(checkout.name, of) for checkout, of in costs.items())
    held = seconds <= HOLD_SECONDS
    print(f"{'held' if held else 'NOT HELD'}: the five together within {HOLD_SECONDS:.0f} s by clock")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
