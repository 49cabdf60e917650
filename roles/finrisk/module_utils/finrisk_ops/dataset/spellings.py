"""One spelling for the figures and dates of a text, by which rows are told that write the same values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from heapq import merge

from finrisk_rules.judge.styles import style_in
from finrisk_rules.periods import Period, periods
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Quantity, Style, quantities

_NUMBER = re.compile(r"\d+")
_UNITS = {"": "", "percent": "%", "points": " points", "basis_points": " basis points"}
_LAST_MONTH = 12

_Spelled = tuple[int, int, str]
"""Where a figure or a date stands in a text, and its one spelling."""


def evened(strategy: str, analysis: str) -> tuple[str, str]:
    """Return a question and its answer with each date as ISO 8601 has it, and each number in full.

    "$4.02 billion" becomes "$4020000000", "31. Dezember 2024" "2024-12-31" and "Dec 2024" "2024-12"; a date
    that may be read in two ways stays as it is.
    """
    style = style_in(analysis, strategy)
    return _evened(strategy, style), _evened(analysis, style)


def _evened(text: str, style: Style) -> str:
    read = plain(text)
    named = periods(text)
    dates = ((each.start, each.end, _date(read[each.start : each.end], each)) for each in named)
    numbers = quantities(text, style, [(each.start, each.end) for each in named])
    figures = ((each.start, each.end, _figure(each)) for each in numbers)
    return "".join(_replaced(read, merge(dates, figures)))


def _replaced(text: str, places: Iterable[_Spelled]) -> Iterator[str]:
    last = 0
    for start, end, spelling in places:
        if start >= last:
            yield text[last:start]
            yield spelling
            last = end
    yield text[last:]


def _figure(quantity: Quantity) -> str:
    amount = f"{quantity.amount:f}"
    if "." in amount:
        amount = amount.rstrip("0").rstrip(".")
    sign = "-" if amount.startswith("-") else ""
    currency = f"{quantity.currency} " if quantity.currency.isalpha() else quantity.currency
    return f"{sign}{currency}{amount.removeprefix('-')}{_UNITS[quantity.unit]}"


def _date(written: str, period: Period) -> str:
    """Return a day or month of a year as ISO 8601 has it; what is neither, or may be another, as written."""
    numbers = [int(number) for number in _NUMBER.findall(written)]
    if period.year not in numbers or not period.part.isdecimal():
        return written
    month = int(period.part)
    numbers.remove(period.year)
    if "/" in written and len(numbers) == 2 and max(numbers) <= _LAST_MONTH and len({*numbers}) == 2:
        return written
    if len(numbers) == 2 and month in numbers:
        numbers.remove(month)
    day = "".join(f"-{number:02}" for number in numbers)
    return f"{period.year}-{month:02}{day}" if len(numbers) < 2 else written
