"""Retrieval: the pages that answer a question, ranked by BM25 in plain SQL, and the best passages inside them."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from finrisk.lexemes import company_key, query_lexemes, words

K1 = 1.2
B = 0.75
"""BM25's saturation and length normalisation (Robertson and Zaragoza 2009, 4.1), its usual values."""

PAIR_WEIGHT = 0.75
"""Of a lexeme of two words, beside 1 of one word."""

LINE_WEIGHT = 0.5
LINE_PAIR_WEIGHT = 0.5
"""Of the page's best line (sentence or table row), itself scored by BM25, and of pairs of words in it."""

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


_QUERY_LEXEMES = """
    asked as materialized (
        select t.id, t.pages, l.weight * (case when position(' ' in t.term) > 0 then {pair} else 1 end)
               * ln(1 + (c.pages - t.pages + 0.5) / (t.pages + 0.5)) as weight,
               position(' ' in t.term) > 0 as pair
        from corpus c, unnest(%(lexemes)s::text[], %(weights)s::real[]) as l (term, weight)
        join terms t on t.term = l.term
        order by weight desc, t.id limit {lexemes}
    )""".format(pair=PAIR_WEIGHT, lexemes=LEXEMES)
