"""How a search grows with its index, beside PostgreSQL's own ranking and two search libraries, in one run.

    python benchmarks/search.py [--passages 500 10000 100000] [--questions 100] [--labelled DATA_DIR]

Pages of firms that do not exist, indexed by the service's own ingestion: an index for each size, on one
PostgreSQL. Every question goes to everything in turn, so that whatever else the machine does weighs on all
alike; it is answered by a page that every index holds. CPU is that of all processes that work on an answer:
what growth is read from where the machine has other work.

DATA_DIR (as of retrieval.py) adds its pages to every index, and then its questions are asked: quality among
so many invented pages. tantivy and bm25s take part after `make searchers`. 1,000,000 passages want 20 GB
where TMPDIR is, and 20 minutes of CPU; with --no-figures what passages say in figures is left out, which is
half of that, and no search looks at it.
The server is that of FINRISK_DATABASE_URL, or one that is started for this run and removed after it.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import quantiles
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split
import psycopg

from benchmarks.retrieval import figures, ingest, rows, scratch_database, server
from benchmarks.search_filters import FILTERS, label
from benchmarks.search_index import fill
from benchmarks.searchers import PYTHON, FinRisk, Library, Question, Searcher, TsRank
from benchmarks.synthetic_pages import pages

WARM_UP = 10
OURS = "FinRisk"


@dataclass(frozen=True)
class Index:
    """A size, and who searches it."""

    passages: int
    connection: psycopg.Connection[Any]
    searchers: Mapping[str, Searcher]


@dataclass(frozen=True)
class Answer:
    """What a question cost, and which pages it found."""

    seconds: float
    cpu: float
    ranked: list[str]


def index(parts: ExitStack, url: str, passages: int, beside: Sequence[str], with_figures: bool) -> Index:
    """Fill an index and those of the others with the same pages."""
    scratch = parts.enter_context(scratch_database(url))
    connection, own = (parts.enter_context(psycopg.connect(scratch, autocommit=True)) for _ in range(2))
    began = time.perf_counter()
    count = fill(connection, scratch, passages, with_figures)
    searchers: dict[str, Searcher] = {OURS: FinRisk(connection)}
    for name in beside:
        searchers[name] = TsRank(own) if name == "ts_rank" else parts.enter_context(Library(name))
        searchers[name].add((page.id, f"{page.title}\n{page.text}") for page in pages(count))
    [(real,)] = connection.execute("select count(*) from passages").fetchall()
    print(f"{real:,} passages of {count:,} pages in {time.perf_counter() - began:.0f} s", flush=True)
    return Index(real, connection, searchers)


def add_labelled(indexes: Sequence[Index], folder: Path) -> list[Question]:
    """Add the folder's pages to every index, and return its questions."""
    given = [(row["id"], f"{row['title']}\n{row['text']}") for row in rows(folder / "documents.jsonl.gz")]
    for each in indexes:
        ingest(each.connection, folder)
        for searcher in each.searchers.values():
            searcher.add(given)
    return rows(folder / "queries.jsonl.gz")


def ask(indexes: Sequence[Index], questions: list[Question]) -> dict[tuple[int, str], list[Answer]]:
    """Ask everything in turns; return the answers of each size and searcher."""
    answers: dict[tuple[int, str], list[Answer]] = {
        (each.passages, name): [] for each in indexes for name in each.searchers
    }
    for at, question in enumerate([*questions[:WARM_UP], *questions]):
        for each in indexes:
            for name, searcher in each.searchers.items():
                began = time.perf_counter()
                ranked, cpu = searcher.ask(question)
                if at >= WARM_UP:
                    seconds = time.perf_counter() - began
                    answers[each.passages, name].append(Answer(seconds, cpu, ranked))
    return answers


def ask_filtered(indexes: Sequence[Index], questions: list[Question]) -> dict[tuple[int, str], list[Answer]]:
    """Ask FinRisk with each filter; return the answers of each size and filter."""
    answers: dict[tuple[int, str], list[Answer]] = {}
    for thousandths, filters in FILTERS.items():
        for each in indexes:
            label(each.connection, thousandths)
        answers |= ask(
            [
                replace(each, searchers={name: FinRisk(each.connection, by) for name, by in filters.items()})
                for each in indexes
            ],
            questions,
        )
    for each in indexes:
        label(each.connection, 0)
    return answers


def report(answers: Mapping[tuple[int, str], Sequence[Answer]], questions: list[Question]) -> None:
    """Print a line for each size and searcher, and how its 95th percentiles grow."""
    p95 = {}
    for (passages, name), given in answers.items():
        waited = quantiles([answer.seconds * 1000 for answer in given], n=20)
        worked = quantiles([answer.cpu * 1000 for answer in given], n=20)
        p95[passages, name] = (waited[18], worked[18])
        run = [
            {"query_id": question["id"], "ranked": answer.ranked}
            for question, answer in zip(questions, given, strict=True)
        ]
        print(
            f"{passages:>9,}  {name:14} p50 {waited[9]:7.1f} ms  p95 {waited[18]:7.1f} ms"
            f"  CPU p50 {worked[9]:7.1f} ms  p95 {worked[18]:7.1f} ms  {figures(questions, run)}"
        )
    smallest = min(passages for passages, _ in p95)
    for (passages, name), times in p95.items():
        if passages > smallest:
            wall, cpu = (large / small for large, small in zip(times, p95[smallest, name], strict=True))
            print(
                f"{name}: p95 at {passages:,} is {wall:.1f} times that at {smallest:,}, CPU {cpu:.1f} times"
            )


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--passages", type=int, nargs="+", default=[500, 10_000, 100_000], help="sizes of indexes"
    )
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--labelled", type=Path, metavar="DATA_DIR", help="real pages and questions")
    parser.add_argument("--alone", action="store_true", help="nothing beside FinRisk")
    parser.add_argument("--filters", action="store_true", help="ask FinRisk with filters too")
    parser.add_argument("--no-figures", action="store_true", help="passages without what they say in figures")
    chosen = parser.parse_args()
    beside = [] if chosen.alone else ["ts_rank", *(["tantivy", "bm25s"] if PYTHON.exists() else [])]
    with ExitStack() as parts:
        url = parts.enter_context(server())
        indexes = [
            index(parts, url, passages, beside, not chosen.no_figures) for passages in sorted(chosen.passages)
        ]
        [(smallest,)] = indexes[0].connection.execute("select pages from corpus").fetchall()
        invented = [
            {"id": page.id, "question_scoped": page.question, "gold_doc_ids": [page.id]}
            | {"company": page.company, "year": page.year}
            for page in pages(min(chosen.questions, smallest))
        ]
        report(ask(indexes, invented), invented)
        if chosen.filters:
            report(ask_filtered(indexes, invented), invented)
        if chosen.labelled:
            real = add_labelled(indexes, chosen.labelled)
            chance = real[:: max(1, len(real) // chosen.questions)]
            report(ask(indexes, chance), chance)


if __name__ == "__main__":
    main()
