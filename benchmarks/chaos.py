"""What is lost when everything breaks at once: requests at a steady rate beside every accident.

    python benchmarks/chaos.py [--seconds 180] [--rate 20]

Starts a PostgreSQL, a simulator for tokens, a model that answers oddly and a service of its own. For a third
of the time PostgreSQL is dead, eighteen times a worker is killed, once all of them while PostgreSQL is away,
once the master. Of the model's answers one in fifty holds NUL, half a surrogate pair or 2 MB of text, one in
a hundred never ends. Every third answer is rated, half of the ratings come before the row.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.development  # noqa: F401 - before all others, which it finds

# isort: split

from tests.grounds.chaos import Account, Chaos, OddAnswers, Plan
from tests.grounds.odd import Odd, in_pieces
from tests.grounds.postgresql import own_postgresql
from tests.grounds.service import RunningService
from tests.grounds.wire import wire

PEAK_MEGABYTES = 500


def measured(plan: Plan) -> Account:
    """Run the plan on parts of this run's own."""
    with (
        tempfile.TemporaryDirectory() as folder,
        own_postgresql() as server,
        wire(Path(folder) / "gemini") as tokens,
        Odd(in_pieces(OddAnswers())) as model,
    ):
        var = Path(folder) / "var"
        var.mkdir()
        service = RunningService(var, tokens, server.database_url)
        service.configure(GEMINI_BASE_URL=model.url)
        try:
            service.start()
            service.add_page()
            return Chaos(service, server, plan).run()
        finally:
            service.stop()


def report(account: Account) -> bool:
    """Print the account; whether every promise held."""
    outcomes = ", ".join(f"{count:,} {outcome}" for outcome, count in account.outcomes.most_common())
    print(f"requests      {outcomes}")
    print(f"recorded      {len(account.recorded):,}; answers that said they were not: {account.unrecorded}")
    print(f"lost          {account.lost}; doubled {account.doubled}; set aside {account.set_aside}")
    print(f"ratings       {len(account.ratings):,} kept; lost or wrong {account.ratings_lost}")
    p50, p95, p99 = (account.percentile(share) for share in (0.5, 0.95, 0.99))
    print(
        f"latency       p50 {p50:.2f} s, p95 {p95:.2f} s, p99 {p99:.2f} s, max {account.percentile(1):.2f} s"
    )
    print(f"memory        at most {account.peak_megabytes:.0f} MB a worker")
    harm = account.lost + account.unrecorded + account.doubled + account.set_aside + account.ratings_lost
    return not harm and account.peak_megabytes < PEAK_MEGABYTES


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    chosen = parser.parse_args()
    began = time.monotonic()
    held = report(measured(Plan(chosen.seconds, chosen.rate)))
    print(f"took          {time.monotonic() - began:.0f} s")
    sys.exit(0 if held else "a promise was broken")


if __name__ == "__main__":
    main()
