"""Rates: ``$41,300/month`` of what a source has a day, ``1.42 kg/t`` of grams."""

import re
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Quantity

_UNITS = {
    "hour": "hour hours hr h hourly stunde heure hora ora",
    "day": "day days d daily tag jour jours día dia giorno",
    "week": "week weeks weekly woche semaine semana settimana",
    "month": "month months mo monthly monat mois mes mês mese",
    "quarter": "quarter quarterly quartal trimestre",
    "year": "year years yr annum annual annually yearly jahr an année año ano anno",
    "share": "share shares aktie action acción azione ação",
    "ads": "ads adr",
    "gram": "g gram grams gramm",
    "kilogram": "kg kilogram kilogramme kilo",
    "tonne": "t tonne tonnes ton tons mt",
    "ounce": "oz ounce ounces unze once",
    "pound": "lb lbs pound pounds",
    "barrel": "bbl bbls barrel barrels",
    "boe": "boe",
    "thousand cubic feet": "mcf",
    "million thermal units": "mmbtu",
    "gallon": "gal gallon gallons",
    "litre": "l litre litres liter liters",
    "kilowatt-hour": "kwh",
    "megawatt-hour": "mwh",
    "kilometre": "km kilometre kilometres kilometer kilometers",
    "mile": "mile miles",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_ADVERBS = "hourly daily weekly monthly quarterly yearly annually"
_TIMES = "hour day week month quarter year"
_PAPERS = frozenset(("share", "ads"))
_PER = r"(?:\s?/\s?|\s?(?<![^\W_])(?:per|pro|je|par|por)\s)"
_NAME = r"(?P<top>[^\W\d_]{1,9})?"
_SAID = pattern_of(
    rf"\s?{_NAME}{_PER}(?P<each>[^\W\d_]{{1,10}})(?![^\W_])"
    rf"|\s(?:an?|each|every)\s(?P<time>{'|'.join(_TIMES.split())})(?![^\W_])"
    r"(?!\s(?:before|earlier|ago|later|prior|previously|on|over)(?![^\W_]))",
    re.IGNORECASE,
)
_NAMED = pattern_of(
    rf"{_NAME}{_PER}(?P<each>[^\W\d_]{{1,10}})(?![^\W_])|(?<![^\W_])(?P<time>{'|'.join(_ADVERBS.split())})(?![^\W_])",
    re.IGNORECASE,
)
_PREFIXES = frozenset(("k", "K", "M", "MM", "m", "mm", "G", "T", "c"))
_NEAR = 0.1
"""Share by which a figure and its place may differ that are said in one unit."""


class Rate(NamedTuple):
    """What is measured ("" where only its bare number is written) for each of which unit."""

    top: str
    each: str


def is_of_another_rate(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure is said for each of another unit than its place, or in another one for each of it."""
    said = rate_behind(statement.text, claim.quantity.end)
    if said is None:
        return False
    there = [each for each in _rates_there(trace) if _kind(each.each) == _kind(said.each)]
    if not there:
        return False  # "$0.15 a quarter" may be per share
    if all(each.each != said.each for each in there):
        return True
    tops = {each.top for each in there if each.each == said.each and each.top}
    return (
        bool(said.top and tops)
        and _has_digits(claim.quantity, trace)
        and all(_are_other_powers(said.top, top) for top in tops)
    )


def _kind(unit: str) -> str:
    """Return what a unit measures, as far as "per share" and "per day" go together."""
    return "time" if unit in _TIMES.split() else "paper" if unit in _PAPERS else "thing"


def rate_behind(text: str, end: int) -> Rate | None:
    """Return the rate that stands right behind a figure: ``/day``, ``g/t``, ``a month``."""
    match = _SAID.match(text, end)
    return _rate(match) if match else None


def _rate(match: re.Match[str]) -> Rate | None:
    unit = _UNIT_OF.get((match["each"] or match["time"]).lower())
    return Rate(match["top"] or "", unit) if unit else None


def _rates_there(trace: Trace) -> tuple[Rate, ...]:
    """Return the rates that a place names: in prose behind its figure, else in its nearest name."""
    table = trace.table
    if table is None:
        end = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][5]
        rate = rate_behind(trace.place.sentence, end)
        return (rate,) if rate else ()
    row, column = trace.spot[2][:2]
    label, section = table.rows[row]
    names = (label, table.heads[column], section, *table.heads[:1])
    return next(filter(None, map(_rates_named, names)), ())


@lru_cache(maxsize=8192)
def _rates_named(name: str) -> tuple[Rate, ...]:
    return tuple(rate for match in _NAMED.finditer(name) if (rate := _rate(match)))


def _has_digits(quantity: Quantity, trace: Trace) -> bool:
    """Whether a figure is written with the digits of its place, and in its scale."""
    there, said = abs(trace.value), abs(float(quantity.value))
    return (quantity.scale or 0) == (trace.spot[2][3] or 0) and abs(said - there) <= _NEAR * there


def _are_other_powers(one: str, other: str) -> bool:
    """Whether two units differ by a prefix: kg and g, MBoe and Boe."""
    if one.lower() == other.lower():
        return False
    short, long = sorted((one, other), key=len)
    return long.lower().endswith(short.lower()) and long[: -len(short)] in _PREFIXES
