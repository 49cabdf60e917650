"""Between a client and a server: everything that passes is kept, nothing is changed."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

NOT_FORWARDED = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass(frozen=True)
class Exchange:
    """One request and its answer."""

    method: str
    path: str
    query: dict[str, str]
    sent_headers: dict[str, str]
    sent: bytes
    status: int
    headers: dict[str, str]
    answered: bytes

    @property
    def sent_json(self) -> Any:
        """The request's JSON body; None when it has another."""
        is_json = self.sent_headers.get("content-type", "").partition(";")[0] == "application/json"
        return json.loads(self.sent) if self.sent and is_json else None

    @property
    def answers(self) -> list[Any]:
        """The JSON bodies of the answer: one, or one for each event or element of a stream."""
        kind = self.headers.get("content-type", "")
        if kind.startswith("text/event-stream"):
            lines = self.answered.decode().splitlines()
            return [json.loads(line[len("data: ") :]) for line in lines if line.startswith("data: ")]
        if not self.answered or kind.partition(";")[0] != "application/json":
            return []
        body = json.loads(self.answered)
        return body if isinstance(body, list) else [body]


@dataclass
class Tap:
    """A running tap: its address, what it leads to, and what has passed."""

    url: str
    target: str
    exchanges: list[Exchange] = field(default_factory=list)

    def account(self, original: Path, copy: Path) -> Path:
        """Write a copy of a service account whose tokens are asked for through this tap."""
        account = json.loads(original.read_text())
        copy.write_text(json.dumps(account | {"token_uri": f"{self.url}/token"}))
        return copy


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def forward(self) -> None:
        sent = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        parts, goal = urlsplit(self.path), urlsplit(self.server.tap.target)
        onward = http.client.HTTPConnection(goal.hostname or "", goal.port, timeout=60)
        try:
            kept = {name: value for name, value in headers.items() if name not in NOT_FORWARDED}
            onward.request(self.command, self.path, sent, kept)
            response = onward.getresponse()
            answered = response.read()
        finally:
            onward.close()
        back = {name.lower(): value for name, value in response.getheaders()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.server.tap.exchanges.append(
            Exchange(self.command, parts.path, query, headers, sent, response.status, back, answered)
        )
        self.send_response_only(response.status)
        for name, value in back.items():
            if name not in NOT_FORWARDED:
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(answered)))
        self.end_headers()
        self.wfile.write(answered)

    do_GET = do_POST = do_PUT = do_DELETE = forward  # noqa: N815 - the base class's names

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Write nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    tap: Tap


@contextmanager
def tap(target: str) -> Iterator[Tap]:
    """A tap on the server at `target`, which ends with the block."""
    server = _Server(("127.0.0.1", 0), _Connection)
    server.tap = Tap(f"http://127.0.0.1:{server.server_port}", target)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.tap
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
