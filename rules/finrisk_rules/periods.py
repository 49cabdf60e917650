"""Periods: the years, quarters, half-years and dates that a text names, however they are written."""

import re
from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

from finrisk_rules.patterns import pattern_of
from finrisk_rules.plain_text import plain
from finrisk_rules.units import before, behind

_MONTHS = (
    "jan january januar janvier enero gennaio janeiro januari",
    "feb february februar février fevrier febrero febbraio fevereiro februari",
    "mar march märz maerz mars marzo março maart",
    "apr april avril abril aprile",
    "may mai mayo maggio maio mei maj",
    "jun june juni juin junio giugno junho",
    "jul july juli juillet julio luglio julho",
    "aug august août aout agosto augustus augusti",
    "sep sept september septembre septiembre settembre setembro",
    "oct october okt oktober octobre octubre ottobre outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember décembre decembre diciembre dicembre dezembro december",
)
MONTHS = {word: at for at, words in enumerate(_MONTHS, start=1) for word in words.split()}

_RESTS = {
    first: "|".join(word[1:] for word in sorted(MONTHS, key=len, reverse=True) if word[0] == first)
    for first in sorted({word[0] for word in MONTHS})
}
_MONTH = "|".join(f"{first}(?:{rests})" for first, rests in _RESTS.items())
_YEAR = r"(?:19|20)\d\d"
_SHORT = r"\d\d(?!\d)"

_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"

_ORDERS = (
    "1st first erste erstes ersten 1. premier 1er primer primo primeiro eerste",
    "2nd second zweite zweites zweiten 2. deuxième deuxieme 2e 2ème 2eme segundo secondo tweede",
    "3rd third dritte drittes dritten 3. troisième troisieme 3e 3ème 3eme tercer terzo terceiro derde",
    "4th fourth vierte viertes vierten 4. quatrième quatrieme 4e 4ème 4eme cuarto quarto vierde",
)
_ORDER_OF = {word: at for at, words in enumerate(_ORDERS, start=1) for word in words.split()}
_ORDER = "|".join(re.escape(word) for word in sorted(_ORDER_OF, key=len, reverse=True))
_ORDER_INITIALS = "".join(sorted({letter for word in _ORDER_OF for letter in (word[0], word[0].upper())}))
_QUARTER = "quarters?|quartal[es]?s?|trimestre|kwartaal"
_HALF = "half(?: year)?|halbjahre?s?|semestre|halfjaar"
_CJK_DIGITS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_LETTERS = str.maketrans("TS", "QH")
"""A trimestre is a quarter, a semestre a half."""

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}
"""The year before the first of an era of Japan."""

_OF_BUSINESS = "|".join(
    rf"(?<={word} {'.' * 9})"
    for word in "exercice exercices ejercicio esercizio exercício geschäftsjahr fiscal.year".split()
)
"""What makes two years in full one business year: the word before them, "exercice 2021-2022"."""

