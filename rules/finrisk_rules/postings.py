"""What a document brings into the index: which lexemes stand on which of its lines, and how many may."""

from collections.abc import Iterator, Sequence

from finrisk_rules.lexemes import pairs, words
from finrisk_rules.passages import lines_of, pages_of

MOST_POSTINGS = 600_000
"""Rows of the index that one request may add: each lexeme of each page is one. Filings have some 120,000 a
million characters, so the longest that is taken stays below; only text that hardly repeats a word does not.
So many are written in less than 10 s on two cores."""


def heading(title: str, company: str | None, year: int | None) -> str:
    """Return the first line of each page: the title, with company and year where it does not name them."""
    parts = [title]
    if year is not None and str(year) not in title:
        parts.insert(0, str(year))
    if company and company.lower() not in title.lower():
        parts.insert(0, company)
    return " ".join(parts)


def occurrences(lines: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the lexemes of a page, given its lines' words, each with its lines: ``1,4,4``.

    Lines count from 1, one for each occurrence; a pair over the end of a line counts on the later one.
    """
    found: dict[str, str] = {}
    previous: list[str] = []
    for at, sequence in enumerate(map(list, lines), start=1):
        line = str(at)
        for lexeme in sequence + pairs(previous + sequence):
            found[lexeme] = f"{found[lexeme]},{line}" if lexeme in found else line
        previous = sequence[-1:] or previous
    return found


def postings(title: str, company: str | None, year: int | None, text: str) -> Iterator[int]:
    """Yield how many postings each page of a document has; title and text as they are indexed, redacted."""
    first = words(heading(title, company, year))
    for _, page in pages_of(text):
        yield len(occurrences([first, *(words(line.text) for line in lines_of(page))]))


def too_many(title: str, company: str | None, year: int | None, text: str) -> int | None:
    """Return how many postings a document has that is too large to be indexed at all, else None.

    A small one is not counted: each character is at most a word and the end of a pair, and the heads of
    tables that a cut page repeats are less than the page.
    """
    titles = (text.count("\f") + 1) * len(heading(title, company, year))
    if 4 * (len(text) + titles) <= MOST_POSTINGS:
        return None
    total = sum(postings(title, company, year, text))
    return total if total > MOST_POSTINGS else None
