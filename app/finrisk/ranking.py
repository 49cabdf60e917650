"""Ranking: the statements that find and rank pages and their passages, in plain SQL."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

PAIR_WEIGHT = 0.75
"""Of a lexeme of two words, beside 1 of one word."""

LINE_WEIGHT = 0.5
TITLE_LINE_WEIGHT = 0.3
LINE_PAIR_WEIGHT = 0.4
"""Of a page's best line (a sentence or table row) and of its title, scored by BM25 over all lines, and of
lexemes of two words there: a page where one line says it all beats one where the words are strewn about."""

CANDIDATES = 60
CANDIDATES_A_PAGE = 6
"""Pages whose lines are looked at, at most, and for each page that is asked for: of 2,067 questions to real
pages, the first five pages are the same among 30 and among 60 candidates for all but one."""

MOST_LEXEMES = 96
"""Of a question, the ones that weigh most; a question of thirty words has about sixty."""

POSTINGS = 5_000
"""To find candidates, all rows of the rarest lexemes are read, so many together."""

COMMON_LEXEMES = 8
BEST_POSTINGS = 100
"""Of so many of the commoner lexemes, rarest first, so many rows each are read, of pages that say them most.
All other rows only add to candidates' scores, so a search costs about the same however large the index is."""

_CONSTANTS = {
    "pair": PAIR_WEIGHT,
    "line_pair": LINE_PAIR_WEIGHT,
    "line": LINE_WEIGHT,
    "title_line": TITLE_LINE_WEIGHT,
    "candidates": CANDIDATES,
    "a_page": CANDIDATES_A_PAGE,
    "most_lexemes": MOST_LEXEMES,
    "postings": POSTINGS,
    "best": BEST_POSTINGS,
}


_NAME = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Statement:
    """A statement as the server reads it, and what its parameters are called, in their order.

    psycopg would look for the names of one so long each time that it is asked.
    """

    text: bytes
    names: tuple[str, ...]

    @classmethod
    def of(cls, query: str) -> "Statement":
        """The statement of a query with parameters such as ``%(name)s``."""
        names = tuple(dict.fromkeys(_NAME.findall(query)))
        return cls(_NAME.sub(lambda name: f"${names.index(name[1]) + 1}", query).encode(), names)

    def rows(
        self, cursor: psycopg.RawCursor[Any], values: Mapping[str, object], *, prepare: bool
    ) -> list[Any]:
        """What it gives with these values; ``prepare`` has it planned once for a connection."""
        return cursor.execute(self.text, [values[name] for name in self.names], prepare=prepare).fetchall()


def _with_constants(query: str) -> str:
    """Return the statement with our numbers in it.

    As parameters they would hide how few rows there are, and a plan that is made once would take four times
    as long as one that is made for each question.
    """
    for name, value in _CONSTANTS.items():
        query = query.replace(f"%({name})s", f"{value}::float8" if isinstance(value, float) else str(value))
    return query


