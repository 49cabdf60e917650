"""Identifiers that carry their time."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID


def request_id() -> UUID:
    """A new UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then randomness."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80 | 7 << 76
    value |= (random >> 68 & 0xFFF) << 64 | 2 << 62 | random & (1 << 62) - 1
    return UUID(int=value)


def time_of(identifier: UUID) -> datetime:
    """The moment a UUIDv7 was made.

    Raises:
        ValueError: the identifier is not a UUIDv7.
    """
    if identifier.version != 7:
        raise ValueError(f"{identifier} is not a UUIDv7")
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
