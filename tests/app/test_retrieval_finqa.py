"""Retrieval holds its figures on real report pages and real questions."""

import gzip
import json
import math
from statistics import fmean
from typing import Any

import psycopg
import pytest

from finrisk import documents
from finrisk.retrieval import search
from tests.grounds.repository import FINQA

pytestmark = [
    pytest.mark.finqa,
    pytest.mark.skipif(not FINQA.is_dir(), reason="needs ../shared/data/finqa_mix"),
]


def read(name: str) -> list[dict[str, Any]]:
    with gzip.open(FINQA / name, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def recall(ranks: list[float], at: int) -> float:
    return fmean(rank <= at for rank in ranks)


def ndcg(ranks: list[float], at: int = 10) -> float:
    """Binary nDCG where each question has one right page."""
    return fmean(1 / math.log2(rank + 1) if rank <= at else 0 for rank in ranks)


def test_the_right_page_is_among_the_first_for_real_questions(database_url: str) -> None:
    pages = [
        documents.Document(row["id"], row["title"], row["text"], row["company"], row["year"])
        for row in read("documents.jsonl.gz")
    ]
    ranks: list[float] = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        documents.ingest(connection, pages)
        for query in read("queries.jsonl.gz"):
            found = search(connection, query["question_scoped"], None, None, 10, 8)
            ranked = [page.document_id for page in found.pages]
            [right] = query["gold_doc_ids"]
            ranks.append(ranked.index(right) + 1 if right in ranked else math.inf)
    assert recall(ranks, 1) >= 0.67
    assert recall(ranks, 5) >= 0.86
    assert ndcg(ranks) >= 0.79
