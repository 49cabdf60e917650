"""What this machine lacks for a test."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(sentence: str) -> NoReturn:
    """Skip the test with this sentence; where ``CI=true``, fail it, since there nothing may be lacking."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
