"""How the judge fares in other languages than English: ``python benchmarks/judge_languages.py``.

The cases, ``tests/unit/judge_languages*.jsonl``, are of invented filings: a right answer, and the same with
one fault. Printed is, by language, the share of the right answers that are kept and that of each fault which
is caught; then the same for answers on sources in English, where a right one is to be unread. The rules were
mended on the seen half; the other one has its own firms and wordings, written before they were. The two later
halves are of another author, parted by a hash of the cases' names: the seen one was read for version 11.
With ``-v`` every case that is judged otherwise is named.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored

_TESTS = Path(__file__).parents[1] / "tests/unit"
HALVES = {
    name: _TESTS / f"judge_languages{file}.jsonl"
    for name, file in {
        "seen": "",
        "unseen": "_unseen",
        "later seen": "_later",
        "later unseen": "_later_unseen",
    }.items()
}
SOURCES_IN_ENGLISH = "en"


class Outcome(NamedTuple):
    """An answer of a case and what is said of it; ``fault`` is "" for the right one."""

    case: str
    language: str
    crosses: bool
    fault: str
    answer: str
    judgement: Judgement

    @property
    def is_as_it_should_be(self) -> bool:
        """A right answer is kept, or unread where the source is in another language; a wrong one is wrong."""
        if self.fault:
            return self.judgement.is_wrong
        return not self.judgement.is_wrong and self.judgement.is_unread == self.crosses


def outcomes(half: str) -> Iterator[Outcome]:
    """Judge every answer of every case of a half."""
    lines = [json.loads(line) for line in HALVES[half].read_text("utf-8").splitlines()]
    sources = {
        line["source"]: JudgedSource(line["title"], line["text"], stored(facts_of(line["text"])))
        for line in lines
        if "text" in line
    }
    for case in lines:
        if "text" not in case:
            yield from _judged(case, sources[case["source"]])


def _judged(case: dict[str, Any], source: JudgedSource) -> Iterator[Outcome]:
    crosses = case["source"].startswith(SOURCES_IN_ENGLISH)
    for fault, answer in {"": case["right"], **case["wrong"]}.items():
        judgement = judge(case["question"], answer, [source])
        yield Outcome(case["id"], case["language"], crosses, fault, answer, judgement)


def shares(results: list[Outcome]) -> dict[tuple[str, bool, str], tuple[int, int]]:
    """Return how many answers are judged as they should be, and their number.

    The key is (language, whether the source is in English, fault); under the fault "any" are all the faults.
    """
    count: dict[tuple[str, bool, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in results:
        for fault in {each.fault, "any" if each.fault else ""}:
            good, number = count[each.language, each.crosses, fault]
            count[each.language, each.crosses, fault] = (good + each.is_as_it_should_be, number + 1)
    return dict(count)


def show(half: str, *, every: bool) -> None:
    """Print the shares of a half; ``every`` names the cases that are judged otherwise too."""
    results = list(outcomes(half))
    for (language, crosses, fault), (good, number) in sorted(shares(results).items()):
        source = "English source" if crosses else "own language  "
        said = f"{fault} caught" if fault else "right unread" if crosses else "right kept"
        print(f"{half:12}  {language}  {source}  {said:<24} {good / number:4.2f} of {number}")
    for each in results if every else ():
        if not each.is_as_it_should_be:
            verdicts = [(figure.text, figure.verdict) for figure in each.judgement.figures]
            print(each.case, each.fault or "right", each.answer, verdicts)


if __name__ == "__main__":
    for half in HALVES:
        show(half, every="-v" in sys.argv)
