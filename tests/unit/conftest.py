"""A unit test starts no process and opens no connection; one that needs to belongs to another tier."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, NoReturn

import psycopg
import pytest

DOORS: tuple[tuple[Any, str], ...] = (
    (subprocess.Popen, "__init__"),
    (os, "fork"),
    (os, "posix_spawn"),
    (os, "system"),
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
    (psycopg.Connection, "connect"),
    (psycopg, "connect"),  # bound to the former when psycopg was imported
)
BELONGS = (
    "a unit test starts no process and opens no connection; what needs one belongs to tests/role (modules), "
    "tests/app (the service), tests/sandbox (the sandbox) or tests/playbooks (ansible-playbook)"
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    with closed():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    with closed():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    with closed():
        return (yield)


@contextmanager
def closed() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for owner, name in DOORS:
            patch.setattr(owner, name, refusal(f"{owner.__name__}.{name}"))
        yield


def refusal(door: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail(f"{door} was called: {BELONGS}")

    return refuse
