"""The service of a file of tests, or of one test, and the wire that it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.grounds.odd import Odd, Reaction
from tests.grounds.service import RunningService
from tests.grounds.wire import Wire, wire


@pytest.fixture(scope="module")
def gemini(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The Gemini wire with its throw-away service account."""
    with wire(tmp_path_factory.mktemp("gemini")) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "gemini" in request.fixturenames:
        request.getfixturevalue("gemini").clear()


@pytest.fixture
def new_service(
    tmp_path: Path, gemini: Wire, new_database: Callable[[bool], str]
) -> Iterator[Callable[..., RunningService]]:
    """Start a service of the test's own with the settings it names; one worker, where it names no number."""
    started: list[RunningService] = []

    def make(start: bool = True, database_url: str | None = None, **settings: object) -> RunningService:
        var = tmp_path / f"var{len(started)}"
        var.mkdir()
        service = RunningService(var, gemini, database_url or new_database(True))
        started.append(service)
        service.configure(**{"WORKERS": 1, **settings})
        if start:
            service.start()
        return service

    yield make
    for service in started:
        service.stop()


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, gemini: Wire, new_database: Callable[[bool], str]
) -> Iterator[RunningService]:
    """One service of two workers for the tests of a file that leave it as it is, with one page indexed."""
    running = RunningService(tmp_path_factory.mktemp("var"), gemini, new_database(True))
    running.configure()
    running.start()
    try:
        running.add_page()
        yield running
    finally:
        running.stop()


@pytest.fixture
def odd() -> Iterator[Callable[[Reaction], Odd]]:
    made: list[Odd] = []

    def make(answer: Reaction) -> Odd:
        made.append(Odd(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()
