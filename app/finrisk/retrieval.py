"""Retrieval: the pages that answer a question, ranked by BM25 in plain SQL, and the best passages inside them."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from finrisk.lexemes import company_key, query_lexemes

K1 = 1.2
B = 0.75
"""BM25's saturation and length normalisation (Robertson and Zaragoza 2009, 4.1), its usual values."""

PAIR_WEIGHT = 0.75
"""Of a lexeme of two words, beside 1 of one word."""

LINE_WEIGHT = 0.5
TITLE_LINE_WEIGHT = 0.3
LINE_PAIR_WEIGHT = 0.4
"""Of the page's best line (sentence or table row) and of its title, scored by BM25 over the lines, and of pairs there."""

CANDIDATES = 60
"""Pages whose lines are looked at."""

LEXEMES = 96
"""Of a question, the ones that weigh most; a question of thirty words has about sixty."""

POSTINGS = 40_000
"""Rows read to find candidates, rarest lexemes first; the lexemes behind are counted for the candidates alone."""


@dataclass(frozen=True)
class RankedPage:
    """A page and its score: BM25 of the page plus that of its best line, comparable within one search only."""

    document_id: str
    page: int
    title: str
    company: str | None
    year: int | None
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
    text: str
    score: float


@dataclass(frozen=True)
class Retrieved:
    """What a search found, best first; both are empty when nothing matched."""

    pages: tuple[RankedPage, ...]
    passages: tuple[RankedPassage, ...]


_BM25 = "{tf} * (1.0 + {k1}) / ({tf} + {k1} * (1.0 - {b} + {b} * {length} / {average}))"


def _bm25(tf: str, length: str, average: str) -> str:
    """Return the SQL of BM25's term frequency part; every number is a double, numeric would cost four times as much."""
    numbers = {"k1": f"float8 '{K1}'", "b": f"float8 '{B}'"}
    return _BM25.format(tf=tf, length=length, average=average, **numbers)


_ASKED = f"""
    asked as materialized (
        select t.id, t.pages, position(' ' in t.term) > 0 as pair,
               l.weight * ln(1 + (c.pages - t.pages + float8 '0.5') / (t.pages + float8 '0.5')) as weight
        from corpus c, unnest(%(lexemes)s::text[], %(weights)s::float8[]) as l (term, weight)
        join terms t on t.term = l.term
        order by weight desc, t.id limit {LEXEMES}
    )"""

_ALLOWED = """
    allowed as materialized (
        select p.id from pages p join documents d on d.id = p.document_id
        where (%(company)s::text is null or d.company_key = %(company)s)
          and (%(year)s::integer is null or d.year = %(year)s)
    ),"""


def _pages_query(filtered: bool) -> str:
    """Return the statement that ranks pages; its steps are

    asked: the question's lexemes, the heaviest first; weighed: which of them are rare enough to find candidates;
    found: the candidates; common: what the other lexemes add to them; best: their best line and their title.
    Limits are written out, not passed: a cached plan has to know them.
    """
    share = "(select count(*) from allowed) / greatest(pages, 1)::float8" if filtered else "float8 '1'"
    allowed = "and o.page_id = any(array(select id from allowed))" if filtered else ""
    bm25 = _bm25("o.tf", "o.length", "s.page")
    return f"""
    with {_ALLOWED if filtered else ""} {_ASKED},
    sizes as materialized (
        select greatest(words, 1)::float8 / greatest(pages, 1) as page,
               greatest(words, 1)::float8 / greatest(lines, 1) as line, {share} as share from corpus
    ),
    weighed as materialized (
        select a.id, a.weight * (case when a.pair then {PAIR_WEIGHT} else 1 end) as page_weight,
               a.weight * (case when a.pair then {LINE_PAIR_WEIGHT} else 1 end) as line_weight,
               sum(a.pages) over (order by a.pages, a.id) - a.pages < {POSTINGS} / s.share as rare
        from asked a, sizes s
    ),
    found as materialized (
        select o.page_id, sum(w.page_weight * {bm25}) as score
        from sizes s, weighed w join postings o on o.term_id = w.id
        where w.rare {allowed}
        group by o.page_id order by score desc, o.page_id limit {CANDIDATES}
    ),
    common as materialized (
        select o.page_id, sum(w.page_weight * {bm25}) as score
        from sizes s, weighed w join postings o on o.term_id = w.id
        where not w.rare and o.page_id = any(array(select page_id from found))
        group by o.page_id
    ),
    hits as (
        select o.page_id, line, w.line_weight, count(*)::float8 as tf
        from weighed w join postings o on o.term_id = w.id, unnest(o.lines) as line
        where o.page_id = any(array(select page_id from found))
        group by o.page_id, line, w.id, w.line_weight
    ),
    lengths as materialized (
        select id, line_lengths from pages where id = any(array(select page_id from found))
    ),
    line_scores as (
        select h.page_id, h.line, sum(h.line_weight * {_bm25("h.tf", "p.line_lengths[h.line]", "s.line")}) as score
        from sizes s, hits h join lengths p on p.id = h.page_id
        group by h.page_id, h.line
    ),
    best as materialized (
        select page_id, max(score) filter (where line > 1) as line, max(score) filter (where line = 1) as title
        from line_scores group by page_id
    )
    select p.id, p.document_id, p.number, d.title, d.company, d.year,
           f.score + coalesce(c.score, 0) + {LINE_WEIGHT} * coalesce(b.line, 0)
           + {TITLE_LINE_WEIGHT} * coalesce(b.title, 0) as score
    from found f join pages p on p.id = f.page_id join documents d on d.id = p.document_id
    left join common c on c.page_id = f.page_id left join best b on b.page_id = f.page_id
    order by score desc, p.document_id, p.number limit %(pages)s"""


