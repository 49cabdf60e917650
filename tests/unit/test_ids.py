"""Identifiers that carry their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from finrisk import ids


def test_a_request_id_is_a_uuid7_of_now() -> None:
    identifier = ids.request_id()
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    assert abs(ids.time_of(identifier) - datetime.now(UTC)) < timedelta(seconds=1)


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.6
    identifier = UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
    assert ids.time_of(identifier) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_ids_do_not_repeat_and_another_version_is_refused() -> None:
    assert len({ids.request_id() for _ in range(10_000)}) == 10_000
    with pytest.raises(ValueError, match="UUIDv7"):
        ids.time_of(uuid4())
