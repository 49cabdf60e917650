"""Scores of answers, right and wrong ones: ``python benchmarks/judge.py CASES.jsonl SCORES.jsonl``.

A case is a line of JSON with ``id``, ``question``, ``answer`` and ``sources`` [{document_id, title, text}].
For each a line ``{"id", "score"}`` is written, the score as the service would store it.
"""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import WRONG, JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored


@cache
def facts(text: str) -> str:
    """Return the facts of a page as ingestion stores them."""
    return stored(facts_of(text))


def judgement(case: dict[str, Any]) -> Judgement:
    """Judge a case."""
    sources = [JudgedSource(each["title"], each["text"], facts(each["text"])) for each in case["sources"]]
    return judge(case["question"], case["answer"], sources)


def score(result: Judgement) -> float:
    """Return 1 for an answer without a wrong figure, below 0.9 for any other."""
    wrong = sum(figure.verdict in WRONG for figure in result.figures)
    return 0.89 * (1 - wrong / len(result.figures)) if wrong else 1.0


if __name__ == "__main__":
    cases, scores = map(Path, sys.argv[1:3])
    with cases.open(encoding="utf-8") as lines, scores.open("w", encoding="utf-8") as out:
        for case in map(json.loads, lines):
            out.write(json.dumps({"id": case["id"], "score": round(score(judgement(case)), 3)}) + "\n")
