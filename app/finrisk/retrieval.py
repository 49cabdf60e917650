"""Retrieval: the pages that answer a question, ranked by BM25 in plain SQL, and their best passages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from finrisk import ranking
from finrisk_rules.companies import company_key, near_companies
from finrisk_rules.lexemes import query_lexemes

NARROW = 1_000
NARROW_COMPANY = 5_000
"""Pages: where a filter lets so many pass, candidates are looked for among those alone; where it lets more
pass, candidates are found first, and the filter is asked of the best of them. One that names a company is
narrow for longer: the question need not name it, and then few candidates are of it."""

SAMPLE = 5_000
"""Pages that pass a filter, of the newest documents: looked at where too few of the best candidates pass."""


@dataclass(frozen=True)
class RankedPage:
    """A page and its score: BM25 of the page and of its best line, comparable within one search only."""

    document_id: str
    page: int
    title: str
    company: str | None
    year: int | None
    labels: tuple[str, ...]
    score: float


@dataclass(frozen=True)
class RankedPassage:
    """A passage as the prompt and the answer's sources show it; n counts from 1."""

    n: int
    document_id: str
    page: int
    title: str
    company: str | None
    year: int | None
    labels: tuple[str, ...]
    text: str
    facts: str | None  # what it says in figures, as stored; None when an older release indexed it
    score: float


@dataclass(frozen=True)
class SearchResult:
    """What a search found, best first; both are empty when nothing matched."""

    pages: tuple[RankedPage, ...]
    passages: tuple[RankedPassage, ...]


class UnknownCompanyError(LookupError):
    """No document is of the company that was asked for; ``near`` are those whose names come near it."""

    def __init__(self, company: str, near: Sequence[str]) -> None:
        """Keep the company that was asked for, and the near ones, the nearest first."""
        super().__init__(company)
        self.company, self.near = company, list(near)


_IS_KNOWN = """
select 1 from documents
where (company_key = %(key)s or ticker_key = %(key)s) and labels <@ %(labels)s::text[] limit 1"""
_COMPANIES = """
select distinct company from documents where company is not null and labels <@ %(labels)s::text[]"""


def search(
    connection: psycopg.Connection[Any],
    question: str,
    company: str | None,
    year: int | None,
    pages: int,
    passages: int,
    labels: Sequence[str] = (),
) -> SearchResult:
    """Return the best `pages` pages (at most CANDIDATES) and the best `passages` passages inside them.

    A company or a year given here leaves out every other document; one in the question counts as words do.
    A document with a label that is not among ``labels`` is not looked at.
    The order is total: pages of equal score by document and page, passages by page and place.
    Raises psycopg.Error when the database does not answer.
    """
    lexemes = query_lexemes(question)
    if not lexemes:
        return SearchResult((), ())
    asked: dict[str, object] = {
        "lexemes": _array(lexemes),
        "weights": _array(lexemes.values()),
        "company": None if company is None else company_key(company),
        "year": year,
        "labels": list(labels),
        "pages": pages,
        "passages": passages,
    }
    with psycopg.RawCursor(connection, row_factory=tuple_row) as cursor:
        rows: list[Any] = []
        is_filtered = company is not None or year is not None
        if not is_filtered:
            rows = ranking.PAGES.rows(cursor, asked, prepare=True)
            is_filtered = not rows and _hides(cursor, asked)
        if is_filtered:
            rows = _filtered(cursor, asked, pages)
    return _result(rows)


def _result(rows: Iterable[Any]) -> SearchResult:
    """Return what the rows say: one for each passage, best first, and for each page without one."""
    pages: dict[int, RankedPage] = {}
    passages: list[RankedPassage] = []
    for _, rank, *page, text, facts, score in rows:
        if rank not in pages:
            pages[rank] = RankedPage(*page)
        if text is not None:
            passages.append(_passage(len(passages) + 1, pages[rank], text, facts, score))
    return SearchResult(tuple(pages[rank] for rank in sorted(pages)), tuple(passages))


def check_company(connection: psycopg.Connection[Any], company: str, labels: Sequence[str] = ()) -> None:
    """Raise UnknownCompanyError when no document that these labels may read is of the company."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        key = {"key": company_key(company), "labels": list(labels)}
        if not cursor.execute(_IS_KNOWN, key).fetchone():
            names = [row[0] for row in cursor.execute(_COMPANIES, key)]
            raise UnknownCompanyError(company, near_companies(company, names))


def _filtered(cursor: psycopg.RawCursor[Any], asked: Mapping[str, object], pages: int) -> list[Any]:
    """Return rows of the best pages that a filter lets pass."""
    allowed = _allowed(cursor, asked)
    if allowed is None:
        rows = ranking.PAGES_AMONG_MANY.rows(cursor, asked, prepare=True)
        if len(_page_ids(rows)) >= pages:
            return rows
        # words that stand everywhere, and the best and newest pages with them do not pass
        [(some,)] = ranking.SOME_ALLOWED.rows(cursor, {**asked, "most": SAMPLE}, prepare=False)
        allowed = list(_page_ids(rows).union(some))
    few = {**asked, "allowed": _array(allowed)}
    rows = ranking.PAGES_AMONG_FEW.rows(cursor, few, prepare=True)
    if len(_page_ids(rows)) >= min(pages, len(allowed)):
        return rows
    return ranking.PAGES_AMONG_FEW_BY_EVERY_LEXEME.rows(cursor, few, prepare=False)


def _page_ids(rows: Iterable[Any]) -> set[int]:
    return {row[0] for row in rows}


def _allowed(cursor: psycopg.RawCursor[Any], filters: Mapping[str, object]) -> list[int] | None:
    """Return the ids of the pages that a filter lets pass; None where they are too many to look at alone."""
    most = 1 + (NARROW if filters["company"] is None else NARROW_COMPANY)
    # a plan that is made once does not know which filters are set
    [(allowed,)] = ranking.ALLOWED.rows(cursor, {**filters, "most": most}, prepare=False)
    return allowed if allowed is not None and len(allowed) < most else None


def _hides(cursor: psycopg.RawCursor[Any], filters: Mapping[str, object]) -> bool:
    """Whether there may be documents that these labels may not read."""
    [(hides,)] = ranking.HIDES.rows(cursor, filters, prepare=False)
    return bool(hides)


def _array(values: Iterable[str | float]) -> str:
    """Return lexemes or numbers, which have no quote, as PostgreSQL writes an array.

    psycopg would look at each value of a list twice, in Python.
    """
    quoted = ",".join(f'"{value}"' for value in values)
    return f"{{{quoted}}}"


def _passage(n: int, page: RankedPage, text: str, facts: str | None, score: float) -> RankedPassage:
    return RankedPassage(
        n,
        page.document_id,
        page.page,
        page.title,
        page.company,
        page.year,
        tuple(page.labels),
        text,
        facts,
        score,
    )
