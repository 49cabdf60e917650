"""The rule of this tier holds: see conftest.py beside this file."""

from __future__ import annotations

import multiprocessing
import os
import socket
import subprocess
import sys
from collections.abc import Callable

import psycopg
import pytest


class Connection(psycopg.Connection[tuple[object]]):
    """As the pool's and the role's are."""


def fork() -> None:
    if os.fork() == 0:
        os._exit(0)


DOORS: list[Callable[[], object]] = [
    lambda: subprocess.run([sys.executable, "-c", ""], check=True),
    fork,
    lambda: multiprocessing.get_context("fork").Process(target=int).start(),
    lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", ""], {}),
    lambda: os.system("true"),  # noqa: S605 - is refused
    lambda: socket.create_connection(("127.0.0.1", 9)),
    lambda: psycopg.connect("postgresql://127.0.0.1:9/none"),
    lambda: Connection.connect("postgresql://127.0.0.1:9/none"),
]


@pytest.mark.parametrize("door", DOORS)
def test_a_unit_test_that_starts_a_process_or_connects_is_told_where_it_belongs(
    door: Callable[[], object],
) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"tests/role \(modules\).*tests/app"):
        door()


@pytest.fixture
def refused() -> bool:
    with pytest.raises(pytest.fail.Exception, match="starts no process"):
        DOORS[0]()
    return True


def test_a_fixture_is_told_too(refused: bool) -> None:
    assert refused
