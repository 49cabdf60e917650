"""How long a service asks to be left alone, and which of its refusals pass by themselves."""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from finrisk_rules.patterns import pattern_of

PASSING = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses of Google's after which the same request may succeed."""

_SECONDS = pattern_of(r"\d+(\.\d+)?", re.ASCII)
_RETRY_INFO = pattern_of(r"retryDelay['\"]: ['\"](\d+(?:\.\d+)?)s", re.ASCII)


def wait(headers: Mapping[str, str] | None, now: float, details: object = None) -> float | None:
    """The seconds that an answer asks its client to wait; None when it asks for none.

    That is its Retry-After header, a number or a date (RFC 9110, 10.2.3), else Google's
    ``google.rpc.RetryInfo`` in the details of an error. A date is read against the answer's own ``Date``, so
    that it holds whatever our clock says; without one against ``now``, in Unix time. Headers are looked up in
    lower case.
    """
    fields = headers or {}
    text = str(fields.get("retry-after") or "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    then = _unix_time(text)
    if then is not None:
        sent = _unix_time(str(fields.get("date") or ""))
        return max(then - (now if sent is None else sent), 0.0)
    match = _RETRY_INFO.search(str(details))
    return float(match[1]) if match else None


def _unix_time(date: str) -> float | None:
    """An HTTP date as Unix time; None when it is none."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
