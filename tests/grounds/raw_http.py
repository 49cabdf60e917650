"""HTTP to the service byte for byte, as no client library would send it."""

from __future__ import annotations

import json
import socket

from tests.grounds.service import STRATEGY, RunningService, key

KEYED = f"Host: x\r\nAuthorization: Bearer {key('all')}\r\nContent-Type: application/json\r\n".encode()
ASK = b"POST /api/v1/analyze HTTP/1.1\r\n" + KEYED
CHUNKED = ASK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = json.dumps({"strategy": STRATEGY}).encode()
STATUS = b"GET /api/v1/status HTTP/1.1\r\n" + KEYED + b"\r\n"


def raw(service: RunningService, *pieces: bytes, ends: bool = False) -> bytes:
    """What comes back for these bytes until the connection ends; ``ends`` closes our side of it first."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        for piece in pieces:
            connection.sendall(piece)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        reply = b""
        while piece := connection.recv(65536):
            reply += piece
    return reply
