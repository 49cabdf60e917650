"""How long a service asks to be left alone: the Retry-After header, or Google's RetryInfo in the body."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_DELAY = re.compile(r"retryDelay['\"]: ['\"](\d+(?:\.\d+)?)s")


def of_headers(headers: Mapping[str, str] | None) -> float | None:
    """Return the seconds of ``Retry-After``, a number or a date (RFC 9110, 10.2.3); None without one."""
    given = str((headers or {}).get("retry-after") or "").strip()
    if re.fullmatch(r"\d+(\.\d+)?", given):
        return float(given)
    try:
        return max(parsedate_to_datetime(given).timestamp() - time.time(), 0.0)
    except ValueError:
        return None


def of_details(details: object) -> float | None:
    """Return the seconds of ``google.rpc.RetryInfo`` in an error's details; None without one."""
    found = _DELAY.search(str(details))
    return float(found[1]) if found else None
