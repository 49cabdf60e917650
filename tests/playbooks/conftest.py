"""Runs the real ansible-playbook on an environment of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grounds.playground import Playground


@pytest.fixture
def playground(tmp_path: Path, database_url: str) -> Playground:
    """A playground on a database of its own."""
    made = Playground(tmp_path)
    made.sandbox(database_url=database_url, api_key="frk_abc_" + "x" * 40)
    return made