_KINDS = {
    "iso": rf"(?P<iso_year>{_YEAR})-(?P<iso_month>[01]\d)-[0-3]\d(?!\d)",
    "day_first": rf"[0-3]?\d[./](?P<day_first_month>[01]?\d)[./](?P<day_first_year>{_YEAR})(?!\d)",
    "month_first": rf"(?P<month_first_month>[01]?\d)/[0-3]?\d/(?P<month_first_year>{_YEAR})(?!\d)",
    "cjk": rf"(?:(?P<cjk_year>{_YEAR})|(?P<cjk_era>{'|'.join(_ERAS)}) ?(?P<cjk_era_year>\d\d?|元)) ?[年년]"
    rf"(?:度|도)?(?: ?(?P<cjk_month>1?\d) ?[月월](?:期| ?[0-3]?\d ?[日일])?)?"
    r"(?: ?(?:第|제)? ?(?P<cjk_quarter>[1-4一二三四]) ?(?:四半期|季度|분기)"
    r"| ?(?P<cjk_half>[上下상하])(?:半[年期]|반기))?",
    "dated": rf"(?P<dated_month>{_MONTH})(?: ?\.)? ?(?:{_DAY}(?: ?, ?| |(?<=\d\d))|de |del )?"
    rf"(?P<dated_year>{_YEAR})(?!\d)",
    "day_dated": rf"[0-3]?\d(?:st|nd|rd|th|\.|er)? (?:de )?(?P<day_dated_month>{_MONTH})"
    rf"\.?(?: ?, ?| | de )(?P<day_dated_year>{_YEAR})(?!\d)",
    "hyphened": rf"(?P<hyphened_month>{_MONTH})-(?P<hyphened_year>{_YEAR}|{_SHORT})(?![^\W_]|[-.,]\d)",
    "day": rf"(?P<day_month>{_MONTH})\.? {_DAY}(?! ?[%\d,.]\d)(?![^\W_])",
    "day_month_only": rf"[0-3]?\d(?:st|nd|rd|th|\.)? (?P<day_month_only_month>{_MONTH})(?![^\W_])",
    "part": rf"(?P<part_name>[QT][1-4]|[HS][12]|[1-4][QT]|[12][HS])[ '-]{{0,2}}(?:FY ?)?"
    rf"(?P<part_year>{_YEAR}|{_SHORT})(?![^\W_])",
    "year_part": rf"(?P<year_part_year>{_YEAR})[ -]?(?P<year_part_name>[QT][1-4]|[HS][12])(?![^\W_])",
    "pair": rf"(?P<pair_first>{_YEAR})[/–-]"
    rf"(?P<pair_year>{_SHORT}|{_YEAR}(?:(?<=/....)|{_OF_BUSINESS}))(?![\d.,]?\d)",
    "fiscal": rf"(?:FY|CY|GJ)E? ?'?(?P<fiscal_year>{_YEAR}|{_SHORT})(?P<fiscal_to>[/-]{_SHORT})?(?![^\W_])",
    "year": rf"(?P<year_year>{_YEAR})[EAPF]?(?![^\W_]|[.,]\d|%)",
}
"""How a period is written; of two that begin at one place the first counts."""

_PERIOD = pattern_of(
    rf"(?<![A-Za-z\d])(?:{'|'.join(f'(?P<{kind}>{form})' for kind, form in _KINDS.items())})", re.IGNORECASE
)
_INITIALS = "".join(sorted({word[0] for word in MONTHS} | set("qthsfcg")))
_ERA_INITIALS = "".join(era[0] for era in _ERAS)
_BEGIN = pattern_of(
    rf"[0-9{_INITIALS}{_INITIALS.upper()}\u017f{_ERA_INITIALS}](?<![A-Za-z0-9].)(?=(?<=[{_ERA_INITIALS}])"
    r"|(?<=[12])[90]\d\d|(?<=\d)\d?(?:[./]\d|\.? ?[^\W\d_])"
    r"|(?<=\D)[^\W\d_]*+(?: ?\.)? ?(?:[dD][eE][lL]? )?['-]?\d)",
    re.DOTALL,
)
_ASCII_BEGIN = pattern_of(
    rf"[^A-Za-z0-9](?:[0-9](?=(?<=[12])[90][0-9][0-9]|[0-9]?(?:[./][0-9]{{1,2}}[./]|\.? ?[A-Za-z]))"
    rf"|[{_INITIALS}{_INITIALS.upper()}](?=[A-Za-z]*+(?: ?\.)? ?(?:[dD][eE][lL]? )?['-]?[0-9]))"
)
"""Where a period may begin: at a year, an era, a number before a word, or a word with a digit behind it.

In ASCII the match begins with what stands before, so that the search goes from gap to gap; a blank is set
before the text.
"""
_WORDED = pattern_of(
    rf"(?<![^\W_])(?P<order>{_ORDER})[ -](?:fiscal )?"
    rf"(?:(?P<quarter>{_QUARTER})|(?:{_HALF}))"
    r"(?:,| of| in| de| del| di| do| van| des(?: geschaftsjahres| geschäftsjahres| jahres)?)?"
    r"(?: the)?(?: fiscal)?(?: year)? \Z",
    re.IGNORECASE,
)
"""What makes a quarter or a half of the year behind it."""

