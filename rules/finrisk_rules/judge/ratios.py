"""Ratios by their names: a margin is of the revenue, interest is covered by the operating income.

Margin = result / revenue; interest cover = operating income / interest expense; current ratio = current
assets / current liabilities; effective tax rate = income tax / income before tax.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from finrisk_rules.judge.combinations import Combination
from finrisk_rules.judge.mentions import names_of
from finrisk_rules.judge.stems import stems, stems_of_name
from finrisk_rules.judge.table_evidence import TableEvidence
from finrisk_rules.judge.vocabulary import REVENUE, WORDS_OF_RESULT, whole
from finrisk_rules.patterns import pattern_of

_MARGIN = pattern_of(
    rf"(?P<of>(?:[^\W\d_]+[ -]){{1,3}}){whole('margin margins')}|(?P<of_de>[^\W\d_]+)-?marge(?![^\W_])",
    re.IGNORECASE,
)
_NEAR = 12
"""Characters before the name of a ratio in which another result may stand: "EBITDA interest cover"."""

_STEMS_OF_RESULT = stems_of_name(WORDS_OF_RESULT)
_RESULTS_ALONE = stems_of_name("EBIT EBITDA EBITA")

_OPERATING = r"(?:income|profit|earnings) from operations|operating (?:income|profit|earnings)|EBIT"
_INTEREST = r"(?:net )?(?:interest expenses?|finance costs?|interest costs?)(?:,? net)?"
_ASSETS, _LIABILITIES = r"(?:total )?current assets", r"(?:total )?current liabilities"


_REQUIRED = pattern_of(whole("must shall require requires required stipulates"), re.IGNORECASE)
"""What says of a ratio what it is to be, and not what it was."""

_CLAUSE = pattern_of(r"[,;:]\s")


class _Ratio(NamedTuple):
    """A ratio: what it is called, its unit, and the names of the lines that it is made of."""

    name: re.Pattern[str]
    unit: str
    over: re.Pattern[str]
    under: re.Pattern[str]


def _ratio(name: str, unit: str, over: str, under: str) -> _Ratio:
    patterns = (pattern_of(each, re.IGNORECASE) for each in (whole(name), over, under))
    called, above, below = patterns
    return _Ratio(called, unit, above, below)


_RATIOS = (
    _ratio("interest_cover interest_coverage times_interest_earned zinsdeckung", "", _OPERATING, _INTEREST),
    _ratio("current_ratio", "", _ASSETS, _LIABILITIES),
    _ratio(
        "effective_tax_rate effective_rate effective_income_tax_rate",
        "percent",
        r"(?:provision for )?(?:income )?tax(?:es)?(?: (?:expense|provision|charge))?(?: on profit)?",
        r"(?:(?:income|profit|earnings) before|pre-?tax) .*(?:tax|income|profit).*",
    ),
)


def ratios(text: str, start: int, unit: str, table: TableEvidence) -> Iterator[Combination]:
    """Yield the ratios by the last of whose names before a figure a table has the lines; one line each."""
    before = text[:start]
    if _REQUIRED.search(_CLAUSE.split(before)[-1]):
        return
    if unit == "percent" and (said := [*_MARGIN.finditer(before)]):
        of = (said[-1]["of"] or said[-1]["of_de"]).lower()
        yield from _of_lines(_earned(table, of), _called(table, REVENUE))
    for ratio in _RATIOS:
        called = ratio.name.search(before) if ratio.unit == unit else None
        if called and stems(before[: called.start()][-_NEAR:]).isdisjoint(_RESULTS_ALONE):
            yield from _of_lines(_called(table, ratio.over), _called(table, ratio.under))


def _of_lines(over: list[int], under: list[int]) -> Iterator[Combination]:
    if len(over) == len(under) == 1:
        yield Combination(over, by=under)


def _called(table: TableEvidence, pattern: re.Pattern[str]) -> list[int]:
    """Return the lines with a name that is all of a pattern."""
    known = table.by_column if table.is_turned else table.by_row
    return [
        line
        for line, (name, _) in enumerate(names_of(table))
        if line in known and pattern.fullmatch(name.strip())
    ]


def _earned(table: TableEvidence, of: str) -> list[int]:
    """Return the line of the result that a margin is of: "operating income" of an operating margin.

    That is the one that has the most words of it, its last one too, and none but those and words of results.
    """
    words, last = stems_of_name(of), stems_of_name(of.split()[-1])
    known = table.by_column if table.is_turned else table.by_row
    found: dict[int, int] = {}
    for line, (name, _) in enumerate(names_of(table)):
        said = stems_of_name(name)
        own = said - _STEMS_OF_RESULT
        if (
            line in known
            and own
            and own <= words
            and last <= said | _STEMS_OF_RESULT
            and (own < said or not own.isdisjoint(_RESULTS_ALONE))
        ):
            found[line] = len(own)
    return [line for line, count in found.items() if count == max(found.values())]
