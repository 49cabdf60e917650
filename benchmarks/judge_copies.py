"""What is found wrong in sentences that stand in a page: ``python benchmarks/judge_copies.py DATA_DIR``.

Each sentence of prose with a figure, the first 25 of a page, is an answer that cites its page. All of them
say what the page says; printed are the figures that are found wrong, by verdict.
"""

import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "rules")]

from finrisk_rules.judge.judgement import judge  # noqa: E402 - the path is set above
from finrisk_rules.judge.verdicts import WRONG, JudgedSource  # noqa: E402 - as above
from finrisk_rules.page_facts import facts_of, stored  # noqa: E402 - as above

MOST, SHORTEST, LONGEST = 25, 30, 400
"""Sentences of a page, and characters of a sentence."""

_BOUNDARY = re.compile(r"(?<=[.!?]) +(?=[A-Z])")


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of prose that have a figure."""
    for line in text.split("\n"):
        if "|" not in line:
            yield from (each.strip() for each in _BOUNDARY.split(line) if any(map(str.isdigit, each)))


def main() -> None:
    """Print how many figures of copied sentences are found wrong."""
    (folder,) = sys.argv[1:]
    verdicts: Counter[str] = Counter()
    with gzip.open(Path(folder) / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            source = JudgedSource(document["title"], document["text"], stored(facts_of(document["text"])))
            chosen = [each for each in sentences(source.text) if SHORTEST < len(each) < LONGEST][:MOST]
            for sentence in chosen:
                found = judge("What does the filing say?", f"- {sentence} [1]", [source])
                verdicts.update(figure.verdict for figure in found.figures)
    total = sum(verdicts.values())
    wrong = sum(number for verdict, number in verdicts.items() if verdict in WRONG)
    print(f"{total:,} figures of copied sentences, {wrong} found wrong ({wrong / total:.1%})")
    for verdict, number in verdicts.most_common():
        print(f"  {verdict:16} {number:6,}")


if __name__ == "__main__":
    main()
