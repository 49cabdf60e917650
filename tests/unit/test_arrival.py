"""When a request is whole: the same however its bytes are cut, and never against Gunicorn's own parser."""

from __future__ import annotations

from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData, ParseException
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finrisk.http import delivery
from finrisk.http.arrival import CHUNK_LINE_BYTES, HEAD_BYTES, Arrival, Stage
from finrisk.http.delivery import delivered
from finrisk.http.lobby import Connection

NEXT = b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC-", min_size=1, max_size=12).map(lambda name: "X-" + name)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


def taken(*pieces: bytes) -> Arrival:
    arrival = Arrival()
    for piece in pieces:
        arrival.take(piece)
    return arrival


def told(arrival: Arrival) -> tuple[Any, ...]:
    return arrival.stage, arrival.head, arrival.announced, bytes(arrival.data)


@st.composite
def chunked(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A body in chunks as it is sent, and as it is meant."""
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
    extension = draw(st.sampled_from([b"", b";a", b" ; a=b", b';a="b c"']))
    trailers = draw(st.sampled_from([b"", b"X-Sum: 1\r\n", b"X-A: 1\r\nX-B: 2\r\n"]))
    sent = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks)
    return sent + b"0" + extension + b"\r\n" + trailers + b"\r\n", b"".join(chunks)


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A request as it is sent, and its body as it is meant."""
    fields = [f"{name}: {value}\r\n".encode() for name, value in draw(st.lists(st.tuples(NAMES, VALUES)))]
    body = b""
    sent = b""
    framing = draw(st.sampled_from(["none", "length", "chunked"]))
    if framing == "length":
        sent = body = draw(st.binary(max_size=80))
        fields.append(
            draw(st.sampled_from([b"Content-Length: %d\r\n", b"CONTENT-LENGTH:%d \r\n"])) % len(body)
        )
    elif framing == "chunked":
        sent, body = draw(chunked())
        fields.append(
            draw(st.sampled_from([b"Transfer-Encoding: chunked\r\n", b"transfer-encoding:Chunked\r\n"]))
        )
    before = draw(st.sampled_from([b"", b"\r\n"]))
    head = before + b"POST /a?b HTTP/1.1\r\n" + b"".join(draw(st.permutations(fields))) + b"\r\n"
    return head + sent, body


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """Requests one after another, some of them spoilt: bytes changed, put in or taken out."""
    stream = bytearray(b"".join(sent for sent, _ in draw(st.lists(requests(), min_size=1, max_size=3))))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(stream)))
        stream[at : at + draw(st.integers(0, 2))] = draw(
            st.sampled_from([b"", b"\r", b"\n", b"\r\n", b"0", b";", b":", b" ", b"\x00", b"\xff", b"f"])
        )
    return bytes(stream)


def parsed(arrival: Arrival) -> tuple[bytes, bytes]:
    """The body and the bytes after it, as Gunicorn reads what has arrived."""
    connection = Connection(None, ("127.0.0.1", 1), ("127.0.0.1", 2), arrival=arrival)  # type: ignore[arg-type]  # no socket is read
    request = delivered(connection, Config())
    return request.body.read(), connection.rest


@settings(max_examples=200, derandomize=True)
@given(streams(), st.data())
def test_however_a_stream_is_cut_the_same_is_known_after_the_same_bytes(
    stream: bytes, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    arrival = Arrival()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        if arrival.stage in (Stage.WHOLE, Stage.ODD):
            break
        arrival.take(stream[start:end])
        assert told(arrival) == told(taken(stream[:end]))


@settings(max_examples=60, derandomize=True)
@given(requests())
def test_a_request_is_whole_with_its_last_byte_and_gunicorn_reads_all_of_it(
    request: tuple[bytes, bytes],
) -> None:
    sent, body = request
    arrival = Arrival()
    for at in range(len(sent)):
        assert arrival.stage in (Stage.HEAD, Stage.BODY)
        arrival.take(sent[at : at + 1])
    assert arrival.stage is Stage.WHOLE
    assert parsed(arrival) == (body, b"")
    assert parsed(taken(sent + NEXT)) == (body, NEXT)


@settings(max_examples=200, derandomize=True)
@given(streams())
@example(b"POST / HTTP/1.1\r\nContent-Length: 3\r\n 4\r\n\r\nabc")
def test_gunicorn_never_waits_for_more_of_what_is_called_whole(stream: bytes) -> None:
    arrival = taken(stream)
    if arrival.stage is Stage.WHOLE:
        try:
            parsed(arrival)
        except NoMoreData:
            raise AssertionError(stream) from None
        except ParseException:
            pass  # refused, at once


@settings(max_examples=200, derandomize=True)
@given(streams())
def test_what_gunicorn_could_answer_is_never_waited_for(stream: bytes) -> None:
    arrival = taken(stream)
    if arrival.stage in (Stage.HEAD, Stage.BODY):
        with pytest.raises((NoMoreData, ParseException)):
            assert_whole(arrival)


def assert_whole(arrival: Arrival) -> None:
    body, _ = parsed(arrival)
    if arrival.head and arrival.head.length is not None and len(body) < arrival.head.length:
        raise NoMoreData


@pytest.mark.parametrize(
    "raw",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\n",
        b"GET /\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5_0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * CHUNK_LINE_BYTES,
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"a" * HEAD_BYTES,
        b"GET / HTTP/1.1\r\nX: " + b"a" * HEAD_BYTES,
    ],
)
def test_what_is_not_understood_is_refused_without_waiting_for_more(raw: bytes) -> None:
    arrival = taken(raw)
    assert arrival.stage is Stage.ODD
    with pytest.raises((ParseException, NoMoreData)):
        parsed(arrival)


def test_of_chunks_it_is_known_how_much_they_bring_before_it_is_there() -> None:
    head = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert taken(head + b"3\r\nabc\r\nffff\r\nd").announced == 3 + 0xFFFF
    assert taken(b"POST / HTTP/1.1\r\nContent-Length: 70000\r\n\r\n").announced == 70_000


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/a%2Fb?c", "/a/b"),
        (b"http://host/a%20b", "/a b"),
        (b"http://[", "/"),
        (b"*", "/"),
        (b"//a", "//a"),
    ],
)
def test_the_path_of_a_target_is_percent_decoded_once(target: bytes, path: str) -> None:
    head = taken(b"GET " + target + b" HTTP/1.1\r\n\r\n").head
    assert head is not None
    assert head.path == path


def test_a_body_in_many_small_chunks_is_given_to_the_parser_in_small_pieces() -> None:
    """It copies what is left of a piece with every chunk: of 64 KiB, a body of 16 MiB took 100 s."""
    source = delivery._Delivery(bytearray(100_000))
    assert len(source.chunk()) <= 4096
    assert len(source.chunk(50_000)) == 50_000
