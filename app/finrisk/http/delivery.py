"""A request that has arrived, read by Gunicorn's own parser from memory."""

from io import BytesIO
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.unreader import Unreader

from finrisk.http.arrival import HEAD_BYTES, Stage
from finrisk.http.lobby import Connection

_PIECE = 64 * 1024
_PIECE_OF_CHUNKS = 4 * 1024  # the parser copies what it was given with every chunk that it takes from it


class _Delivery(Unreader):  # type: ignore[misc]  # untyped library
    """The bytes of a connection that are here; their end is nothing to wait for."""

    def __init__(self, data: bytearray) -> None:
        super().__init__()
        self._data = memoryview(data)
        self._offset = 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece, at most as large as is asked for where that is known."""
        size = min(size_hint or _PIECE_OF_CHUNKS, _PIECE)
        piece = bytes(self._data[self._offset : self._offset + size])
        self._offset += len(piece)
        return piece

    def left(self) -> bytes:
        """What was not read."""
        return bytes(self.take_buffered()) + bytes(self._data[self._offset :])


def delivered(connection: Connection, cfg: Any) -> Any:
    """The connection's request, as Gunicorn's worker handles it, and its body in memory.

    What comes after it, the beginning of the next one, is the connection's ``rest``. A request that was cut
    (its body is not worth waiting for) keeps what it has, and its connection ends with the answer.

    Raises:
        gunicorn.http.errors.ParseException: it is no HTTP, or framed in a way that is not understood.
        gunicorn.http.errors.NoMoreData: it ends before it is whole.
    """
    arrival = connection.arrival
    source = _Delivery(arrival.data)
    try:
        request = Request(cfg, source, connection.client)
        request._expected_100_continue = False  # the loop sent it, where a body was wanted
        if connection.cut:
            request.force_close()
            return request
        request.body = BytesIO(request.body.read())
    except NoMoreData as error:
        if arrival.head is None and len(arrival.data) > HEAD_BYTES:
            raise LimitRequestHeaders(f"the head has more than {HEAD_BYTES} bytes") from error
        raise
    except StopIteration as error:
        raise NoMoreData from error
    if arrival.stage is Stage.ODD:
        raise ParseException("the request is framed in a way that is not understood")
    connection.rest = source.left()
    connection.arrival = type(arrival)()
    return request
