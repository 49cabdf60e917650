"""HTTP at its edges: identifiers in paths, framing, labels of bodies, and one shape for every refusal."""

from __future__ import annotations

import http.client
import json
import random
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from tests.grounds.raw_http import ASK, BODY, CHUNKED, STATUS, raw
from tests.grounds.refusals import error, refused
from tests.grounds.service import RunningService, key

DOCUMENTS = "/api/v1/documents"
TRICKY = [
    "/abs/a.txt", "abs/a.txt", "a//b", "//", "/", "a/", "a//", "p%2Fq", "p/q", "%", "%2", "%252F", "..", ".",
    "../x", "a/../b", "./a", "a;b", "a?b=c", "a#b", "a b", " a ", "https://x/y", "http:x", "é",
    "\u65e5\u672c", "\U0001f600",
    "a+b", "a&b", "\u202e", "\ufeff", "\ufffd", "*", "con", "\xa0", "x" * 256, "\U0001f600" * 256,
]  # fmt: skip


def identifiers(number: int) -> list[str]:
    """Random identifiers, made of what paths, URLs and decoders stumble over."""
    chance = random.Random(11)  # noqa: S311 - the same ones each time
    pieces = [
        *TRICKY[:-2],
        "/",
        "%",
        "%2f",
        "%00",
        "%25",
        "é",
        "a",
        "B",
        "0",
        "~",
        "=",
        "@",
        ":",
        "'",
        '"',
        "\\",
        "|",
    ]
    made = {"".join(chance.choices(pieces, k=chance.randint(1, 9)))[:256] for _ in range(number)}
    return sorted({*made, *TRICKY})


