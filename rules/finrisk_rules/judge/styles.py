"""What parts decimals in an answer: as its figures show, else its language, its sources or the question."""

from collections.abc import Callable
from functools import lru_cache

from finrisk_rules.judge.languages import COMMA_LANGUAGES, language_of
from finrisk_rules.judge.wording import is_worded_as, words
from finrisk_rules.page_facts import style_of_page
from finrisk_rules.patterns import pattern_of
from finrisk_rules.quantities import Style, style_of

MOST_OF_SOURCE = 6000
"""Characters of a source that tell how it writes decimals."""

_THOUSANDS = pattern_of(r"\d[., ]\d{3}(?!\d)")


def style_in(text: str, question: str = "", cited: Callable[[], str] = str) -> Style:
    """Return what parts decimals in a text: as its figures show, else as its language has it.

    A text too short to tell its language has the style of the text that it cites, where that has its words;
    else that of the language of the question, else of what it cites.
    """
    own = language_of(text)
    language = own or language_of(f"{question}\n{text}")
    default: Style = "comma" if language in COMMA_LANGUAGES else "point"
    source = "" if own or not _THOUSANDS.search(text) else cited()
    if source and (not language or is_worded_as(text, words(source[:MOST_OF_SOURCE]))):
        default = _style_of_source(source)
    return style_of(text, default)


@lru_cache(maxsize=256)
def _style_of_source(text: str) -> Style:
    return style_of_page(text[:MOST_OF_SOURCE])
