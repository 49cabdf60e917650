"""An answer reaches its client whole and in order, however slowly the client takes it."""

from __future__ import annotations

import socket
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finrisk.http import outbox
from finrisk.http.outbox import Answer, Outbox


@settings(max_examples=40, derandomize=True)
@given(st.lists(st.integers(1, 20_000), max_size=8), st.lists(st.integers(1, 30_000), max_size=8))
def test_whatever_is_taken_when_the_whole_answer_comes_in_order(sizes: list[int], takes: list[int]) -> None:
    answer = [bytes([number]) * size for number, size in enumerate(sizes)]
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        told: list[bool] = []
        box = Outbox(ours, lambda: told.append(True))
        received = b""
        for piece, take in zip(answer, [*takes, *[1] * len(answer)], strict=False):
            box.sendall(piece)
            assert told or not box, "the loop is told of what is left"
            box.flush()
            received += theirs.recv(take)
        wanted = b"".join(answer)
        while len(received) < len(wanted):
            box.flush()
            received += theirs.recv(65536)
        assert received == wanted
        assert box.flush()


def test_a_thread_waits_only_when_much_is_left_and_goes_on_when_some_was_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "WAIT_SECONDS", 60)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        box = Outbox(ours, lambda: None)
        box.sendall(b"x" * outbox.ROOM)
        writer = threading.Thread(target=box.sendall, args=(b"y" * outbox.ROOM,))
        writer.start()
        taken = 0
        while taken < 2 * outbox.ROOM:
            taken += len(theirs.recv(outbox.ROOM))
            box.flush()
        writer.join(20)
        assert not writer.is_alive()
        assert box.flush()


def test_a_client_that_does_not_read_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "WAIT_SECONDS", 0.05)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        box = Outbox(ours, lambda: None)
        with pytest.raises(BrokenPipeError):
            box.sendall(b"x" * 4 * outbox.ROOM)
        assert box.gone
        assert box.flush(), "nothing is left to send"


def test_a_client_that_left_is_told_to_the_thread_that_answers() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        ours.setblocking(False)
        box = Outbox(ours, lambda: None)
        box.sendall(b"x" * outbox.ROOM)
        theirs.close()
        assert box.flush()
        with pytest.raises(BrokenPipeError):
            box.sendall(b"more")


def test_the_head_of_an_answer_goes_with_the_beginning_of_its_body() -> None:
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)  # which keeps apart what is sent apart
    with ours, theirs:
        answer = Answer(Outbox(ours, lambda: None))
        for piece in (b"head", b"one", b"two"):
            answer.sendall(piece)
        answer.end()
        assert [theirs.recv(99) for _ in range(2)] == [b"headone", b"two"]
        alone = Answer(Outbox(ours, lambda: None))
        alone.sendall(b"head")
        alone.end()
        alone.end()
        assert theirs.recv(99) == b"head"
        theirs.setblocking(False)
        with pytest.raises(BlockingIOError):
            theirs.recv(99)
