"""Retrieval: the pages that answer a question, ranked by BM25 in plain SQL, and their best passages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from finrisk_rules.companies import company_key, near_companies
from finrisk_rules.lexemes import query_lexemes

PAIR_WEIGHT = 0.75
"""Of a lexeme of two words, beside 1 of one word."""

LINE_WEIGHT = 0.5
TITLE_LINE_WEIGHT = 0.3
LINE_PAIR_WEIGHT = 0.4
"""Of a page's best line (a sentence or table row) and of its title, scored by BM25 over all lines, and of
lexemes of two words there: a page where one line says it all beats one where the words are strewn about."""

CANDIDATES = 60
"""Pages whose lines are looked at."""

MOST_LEXEMES = 96
"""Of a question, the ones that weigh most; a question of thirty words has about sixty."""

POSTINGS = 20_000
"""Rows read to find candidates, rarest lexemes first; the commoner ones only add to candidates' scores."""


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


_CONSTANTS = {
    "pair": PAIR_WEIGHT,
    "line_pair": LINE_PAIR_WEIGHT,
    "line": LINE_WEIGHT,
    "title_line": TITLE_LINE_WEIGHT,
    "candidates": CANDIDATES,
    "most_lexemes": MOST_LEXEMES,
    "postings": POSTINGS,
}


def _with_constants(query: str) -> str:
    """Return the statement with our numbers in it.

    As parameters they would hide how few rows there are, and a plan that is made once would take four times
    as long as one that is made for each question.
    """
    for name, value in _CONSTANTS.items():
        query = query.replace(f"%({name})s", f"{value}::float8" if isinstance(value, float) else str(value))
    return query


# "offset 0" keeps a look-up one index scan per lexeme, whatever the planner believes about the rest.
_PAGES = _with_constants("""
with asked as materialized (
    select t.id, t.pages, position(' ' in t.term) > 0 as pair,
           l.weight * ln(1 + (c.pages - t.pages + float8 '0.5') / (t.pages + float8 '0.5')) as weight
    from (select pages from corpus limit 1) c
    cross join unnest(%(lexemes)s::text[], %(weights)s::float8[]) as l (term, weight)
    cross join lateral (select * from terms where term = l.term offset 0) t
    order by weight desc, t.id limit %(most_lexemes)s
),
/* filter */
filtered as materialized (select float8 '1' as growth),
/* end */
sizes as materialized (
    select greatest(words, 1) / greatest(pages, 1)::float8 as page,
           greatest(words, 1) / greatest(lines, 1)::float8 as line from corpus limit 1
),
weighed as materialized (
    select id, weight * (case when pair then %(pair)s else 1 end)::float8 as page_weight,
           weight * (case when pair then %(line_pair)s else 1 end)::float8 as line_weight,
           sum(pages) over (order by pages, id) - pages < %(postings)s * (select growth from filtered) as rare
    from asked
),
found as materialized (
    select o.page_id, sum(w.page_weight * bm25(o.tf, o.length, s.page)) as score
    from weighed w cross join sizes s
    cross join lateral (select * from postings where term_id = w.id /* only */ offset 0) o
    where w.rare
    group by o.page_id order by score desc, o.page_id limit %(candidates)s
),
hits as materialized (
    select o.*, w.page_weight, w.line_weight
    from weighed w cross join lateral (
        select * from postings
        where term_id = w.id and page_id = any(array(select page_id from found)) offset 0
    ) o
),
page_scores as materialized (
    select h.page_id, sum(h.page_weight * bm25(h.tf, h.length, s.page)) as score
    from hits h cross join sizes s group by h.page_id
),
line_hits as materialized (
    select h.page_id, line, h.line_weight, count(*) as tf
    from hits h cross join unnest(h.lines) as line group by h.page_id, line, h.term_id, h.line_weight
),
line_scores as materialized (
    select h.page_id, h.line, sum(h.line_weight * bm25(h.tf, p.line_lengths[h.line], s.line)) as score
    from line_hits h cross join sizes s
    join (select id, line_lengths from pages where id = any(array(select page_id from found)) offset 0) p
      on p.id = h.page_id
    group by h.page_id, h.line
),
best_lines as materialized (
    select page_id, coalesce(max(score) filter (where line = 1), 0) as title,
           coalesce(max(score) filter (where line > 1), 0) as line
    from line_scores group by page_id
)
select p.id, p.document_id, coalesce(p.sheet, p.number) as page, d.title, d.company, d.year, d.labels,
       r.score + %(line)s * b.line + %(title_line)s * b.title as score
from page_scores r join best_lines b on b.page_id = r.page_id
cross join lateral (select id, document_id, number, sheet from pages where id = r.page_id offset 0) p
cross join lateral (select title, company, year, labels from documents where id = p.document_id offset 0) d
order by score desc, p.document_id, p.number limit %(pages)s
""")

