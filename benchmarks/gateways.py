"""What a request costs beside gateways of others: ``make gateways``, then ``python benchmarks/gateways.py``.

FinRisk with everything on, Flask with google-genai alone, LiteLLM's proxy and MLflow's gateway are asked in
turns, in one run on one machine, with prompts of one length and a model that answers at once. The gateways
hand a prompt on; FinRisk also searches, judges, redacts and keeps. Printed are requests a second of CPU, and
how many times those of each other one FinRisk's are, without PostgreSQL's share and with it.
"""

import argparse
import random
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split
from benchmarks.chat_upstream import chat_upstream
from benchmarks.other_gateways import PROGRAMS, litellm, mlflow
from benchmarks.own_service import own_service
from benchmarks.prompt_upstream import prompt_upstream
from benchmarks.service import Measured
from benchmarks.sides import bare, finrisk, index
from benchmarks.synthetic_pages import pages

_BARE_THREADS = 24


def main() -> None:
    """Start all, ask them in turns, print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--requests", type=int, default=80, help="of each service in a round")
    parser.add_argument("--pages", type=int, default=500, help="in the index")
    arguments = parser.parse_args()
    if not PROGRAMS.exists():
        raise SystemExit(f"{PROGRAMS} is not there: run make gateways first")
    draw = random.Random(1)  # noqa: S311 - a benchmark, no secret
    filings = list(pages(arguments.pages))
    with ExitStack() as parts:
        model, chat = parts.enter_context(prompt_upstream()).url, parts.enter_context(chat_upstream())
        own = parts.enter_context(own_service(model))
        index(own, filings)
        others = [bare(model, filings, _BARE_THREADS), litellm(model, filings), mlflow(chat, filings)]
        ours = Measured(finrisk("FinRisk", own, filings))
        theirs = [Measured(parts.enter_context(other)) for other in others]
        for each in (ours, *theirs):  # imports, connections, plans
            each.ask(draw.sample(each.side.bodies, min(60, len(filings))))
        for _ in range(arguments.rounds):
            for each in (ours, *theirs):
                each.measure(draw.choices(each.side.bodies, k=arguments.requests))
    alone, together = ours.rate("service"), ours.rate("service", "postgresql")
    print(f"FinRisk: {alone:.0f} requests a second of CPU, {together:.0f} with PostgreSQL")
    for each in theirs:
        rate = each.rate("service")
        times = f"{alone / rate:.2f} of it, {together / rate:.2f} with PostgreSQL"
        print(f"{each.side.name}: {rate:.0f}; FinRisk {times}")


if __name__ == "__main__":
    main()
