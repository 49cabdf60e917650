"""Periods: the years, quarters, half-years and dates that a text names, however they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .plain_text import plain
from .units import before, behind

_MONTHS = (
    "jan january januar janvier enero gennaio januari",
    "feb february februar février fevrier febrero febbraio februari",
    "mar march märz maerz mars marzo maart",
    "apr april avril abril aprile",
    "may mai mayo maggio mei maj",
    "jun june juni juin junio giugno",
    "jul july juli juillet julio luglio",
    "aug august août aout agosto augustus augusti",
    "sep sept september septembre septiembre settembre",
    "oct october okt oktober octobre octubre ottobre",
    "nov november novembre noviembre",
    "dec december dez dezember décembre decembre diciembre dicembre december",
)
MONTHS = {word: at for at, words in enumerate(_MONTHS, start=1) for word in words.split()}

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d"
_SHORT = r"\d\d(?!\d)"

_PERIOD = re.compile(
    rf"(?<![\d.,$€£¥₹])(?P<iso>(?P<iso_year>{_YEAR})-(?P<iso_month>[01]\d)-[0-3]\d)(?!\d)"
    rf"|(?<![\d.,])(?P<day_first>[0-3]?\d[./](?P<day_first_month>[01]?\d)[./](?P<day_first_year>{_YEAR}))(?!\d)"
    rf"|(?<![\d.,])(?P<month_first>(?P<month_first_month>[01]?\d)/[0-3]?\d/(?P<month_first_year>{_YEAR}))(?!\d)"
    rf"|(?P<cjk>(?P<cjk_year>{_YEAR}) ?年(?:度| ?(?P<cjk_month>1?\d) ?月(?:期| ?[0-3]?\d ?日)?)?)"
    rf"|(?<![^\W_])(?P<dated>(?P<dated_month>{_MONTH})\.? (?:[0-3]?\d(?:st|nd|rd|th)?)?(?: ?, ?| )(?P<dated_year>{_YEAR}))(?!\d)"
    rf"|(?<![^\W_])(?P<dated_2>(?:[0-3]?\d(?:st|nd|rd|th|\.|er)? )(?P<dated_2_month>{_MONTH})\.?(?: ?, ?| )(?P<dated_2_year>{_YEAR}))(?!\d)"
    rf"|(?<![^\W_])(?P<dayless>(?P<dayless_month>{_MONTH})\.? (?:de |del )?(?P<dayless_year>{_YEAR}))(?!\d)"
    rf"|(?<![^\W_])(?P<yearless>(?:(?P<yearless_month>{_MONTH})\.? [0-3]?\d(?:st|nd|rd|th)?(?! ?[%\d,.]\d)"
    rf"|[0-3]?\d(?:st|nd|rd|th|\.)? (?P<yearless_2_month>{_MONTH})))(?![^\W_])"
    rf"|(?<![^\W_])(?P<part>(?P<part_name>[QHqh][1-4]|[1-4][QHqh])[ '-]{{0,2}}(?:FY ?)?(?P<part_year>{_YEAR}|{_SHORT}))(?![^\W_])"
    rf"|(?<![^\W_])(?P<year_part>(?P<year_part_year>{_YEAR})[ -]?(?P<year_part_name>[QHqh][1-4]))(?![^\W_])"
    rf"|(?<![\d.,$€£¥₹])(?P<pair>(?P<pair_first>{_YEAR})[/–-](?P<pair_year>{_SHORT}|{_YEAR}(?<=/....)))(?![\d.,]?\d)"
    rf"|(?<![^\W_])(?P<fiscal>(?:FY|CY|GJ)E? ?'?(?P<fiscal_year>{_YEAR}|{_SHORT})(?P<fiscal_to>[/-]{_SHORT})?)(?![^\W_])"
    rf"|(?<![\d.,$€£¥₹'-])(?P<year>{_YEAR})(?P<year_mark>[EAPFeap]?)(?![^\W_]|[.,]\d|%| ?%)",
    re.IGNORECASE,
)
_NAMES = ("iso", "day_first", "month_first", "cjk", "dated", "dated_2", "dayless", "yearless", "part", "year_part", "pair",
          "fiscal", "year")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A period that a text names.

    ``year`` is the year in which it ends (``2021/22``: 2022), None where only a day is named; ``part`` is
    "Q3", "H1", or the number of the month of a date ("12"), "" for a whole year. Offsets hold in the text.
    """

    year: int | None
    part: str
    start: int
    end: int


def periods(text: str) -> Iterator[Period]:
    """Yield the periods of a text, in order."""
    read = plain(text)
    for match in _PERIOD.finditer(read):
        name = next(name for name in _NAMES if match[name] is not None)
        if name in ("year", "pair") and before(read, match.start()).currency:
            continue  # "$ 2014"
        if name == "yearless" and behind(read, match.end()).end > match.end():
            continue  # "may 5 percent"
        if name == "pair" and not _follows(match["pair_first"], match["pair_year"]):
            yield Period(_full(match["pair_first"]), "", match.start(), match.end("pair_first"))
            continue
        yield _period(match, name)


def _period(match: re.Match[str], name: str) -> Period:
    groups = match.groupdict()
    year = groups.get(f"{name}_year") if name != "year" else match["year"]
    if name == "fiscal" and match["fiscal_to"]:
        year = match["fiscal_to"][1:]
    return Period(_full(year) if year else None, _part(groups, name), match.start(), match.end())


def _part(groups: dict[str, str | None], name: str) -> str:
    if written := groups.get(f"{name}_name"):
        letter, digit = sorted(written.upper(), reverse=True)
        return f"{letter}{digit}"
    month = groups.get(f"{name}_month") or groups.get(f"{name}_2_month")
    if month is None:
        return ""
    return str(int(month)) if month.isdecimal() else str(MONTHS[month.lower()])


def _follows(first: str, second: str) -> bool:
    """Whether two years of a pair are one business year: ``2021/22``."""
    return (int(first) + 1) % 100 == int(second) % 100


def _full(year: str) -> int:
    """Return a year of two digits in full: from 70 on the last century's."""
    number = int(year)
    return number if number > 99 else number + (1900 if number >= 70 else 2000)
