"""Currencies that no source of a figure names: dollars of a page that reports in euros."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from finrisk_rules.judge.agreement import are_other_currencies
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.sources import Sources
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.units import CODES, CURRENCIES

_SIGNS = sorted((word for word in CURRENCIES if not word[-1].isalpha()), key=len, reverse=True)
_CODE = pattern_of(rf"(?<![A-Z])[TKM]?({'|'.join(CODES)})(?:m|mn|bn)?(?![A-Za-z])")
_SIGN = pattern_of("|".join(map(re.escape, _SIGNS)), re.IGNORECASE)
_NAME = pattern_of(
    whole(" ".join(word for word in CURRENCIES if word.isalpha() and len(word) > len("EUR"))),
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def currencies_of(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the currencies that a text writes by sign or code, and those that it names in words."""
    signs = {CURRENCIES[each[0].lower()] for each in _SIGN.finditer(text)}
    codes = {CURRENCIES[each[1].lower()] for each in _CODE.finditer(text)}
    return frozenset(signs | codes), frozenset(CURRENCIES[each[0].lower()] for each in _NAME.finditer(text))


def of_unnamed_currency(
    findings: Sequence[Finding], cited: Sequence[int], sources: Sources
) -> Iterator[Finding]:
    """Yield the amounts in a currency that their source does not name, though it writes another one.

    What is computed is of any of the sources that are ``cited``.
    """
    for finding in findings:
        currency = finding.claim.quantity.currency
        if not currency or finding.verdict is None:
            continue
        of_figure = [finding.trace.source] if finding.trace else cited
        if of_figure and all(_is_other(currency, sources, n) for n in of_figure):
            yield finding


def _is_other(currency: str, sources: Sources, n: int) -> bool:
    """Whether a source writes currencies, and a figure's is none of those that it names."""
    of_title, of_text = currencies_of(sources[n].title), currencies_of(sources[n].text)
    named = frozenset().union(*of_title, *of_text)
    return bool(of_title[0] or of_text[0]) and all(are_other_currencies(currency, each) for each in named)