def test_whatever_is_in_an_identifier_its_own_document_is_deleted(service: RunningService) -> None:
    wanted = identifiers(1600)
    for start in range(0, len(wanted), 400):
        rows = [{"id": each, "title": "t", "text": "x"} for each in wanted[start : start + 400]]
        assert service.call("POST", DOCUMENTS, {"documents": rows}).json["added"] == len(rows)

    def delete(part: list[str]) -> list[tuple[str, int, bytes]]:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        wrong = []
        for each in part:
            path = f"{DOCUMENTS}/{quote(each, safe='')}"
            connection.request("DELETE", path, headers={"Authorization": f"Bearer {key('all')}"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or json.loads(body) != {"deleted": each}:
                wrong.append((each, answer.status, body))
        connection.close()
        return wrong

    with ThreadPoolExecutor(4) as pool:
        assert [wrong for part in pool.map(delete, [wanted[n::4] for n in range(4)]) for wrong in part] == []
    listed = service.call("GET", DOCUMENTS).json["documents"]
    assert not {each["id"] for each in listed} & set(wanted)


@pytest.mark.parametrize("given", ["/abs", "a//b", "a/", "a/../b", ".", "https://x/y", "a;b=c", "a+b"])
def test_what_a_path_may_hold_as_it_is_need_not_be_encoded(service: RunningService, given: str) -> None:
    service.call("POST", DOCUMENTS, {"documents": [{"id": given, "title": "t", "text": "x"}]})
    assert service.call("DELETE", f"{DOCUMENTS}/{given}").json == {"deleted": given}


@pytest.mark.parametrize(
    "path",
    ["/api//v1/status", "//api/v1/status", "/api/v1/status/", "/api/v1/documents/", "//",
     "/api/v1/documents//", "/api/v1/documents/%FF", "/%ff", "//evil.example/a", "/api/v1/analyze//",
     "/./healthz", "/healthz/"],
)  # fmt: skip
def test_no_path_is_redirected_or_taken_for_another(service: RunningService, path: str) -> None:
    error(service.call("DELETE" if DOCUMENTS in path else "GET", path), 404, "not_found")


@pytest.mark.parametrize(
    "sent",
    [
        b"40\r\n" + BODY[:10],
        b"zz\r\n",
        b"5;\x00\r\nabcde\r\n0\r\n\r\n",
        b'5;a="\r\nabcde\r\n0\r\n\r\n',
        b"5\r\nabcdefg\r\n0\r\n\r\n",
        b"0\r\nHost: y\r\n\r\n",
        b"",
    ],
)
def test_a_broken_chunk_or_a_client_that_leaves_is_no_fault_of_ours(
    service: RunningService, sent: bytes
) -> None:
    before = len(service.log_text())
    assert refused(raw(service, CHUNKED, sent, ends=True), 400)["code"] == "bad_request"
    refused(raw(service, ASK + b"Content-Length: 100\r\n\r\n" + sent, ends=True), 400)
    refused(raw(service, b"GET /healthz HTTP/1.1\r\nHost", ends=True), 400)
    assert "ERROR" not in service.log_text()[before:]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n", 417),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 70_000, 431),
        (ASK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        (ASK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (ASK + b"Content-Length: +2\r\n\r\n{}", 400),
        (ASK + b"Content-Length: 99999999999999999999\r\n\r\n{}", 400),
        (ASK + b"Content-Length: 600000\r\n\r\n{}", 413),
        (CHUNKED + b"fffff\r\n", 413),
        (CHUNKED + b"1\r\n.\r\n" * 190_000, 413),
        (b"POST /api/v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", 401),
    ],
)
def test_a_request_that_cannot_be_taken_is_refused_at_once_in_the_one_shape(
    service: RunningService, sent: bytes, status: int
) -> None:
    refused(raw(service, sent), status)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
        ({"Content-Type": 'application/json;charset="UTF-8"'}, 200),
        ({"Content-Encoding": "identity"}, 200),
        ({"Content-Type": "application/json; charset=utf8"}, 200),
        ({"Content-Type": "application/json; charset=utf-16"}, 415),
        ({"Content-Type": "application/json; charset=no-such-thing"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Content-Encoding": "identity, br"}, 415),
    ],
)
def test_a_body_is_read_as_what_it_says_it_is(
    service: RunningService, headers: dict[str, str], status: int
) -> None:
    assert service.call("POST", "/api/v1/analyze", BODY, headers=headers).status == status


@pytest.mark.parametrize(
    "body",
    [
        BODY.decode().encode("utf-16"),
        BODY.decode().encode("utf-16-le"),
        BODY.decode().encode("utf-32"),
        b'{"strategy": "caf\xe9"}',
        b'{"strategy": "\xed\xa0\x80"}',
        b'{"strategy": "\xc0\xaf"}',
        b'{"strategy": "a", "strategy": "b"}',
        b'{"strategy": "a", "filters": {"year": 2024, "year": 2025}}',
        b'{"strategy": "a", "filters": {"year": 2024, "\\u0079ear": 2025}}',
    ],
)
def test_json_is_utf_8_and_says_each_name_once(service: RunningService, body: bytes) -> None:
    error(service.call("POST", "/api/v1/analyze", body), 400, "not_json")


def test_a_byte_order_mark_is_passed_over(service: RunningService) -> None:
    assert service.call("POST", "/api/v1/analyze", b"\xef\xbb\xbf" + BODY).status == 200


def test_requests_that_come_together_are_answered_in_order_and_a_slow_one_is_put_together(
    service: RunningService,
) -> None:
    ask = ASK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    together = raw(service, ask + STATUS + CHUNKED + b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY) + last)
    marks = [b'"analysis":', b'"configuration":', b'"analysis":', b'"status":"ok"']
    places = [together.index(marks[0])]
    for mark in marks[1:]:
        places.append(together.index(mark, places[-1] + 1))
    assert together.count(b"HTTP/1.1 200") == 4
    slowly = raw(
        service, *(bytes([each]) for each in ask.replace(b"Host: x", b"Host: x\r\nConnection: close"))
    )
    assert slowly.startswith(b"HTTP/1.1 200")


def test_a_client_is_told_to_go_on_once_and_only_where_its_body_is_wanted(service: RunningService) -> None:
    expects = b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY)
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(ASK + expects)
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        reply = b""
        while piece := connection.recv(65536):
            reply += piece
    assert reply.startswith(b"HTTP/1.1 200")
    without_key = raw(service, b"POST /api/v1/analyze HTTP/1.1\r\nHost: x\r\n" + expects)
    refused(without_key, 401)
    assert raw(service, ASK + expects + BODY).startswith(b"HTTP/1.1 200")


def test_the_ops_port_serves_machines_alone(service: RunningService) -> None:
    error(service.call("GET", "/api/v1/status", port=service.ops_port), 404, "not_found")
    assert service.call("GET", "/healthz", with_key=None, port=service.ops_port).status == 200
