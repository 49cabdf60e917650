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
_ANY_WRAPPING = zlib.MAX_WBITS | 32
"""Makes zlib tell gzip from deflate by the first bytes."""

_ALIVE = (
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 30),
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10),
    (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3),
)
"""An idle connection whose other end is gone is closed within a minute; nothing between forgets another."""

logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)


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
        plain = None if coding == "identity" else zlib.decompressobj(_ANY_WRAPPING)
        come = gone = 0
        while piece := self._response.read1(_PIECE, decode_content=False):
            if time.monotonic() > self._until:
                raise TimeoutError("the answer took too long as a whole")
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


class ModelHost:
    """Where models are asked; made after a fork, since a connection is of one process.

    ``connections`` bounds the calls at a time, ``most_bytes`` a body, on the wire and decompressed. With
    ``uses_proxies`` the proxy that the environment names is asked, for a host that it does not except.
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
        self._path = parts.path.rstrip("/")
        self._most_bytes = most_bytes

    def post(self, path: str, content: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Send a request, and wait for the head of its answer; redirects are none.

        Raises:
            TimeoutError: nobody waits for the answer any more, so it is not asked for.
            urllib3.exceptions.HTTPError: no answer came.
        """
        from urllib3.exceptions import HTTPError, ProtocolError

        if deadline.is_left_behind():
            raise TimeoutError("nobody waits for this answer any more")
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
        except HTTPError as error:
            traceback.clear_frames(error.__traceback__)  # some name the error, which would stay as garbage
            raise
        answer = Answer(response, until, self._most_bytes)
        if answer.status < HTTPStatus.OK:  # the answer is still to come, and the next call would take it
            answer.close()
            raise ProtocolError(f"the host sent {answer.status} before its answer")
        return answer


def _proxy(scheme: str, host: str, options: dict[str, Any]) -> "urllib3.ProxyManager | None":
    """The proxy that the environment names for a host."""
    import urllib3

    named = getproxies()
    address = named.get(scheme) or named.get("all")
    if not address or proxy_bypass(host):
        return None
    address = address if "://" in address else f"http://{address}"
    parts = urlsplit(address)
    identity = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else None
    headers = urllib3.make_headers(proxy_basic_auth=identity)
    return urllib3.ProxyManager(address, proxy_headers=headers, **options)