_FILTER = """
allowed as materialized (
    select p.id from pages p join documents d on d.id = p.document_id
    where d.labels <@ %(labels)s::text[]
      and (%(company)s::text is null or d.company_key = %(company)s or d.ticker_key = %(company)s)
      and (%(year)s::integer is null or d.year = %(year)s)
),
filtered as materialized (
    select pages::float8 / greatest((select count(*) from allowed), 1) as growth from corpus limit 1
),
"""
_ONLY_ALLOWED = "and page_id = any(array(select id from allowed))"


def _with_filter(query: str) -> str:
    """Return the statement for some pages only: fewer rows a lexeme, so more lexemes are read."""
    before, _, rest = query.partition("/* filter */")
    _, _, after = rest.partition("/* end */")
    return before + _FILTER + after.replace("/* only */", _ONLY_ALLOWED)


_FILTERED_PAGES = _with_filter(_PAGES)

_PASSAGES = _with_constants("""
with asked as materialized (
    select t.id, l.weight * (case when position(' ' in t.term) > 0 then %(line_pair)s else 1 end)::float8
           * ln(1 + (c.pages - t.pages + float8 '0.5') / (t.pages + float8 '0.5')) as weight
    from (select pages from corpus limit 1) c
    cross join unnest(%(lexemes)s::text[], %(weights)s::float8[]) as l (term, weight)
    cross join lateral (select * from terms where term = l.term offset 0) t
    order by weight desc, t.id limit %(most_lexemes)s
),
best as materialized (
    select page_id, score, rank
    from unnest(%(page_ids)s::integer[], %(scores)s::float8[]) with ordinality as b (page_id, score, rank)
),
inside as materialized (
    select b.rank, b.score as page_score, s.*, avg(s.length) over () as average
    from best b cross join lateral (select * from passages where page_id = b.page_id offset 0) s
),
hits as materialized (
    select o.page_id, o.term_id, a.weight, line
    from asked a cross join lateral (
        select * from postings where term_id = a.id and page_id = any(%(page_ids)s::integer[]) offset 0
    ) o cross join unnest(o.lines) as line
),
passage_hits as materialized (
    select i.page_id, i.number, i.length, i.average, h.weight, count(*) as tf
    from hits h join inside i on i.page_id = h.page_id and h.line between i.first_line and i.last_line
    group by i.page_id, i.number, i.length, i.average, h.term_id, h.weight
),
scored as materialized (
    select page_id, number, sum(weight * bm25(tf, length, greatest(average, 1))) as score
    from passage_hits group by page_id, number
),
top as materialized (
    select (select max(score) from best) as page, greatest((select max(score) from scored), 1e-9) as passage
)
select i.rank, i.text, i.facts, i.page_score / t.page + coalesce(s.score, 0) / t.passage as score
from inside i cross join top t left join scored s on s.page_id = i.page_id and s.number = i.number
order by score desc, i.rank, i.number limit %(passages)s
""")

_IS_KNOWN = """
select 1 from documents
where (company_key = %(key)s or ticker_key = %(key)s) and labels <@ %(labels)s::text[] limit 1"""
_COMPANIES = """
select distinct company from documents where company is not null and labels <@ %(labels)s::text[]"""
_HIDDEN = "select 1 from documents where labels <> '{}' and not labels <@ %s::text[] limit 1"


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
    parameters = {"lexemes": _array(lexemes), "weights": _array(lexemes.values())}
    key = None if company is None else company_key(company)
    filters = {"company": key, "year": year, "labels": list(labels)}
    with connection.cursor(row_factory=tuple_row) as cursor:
        is_open = company is None and year is None and not _hides(cursor, labels)
        if is_open:
            cursor.execute(_PAGES, {**parameters, "pages": pages}, prepare=True)
        else:  # a plan that is made once does not know which filters are set
            cursor.execute(_FILTERED_PAGES, {**parameters, **filters, "pages": pages}, prepare=False)
        rows = cursor.fetchall()
        best_pages = tuple(RankedPage(*row[1:]) for row in rows)
        if not best_pages:
            return SearchResult((), ())
        page_ids, scores = _array(row[0] for row in rows), _array(page.score for page in best_pages)
        page_scores = {"page_ids": page_ids, "scores": scores}
        cursor.execute(_PASSAGES, {**parameters, **page_scores, "passages": passages}, prepare=True)
        best_passages = [(best_pages[rank - 1], *passage) for rank, *passage in cursor.fetchall()]
    return SearchResult(
        best_pages, tuple(_passage(n, *passage) for n, passage in enumerate(best_passages, start=1))
    )


def check_company(connection: psycopg.Connection[Any], company: str, labels: Sequence[str] = ()) -> None:
    """Raise UnknownCompanyError when no document that these labels may read is of the company."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        key = {"key": company_key(company), "labels": list(labels)}
        if not cursor.execute(_IS_KNOWN, key).fetchone():
            names = [row[0] for row in cursor.execute(_COMPANIES, key)]
            raise UnknownCompanyError(company, near_companies(company, names))


def _hides(cursor: psycopg.Cursor[tuple[Any, ...]], labels: Sequence[str]) -> bool:
    """Whether there are documents that these labels may not read; an index holds the labelled ones alone."""
    return bool(cursor.execute(_HIDDEN, (list(labels),)).fetchone())


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
