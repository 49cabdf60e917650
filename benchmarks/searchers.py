"""What is asked in turns: FinRisk's search, PostgreSQL's own ranking, and search libraries."""

import json
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg

from benchmarks.retrieval import PASSAGES
from finrisk.retrieval import search

REPOSITORY = Path(__file__).resolve().parents[1]
PYTHON = REPOSITORY / ".venv-searchers/bin/python"
"""Where `make searchers` installs the libraries."""

RANKED = 20
_BATCH = 500

Connection = psycopg.Connection[Any]
Page = tuple[str, str]
Question = dict[str, Any]
"""As queries.jsonl.gz has it: id, question_scoped, gold_doc_ids; for a filter also company and year."""


@dataclass(frozen=True)
class Filter:
    """Whether the question's company or year has to be the page's, and labels that may be read."""

    company: bool = False
    year: bool = False
    labels: tuple[str, ...] = ()


NO_FILTER = Filter()


class Searcher(Protocol):
    """Something that ranks pages."""

    def add(self, pages: Iterable[Page]) -> None:
        """Take in pages (id, text with its title) that the index holds beside its first."""

    def ask(self, question: Question) -> tuple[list[str], float]:
        """Return the ids of the best pages, best first, and the CPU seconds of all that worked on it."""


class FinRisk:
    """The service's own search, pages and their passages, on its index; pages come in by its ingestion."""

    def __init__(self, connection: Connection, filter_by: Filter = NO_FILTER) -> None:
        self._connection, self._filter = connection, filter_by
        connection.execute("set jit = off")  # as the service has it

    def add(self, pages: Iterable[Page]) -> None:
        """Do nothing: ingestion has been here."""

    def ask(self, question: Question) -> tuple[list[str], float]:
        """Return the ids of pages that pass, best first, and CPU seconds."""
        company = question["company"] if self._filter.company else None
        year = question["year"] if self._filter.year else None
        began = _cpu(self._connection)
        text, labels = question["question_scoped"], self._filter.labels
        answer = search(self._connection, text, company, year, RANKED, PASSAGES, labels)
        return list(dict.fromkeys(p.document_id for p in answer.pages)), _cpu(self._connection) - began


class TsRank:
    """PostgreSQL's full text search: any of the words (GIN), ranked by `ts_rank`, divided by the length."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute("set jit = off")
        connection.execute("create table own_ranking (id text, words tsvector)")

    def add(self, pages: Iterable[Page]) -> None:
        """Index the pages."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany("insert into own_ranking values (%s, to_tsvector('english', %s))", pages)
        self._connection.execute("create index if not exists own_words on own_ranking using gin (words)")
        self._connection.execute("vacuum analyze own_ranking")

    def ask(self, question: Question) -> tuple[list[str], float]:
        """Return the ids of pages, best first, and CPU seconds."""
        began = _cpu(self._connection)
        rows = self._connection.execute(
            """select id from own_ranking,
                      cast(replace(plainto_tsquery('english', %s)::text, '&', '|') as tsquery) as asked
               where words @@ asked order by ts_rank(words, asked, 1) desc, id limit %s""",
            (question["question_scoped"], RANKED),
        ).fetchall()
        return [row[0] for row in rows], _cpu(self._connection) - began


class Library:
    """A search library in a process of its own."""

    def __init__(self, name: str) -> None:
        program = REPOSITORY / "benchmarks/search_library.py"
        self._process = subprocess.Popen(
            [PYTHON, program, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def add(self, pages: Iterable[Page]) -> None:
        """Index the pages."""
        rest = iter(pages)
        while batch := list(islice(rest, _BATCH)):
            self._say({"pages": batch})
        self._say({"build": True})

    def ask(self, question: Question) -> tuple[list[str], float]:
        """Return the ids of pages, best first, and CPU seconds."""
        answer = self._say({"ask": question["question_scoped"], "most": RANKED})
        return answer["ranked"], answer["cpu"]

    def _say(self, line: dict[str, Any]) -> Any:
        if not self._process.stdin or not self._process.stdout:
            raise RuntimeError("a search library's pipes are closed")
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def _cpu(connection: Connection) -> float:
    """CPU seconds of this process and, where it runs on this machine, of PostgreSQL's for the connection."""
    backend = Path(f"/proc/{connection.info.backend_pid}")
    with suppress(OSError):
        if (backend / "comm").read_text() == "postgres\n":
            return time.process_time() + int((backend / "schedstat").read_text().split()[0]) / 1e9
    return time.process_time()
