"""HTTP to the host of a model: whom it trusts, which proxy it asks, and what a refusal is."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import urllib3

from finrisk import deadline
from finrisk.completion import GenerationError
from finrisk.gemini import Gemini
from finrisk.model_http import LeftBehindError, ModelHost
from sandbox.kubernetes.certificates import Authority
from tests.grounds.odd import BASE, Odd, by_key, settings
from tests.grounds.waiting import until

LINES = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def answering(authority: Authority) -> int:
    """The port of localhost with a certificate of this authority; it answers everything alike."""
    authority.server("server", "localhost", "", ["localhost"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server.crt", authority.folder / "server.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            plain, _ = listener.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    request = b""  # all of it: a connection that ends with bytes unread loses its answer
                    while not request.endswith(b"\r\n\r\n{}") and (piece := connection.recv(65536)):
                        request += piece
                    connection.sendall(LINES)
            except OSError:
                continue

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def host(port: int, *, uses_proxies: bool = False) -> ModelHost:
    return ModelHost(f"https://localhost:{port}/base", 4, 1 << 20, uses_proxies=uses_proxies)


def test_a_host_is_trusted_by_the_certificates_that_the_machine_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority.new(tmp_path / "authority")
    port = answering(authority)
    with pytest.raises(urllib3.exceptions.SSLError):
        host(port).post("/v1", b"{}", {}, 5)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.folder / "ca.crt"))
    assert b"".join(host(port).post("/v1", b"{}", {}, 5).pieces()) == b"{}"


@pytest.mark.parametrize(("excepted", "is_asked"), [("", True), ("localhost", False)])
def test_the_proxy_of_the_environment_is_asked_unless_it_excepts_the_host(
    odd: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch, excepted: str, is_asked: bool
) -> None:
    heads: list[bytes] = []

    def refuse(connection: socket.socket, request: bytes) -> bool:
        heads.append(request)
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        return False

    address = odd(refuse).url.replace("//", "//user:p%20w@")
    monkeypatch.setenv("HTTPS_PROXY", address)
    monkeypatch.setenv("NO_PROXY", excepted)
    for name in ("https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for uses_proxies in (True, False):
        with pytest.raises(urllib3.exceptions.HTTPError):
            host(1, uses_proxies=uses_proxies).post("/v1", b"{}", {}, 5)
    assert len(heads) == is_asked
    if heads:
        assert heads[0].startswith(b"CONNECT localhost:1 HTTP/1.")
        assert b"roxy-authorization: basic dxnlcjpwihc=" in heads[0].lower()


def test_a_host_that_refuses_connections_is_no_slow_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(GenerationError) as failure:
        by_key(url).complete(BASE, "i", "p", 3)
    assert (failure.value.kind, failure.value.transient) == ("upstream_error", True)
    assert str(failure.value) == "connection failed: NewConnectionError"


def test_calls_beyond_the_connections_wait_for_one(odd: Callable[..., Odd]) -> None:
    """Each place of admission has four: what is given up goes on a while."""
    release = threading.Event()

    def slow(connection: socket.socket, _: bytes) -> bool:
        release.wait(10)
        connection.sendall(LINES)
        return True

    server = odd(slow)
    host = ModelHost(server.url, 1, 1 << 20, uses_proxies=False)
    first = threading.Thread(target=lambda: list(host.post("/", b"{}", {}, 10).pieces()))
    first.start()
    until(lambda: server.requests == 1)
    with pytest.raises(urllib3.exceptions.EmptyPoolError):
        host.post("/", b"{}", {}, 0.1)
    release.set()
    first.join(10)
    assert b"".join(host.post("/", b"{}", {}, 10).pieces()) == b"{}"
    assert server.connections == 1


def test_an_answer_that_is_not_read_to_its_end_gives_its_place_back(odd: Callable[..., Odd]) -> None:
    server = odd(lambda connection, _: bool(connection.sendall(LINES)))
    host = ModelHost(server.url, 1, 1 << 20, uses_proxies=False)
    for _ in range(3):
        host.post("/", b"{}", {}, 5).close()
    assert server.connections == 3


def test_a_request_is_sent_in_one_piece_on_a_new_connection_and_on_a_kept_one(
    odd: Callable[..., Odd], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces: list[bytes] = []
    send = http.client.HTTPConnection.send

    def noted(connection: http.client.HTTPConnection, data: bytes) -> None:
        pieces.append(data)
        send(connection, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", noted)
    server = odd(lambda connection, _: connection.sendall(LINES) is None)
    host = ModelHost(server.url, 1, 1 << 20, uses_proxies=False)
    for body in (b"first", b"second"):
        answer = host.post("/", body, {}, 5)
        assert b"".join(answer.pieces()) == b"{}"
        answer.close()
    assert [piece.partition(b" ")[0] for piece in pieces] == [b"POST", b"POST"]
    assert [piece.rpartition(b"\r\n\r\n")[2] for piece in pieces] == [b"first", b"second"]
    assert server.connections == 1


def test_google_is_asked_by_proxies_and_another_address_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    uses: list[bool] = []
    monkeypatch.setattr("finrisk.gemini_wire.ModelHost", lambda *_, uses_proxies: uses.append(uses_proxies))
    for url in ("", "http://127.0.0.1:9"):
        Gemini(settings(url, "", GEMINI_PROVIDER="gemini_api", GEMINI_API_KEY="k")).endpoint(BASE)
    assert uses == [True, False]


def test_an_answer_that_follows_an_interim_one_is_not_given_to_the_next_call(odd: Callable[..., Odd]) -> None:
    """The standard library takes 103 for the answer, and leaves the other on a kept connection."""
    is_next = threading.Event()

    def hints(connection: socket.socket, request: bytes) -> bool:
        if request.endswith(b"first"):
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            is_next.wait(10)
        content = request.rpartition(b"\r\n\r\n")[2]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(content), content))
        is_next.set()
        return True

    host = ModelHost(odd(hints).url, 2, 1 << 20, uses_proxies=False)
    with pytest.raises(urllib3.exceptions.ProtocolError, match="103"):
        b"".join(host.post("/", b"first", {}, 5).pieces())
    assert b"".join(host.post("/", b"second", {}, 5).pieces()) == b"second"
    is_next.set()


@pytest.mark.parametrize("wbits", [31, zlib.MAX_WBITS, -zlib.MAX_WBITS], ids=["gzip", "zlib", "raw deflate"])
@pytest.mark.parametrize("size", [1, 1 << 16])
def test_an_answer_is_read_however_it_is_compressed(odd: Callable[..., Odd], wbits: int, size: int) -> None:
    text = json.dumps({"text": "Liquidity risk. " * 99}).encode()
    squeeze = zlib.compressobj(wbits=wbits)
    packed = squeeze.compress(text) + squeeze.flush()
    coding = b"gzip" if wbits == 31 else b"deflate"

    def compressed(connection: socket.socket, _: bytes) -> bool:
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % (coding, len(packed)))
        for start in range(0, len(packed), size):
            connection.sendall(packed[start : start + size])
            time.sleep(0.001)
        return True

    host = ModelHost(odd(compressed).url, 1, 1 << 20, uses_proxies=False)
    assert b"".join(host.post("/", b"{}", {}, 30).pieces()) == text


def test_what_is_left_behind_while_it_waits_for_a_connection_is_not_asked(odd: Callable[..., Odd]) -> None:
    release = threading.Event()

    def slow(connection: socket.socket, _: bytes) -> bool:
        release.wait(30)
        connection.sendall(LINES)
        return True

    server = odd(slow)
    host = ModelHost(server.url, 1, 1 << 20, uses_proxies=False)
    first = threading.Thread(target=lambda: list(host.post("/", b"{}", {}, 30).pieces()))
    first.start()
    until(lambda: server.requests == 1)
    ends: list[type[BaseException]] = []

    def second() -> Iterator[bytes]:
        try:
            yield from host.post("/", b"{}", {}, 30).pieces()
        except BaseException as error:
            ends.append(type(error))
            raise

    with pytest.raises(TimeoutError):
        list(deadline.within(0.2, second))
    assert ends == [], "it still waits for the connection"
    release.set()
    until(lambda: ends == [LeftBehindError])
    first.join(10)
    assert server.requests == 1
    assert b"".join(host.post("/", b"{}", {}, 10).pieces()) == b"{}", "its connection is there for the next"


@pytest.mark.parametrize("address", ["socks5://user:secret@proxy:1080", "http://user:secret@proxy:port"])
@pytest.mark.parametrize("name", ["ALL_PROXY", "HTTPS_PROXY"])
def test_a_proxy_that_cannot_be_asked_is_told_as_that(
    monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    for each in ("ALL_PROXY", "HTTPS_PROXY", "NO_PROXY"):
        monkeypatch.delenv(each, raising=False)
        monkeypatch.delenv(each.lower(), raising=False)
    monkeypatch.setenv(name, address)
    with pytest.raises(GenerationError) as failure:
        Gemini(settings("", "", GEMINI_PROVIDER="gemini_api", GEMINI_API_KEY="k")).complete(BASE, "i", "p", 3)
    assert f"the proxy in {name} cannot be used: give an address" in str(failure.value)
    assert "secret" not in str(failure.value)
    assert not failure.value.transient
