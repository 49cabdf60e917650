"""How long a service asks to be left alone is read alike wherever it is asked."""

from __future__ import annotations

import pytest

from finrisk_rules.waits import wait

NOW = 784_111_777.0
"""Sun, 06 Nov 1994 08:49:37 GMT."""

LATER, PAST = "Sun, 06 Nov 1994 08:49:42 GMT", "Wed, 21 Oct 1992 07:28:00 GMT"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        (" 0.5 ", 0.5),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("\u0667", None),  # a digit, but not one of HTTP's
        (LATER, 5.0),
        (PAST, 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str, seconds: float | None) -> None:
    assert wait({"retry-after": header}, NOW) == seconds


def test_a_date_is_read_against_the_answers_own_clock() -> None:
    assert wait({"retry-after": LATER, "date": "Sun, 06 Nov 1994 08:49:40 GMT"}, now=0.0) == 2.0
    assert wait({"retry-after": LATER, "date": "today"}, NOW) == 5.0


def test_googles_retry_info_is_read_where_there_is_no_header() -> None:
    detail = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "17.5s"}
    details = {"error": {"code": 429, "details": [detail]}}
    assert wait(None, NOW, details) == 17.5
    assert wait({"retry-after": "3"}, NOW, details) == 3.0
    assert wait({}, NOW, {"error": {"code": 429}}) is None
