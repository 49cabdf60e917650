"""How many requests with documents a worker works on at a time, and which ones alone."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from finrisk.http import documents
from finrisk.http.documents import LARGE, TURNS, turn
from finrisk.http.errors import ApiError


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "TURN_SECONDS", 0)


def has_room(size: int | None) -> bool:
    try:
        with turn(size):
            return True
    except ApiError as error:
        if error.code != "overloaded":
            raise
        return False


def test_one_request_is_made_ready_while_another_is_written() -> None:
    with ExitStack() as others:
        for _ in range(TURNS):
            assert has_room(LARGE)
            others.enter_context(turn(LARGE))
        assert not has_room(0)
    assert has_room(0)


@pytest.mark.parametrize("size", [LARGE + 1, None])
def test_a_large_body_and_one_of_unknown_size_are_alone(size: int | None) -> None:
    with turn(0):
        assert not has_room(size)
        assert has_room(0), "who went away without a turn left nothing taken"
    with turn(size):
        assert not has_room(0)
    assert has_room(size)
