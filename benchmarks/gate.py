"""How often the gate errs and how soon it decides, looking at simulated experiments every 100 requests.

    python benchmarks/gate.py [--runs N] [KIND...]

2,000 runs of each kind take some 20 minutes of CPU, on as many processes as there are cores; a KIND is a
word of the names, to have those alone. Progress goes to standard error.

Each line is one kind of experiment: the share of runs that ended by promotion and by rollback, each with
the requests of both arms that it took in the median and in nine of ten. Promised: at most 5 % promotions of
what is worse by a margin, at most 1 % rollbacks of what is not worse.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.development  # noqa: F401 - before all others, which it finds

# isort: split

from tests.grounds.modules import show_the_role_to_ansible

show_the_role_to_ansible()

from tests.grounds.experiments import RULES, SHARES, Experiment, Model, People, run  # noqa: E402 - as the line above lets it

EQUAL = Model()
REGULARS, HEAVY = People(), People(zeal=1.5, likeness=0.15)
LADDER = ((0.25, 3000), (0.5, 3000), (0.75, 3000))
End = tuple[str, int]
"""A verdict, and the requests of both arms that it took."""


def experiments() -> dict[str, Experiment]:
    """Return each kind by what is said of it."""
    kinds = {f"equal, {split:.0%} tuned": Experiment(stages=((split, 8000),)) for split in (0.5, 0.25, 0.1)}
    kinds["equal, regulars"] = Experiment(people=REGULARS, stages=((0.5, 12_000),))
    kinds["equal, heavy users, 25 %"] = Experiment(people=HEAVY, stages=((0.25, 8000),))
    kinds["equal, stages, days differ"] = Experiment(drift=0.03, stages=LADDER)
    kinds["equal, stages, days differ, heavy"] = Experiment(people=HEAVY, drift=0.03, stages=LADDER)
    for metric in (*SHARES, "quality"):
        worse = EQUAL.worse(**{metric: RULES.margins[metric]})
        kinds[f"{metric} worse by the margin"] = Experiment(tuned=worse, stages=((0.5, 6000),))
        kinds[f"{metric} the same, 25 %"] = Experiment(tuned=worse, stages=((0.25, 6000),))
        kinds[f"{metric} the same, regulars"] = Experiment(worse, people=REGULARS, stages=((0.5, 6000),))
    always = {"errors": 0.0205}
    kinds["2 % of users always fail"] = Experiment(people=REGULARS, fallen=always, stages=((0.5, 6000),))
    refusing = EQUAL.worse(unanswered=0.3)
    kinds["refuses 30 % more, 25 %"] = Experiment(refusing, stages=((0.25, 2000),))
    for name, people in (("", None), (", regulars", REGULARS), (", heavy users", HEAVY)):
        kinds[f"errors 2 -> 10 %, 25 %{name}"] = Experiment(
            EQUAL.worse(errors=0.08), people=people, stages=((0.25, 2000),)
        )
        kinds[f"wrong figures 3 -> 8 %{name}"] = Experiment(
            EQUAL.worse(wrong_figures=0.05), people=people, stages=((0.5, 3000),)
        )
        kinds[f"outage, 10 %{name}"] = Experiment(
            EQUAL.worse(errors=0.98), people=people, stages=((0.1, 200),)
        )
    kinds["errors 2 -> 10 %, heavy, 4,000 requests"] = Experiment(
        EQUAL.worse(errors=0.08), people=HEAVY, stages=((0.25, 4000),)
    )
    kinds["wrong figures 3 -> 8 %, heavy, 6,000"] = Experiment(
        EQUAL.worse(wrong_figures=0.05), people=HEAVY, stages=((0.5, 6000),)
    )
    return kinds


def end(experiment: Experiment, seed: str) -> End:
    """Return how one experiment ended."""
    ended = run(experiment, seed)
    return ended.verdict, ended.requests


def counted(ends: Iterable[End], name: str, runs: int) -> list[End]:
    """Return the ends, telling standard error how many there are."""
    result = []
    for ended in ends:
        result.append(ended)
        if len(result) % 100 == 0:
            print(f"\r{name}: {len(result):,} of {runs:,} ", end="", file=sys.stderr, flush=True)
    print("\r", end="", file=sys.stderr, flush=True)
    return result


def line(name: str, ends: Sequence[End]) -> str:
    """Return one line of the table."""
    cells = [f"{name:40}"]
    for verdict in ("promote", "roll_back"):
        taken = sorted(requests for ended, requests in ends if ended == verdict)
        share = len(taken) / len(ends)
        times = f"{taken[len(taken) // 2]:,} ({taken[int(0.9 * len(taken))]:,})" if taken else "-"
        cells.append(f"{share:7.1%} {times:>16}")
    return "".join(cells)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    given = parser.parse_args()
    print(f"{'':40}{'promoted':>7} {'requests':>15}{'rolled back':>13} {'requests':>11}")
    with ProcessPoolExecutor() as pool:
        for name, experiment in experiments().items():
            if given.kinds and not any(word in name for word in given.kinds):
                continue
            seeds = [f"{name} {place}" for place in range(given.runs)]
            ends = pool.map(partial(end, experiment), seeds, chunksize=20)
            print(line(name, counted(ends, name, given.runs)), flush=True)


if __name__ == "__main__":
    main()
