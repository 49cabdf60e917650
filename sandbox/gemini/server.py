"""The HTTP front: HTTP/1.1 with keep-alive, a thread for each connection."""

import socket
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from sandbox.gemini.messages import ApiError, Dropped, Reply, Request

HOST = "127.0.0.1"
BODY_LIMIT = 1 << 30  # bytes; the largest training file that Google takes
REASONS = {200: "OK", 204: "No Content", 308: "Resume Incomplete", 499: "Client Closed Request"}

Application = Callable[[Request], Reply]


class Server(ThreadingHTTPServer):
    """Listens on 127.0.0.1 unless another address is named."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, port: int, application: Application, host: str = HOST) -> None:
        self.application = application
        super().__init__((host, port), Connection)

    def server_bind(self) -> None:
        """Bind without the reverse look-up of the host name that the base class makes."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback; anything else is."""
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class Connection(BaseHTTPRequestHandler):
    """One client connection."""

    protocol_version = "HTTP/1.1"
    server_version = "finrisk-sandbox"
    disable_nagle_algorithm = True
    timeout = 300
    rbufsize = 65536
    server: Server

    reasons: ClassVar[dict[int, str]] = {
        **{code: texts[0] for code, texts in BaseHTTPRequestHandler.responses.items()},
        **REASONS,
    }

    def answer(self) -> None:
        """Read one request, ask the application, send the reply."""
        try:
            reply = self.server.application(self.read_request())
        except ApiError as error:
            self.close_connection = True  # the rest of a refused body may still be on its way
            reply = error.reply()
        except Dropped:
            self.close_connection = True
            return
        self.send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer  # noqa: N815 - the base class's names

    def read_request(self) -> Request:
        """The request that was announced by the header lines already read."""
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.read_body(),
        )

    def read_body(self) -> bytes:
        """The body, by length or chunked. Raises ApiError 411 or 413."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self.read_chunks())
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit():
            raise ApiError(400, f"Content-Length is not a number: {length!r}")
        if int(length) > BODY_LIMIT:
            raise ApiError(413, f"Request payload size exceeds the limit: {BODY_LIMIT} bytes.")
        return self.rfile.read(int(length))

    def read_chunks(self) -> Iterator[bytes]:
        """The pieces of a chunked body."""
        total = 0
        while True:
            line = self.rfile.readline(1024).split(b";")[0].strip()
            try:
                size = int(line, 16)
            except ValueError:
                raise ApiError(400, f"Bad chunk size: {line[:20]!r}") from None
            total += size
            if size < 0 or total > BODY_LIMIT:
                raise ApiError(413, f"Request payload size exceeds the limit: {BODY_LIMIT} bytes.")
            if size == 0:
                while self.rfile.readline(1024).strip():
                    pass
                return
            yield self.rfile.read(size)
            self.rfile.readline(8)

    def send(self, reply: Reply) -> None:
        """Write status, headers and body; a body in pieces goes out chunked."""
        head = [f"HTTP/1.1 {reply.status} {self.reasons.get(reply.status, 'Unknown')}"]
        head += [f"{name}: {value}" for name, value in reply.headers.items()]
        if self.close_connection:
            head.append("Connection: close")
        if isinstance(reply.body, bytes):
            body = b"" if self.command == "HEAD" else reply.body
            head.append(f"Content-Length: {len(reply.body)}\r\n\r\n")
            self.wfile.write("\r\n".join(head).encode("latin-1") + body)
            return
        head.append("Transfer-Encoding: chunked\r\n\r\n")
        self.wfile.write("\r\n".join(head).encode("latin-1"))
        try:
            for piece in reply.body:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        except Dropped:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is written for a request; `/_sandbox/requests` has the last ones."""