# "offset 0" keeps a look-up one index scan per lexeme, whatever the planner believes about the rest. An xid,
# which nothing is sorted by, has "ranked" hash thousands of rows: the planner expects a hundred, and sorts.
_RANKING = _with_constants("""
with asked as materialized (
    select t.id, t.pages, position(' ' in t.term) > 0 as pair,
           l.weight * ln(1 + (c.pages - t.pages + float8 '0.5') / (t.pages + float8 '0.5')) as weight
    from (select pages from corpus limit 1) c
    cross join unnest(%(lexemes)s::text[], %(weights)s::float8[]) as l (term, weight)
    cross join lateral (select * from terms where term = l.term offset 0) t
    /* unless */ order by weight desc, t.id limit %(most_lexemes)s
),
filtered as materialized (select /* growth */ as growth from corpus limit 1),
sizes as materialized (
    select greatest(words, 1) / greatest(pages, 1)::float8 as page,
           greatest(words, 1) / greatest(lines, 1)::float8 as line from corpus limit 1
),
weighed as materialized (
    select id, pages, weight * (case when pair then %(pair)s else 1 end)::float8 as page_weight,
           weight * (case when pair then %(line_pair)s else 1 end)::float8 as line_weight,
           sum(pages) over rarest <= %(postings)s * growth as rare,
           sum(pages) over rarest - pages < %(candidates)s * growth as needed
    from asked cross join filtered window rarest as (order by pages, id)
),
common as materialized (
    select id, page_weight, needed from weighed where not rare order by pages, id /* common */
),
read as (
    select w.page_weight, o.page_id, o.tf, o.length
    from weighed w cross join lateral (select * from postings where term_id = w.id /* only */ offset 0) o
    where w.rare
    union all
    select c.page_weight, o.page_id, o.tf, o.length
    from common c cross join lateral (
        select * from postings where term_id = c.id and tf > 2 /* only */
        order by impact(tf, length) desc, page_id limit %(best)s
    ) o
    union all
    select c.page_weight, o.page_id, o.tf, o.length
    from common c cross join lateral (
        select * from postings where term_id = c.id and tf <= 2 /* only */
        order by page_id desc limit %(postings)s
    ) o
    where c.needed /* always */
),
ranked as (
    select o.page_id, sum(o.page_weight * bm25(o.tf, o.length, (select page from sizes))) as score
    from read o group by o.page_id, null::xid /* order */
),
found as materialized (
    select page_id from ranked /* passing */ order by score desc, page_id
    limit least(%(candidates)s, %(a_page)s * %(pages)s)
),
hits as materialized (
    select o.*, w.page_weight, w.line_weight
    from weighed w cross join lateral (
        select * from postings
        where term_id = w.id and page_id = any(array(select page_id from found)) offset 0
    ) o
),
page_scores as materialized (
    select h.page_id, sum(h.page_weight * bm25(h.tf, h.length, (select page from sizes))) as score
    from hits h group by h.page_id
),
looked as materialized (
    select id, document_id, number, coalesce(sheet, number) as page, line_lengths from pages
    where id = any(array(select page_id from found))
),
line_hits as materialized (
    select page_id, term_id, line, line_weight, count(*)::float8 as tf
    from (select page_id, term_id, line_weight, unnest(lines) as line from hits) o
    group by page_id, line, term_id, line_weight
),
line_scores as materialized (
    select page_id, line, sum(score) as score from (
        select h.page_id, h.line,
               h.line_weight * bm25(h.tf, p.line_lengths[h.line], (select line from sizes)) as score
        from line_hits h join looked p on p.id = h.page_id offset 0
    ) l group by page_id, line
),
best_lines as materialized (
    select page_id, coalesce(max(score) filter (where line = 1), 0) as title,
           coalesce(max(score) filter (where line > 1), 0) as line
    from line_scores group by page_id
),
best as materialized (
    select b.*, d.title, d.company, d.year, d.labels,
           row_number() over (order by b.score desc, b.document_id, b.number) as rank
    from (
        select p.id, p.document_id, p.number, p.page,
               r.score + %(line)s * b.line + %(title_line)s * b.title as score
        from page_scores r join best_lines b on b.page_id = r.page_id join looked p on p.id = r.page_id
        order by score desc, p.document_id, p.number limit %(pages)s
    ) b cross join lateral (
        select title, company, year, labels from documents where id = b.document_id offset 0
    ) d
),
inside as materialized (
    select b.rank, b.score as page_score, s.*, avg(s.length) over () as average
    from best b cross join lateral (select * from passages where page_id = b.id offset 0) s
),
passage_hits as materialized (
    select i.page_id, i.number, i.length, i.average, h.line_weight as weight, sum(h.tf) as tf
    from (select * from line_hits where page_id = any(array(select id from best)) offset 0) h
    join inside i on i.page_id = h.page_id and h.line between i.first_line and i.last_line
    group by i.page_id, i.number, i.length, i.average, h.term_id, h.line_weight
),
passage_scores as materialized (
    select page_id, number, sum(weight * bm25(tf, length, greatest(average, 1))) as score
    from passage_hits group by page_id, number
),
top as materialized (
    select (select max(score) from best) as page,
           greatest((select max(score) from passage_scores), 1e-9) as passage
),
chosen as materialized (
    select i.rank, i.number, i.text, i.facts,
           i.page_score / t.page + coalesce(s.score, 0) / t.passage as score
    from inside i cross join top t left join passage_scores s on s.page_id = i.page_id and s.number = i.number
    order by score desc, i.rank, i.number limit %(passages)s
)
select b.id, b.rank, b.document_id, b.page, b.title, b.company, b.year, b.labels, b.score,
       c.text, c.facts, c.score
from best b left join chosen c on c.rank = b.rank order by c.score desc nulls last, b.rank, c.number
""")

