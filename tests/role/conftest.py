"""A simulator for each file of tests; for each test a dataset, filings, the library, an empty environment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from sandbox.connection import free_ports
from tests.grounds.datasets import dataset
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import Wire, wire


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """The simulator of this file."""
    with wire(tmp_path_factory.mktemp("wire")) as running:
        yield running


@pytest.fixture
def ground(service: Wire) -> Iterator[Wire]:
    """The simulator without faults and without memory of requests."""
    service.clear()
    service.forget_requests()
    yield service
    service.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder with a dataset of this test's own."""
    dataset(tmp_path, seed=tmp_path.name)
    return tmp_path


@pytest.fixture
def api_url(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The service's own application."""
    from tests.grounds.library import library  # of these tests alone: it imports the service

    with library(database_url, tmp_path_factory.mktemp("service")) as url:
        yield url


@pytest.fixture
def filings(tmp_path: Path) -> Path:
    """The filings of two years, under one name each."""
    folder = tmp_path / "filings"
    for number in (2025, 2026):
        (folder / str(number)).mkdir(parents=True)
        for name, firm in (("meridia", "Meridia"), ("nordhaven", "Nordhaven Bank")):
            text = f"# {firm} annual report\nThe ratio of {firm} was {number - 1900} %."
            (folder / str(number) / f"{name}.md").write_text(text)
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Iterator[ProcessTarget]:
    """An environment with credentials and nothing deployed; its service is stopped at the end."""
    api, ops = free_ports(0, 0)
    google = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "t"}
    (tmp_path / "google.json").write_text(json.dumps(google))
    values = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "google.json"), "USER_HASH_KEY": "00" * 32}
    (tmp_path / "credentials.json").write_text(json.dumps({"stringData": values}))
    (tmp_path / "api_keys.json").write_text("[]")
    made = ProcessTarget(gunicorn.Place(tmp_path, REPOSITORY, api, ops), timeout_seconds=30)
    yield made
    gunicorn.stop(made.place)
