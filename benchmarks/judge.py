"""Scores of answers, right and wrong ones: ``python benchmarks/judge.py CASES.jsonl SCORES.jsonl``.

A case is a line of JSON with ``id``, ``question``, ``answer``, ``sources`` [{document_id, title, text}], and
maybe ``company`` and ``year``. For each a line ``{"id", "score"}`` is written, the score as the service would
store it; the facts are made from the case's own sources, as ingestion makes them.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "app"), str(REPOSITORY / "rules")]

from finrisk import quality  # noqa: E402 - the path is set above
from finrisk_rules.judge.judgement import judge  # noqa: E402 - as above
from finrisk_rules.judge.verdicts import JudgedSource, Judgement  # noqa: E402 - as above
from finrisk_rules.page_facts import facts_of, stored  # noqa: E402 - as above


@cache
def facts(text: str) -> str:
    """Return the facts of a page as ingestion stores them."""
    return stored(facts_of(text))


def sources_of(case: dict[str, Any]) -> list[JudgedSource]:
    """Return the sources of a case as the service hands them to the judge.

    The company and year of a case are those of the source whose title names the company.
    """
    company, year = case.get("company") or "", case.get("year")
    owned = [company != "" and company.lower() in each["title"].lower() for each in case["sources"]]
    return [
        JudgedSource(each["title"], each["text"], facts(each["text"]), *((company, year) if is_its else ()))
        for each, is_its in zip(case["sources"], owned, strict=True)
    ]


def judgement(case: dict[str, Any]) -> Judgement:
    """Judge a case."""
    return judge(case["question"], case["answer"], sources_of(case))


def score(case: dict[str, Any]) -> float:
    """Return the score, 0..1, as the service would store it."""
    parts = quality.quality_parts(case["answer"], case["question"], sources_of(case), judgement(case))
    return quality.score(parts)


if __name__ == "__main__":
    cases, scores = map(Path, sys.argv[1:3])
    with cases.open(encoding="utf-8") as lines, scores.open("w", encoding="utf-8") as out:
        for case in map(json.loads, lines):
            out.write(json.dumps({"id": case["id"], "score": score(case)}) + "\n")
