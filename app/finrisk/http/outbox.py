"""An answer on its way: what the client does not take at once is kept, and sent by the worker's loop."""

import threading
from collections.abc import Callable
from socket import socket

ROOM = 1024 * 1024
"""Bytes that are kept before the thread that makes the answer has to wait for the client."""

WAIT_SECONDS = 10.0
"""How long it waits; then its client counts as gone."""


class Outbox:
    """The socket of an answer, as Gunicorn's response writes to it.

    ``tell`` is called in the writing thread when the loop has something to send.
    """

    def __init__(self, sock: socket, tell: Callable[[], None]) -> None:
        self._sock, self._tell = sock, tell
        self._left = bytearray()
        self._changed = threading.Condition()
        self.gone = False

    def __len__(self) -> int:
        return len(self._left)

    def sendall(self, data: bytes) -> None:
        """Send what the client takes, keep the rest.

        Raises:
            OSError: the client is gone, or does not read.
        """
        with self._changed:
            self._check()
            count = 0 if self._left else self._send(data)
            if count == len(data):
                return
            if not self._left:
                self._tell()
            self._left += data[count:]
            if not self._changed.wait_for(lambda: len(self._left) <= ROOM or self.gone, WAIT_SECONDS):
                self.gone = True
                self._left.clear()
            self._check()

    def flush(self) -> bool:
        """Send what is left; True when there is nothing more to send, or nobody to send it to."""
        with self._changed:
            try:
                del self._left[: self._send(self._left)]
            except OSError:
                self.gone = True
            if self.gone:
                self._left.clear()
            self._changed.notify_all()
            return not self._left

    def shutdown(self, how: int) -> None:
        """Refuse: ending a connection is the loop's part. Gunicorn asks for it when an answer breaks off."""
        raise OSError(how, "the loop ends connections")

    def close(self) -> None:
        """Leave the connection to the loop."""

    def _send(self, data: bytes | bytearray) -> int:
        try:
            return self._sock.send(data)
        except BlockingIOError:
            return 0

    def _check(self) -> None:
        if self.gone:
            raise BrokenPipeError("the client is gone, or does not read its answer")


class Answer:
    """An outbox whose first piece, the head of an answer, goes with the second, the beginning of its body.

    One call of the kernel less, in which other threads go on to compute, and one packet. Gunicorn makes the
    head when the body has begun, so nobody waits for it longer.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._head: bytes | None = None
        self._is_whole = False

    def sendall(self, data: bytes) -> None:
        """Send it, or keep it when it is the head; raises as ``Outbox.sendall``."""
        if not self._is_whole and self._head is None:
            self._head = data
            return
        self._outbox.sendall(self._taken() + data)

    def end(self) -> None:
        """Send a head that no body followed; raises as ``Outbox.sendall``."""
        if head := self._taken():
            self._outbox.sendall(head)

    def shutdown(self, how: int) -> None:
        """Refuse, as the outbox does."""
        self._outbox.shutdown(how)

    def close(self) -> None:
        """Leave the connection to the loop."""

    def _taken(self) -> bytes:
        head, self._head, self._is_whole = self._head or b"", None, True
        return head
