"""Documents from files into the real service's index."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from finrisk_ops.documents import client, ingestion
from finrisk_ops.documents.document import Document
from finrisk_ops.documents.sources import source
from finrisk_ops.errors import FinriskError
from finrisk_rules import postings
from tests.grounds.library import ANALYST, bring, counts, held, library, taken

PAGE = {
    "id": "corvane-2024",
    "title": "Corvane Bank 2024",
    "company": "Corvane Bank",
    "year": 2024,
    "text": "The liquidity ratio fell to 118 % in 2024. Ask ir@corvane.example for more.",
}


@pytest.fixture
def api_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """The service's own application."""
    with library(database_url, tmp_path) as url:
        yield url


def collection(folder: Path, *pages: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    with gzip.open(folder / "documents.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(page) + "\n" for page in pages)
    return folder


def numbered(number: int, **changes: Any) -> dict[str, Any]:
    return {**PAGE, "id": f"page-{number}", "text": f"Case {number}. {PAGE['text']}", **changes}


def test_only_new_and_changed_documents_are_sent_and_check_mode_announces_them(
    api_url: str, tmp_path: Path
) -> None:
    folder = collection(tmp_path / "filings", *(numbered(n) for n in range(7)))
    assert counts(bring(api_url, folder, check_mode=True)) == (7, 0, 0, True)
    assert counts(bring(api_url, folder, batch=3)) == (7, 0, 0, True)
    assert counts(bring(api_url, folder)) == (0, 0, 7, False)
    collection(folder, *(numbered(n) for n in range(6)), numbered(6, year=2025), numbered(7))
    announced = bring(api_url, folder, check_mode=True)
    assert counts(announced) == (1, 1, 6, True)
    assert [line.split()[0] for line in announced["diff"]["after"].splitlines()] == ["page-6", "page-7"]
    assert counts(bring(api_url, folder)) == (1, 1, 6, True)
    assert counts(bring(api_url, folder, check_mode=True)) == (0, 0, 8, False)


@pytest.mark.parametrize("name", ["documents.jsonl.gz", "documents.jsonl"])
def test_what_lies_beside_a_collection_is_named_and_not_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "2025").mkdir()
    for other in (name, "annual.pdf", "2025/notes.md", "annex.zip", "documents.csv"):
        (tmp_path / other).write_text("text")
    found = source(tmp_path)
    assert found.files == (tmp_path / name,)
    assert found.notes() == [
        "left out: 1 .zip (annex.zip)",
        f"left out: 2 beside {name}, which is read alone (2025/notes.md, annual.pdf)",
    ]


def test_the_listing_is_followed_over_its_pages(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "DOCUMENTS_MAX", 2)
    folder = collection(tmp_path / "filings", *(numbered(n) for n in range(5)))
    bring(api_url, folder)
    assert counts(bring(api_url, folder)) == (0, 0, 5, False)


def test_long_documents_make_small_batches(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "BATCH_BYTES", 100)
    folder = collection(tmp_path / "filings", *(numbered(n) for n in range(3)))
    assert counts(bring(api_url, folder)) == (3, 0, 0, True)


def test_several_requests_are_under_way_and_after_a_failure_no_other_is_sent(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(ingestion.SENDERS)
    sent: list[str] = []

    def send(_: client.Service, batch: list[Document]) -> dict[str, int]:
        together.wait(timeout=30)  # broken where nobody else sends
        sent.append(batch[0].id)
        if batch[0].id == failing:
            raise FinriskError("the service is full")
        return {"added": 1, "changed": 0, "unchanged": 0}

    monkeypatch.setattr(client.Service, "send", send)
    folder, failing = collection(tmp_path / "filings", *(numbered(n) for n in range(8))), ""
    assert counts(bring(api_url, folder, batch=1)) == (8, 0, 0, True)
    sent.clear()
    failing = "page-0"
    with pytest.raises(FinriskError, match="the service is full"):
        bring(api_url, folder, batch=1)
    assert sorted(sent) == [f"page-{n}" for n in range(ingestion.SENDERS)]


def test_no_request_holds_more_documents_than_the_service_takes(api_url: str, tmp_path: Path) -> None:
    folder = collection(tmp_path / "filings", *(numbered(n) for n in range(1001)))
    assert counts(bring(api_url, folder, batch=5000)) == (1001, 0, 0, True)


def test_markdown_text_and_json_files_of_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "risk.md").write_text("Intro.\n\n# Corvane Bank: liquidity #\nThe ratio fell.")
    (tmp_path / "notes.txt").write_bytes(b"\xef\xbb\xbfThe ratio fell.")
    (tmp_path / "one.json").write_text(json.dumps(PAGE))
    (tmp_path / "two.jsonl").write_text(json.dumps(numbered(1, year="2024", company=None)) + "\n\n")
    (tmp_path / "three.json").write_text(json.dumps({"documents": [numbered(2), numbered(3)]}))
    (tmp_path / ".hidden.md").write_text("no")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    found = {each.id: each for each in taken(tmp_path)}
    folder, above = tmp_path.name, tmp_path.parent.name
    assert set(found) == {
        f"{folder}/bank/risk",
        f"{above}/{folder}/notes",
        "corvane-2024",
        "page-1",
        "page-2",
        "page-3",
    }
    assert (found[f"{folder}/bank/risk"].title, found[f"{above}/{folder}/notes"].title) == (
        "Corvane Bank: liquidity",
        "notes",
    )
    assert found[f"{above}/{folder}/notes"].text == "The ratio fell."
    assert (found["page-1"].year, found["page-1"].company) == (2024, None)


def test_a_collections_other_files_are_not_documents(tmp_path: Path) -> None:
    folder = collection(tmp_path, PAGE)
    (folder / "queries.jsonl").write_text('{"id": "q", "question": "?"}')
    (folder / "README.md").write_text("# Not a document")
    assert [each.id for each in taken(folder)] == ["corvane-2024"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"id": "a", "title": "t"}', "line 2 has no text"),
        (b'{"id": "a", "title": "t", "text": " "}', "line 2 has no text"),
        (b'{"id": "corvane-2024", "title": "t", "text": "x"}', "line 2 repeats the id 'corvane-2024'"),
        (b'{"title": "t", "text": "x"}', "line 2 has no id"),
        (b'{"id": "a", "text": "x", "year": 20240}', "line 2 has the year 20240"),
        (b'{"id": "a", "text": "x", "company": 7}', "line 2 has a company"),
        (b'{"id": "a", "text": "\\u0000x"}', "line 2 holds a NUL"),
        (
            b'{"id": "a", "text": "x", "title": "one\\ntwo"}',
            "line 2 holds a control character or a line break",
        ),
        (b'{"id": "a", "text": ', "line 2 is not JSON"),
        (b"[1]", "line 2 is not an object"),
        (b'{"id": "a", "text": "caf\xe9"}', "is not UTF-8"),
    ],
)
def test_an_unusable_document_is_named_and_nothing_is_sent(
    api_url: str, tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "filings.jsonl"
    file.write_bytes(json.dumps(PAGE).encode() + b"\n" + content + b"\n")
    with pytest.raises(FinriskError) as refused:
        bring(api_url, file)
    assert message in refused.value.message
    assert "1 document cannot be used and nothing was sent" in refused.value.message
    file.write_text(json.dumps(PAGE))
    assert counts(bring(api_url, file, check_mode=True)) == (1, 0, 0, True)


def test_one_document_that_the_index_does_not_take_is_named_and_nothing_is_sent(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = " ".join(f"word{number} other{number}" for number in range(400))
    folder = collection(tmp_path / "filings", *(numbered(n) for n in range(5)), numbered(5, text=words))
    monkeypatch.setattr(postings, "MOST_POSTINGS", 1000)
    for check_mode in (True, False):
        with pytest.raises(FinriskError) as refused:
            bring(api_url, folder, check_mode, batch=1)
        assert "nothing was sent" in refused.value.message
        assert f"{folder / 'documents.jsonl.gz'} line 6 has " in refused.value.message
        assert "(id 'page-5')" in refused.value.message
        assert held(api_url) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere", "does not exist"),
        ("empty", "holds no documents"),
        ("picture.png", "expected a folder or"),
    ],
)
def test_a_source_without_documents_is_named(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    with pytest.raises(FinriskError, match=message):
        source(tmp_path / name)


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "documents.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(PAGE).encode())[:-10])
    with pytest.raises(FinriskError, match=r"documents.jsonl.gz cannot be read"):
        taken(broken)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"api_url": "http://127.0.0.1:9"},
            "service at http://127.0.0.1:9: connection refused",
        ),
        ({"api_url": "localhost"}, "finrisk_api_url is 'localhost': expected an address"),
        ({"api_key": ""}, "finrisk_api_key is empty"),
        ({"api_key": "frk_none_" + "y" * 40}, "answered 401"),
        ({"api_key": ANALYST}, "finrisk_api_key needs the role documents"),
        ({"batch": 0}, "finrisk_documents_batch is 0"),
    ],
)
def test_a_service_that_does_not_take_documents_is_an_error_that_keeps_the_key(
    api_url: str, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    folder = collection(tmp_path / "filings", PAGE)
    with pytest.raises(FinriskError) as refused:
        bring(**{"api_url": api_url, "source": folder, **changes})
    assert message in refused.value.message
    assert "x" * 40 not in refused.value.message
    assert "y" * 40 not in refused.value.message


class Busy(BaseHTTPRequestHandler):
    """A service that asks once to come back later, and then has no documents."""

    headers_of_refusal: ClassVar[dict[str, str]]
    refused: ClassVar[bool]

    def do_GET(self) -> None:
        content = b'{"documents": [], "next": null}'
        self.send_response_only(200 if type(self).refused else 503)
        for name, value in {} if type(self).refused else self.headers_of_refusal.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        type(self).refused = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "600"}, 30),
        ({"Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After": "Sun, 06 Nov 1994 08:49:42 GMT"}, 5),
        ({"Retry-After": "Sun, 06 Nov 1994 08:49:42 GMT"}, 0),
        ({}, 1),
    ],
)
def test_a_busy_service_is_left_alone_for_as_long_as_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], seconds: float
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    Busy.headers_of_refusal, Busy.refused = headers, False
    with HTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        assert bring(url, collection(tmp_path / "filings", PAGE), check_mode=True)["added"] == 1
        server.shutdown()
        thread.join()
    assert waited == [seconds]


def test_a_proxy_or_a_netrc_entry_does_not_come_between_us_and_a_local_service(
    api_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert bring(api_url, collection(tmp_path / "filings", PAGE))["added"] == 1
