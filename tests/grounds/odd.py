"""A stand-in for Gemini that answers with bytes of the test's choosing, on any path."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from finrisk.gemini import Gemini
from finrisk.settings import Settings, settings_from_environment
from sandbox.connection import LOCATION, PROJECT

Reaction = Callable[[socket.socket, bytes], bool]
"""Given a connection and the whole request that came on it, answer; whether the connection stays open."""
Pieces = Callable[[bool], Iterable[bytes]]
"""Given whether a stream was asked for, the pieces of the body as they go out."""

BASE = "gemini-3.5-flash-lite"
ANSWER = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Yes."}]}, "finishReason": "STOP"}],
    "modelVersion": "v",
}


class Odd:
    """A server that answers with bytes of the test's choosing."""

    def __init__(self, answer: Reaction) -> None:
        self.connections = 0
        self.requests = 0
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def __enter__(self) -> Odd:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Take no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else the thread that waits would take one more
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while (request := _request(connection)) and self._count() and self._answer(connection, request):
                pass

    def _count(self) -> bool:
        self.requests += 1
        return True


def _request(connection: socket.socket) -> bytes:
    held = b""
    while b"\r\n\r\n" not in held:
        piece = connection.recv(65536)
        if not piece:
            return b""
        held += piece
    head, _, body = held.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def whole(connection: socket.socket, value: object) -> bool:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return True


def parts(*texts: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """A chunk with these texts."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text} for text in texts]}}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], **more}


def ended(finish: str) -> dict[str, Any]:
    """A chunk that ends the answer and holds nothing."""
    return {"candidates": [{"content": {}, "finishReason": finish}]}


USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 400}
BLOCKED = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}


def events(connection: socket.socket, *chunks: object) -> bool:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
    for chunk in chunks:
        connection.sendall(b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n")
    return False


def body(streams: bool, *chunks: dict[str, Any]) -> Iterator[bytes]:
    """Responses as the wire has them: one JSON value, or one server-sent event each."""
    for chunk in chunks:
        line = json.dumps(chunk).encode()
        yield b"data: " + line + b"\r\n\r\n" if streams else line


def in_pieces(pieces: Pieces) -> Reaction:
    """Answer with these pieces, however many they are, until the other side has had enough."""

    def answer(connection: socket.socket, request: bytes) -> bool:
        streams = b"stream" in request.split(b" ", 2)[1]
        kind = b"text/event-stream" if streams else b"application/json"
        head = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
        connection.sendall(head % kind)
        for piece in pieces(streams):
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        return True

    return answer


def settings(url: str, credentials: Path | str, **more: object) -> Settings:
    keys: dict[str, object] = {
        "USER_HASH_KEY": "k",
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_LOCATION": LOCATION,
        "GEMINI_BASE_URL": url,
        "GOOGLE_APPLICATION_CREDENTIALS": credentials,
    }
    return settings_from_environment({key: str(value) for key, value in (keys | more).items()})


def by_key(url: str, **more: object) -> Gemini:
    """The service's client with an API key, which needs no token first."""
    return Gemini(settings(url, "", GEMINI_PROVIDER="gemini_api", GEMINI_API_KEY="k", **more))
