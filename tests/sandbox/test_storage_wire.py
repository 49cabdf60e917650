"""The simulator's Cloud Storage against Google's schema, in the ways that uploaders use it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from sandbox.gemini.crc32c import crc32c
from tests.grounds import discovery
from tests.grounds.calls import Answer
from tests.grounds.wire import Wire

UPLOAD = "/upload/storage/v1/b/finrisk-sandbox/o"
OBJECTS = "/storage/v1/b/finrisk-sandbox/o"
GRANULE = 256 * 1024


@pytest.fixture
def bearer(gemini: Wire) -> dict[str, str]:
    return gemini.bearer()


@pytest.fixture
def name() -> str:
    return f"finrisk/local/datasets/{os.urandom(8).hex()}/train.jsonl"


def problems(method: str, path: str, sent: Any, answered: Any) -> list[str]:
    parts = urlsplit(path)
    storage = discovery.load("storage.v1")
    return storage.problems(method, parts.path, dict(parse_qsl(parts.query)), sent, answered)


def multipart(gemini: Wire, bearer: dict[str, str], query: str, meta: Any, content: bytes) -> Answer:
    body = b"\r\n".join(
        [b"--xyz", b"Content-Type: application/json; charset=UTF-8", b"", json.dumps(meta).encode(),
         b"--xyz", b"Content-Type: application/jsonl", b"", content, b"--xyz--", b""]
    )  # fmt: skip
    headers = bearer | {"Content-Type": "multipart/related; boundary=xyz"}
    return gemini.call("POST", f"{UPLOAD}?uploadType=multipart{query}", body, headers)


def test_crc32c_is_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283  # the check value of RFC 3720's CRC
    assert crc32c(bytes(32)) == 0x8A9136AA
    assert crc32c(b"") == 0


def test_an_object_comes_back_as_it_was_sent_with_true_checksums(
    gemini: Wire, bearer: dict[str, str], name: str
) -> None:
    content = b'{"a": 1}\r\n--xyz is not the end\n' * 3
    path = f"{UPLOAD}?uploadType=media&name={quote(name, safe='')}"
    meta = gemini.call("POST", path, content, bearer | {"Content-Type": "application/jsonl"}).json
    assert problems("POST", path, None, meta) == []
    assert meta["size"] == str(len(content))
    assert meta["md5Hash"] == base64.b64encode(hashlib.md5(content).digest()).decode()  # noqa: S324 - the wire's own
    assert meta["crc32c"] == base64.b64encode(crc32c(content).to_bytes(4, "big")).decode()
    assert int(meta["generation"]) > 10**15
    where = f"{OBJECTS}/{quote(name, safe='')}"
    assert gemini.call("GET", where, headers=bearer).json == meta
    media = gemini.call("GET", f"{where}?alt=media", headers=bearer)
    assert (media.body, media.headers["content-type"]) == (content, "application/jsonl")
    folder = quote(name.rpartition("/")[0], safe="")
    listing = gemini.call("GET", f"{OBJECTS}?prefix={folder}", headers=bearer).json
    assert problems("GET", f"{OBJECTS}?prefix=x", None, listing) == []
    assert [item["name"] for item in listing["items"]] == [name]
    assert gemini.call("DELETE", where, headers=bearer).status == 204
    assert gemini.call("GET", where, headers=bearer).status == 404


def test_a_second_upload_under_generation_0_is_412_and_changes_nothing(
    gemini: Wire, bearer: dict[str, str], name: str
) -> None:
    meta = {"name": name, "contentType": "application/jsonl"}
    first = multipart(gemini, bearer, "&ifGenerationMatch=0", meta, b"first\n")
    second = multipart(gemini, bearer, "&ifGenerationMatch=0", meta, b"second\n")
    assert problems("POST", f"{UPLOAD}?uploadType=multipart&ifGenerationMatch=0", meta, first.json) == []
    assert (first.status, second.status) == (200, 412)
    assert second.json["error"]["errors"][0]["reason"] == "conditionNotMet"
    where = f"{OBJECTS}/{quote(name, safe='')}"
    assert gemini.call("GET", f"{where}?alt=media", headers=bearer).body == b"first\n"
    third = multipart(gemini, bearer, f"&ifGenerationMatch={first.json['generation']}", meta, b"third\n")
    assert third.status == 200
    assert int(third.json["generation"]) > int(first.json["generation"])


@pytest.mark.parametrize("kind", ["crc32c", "md5Hash"])
def test_a_checksum_that_does_not_fit_is_refused(
    gemini: Wire, bearer: dict[str, str], name: str, kind: str
) -> None:
    answer = multipart(gemini, bearer, "", {"name": name, kind: "AAAAAA=="}, b"content")
    assert answer.status == 400
    assert "doesn't match" in answer.json["error"]["message"]
    assert gemini.call("GET", f"{OBJECTS}/{quote(name, safe='')}", headers=bearer).status == 404


def test_a_resumable_upload_goes_on_where_it_was_cut(gemini: Wire, bearer: dict[str, str], name: str) -> None:
    content = os.urandom(2 * GRANULE + 1000)
    path = f"{UPLOAD}?uploadType=resumable&name={quote(name, safe='')}&ifGenerationMatch=0"
    begun = gemini.call("POST", path, {"contentType": "application/jsonl"}, bearer)
    session = begun.headers["location"].removeprefix(gemini.url)

    def put(start: int, end: int, total: str) -> Answer:
        spec = f"bytes {start}-{end - 1}/{total}"
        return gemini.call("PUT", session, content[start:end], bearer | {"Content-Range": spec})

    def ask(total: str) -> Answer:
        return gemini.call("PUT", session, b"", bearer | {"Content-Range": f"bytes */{total}"})

    assert (ask("*").status, ask("*").headers.get("range")) == (308, None)
    assert put(0, GRANULE, "*").headers["range"] == f"bytes=0-{GRANULE - 1}"
    assert put(GRANULE, GRANULE + 5, "*").status == 400  # not a multiple
    assert put(2 * GRANULE, len(content), str(len(content))).status == 400  # a hole
    assert ask(str(len(content))).headers["range"] == f"bytes=0-{GRANULE - 1}"
    done = put(GRANULE, len(content), str(len(content)))
    assert (done.status, done.json["size"], done.json["contentType"]) == (
        200,
        str(len(content)),
        "application/jsonl",
    )
    media = gemini.call("GET", f"{OBJECTS}/{quote(name, safe='')}?alt=media", headers=bearer)
    assert media.body == content
    assert ask("*").status == 404  # the session has ended
    assert gemini.call("POST", path, {}, bearer).status == 412


def test_a_chunked_body_is_taken(gemini: Wire, bearer: dict[str, str], name: str) -> None:
    import requests

    def pieces() -> Any:
        yield from (b"one\n", b"two\n")

    url = f"{gemini.url}{UPLOAD}?uploadType=media&name={quote(name, safe='')}"
    assert requests.post(url, data=pieces(), headers=bearer, timeout=5).json()["size"] == "8"


def test_a_bucket_that_is_not_there_and_a_missing_bearer_are_refused(
    gemini: Wire, bearer: dict[str, str]
) -> None:
    shown = gemini.call("GET", "/storage/v1/b/finrisk-sandbox", headers=bearer).json
    assert problems("GET", "/storage/v1/b/finrisk-sandbox", None, shown) == []
    assert shown["location"] == "US-CENTRAL1"
    for method, path in (
        ("GET", "/storage/v1/b/other"),
        ("GET", "/storage/v1/b/other/o/x"),
        ("POST", "/upload/storage/v1/b/other/o?uploadType=media&name=x"),
    ):
        assert gemini.call(method, path, b"" if method == "POST" else None, bearer).status == 404
        assert gemini.call(method, path, b"" if method == "POST" else None).status == 401
    unnamed = gemini.call("POST", f"{UPLOAD}?uploadType=media", b"x", bearer)
    assert unnamed.status == 400
    assert gemini.call("POST", f"{UPLOAD}?uploadType=magic&name=x", b"x", bearer).status == 400
