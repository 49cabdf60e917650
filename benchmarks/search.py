"""How long a search takes as the index grows: pages of firms that do not exist, sizes side by side.

    python benchmarks/search.py [--pages 500 10000] [--questions 200]

Each size has an index of its own on one PostgreSQL, and every question goes to all of them in turn, so that
whatever else the machine does weighs on all alike. A question is answered by a page that every index holds.
The server is that of FINRISK_DATABASE_URL, or one that is started for this run and removed after it.
"""

import argparse
import sys
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split

import psycopg

from benchmarks.retrieval import PASSAGES, scratch_database, server
from benchmarks.synthetic_pages import SyntheticPage, pages
from finrisk import documents
from finrisk.db.migration import migrate
from finrisk.retrieval import search

Connection = psycopg.Connection[Any]

RANKED = 20
BATCH = 250
WARM_UP = 20


def fill(connection: Connection, count: int) -> None:
    """Index so many pages, and leave the planner with their statistics, as autovacuum does in time."""
    migrate(connection)
    rows = (
        documents.Document(page.id, page.title, page.text, page.company, page.year) for page in pages(count)
    )
    while batch := list(islice(rows, BATCH)):
        documents.ingest(connection, batch)
    connection.execute("vacuum analyze")


def ask(connection: Connection, page: SyntheticPage) -> tuple[float, bool]:
    """Ask a page's question; return the seconds, and whether the page came first."""
    began = time.perf_counter()
    answer = search(connection, page.question, None, None, RANKED, PASSAGES)
    seconds = time.perf_counter() - began
    return seconds, bool(answer.pages) and answer.pages[0].document_id == page.id


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pages", type=int, nargs="+", default=[500, 10_000], help="sizes of the indexes")
    parser.add_argument("--questions", type=int, default=200)
    chosen = parser.parse_args()
    asked = list(pages(min([*chosen.pages, chosen.questions])))
    with ExitStack() as parts:
        url = parts.enter_context(server())
        indexes = {}
        for count in chosen.pages:
            scratch = parts.enter_context(scratch_database(url))
            indexes[count] = parts.enter_context(psycopg.connect(scratch, autocommit=True))
            fill(indexes[count], count)
        for page in asked[:WARM_UP]:
            for connection in indexes.values():
                ask(connection, page)
        answers: dict[int, list[tuple[float, bool]]] = {count: [] for count in indexes}
        for page in asked:
            for count, connection in indexes.items():
                answers[count].append(ask(connection, page))
    p95 = {}
    for count, given in answers.items():
        cuts = quantiles([seconds * 1000 for seconds, _ in given], n=20)
        p95[count] = cuts[18]
        first = sum(is_first for _, is_first in given) / len(given)
        print(
            f"{count:>9,} pages  p50 {cuts[9]:6.1f} ms  p95 {cuts[18]:6.1f} ms  right page first {first:.3f}"
        )
    smallest = min(p95)
    for count in sorted(p95)[1:]:
        print(f"p95 at {count:,} pages is {p95[count] / p95[smallest]:.1f} times that at {smallest:,}")


if __name__ == "__main__":
    main()