_FILTER = """
d.labels <@ %(labels)s::text[]
and (%(company)s::text is null or d.company_key = %(company)s or d.ticker_key = %(company)s)
and (%(year)s::integer is null or d.year = %(year)s)"""

ALLOWED = Statement.of(f"""
with few as materialized (select d.id from documents d where {_FILTER} limit %(most)s)
select case when (select count(*) from few) < %(most)s then array(
    select p.id from few cross join lateral (select id from pages where document_id = few.id offset 0) p
    limit %(most)s
) end""")  # noqa: S608 - our own constants
"""The pages that pass a filter, at most so many; null where documents alone are as many."""

SOME_ALLOWED = Statement.of(f"""
select array(
    select p.id from (
        select id from documents d where {_FILTER} order by updated_at desc, id limit %(most)s
    ) d cross join lateral (select id from pages where document_id = d.id order by number offset 0) p
    limit %(most)s
)""")  # noqa: S608 - our own constants
"""At most so many of the pages that pass a filter, of the newest documents."""


def _pages(
    growth: str = "float8 '1'",
    common: str = f"limit {COMMON_LEXEMES}",
    only: str = "",
    always: str = "",
    order: str = "",
    passing: str = "",
    unless: str = "",
) -> Statement:
    """Return the statement that ranks pages and their passages, with what a filter needs in its places."""
    parts = {
        "growth": growth,
        "common": common,
        "only": only,
        "always": always,
        "order": order,
        "passing": passing,
        "unless": unless,
    }
    query = _RANKING
    for name, part in parts.items():
        query = query.replace(f"/* {name} */", part)
    return Statement.of(query)


LABELLED = 100
"""Documents with labels: who may read all of them searches without a filter where there are fewer."""

_HIDES = f"""(
    select count(*) = {LABELLED} or coalesce(bool_or(not labels <@ %(labels)s::text[]), false)
    from (select labels from documents where labels <> '{{}}' order by id limit {LABELLED}) labelled
)"""  # noqa: S608 - our own constants
HIDES = Statement.of(f"select {_HIDES}")
"""Whether there may be documents that these labels may not read; of many, not all are looked at."""

PAGES = _pages(unless=f"where not {_HIDES}")
"""Of no filter; none where there may be documents that have to be left out."""

_FEW = {
    "growth": "pages::float8 / greatest(cardinality(%(allowed)s::integer[]), 1)",
    "only": "and page_id = any(%(allowed)s::integer[])",
    "always": "or true",
}
PAGES_AMONG_FEW = _pages(**_FEW)
"""Of a filter that few pages pass: fewer rows a lexeme are read, so more lexemes are. Of the common ones too:
the rare ones may stand on no page that passes."""

PAGES_AMONG_FEW_BY_EVERY_LEXEME = _pages(**_FEW, common="")
"""The same where those lexemes bring too few: all of them are read, on the pages that pass."""

PAGES_AMONG_MANY = _pages(
    order="order by score desc, o.page_id offset 0",
    passing=f"""cross join lateral (
        select from pages p join documents d on d.id = p.document_id
        where p.id = ranked.page_id and {_FILTER} offset 0
    ) passing""",
)
"""Of a filter that many pages pass: it is asked of one candidate after the other, the best first."""
