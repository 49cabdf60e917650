"""Retrieval on a folder of real pages and questions, through the service's own search.

    python benchmarks/retrieval.py DATA_DIR RUN.jsonl [--pages N]

DATA_DIR holds documents.jsonl.gz ({id, title, text, company?, year?}) and queries.jsonl.gz ({id,
question_scoped}). Every document is indexed, every question is asked on one connection, and RUN.jsonl gets
{"query_id", "ranked": [document ids, best first]} for each. Where the questions name their right pages
(gold_doc_ids), recall and nDCG are printed. The database is a scratch one on the server of
FINRISK_DATABASE_URL, or of a PostgreSQL that is started for this run and removed after it.
"""

import argparse
import gzip
import json
import math
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split
import psycopg

from finrisk import documents
from finrisk.db.migration import migrate
from finrisk.retrieval import search
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process, SandboxError

PASSAGES = 8
WARM_UP = 20


@contextmanager
def server() -> Iterator[str]:
    """Give the URL of a server where databases may be made; one of its own is stopped and removed after."""
    given = os.environ.get("FINRISK_DATABASE_URL")
    if given:
        yield given
        return
    var = Path(tempfile.mkdtemp(prefix="finrisk-benchmark-"))
    var.chmod(0o711)  # the server's account passes through
    (var / "logs").mkdir()
    held = connections.new(var)
    started: list[Process] = []
    try:
        postgresql.launch(var, held, started.append)
        yield held.database_url
    finally:
        postgresql.halt(var, started[-1] if started else None)
        shutil.rmtree(var, ignore_errors=True)


@contextmanager
def scratch_database(url: str) -> Iterator[str]:
    """Make an empty database beside the given one, and drop it after.

    Where the account may not make databases, the scratch is a schema of the given database.
    """
    name = f"finrisk_benchmark_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute(f"create database {name}".encode())
            made = "database"
        except psycopg.errors.InsufficientPrivilege:
            connection.execute(f"create schema {name}".encode())
            made = "schema"
    parts = urlsplit(url)
    try:
        if made == "database":
            yield parts._replace(path=f"/{name}").geturl()
        else:
            option = f"options=-csearch_path%3D{name}"
            yield parts._replace(query="&".join(filter(None, (parts.query, option)))).geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"drop {made} {name} {'cascade' if made == 'schema' else ''}".encode())


def rows(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a gzip file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def ingest(connection: psycopg.Connection[Any], folder: Path) -> None:
    """Index the folder's documents and say how long it took."""
    given = [
        documents.Document(row["id"], row["title"], row["text"], row.get("company"), row.get("year"))
        for row in rows(folder / "documents.jsonl.gz")
    ]
    started = time.perf_counter()
    counts = documents.ingest(connection, given)
    print(f"{counts.added} documents indexed in {time.perf_counter() - started:.2f} s")


def ask(
    connection: psycopg.Connection[Any], questions: list[dict[str, Any]], pages: int
) -> tuple[list[dict[str, Any]], list[float]]:
    """Send every question; return the lines of the run file and the seconds of each search."""
    run, seconds = [], []
    for question in questions[:WARM_UP]:
        search(connection, question["question_scoped"], None, None, pages, PASSAGES)
    for question in questions:
        started = time.perf_counter()
        found = search(connection, question["question_scoped"], None, None, pages, PASSAGES)
        seconds.append(time.perf_counter() - started)
        ranked = list(dict.fromkeys(page.document_id for page in found.pages))
        run.append({"query_id": question["id"], "ranked": ranked})
    return run, seconds


def figures(questions: list[dict[str, Any]], run: list[dict[str, Any]]) -> str:
    """Recall at 1 and 5, and binary nDCG at 10 (Jarvelin and Kekalainen 2002), over the judged questions."""
    gold = {question["id"]: set(question.get("gold_doc_ids") or ()) for question in questions}
    judged = [(gold[line["query_id"]], line["ranked"]) for line in run if gold[line["query_id"]]]
    if not judged:
        return "no question names its right page: nothing to judge"

    def recall(at: int) -> float:
        return sum(len(right & set(ranked[:at])) / len(right) for right, ranked in judged) / len(judged)

    def ndcg(right: set[str], ranked: list[str]) -> float:
        gain = sum(1 / math.log2(place + 2) for place, found in enumerate(ranked[:10]) if found in right)
        return gain / sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))

    mean = sum(ndcg(right, ranked) for right, ranked in judged) / len(judged)
    return f"R@1 {recall(1):.3f}, R@5 {recall(5):.3f}, nDCG@10 {mean:.3f} over {len(judged)} judged questions"


def write(path: Path, run: list[dict[str, Any]]) -> None:
    """Write the run file in one step."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in run)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def main() -> int:
    """Run the benchmark; the exit code is 0 when the run file was written."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with documents.jsonl.gz and queries.jsonl.gz")
    parser.add_argument("run", type=Path, help="run file to write")
    parser.add_argument("--pages", type=int, default=20, help="pages to rank for a question (default 20)")
    given = parser.parse_args()
    for name in ("documents.jsonl.gz", "queries.jsonl.gz"):
        if not (given.data / name).is_file():
            parser.error(f"{given.data / name} is not there; DATA_DIR needs it")
    try:
        with (
            server() as url,
            scratch_database(url) as scratch,
            psycopg.connect(scratch, autocommit=True) as connection,
        ):
            migrate(connection)
            ingest(connection, given.data)
            questions = rows(given.data / "queries.jsonl.gz")
            run, seconds = ask(connection, questions, given.pages)
    except (SandboxError, psycopg.Error) as error:
        print(f"retrieval.py: {error}", file=sys.stderr)
        return 1
    write(given.run, run)
    ordered = sorted(seconds)
    p50, p95 = (ordered[int(len(ordered) * part)] * 1e3 for part in (0.5, 0.95))
    print(
        f"{len(run)} questions, {len(run) / sum(seconds):.0f} a second on one connection,"
        f" p50 {p50:.1f} ms, p95 {p95:.1f} ms"
    )
    print(figures(questions, run))
    print(f"wrote {given.run}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
