"""The clients of the API, as the file of their keys holds them."""

from datetime import UTC, datetime

KEYS_FILE = "api_keys.json"
"""The file's name, in the var folder and in the mounted credentials."""

ROLES = ("analyze", "feedback", "review", "documents", "admin")
"""What a key may be for; admin includes the others."""

KEY_ID = "[A-Za-z0-9]{1,32}"
"""A key's id, as a regular expression: it is a part of the key."""

SHA256 = "[0-9a-f]{64}"
"""A key's hash, as a regular expression."""


def moment(text: str) -> datetime:
    """A point in time in ISO 8601, in UTC where it names no zone; a date alone is its 00:00.

    Raises:
        ValueError: it is none.
    """
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            "is no date or time in ISO 8601, such as 2027-06-30 or 2027-06-30T12:00:00Z"
        ) from None
