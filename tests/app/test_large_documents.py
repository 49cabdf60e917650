"""Documents of many different words: taken or refused by a rule, and never in the way of those who ask."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest

from finrisk import documents
from finrisk.documents import Document, TooManyPostingsError
from finrisk_ops.documents.client import Service
from finrisk_ops.documents.document import Document as Sent
from finrisk_rules.postings import MOST_POSTINGS
from tests.grounds.service import RunningService
from tests.grounds.waiting import until

DRAWN = random.Random(11)  # noqa: S311  words for a text, no secrets


def different_words(characters: int) -> str:
    words = ("".join(DRAWN.choices("bcdfghjklmnpqrtvwxz", k=7)) for _ in range(characters // 8))
    return " ".join(words)


def test_a_text_of_words_that_never_repeat_is_refused_with_figure_limit_and_way_out(
    service: RunningService,
) -> None:
    body = {"documents": [{"id": "words", "title": "Words", "text": different_words(3_900_000)}]}
    answer = service.call("POST", "/api/v1/documents", body)
    assert (answer.status, answer.json["error"]["code"]) == (413, "too_large")
    said = answer.json["error"]["message"]
    assert "'words'" in said
    assert str(MOST_POSTINGS) in said
    assert "send fewer documents at a time" in said
    assert service.rows("select count(*) from documents where id = 'words'") == [(0,)]


def test_the_limit_counts_what_is_new_in_a_request_and_nothing_else(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (Document(name, name, different_words(4_000)) for name in ("first", "second"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        documents.ingest(connection, [first])
        (postings,) = connection.execute("select count(*) from postings").fetchone() or (0,)
        monkeypatch.setattr(documents, "MOST_POSTINGS", postings)
        assert documents.ingest(connection, [first, second]).added == 1
        monkeypatch.setattr(documents, "MOST_POSTINGS", postings - 1)
        with pytest.raises(TooManyPostingsError, match=f"there are {postings} entries"):
            documents.ingest(connection, [Document("third", "third", different_words(4_000))])
        assert documents.ingest(connection, [first, second]).unchanged == 2


def test_what_another_writer_deletes_while_one_waits_for_it_is_written_again(database_url: str) -> None:
    first, second = (Document(name, name, f"revenue of {name} rose") for name in ("first", "second"))
    with (
        psycopg.connect(database_url, autocommit=True) as connection,
        psycopg.connect(database_url, autocommit=True) as other,
        ThreadPoolExecutor(1) as pool,
    ):
        documents.ingest(connection, [first])
        with other.transaction():
            documents.delete(other, "first")
            waiting = pool.submit(documents.ingest, connection, [first, second])
            until(lambda: other.execute("select 1 from pg_locks where not granted").fetchone())
        assert waiting.result(timeout=30).added == 2
        found = other.execute(
            """select document_id, count(*) from pages join postings on page_id = pages.id
               group by 1 having count(*) > 2 order by 1"""
        ).fetchall()
        assert [name for name, _ in found] == ["first", "second"]
        assert other.execute("select pages from corpus").fetchone() == (2,)


def test_the_longest_text_of_a_filing_stays_below_the_limit() -> None:
    sentence = (
        "In fiscal year {n}, net sales of segment {m} rose {n} % to ${k} million because of {w} demand.\n\n"
    )
    row = "| Item {n} of {w} | {k} | {n}.{m} | {k} |\n"
    common = different_words(16_000).split()
    text = "".join(
        (sentence if DRAWN.random() < 0.7 else row).format(
            n=DRAWN.randrange(3000), m=DRAWN.randrange(40), k=DRAWN.randrange(9999), w=DRAWN.choice(common)
        )
        for _ in range(52_000)
    )[:4_000_000]
    assert len(text) == 4_000_000
    indexed = documents.indexed([Document("filing", "Annual report", text)])
    assert len(indexed["filing"]) > 300


def test_those_who_write_documents_leave_connections_for_those_who_ask(service: RunningService) -> None:
    writers = 20  # more than the connections of two workers
    with psycopg.connect(service.database_url) as other, ThreadPoolExecutor(writers) as pool:
        other.execute("select pg_advisory_xact_lock(%s)", (documents.LOCK,))

        def write(number: int) -> int:
            body = {"documents": [{"id": f"w{number}", "title": "t", "text": f"text {number}"}]}
            return service.call("POST", "/api/v1/documents", body).status

        writing = [pool.submit(write, number) for number in range(writers)]
        waiting = "select count(*) from pg_stat_activity where query like '%%pg_advisory_xact_lock%%'"
        service.wait_until(lambda: service.rows(waiting + " and wait_event = 'advisory'")[0][0] >= 1)
        answers = [service.analyze() for _ in range(6)]
        other.rollback()
        assert {each.result() for each in writing} == {200, 503}
    assert {answer.metadata["approach"] for answer in answers} == {"rag_base"}


@pytest.fixture
def narrow() -> Iterator[tuple[str, list[int]]]:
    """A service that takes two documents at a time."""
    sizes: list[int] = []

    class Narrow(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            count = body.count(b'"id"')
            sizes.append(count)
            answer = b'{"added": %d, "changed": 0, "unchanged": 0}' % count
            self.send_response(200 if count <= 2 else 413)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Narrow) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", sizes
        server.shutdown()
        thread.join()


def test_a_playbook_sends_in_halves_what_is_too_large_together(
    narrow: tuple[str, list[int]],
) -> None:
    url, sizes = narrow
    with Service(url, "frk_key") as service:
        batch = [Sent(id=f"d{number}", title="t", text="x") for number in range(5)]
        assert service.send(batch) == {"added": 5, "changed": 0, "unchanged": 0}
    assert sizes == [5, 2, 3, 1, 2]
