"""Who waits for its client: the longest, the largest, the late."""

from __future__ import annotations

import resource

import pytest

from finrisk.http import lobby
from finrisk.http.lobby import Connection, Lobby


def waiting(timeout: float = 100.0) -> Connection:
    return Connection(None, None, None, timeout)  # type: ignore[arg-type]  # no socket is touched


def test_the_longest_waiting_is_the_first_that_came_and_has_not_left() -> None:
    room, connections = Lobby(), [waiting() for _ in range(3)]
    for each in connections:
        room.enter(each)
    room.leave(connections[0])
    assert room.longest() is connections[1]
    room.leave(connections[1])
    room.enter(connections[1])
    assert room.longest() is connections[2]
    assert len(room) == 2
    assert Lobby().longest() is None


def test_bytes_are_held_until_the_answer_and_the_largest_unfinished_is_known() -> None:
    room, small, large, answered = Lobby(), waiting(), waiting(), waiting()
    for each, size in ((small, 5), (large, 50), (answered, 500)):
        room.enter(each)
        room.hold(each, size)
        room.hold(each, size)
    room.leave(answered)
    assert room.byte_count == 1110
    assert room.largest() is large
    room.release(answered)
    room.release(answered)
    assert room.byte_count == 110


def test_a_worker_that_stops_hurries_only_those_that_have_said_nothing() -> None:
    room, silent, speaking = Lobby(), waiting(), waiting()
    speaking.arrival.take(b"GET ")
    room.enter(silent)
    room.enter(speaking)
    room.hurry(2.0)
    assert room.late(1.9) == []
    assert room.late(2.0) == [silent]
    assert room.late(100.0) == [silent, speaking]


@pytest.mark.parametrize(("hard", "left"), [(1024, 1024 - 96 * 3 - 128), (200, 16), (1 << 30, 8192)])
def test_what_the_limit_of_open_files_leaves_is_for_those_that_wait(
    monkeypatch: pytest.MonkeyPatch, hard: int, left: int
) -> None:
    raised: list[tuple[int, int]] = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, hard))
    monkeypatch.setattr(resource, "setrlimit", lambda _, limits: raised.append(limits))
    assert lobby.sockets_at_most(96) == left
    assert all(256 < soft <= hard == kept for soft, kept in raised)