_PASSAGES = f"""
    with {_ASKED},
    best as materialized (
        select * from unnest(%(page_ids)s::integer[], %(scores)s::float8[]) with ordinality as b (page_id, score, rank)
    ),
    sizes as materialized (
        select greatest(avg(s.length), 1)::float8 as passage from passages s join best b on b.page_id = s.page_id
    ),
    hits as (
        select s.page_id, s.number, s.length, a.weight * (case when a.pair then {LINE_PAIR_WEIGHT} else 1 end) as weight,
               count(*)::float8 as tf
        from best b cross join asked a join postings o on o.term_id = a.id and o.page_id = b.page_id
             cross join unnest(o.lines) as line
        join passages s on s.page_id = o.page_id and line between s.first_line and s.last_line
        group by s.page_id, s.number, a.id, a.pair, a.weight
    ),
    scored as materialized (
        select h.page_id, h.number, sum(h.weight * {_bm25("h.tf", "h.length", "z.passage")}) as score
        from hits h, sizes z group by h.page_id, h.number
    ),
    top as (select greatest((select max(score) from best), 1e-9) as page,
                   greatest((select max(score) from scored), 1e-9) as passage)
    select b.rank, s.text, b.score / t.page + coalesce(h.score, 0) / t.passage as score
    from top t, best b join passages s on s.page_id = b.page_id
    left join scored h on h.page_id = s.page_id and h.number = s.number
    order by score desc, b.rank, s.number limit %(passages)s"""

_PAGES, _FILTERED_PAGES = _pages_query(filtered=False), _pages_query(filtered=True)


def search(
    connection: psycopg.Connection[Any],
    question: str,
    company: str | None,
    year: int | None,
    pages: int,
    passages: int,
) -> Retrieved:
    """Return the best `pages` pages for the question and the best `passages` passages inside them.

    A company or a year given here leaves out every other document; one named in the question only counts as words do.
    The order is total: pages of equal score by document and page, passages by page and place.
    Raises psycopg.Error when the database does not answer.
    """
    lexemes = query_lexemes(question)
    if not lexemes:
        return Retrieved((), ())
    asked = {"lexemes": list(lexemes), "weights": list(lexemes.values())}
    filters = {"company": None if company is None else company_key(company), "year": year}
    filtered = company is not None or year is not None
    with connection.cursor(row_factory=tuple_row) as cursor:
        query = _FILTERED_PAGES if filtered else _PAGES
        found = cursor.execute(query, {**asked, **filters, "pages": pages}, prepare=True).fetchall()
        ranked = tuple(RankedPage(*row[1:]) for row in found)
        if not ranked:
            return Retrieved((), ())
        of = {"page_ids": [row[0] for row in found], "scores": [page.score for page in ranked]}
        cursor.execute(_PASSAGES, {**asked, **of, "passages": passages}, prepare=True)
        best = [(ranked[rank - 1], text, score) for rank, text, score in cursor.fetchall()]
    return Retrieved(
        ranked,
        tuple(
            RankedPassage(n, p.document_id, p.page, p.title, p.company, p.year, text, score)
            for n, (p, text, score) in enumerate(best, start=1)
        ),
    )
