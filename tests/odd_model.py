"""A model whose answers the test writes: any bytes, on the paths of both generate methods."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = Callable[[bool], Iterable[bytes]]
"""Given whether a stream was asked for, the pieces of the body as they go out."""


def whole(text: str, **more: Any) -> dict[str, Any]:
    """A response that ended by itself, as JSON; half pairs go out as escapes."""
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP"}
    return {"candidates": [candidate], "modelVersion": "odd-1", **more}


def body(streams: bool, *chunks: dict[str, Any]) -> Iterator[bytes]:
    """Responses as the wire has them: one JSON value, or one server-sent event each."""
    for chunk in chunks:
        line = json.dumps(chunk).encode()
        yield b"data: " + line + b"\r\n\r\n" if streams else line


@contextmanager
def odd_model(answers: Answers) -> Iterator[str]:
    """Serve what ``answers`` gives on a free port of this machine; the URL to use for Gemini."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            streams = "stream" in self.path
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream" if streams else "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for piece in answers(streams):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.write(b"0\r\n\r\n")
            except OSError:
                self.close_connection = True  # the service had enough

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None: ...  # a killed worker leaves its connections

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