_LONGEST_WORDED = 48
_WORDED_HINT = pattern_of("[qtkhsQTKHS\u017f\u212a](?i:uart|rimes|warta|al[fb]|emes)")
"""Part of every word for a quarter or a half."""

_BARE_YEAR = pattern_of(rf"{_YEAR}(?!\w|[.,]\d|[%/\u2013-]| ?[年년]| [QTHSqths\u017f])")
"""A year that no other kind of period begins with."""

_HINT = pattern_of(r"(?:19|20)\d\d|[A-Za-z]\.? ?'?\d|\d[.a-z]* ?[A-Za-z]|[和成] ?[\d元]")
"""Every period has a year in full, or a letter beside a digit."""

_LISTED = pattern_of(
    rf"(?<![^\W_])(?:(?P<name>[QH][1-4])|(?P<order>{_ORDER}))"
    r"(?:,| ?/| ?&)? ?(?:(?:and|und|et|y|to) (?:the )?)?\Z",
    re.IGNORECASE,
)
_PART = pattern_of(
    rf"[{_ORDER_INITIALS}qhQH\u017f](?<![\w-].)(?<=(?=(?P<part>"
    rf"(?i:(?P<name>[QH][1-4])|(?P<order>{_ORDER})[ -](?:fiscal )?(?:(?P<quarter>{_QUARTER})|(?:{_HALF})))"
    r"(?![\w-])))(?s:.))"
)
"""Where a part of a year begins that names no year."""
_PART_HINT = pattern_of("[qtkhsQTKHS\u017f\u212a](?:(?i:uart|rimes|warta|al[fb]|emes)|(?<=[QH])[1-4])")
_MOST_LISTED, _LONGEST_LISTED = 3, 24
"""Quarters before the one that names their year, and characters in which one of them stands."""

_PART_OF_NUMBER = pattern_of(r"\d[.,]\Z|[$€£¥₹']\Z")
_SIGNS_OF_NUMBER = frozenset(".,$€£¥₹'")


class Period(NamedTuple):
    """A period that a text names.

    ``year`` is the year in which it ends (``2021/22``: 2022), None where only a day is named; ``part`` is
    "Q3", "H1", or the number of the month of a date ("12"), "" for a whole year. Offsets hold in the text.
    """

    year: int | None
    part: str
    start: int
    end: int

    def moved(self, by: int) -> "Period":
        """The period in a text that has so many characters more before it."""
        return Period(self.year, self.part, self.start + by, self.end + by) if by else self


def periods(text: str) -> list[Period]:
    """Return the periods of a text, in order."""
    read = plain(text)
    result: list[Period] = []
    if not read.isascii() and not _HINT.search(read):
        return result
    end = 0
    for begin in _ASCII_BEGIN.finditer(f" {read}") if read.isascii() else _BEGIN.finditer(read):
        at = begin.start()
        if at < end:
            continue
        if match := _BARE_YEAR.match(read, at) or _PERIOD.match(read, at):
            end, kind = match.end(), match.lastgroup or "year"
            if not _is_figure(read, at, end, kind):
                result.append(_year(read, at, end) if kind == "year" else _period(match, kind))
    return result


def with_listed(text: str, named: list[Period]) -> list[Period]:
    """Return the periods with the parts that share the year of another: ``from 5 in Q1 to 6 in Q3 2024``.

    That is the next one behind them, else the last one before; of a year, where none is named with a part.
    """
    parts = [period for period in named if period.part[:1] in ("Q", "H")]
    if not parts and named and _PART_HINT.search(text):
        parts = [period for period in named if period.year]
        parts = parts if len({period.year for period in parts}) == 1 else []
    if not parts:
        return named
    read = plain(text)
    listed = [
        each for period in parts if period.part[:1] in ("Q", "H") for each in _listed_before(read, period)
    ]
    known = {at for each in (*named, *listed) for at in range(each.start, each.end)}
    starts = [each.start for each in parts]
    for match in _PART.finditer(read):
        start, end = match.span("part")
        if known.isdisjoint(range(start, end)):
            year = parts[min(bisect_right(starts, start), len(parts) - 1)].year
            kind = "Q" if match["quarter"] else "H"
            part = match["name"] or f"{kind}{_ORDER_OF[match['order'].lower()]}"
            listed.append(Period(year, part.upper(), start, end))
    return sorted([*named, *listed], key=attrgetter("start"))


