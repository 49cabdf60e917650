"""HTTP to the host of a model: connections that are kept, and answers with a limit in time and in bytes."""

import logging
import socket
import ssl
import time
import traceback
import zlib
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from finrisk import deadline
from finrisk.answer_size import TooLongError

if TYPE_CHECKING:
    import urllib3

_PIECE = 64 * 1024
_GZIP_OR_ZLIB, _RAW = zlib.MAX_WBITS | 32, -zlib.MAX_WBITS
"""The first makes zlib tell both by their first bytes. Some say deflate and leave away what zlib adds."""

_ALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""An idle connection whose other end is gone is closed within a minute; nothing between forgets another."""

logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


class LeftBehindError(Exception):
    """Nobody waits for the answer any more, so it is not asked for."""


class ProxyError(Exception):
    """The proxy that the environment names cannot be used; the message names the variable, not its value."""


class Answer:
    """The response to one request: its status, and a body that is read piece by piece."""

    def __init__(self, response: "urllib3.BaseHTTPResponse", until: float, most_bytes: int) -> None:
        self._response, self._until, self._most = response, until, most_bytes
        self.status, self.reason = response.status, response.reason or ""
        self.headers: Mapping[str, str] = response.headers

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes, decompressed.

        Raises:
            TimeoutError: it took longer than the request may, as a whole.
            TooLongError: it is longer than may be, on the wire or decompressed.
            ValueError: it cannot be decompressed.
            urllib3.exceptions.HTTPError: it broke off.
        """
        coding = self.headers.get("Content-Encoding", "identity").strip().lower()
        plain: Any = None
        come = gone = 0
        while piece := self._response.read1(_PIECE, decode_content=False):
            if time.monotonic() > self._until:
                raise TimeoutError("the answer took too long as a whole")
            if not come and coding != "identity":
                plain = zlib.decompressobj(_GZIP_OR_ZLIB if _is_wrapped(piece[0]) else _RAW)
            come += len(piece)
            if plain:
                try:
                    piece = plain.decompress(piece, self._most + 1 - gone)
                except zlib.error as error:
                    raise ValueError("the answer is compressed in a way that is not understood") from error
            gone += len(piece)
            if max(come, gone) > self._most:
                raise TooLongError(f"the answer has more than {self._most:,} bytes")
            if piece:
                yield piece

    def close(self) -> None:
        """Give the connection back, closed where there is more to read."""
        self._response.close()
        self._response.release_conn()


def _is_wrapped(first: int) -> bool:
    """Whether a compressed body that begins with this byte is gzip's (RFC 1952) or zlib's (RFC 1950)."""
    return first & 0x0F in (0x08, 0x0F)


class ModelHost:
    """Where models are asked; made after a fork, since a connection is of one process.

    ``connections`` bounds the calls at a time, ``most_bytes`` a body, on the wire and decompressed. With
    ``uses_proxies`` the proxy that the environment names is asked, for a host that it does not except.

    Raises:
        ProxyError: that proxy cannot be asked.
    """

    def __init__(self, url: str, connections: int, most_bytes: int, *, uses_proxies: bool) -> None:
        import urllib3

        parts = urlsplit(url)
        options: dict[str, Any] = {
            "maxsize": connections,
            "block": True,
            "socket_options": [*urllib3.connection.HTTPConnection.default_socket_options, *_ALIVE],
        }
        if parts.scheme == "https":
            options["ssl_context"] = ssl.create_default_context()
        manager = _proxy(parts.scheme, parts.hostname or "", options) if uses_proxies else None
        self._pool = (manager or urllib3.PoolManager(**options)).connection_from_url(url)
        self._pool.ConnectionCls = _heeding(self._pool.ConnectionCls)
        self._path = parts.path.rstrip("/")
        self._most_bytes = most_bytes

    def post(self, path: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Send a request, and wait for the head of its answer; redirects are none.

        Raises:
            LeftBehindError: nobody waits for the answer any more, so it is not asked for.
            urllib3.exceptions.HTTPError: no answer came.
        """
        from urllib3.exceptions import HTTPError, ProtocolError

        _require_a_reader()
        until = time.monotonic() + seconds
        try:
            response = self._pool.urlopen(
                "POST",
                f"{self._path}{path}",
                content,
                headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=seconds,
                pool_timeout=ceil(seconds),
                preload_content=False,
                decode_content=False,
            )
        except (HTTPError, LeftBehindError) as error:
            traceback.clear_frames(error.__traceback__)  # some name the error, which would stay as garbage
            raise
        answer = Answer(response, until, self._most_bytes)
        if answer.status < HTTPStatus.OK:  # the answer is still to come, and the next call would take it
            answer.close()
            raise ProtocolError(f"the host sent {answer.status} before its answer")
        return answer


def _require_a_reader() -> None:
    if deadline.is_left_behind():
        raise LeftBehindError("nobody waits for this answer any more")


def _heeding(kind: Any) -> Any:
    """A kind of connection that sends no request of a call that was left behind while it waited for one.

    What it sends is one piece, the head with the body: one call of the kernel less, and one packet.
    """

    class Heeding(kind):  # type: ignore[misc]  # known when it runs
        _begins = False
        _head = b""

        def request(self, *arguments: Any, **options: Any) -> None:
            _require_a_reader()
            self._begins, self._head = True, b""
            super().request(*arguments, **options)

        def send(self, data: bytes) -> None:
            if self._begins:
                self._begins, self._head = False, data
                return
            head, self._head = self._head, b""
            super().send(head + data)

    return Heeding


def _proxy(scheme: str, host: str, options: dict[str, Any]) -> "urllib3.ProxyManager | None":
    """The proxy that the environment names for a host."""
    import urllib3

    named = getproxies()
    name = scheme if named.get(scheme) else "all"
    address = named.get(name)
    if not address or proxy_bypass(host):
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        identity = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
        headers = urllib3.make_headers(proxy_basic_auth=identity)
        return urllib3.ProxyManager(parts.geturl(), proxy_headers=headers, **options)
    except ValueError as error:
        raise ProxyError(
            f"the proxy in {name.upper()}_PROXY cannot be used: give an address such as http://proxy:3128"
            " (SOCKS is not spoken), or except the host in NO_PROXY"
        ) from error
