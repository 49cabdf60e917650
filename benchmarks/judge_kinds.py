"""How the judge fares with kinds of statement that no other benchmark has: ``benchmarks/judge_kinds.py``.

Bounds, denials, other firms, parts of a year, years as operands and more, on pages of invented firms: of each
kind a right answer and a wrong one. The rules were mended on the seen half; the other one, of other firms and
wordings, was written before they were, and is scored only. With ``-v`` the cases of the seen half that are
judged otherwise are named.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored

CASES = Path(__file__).parents[1] / "tests/unit/judge_kinds.jsonl"
HALVES = ("seen", "unseen", "later")
QUESTION = "What does the report say?"


class Outcome(NamedTuple):
    """An answer of a kind, whether it is right, and what is said of it."""

    kind: str
    is_right: bool
    answer: str
    judgement: Judgement

    @property
    def is_kept(self) -> bool:
        """Whether all its figures are right; an answer without any has none that is wrong."""
        return RIGHT.issuperset(figure.verdict for figure in self.judgement.figures)


def outcomes(half: str) -> Iterator[Outcome]:
    """Judge the answers of a half, two a kind."""
    lines = [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]
    pages = {line["page"]: source_of(line) for line in lines if "page" in line}
    for case in lines:
        if case.get("half") == half:
            sources = [pages[name] for name in case["pages"]]
            for is_right, answer in ((True, case["right"]), (False, case["wrong"])):
                yield Outcome(case["kind"], is_right, answer, judge(QUESTION, answer, sources))


def source_of(page: dict[str, Any]) -> JudgedSource:
    """Return a page as the judge gets it."""
    facts = stored(facts_of(page["text"]))
    return JudgedSource(page["title"], page["text"], facts, page["company"], page["year"])


def show(half: str, *, every: bool) -> None:
    """Print how many right and wrong answers are kept; ``every`` names what is judged otherwise too."""
    results = list(outcomes(half))
    for is_right, name in ((True, "right"), (False, "wrong")):
        group = [each for each in results if each.is_right == is_right]
        print(f"{half:6}  {name} kept  {sum(each.is_kept for each in group):3} of {len(group)}")
    for each in results if every else ():
        if each.is_kept != each.is_right:
            verdicts = [(figure.text, figure.verdict) for figure in each.judgement.figures]
            print(each.kind, "right" if each.is_right else "wrong", each.answer, verdicts, sep=" | ")


if __name__ == "__main__":
    for half in HALVES:
        show(half, every="-v" in sys.argv and half != "unseen")
