"""What the service's logging leaves to others who log in its process."""

import logging
from collections.abc import Iterator

import pytest
from gunicorn.glogging import Logger

from finrisk import logs


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Logging as in a worker, for the length of a test."""
    for name in ("_srcfile", "logThreads", "logProcesses", "logMultiprocessing"):
        monkeypatch.setattr(logging, name, getattr(logging, name))
    monkeypatch.setattr(logs.LOGGER, "handlers", [])
    monkeypatch.setattr(logs.LOGGER, "propagate", True)
    level = logs.LOGGER.level
    logs.configure("INFO")
    yield
    logs.LOGGER.setLevel(level)


@pytest.mark.usefixtures("configured")
def test_what_gunicorn_says_of_a_worker_is_written() -> None:
    record = logging.getLogger("gunicorn.error").makeRecord(
        "gunicorn.error", logging.ERROR, "", 0, "a connection failed: %s", ("OSError",), None
    )
    assert logging.Formatter(Logger.error_fmt).format(record).endswith("[ERROR] a connection failed: OSError")
