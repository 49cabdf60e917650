"""Days in UTC, on which tests depend that run while one ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta


def today() -> date:
    """Return the day that it is now."""
    return datetime.now(UTC).date()


def days_after(began: date, days: int) -> set[str]:
    """Return the dates so many days from today: two of them where it was another day when the test began."""
    return {(day + timedelta(days=days)).isoformat() for day in (began, today())}