def _listed_before(read: str, period: Period) -> list[Period]:
    listed: list[Period] = []
    start = period.start
    while len(listed) < _MOST_LISTED and (
        match := _LISTED.search(read, max(0, start - _LONGEST_LISTED), start)
    ):
        order = match["order"]
        part = f"{period.part[0]}{_ORDER_OF[order.lower()]}" if order else match["name"].upper()
        start = match.start()
        listed.insert(0, Period(period.year, part, start, match.end("order" if order else "name")))
    return listed


def _period(match: re.Match[str], kind: str) -> Period:
    if kind == "pair" and not _follows(match["pair_first"], match["pair_year"]):
        return Period(_full(match["pair_first"]), "", match.start(), match.end("pair_first"))
    year = match[f"{kind}_year"] if f"{kind}_year" in _PERIOD.groupindex else None
    if kind == "fiscal" and match["fiscal_to"]:
        year = match["fiscal_to"][1:]
    number = _era_year(match) if kind == "cjk" and match["cjk_era"] else _full(year) if year else None
    return Period(number, _part(match, kind), match.start(), match.end())


def _year(text: str, start: int, end: int) -> Period:
    """Return the year that is written here, or the quarter or half of it that the words before it name."""
    number, first = int(text[start : start + 4]), max(0, start - _LONGEST_WORDED)
    if _WORDED_HINT.search(text, first, start) and (worded := _WORDED.search(text, first, start)):
        part = f"{'Q' if worded['quarter'] else 'H'}{_ORDER_OF[worded['order'].lower()]}"
        return Period(number, part, worded.start(), end)
    return Period(number, "", start, end)


def _is_figure(text: str, start: int, end: int, kind: str) -> bool:
    """Whether this is a number after all: ``$ 2014``, ``1,2007``, ``may 5 percent``."""
    if kind in ("day", "day_month_only"):
        return behind(text, end).length > 0
    if text[start - 1 : start] == "(" and text[end : end + 1] == ")":  # "702 Mio. € (2022)"
        return False
    if text[start - 1 : start] in _SIGNS_OF_NUMBER and _PART_OF_NUMBER.search(text, max(0, start - 2), start):
        return True
    return kind in ("year", "pair") and bool(before(text, start).currency)


def _part(match: re.Match[str], kind: str) -> str:
    if kind in ("part", "year_part"):
        letter, digit = sorted(match[f"{kind}_name"].upper().translate(_LETTERS), reverse=True)
        return f"{letter}{digit}"
    if kind == "cjk" and (quarter := match["cjk_quarter"]):
        return f"Q{_CJK_DIGITS.get(quarter, quarter)}"
    if kind == "cjk" and match["cjk_half"]:
        return "H1" if match["cjk_half"] in "上상" else "H2"
    if f"{kind}_month" not in _PERIOD.groupindex or not (month := match[f"{kind}_month"]):
        return ""
    return str(int(month)) if month.isdecimal() else str(MONTHS[month.lower()])


def _era_year(match: re.Match[str]) -> int:
    year = match["cjk_era_year"]
    return _ERAS[match["cjk_era"]] + (1 if year == "元" else int(year))


def _follows(first: str, second: str) -> bool:
    """Whether two years of a pair are one business year: ``2021/22``."""
    return (int(first) + 1) % 100 == int(second) % 100


def _full(year: str) -> int:
    """Return a year of two digits in full: from 70 on the last century's."""
    number = int(year)
    return number if number > 99 else number + (1900 if number >= 70 else 2000)
