"""What is added to the model's time when many ask: ``python benchmarks/load.py [--in-flight 100 200]``.

Clients in one event loop ask FinRisk, with everything on, and Flask with google-genai alone, in turns in one
run; the model behind both takes 0.5 to 2 s and tells how long it took. Then three times as many clients ask
a second service as it has places for, and again while it is reloaded, and while a third takes its place.
Printed are answers a second, the time added, the CPU of each part, the memory of each worker that it shares
with no other, and what was lost. Other work on the machine moves times most, and the CPU of an answer least.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split
from benchmarks.clients import Account, Clients, at
from benchmarks.environment import REPOSITORY
from benchmarks.own_service import OwnService, site
from benchmarks.processes import CORES, cpu_seconds, is_running, megabytes, own_megabytes
from benchmarks.prompt_upstream import prompt_upstream
from benchmarks.sides import Side, bare, finrisk, index
from benchmarks.synthetic_pages import pages

MODEL_SECONDS = (0.5, 2.0)
OVERLOAD = 3  # clients for each place
SETTLE_SECONDS = 4.0
PRE_STOP_SECONDS = 5.0  # templates/deployment.yml.j2
_WARM_CLIENTS = 40

Change = Callable[[Clients], Awaitable[None]]


async def measured(side: Side, number: int, seconds: float) -> Account:
    """What so many clients met in so many seconds, once they had settled, and the CPU that it took."""
    async with Clients(side, number) as clients:
        await asyncio.sleep(SETTLE_SECONDS)
        clients.account = account = Account()
        before = {name: cpu_seconds(root) for name, root in side.roots.items()}
        own, began = time.process_time(), time.perf_counter()
        await asyncio.sleep(seconds)
        clients.account = Account()
        account.seconds = time.perf_counter() - began
        account.cpu["clients"] = time.process_time() - own
        for name, root in side.roots.items():
            account.cpu[name] = cpu_seconds(root) - before[name]
    return account


async def beside(change: Change, side: Side, number: int) -> Account:
    """What so many clients met, from the first to the last, while their service was changed."""
    async with Clients(side, number) as clients:
        began = time.perf_counter()
        await asyncio.sleep(SETTLE_SECONDS)
        await change(clients)
        await asyncio.sleep(SETTLE_SECONDS)
        clients.account.seconds = time.perf_counter() - began
    return clients.account


def reload(own: OwnService) -> Change:
    """Have every worker replaced, as a release on one machine does."""

    async def change(clients: Clients) -> None:
        del clients
        old = own.workers()
        os.kill(own.gunicorn, signal.SIGHUP)
        while any(map(is_running, old)):
            await asyncio.sleep(0.2)

    return change


def rolling_restart(own: OwnService, successor: Callable[[], OwnService]) -> Change:
    """Put another service in the place of this one, as a roll-out on a cluster does with a pod."""

    async def change(clients: Clients) -> None:
        new = await asyncio.to_thread(successor)
        clients.port = new.port  # of new connections; those that are kept stay until the old one ends them
        await asyncio.sleep(PRE_STOP_SECONDS)
        os.kill(own.gunicorn, signal.SIGTERM)
        while is_running(own.gunicorn):
            await asyncio.sleep(0.2)

    return change


def tell(title: str, account: Account) -> None:
    """Print what clients met."""
    print(title, *told(account), sep="\n  ", flush=True)


def told(account: Account) -> Iterator[str]:
    """The lines of the report on what clients met."""
    answers = len(account.added)
    yield f"{answers} answers, {answers / account.seconds:.1f} a second"
    yield f"added p50 {at(account.added, 0.5):.1f} ms, p99 {at(account.added, 0.99):.1f} ms"
    if account.refused:
        p50, p99 = at(account.refused, 0.5), at(account.refused, 0.99)
        yield f"{len(account.refused)} refused, p50 {p50:.1f} ms, p99 {p99:.1f} ms"
    yield f"lost {account.lost.total()} {dict(account.lost) or ''}".strip()
    for name, seconds in account.cpu.items():
        share = seconds / account.seconds / CORES
        yield f"CPU of {name}: {seconds / answers * 1000:.2f} ms an answer, {share:.0%} of {CORES} cores"
    if account.cpu:
        busy, tools = account.busy_cores(), account.busy_cores("clients", "model")
        yield f"all of it: {busy:.2f} of {CORES} cores, {tools:.2f} of them for clients and model"
        yield f"with one core more {busy / (CORES + 1):.0%} would be busy, {CORES + 1 - busy:.2f} cores free"
    yield f"the clients themselves came late by {at(account.lag, 0.99):.1f} ms (p99)"


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--in-flight", type=int, nargs="+", default=[100, 200], help="clients, the floor's too"
    )
    parser.add_argument("--places", type=int, default=16, help="of a worker that is asked for too much")
    parser.add_argument("--seconds", type=float, default=12.0, help="of each turn")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--pages", type=int, default=500, help="in the index")
    parser.add_argument("--beside", type=Path, action="append", default=[], help="another checkout")
    return parser.parse_args()


def main() -> int:
    """Start all, ask, print; 1 when something was lost."""
    given = _parsed()
    filings = list(pages(given.pages))
    with ExitStack() as parts:
        model = parts.enter_context(prompt_upstream(*MODEL_SECONDS))
        ground = parts.enter_context(site(model.url))

        def service(places: int, checkout: Path = REPOSITORY) -> OwnService:
            return parts.enter_context(ground.service(checkout.resolve(), MAX_IN_FLIGHT=str(places)))

        def warm(side: Side) -> Side:
            asyncio.run(measured(side, _WARM_CLIENTS, SETTLE_SECONDS))
            return replace(side, roots=side.roots | {"model": model.pid})

        # Connections do not part evenly among the workers, so each gets a place for every client.
        most = max(given.in_flight)
        owns = {path: service(most, path) for path in (REPOSITORY, *given.beside)}
        index(owns[REPOSITORY], filings)
        sides = [warm(parts.enter_context(bare(model.url, filings, most)))]
        sides += [warm(finrisk(f"FinRisk of {path.name}", own, filings)) for path, own in owns.items()]
        print(f"the model takes {MODEL_SECONDS[0]:g} to {MODEL_SECONDS[1]:g} s; two workers each", flush=True)
        accounts = []
        for number in given.in_flight:
            turns = [Account() for _ in sides]
            for _ in range(given.rounds):
                for side, account in zip(sides, turns, strict=True):
                    account.add(asyncio.run(measured(side, number, given.seconds)))
            for side, account in zip(sides, turns, strict=True):
                tell(f"{number} clients, {side.name}", account)
            accounts += turns
        first = owns[REPOSITORY]
        alone = ", ".join(f"{own_megabytes(pid):.0f}" for pid in first.workers())
        print(f"memory: workers alone {alone} MB, the service in all {megabytes(first.gunicorn):.0f} MB")

        own = service(given.places)
        side = warm(finrisk("FinRisk", own, filings))
        clients = OVERLOAD * 2 * given.places
        accounts.append(asyncio.run(measured(side, clients, given.seconds)))
        tell(f"{clients} clients for {2 * given.places} places", accounts[-1])
        accounts.append(asyncio.run(beside(reload(own), side, clients)))
        tell("the same while every worker is replaced", accounts[-1])
        change = rolling_restart(own, lambda: service(given.places))
        accounts.append(asyncio.run(beside(change, side, clients)))
        tell("the same while another service takes its place", accounts[-1])
    return 1 if any(account.lost for account in accounts) else 0


if __name__ == "__main__":
    sys.exit(main())
