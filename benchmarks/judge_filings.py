"""How the judge fares with filings that the rules were not made with: ``benchmarks/judge_filings.py [SET]``.

Pages of invented firms as filings have them (segments under two heads, maturities, movements of provisions,
sensitivities, capital ratios, rows of years, operating figures in prose, ten languages), and of each kind of
statement a right answer and up to four with one fault. All were written before any rule was looked at. A hash
of its name puts a kind into the seen half, which rules were mended on, or the unseen one, which is scored
only. ``ledgers``, ``reports`` and ``dispatches`` for SET are kinds of three other authors, who read no code
of a rule; a kind there may have two right answers, each a line of its own. ``advice`` has a fourth author's
long answers, of which hardly one is kept whole: so their figures are counted, and the faults that are told,
which cost figures. With ``-v`` the cases of the seen half that are judged otherwise are named, with ``-f``
what is kept and told of every fault.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.judge_kinds import QUESTION, Outcome, source_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT

NAMES = ("filings", "ledgers", "reports", "advice", "dispatches")
SETS = {name: Path(__file__).parents[1] / f"tests/unit/judge_{name}.jsonl" for name in NAMES}
HALVES = ("seen", "unseen")
RIGHT_ANSWER = "right"


def outcomes(half: str, cases: Path = SETS["filings"]) -> Iterator[tuple[str, Outcome]]:
    """Judge the answers of a half: with each the name of its fault, ``right`` for none."""
    lines = [json.loads(line) for line in cases.read_text("utf-8").splitlines()]
    pages = {line["page"]: source_of(line) for line in lines if "page" in line}
    for case in lines:
        if case.get("half") == half:
            sources = [pages[name] for name in case["pages"]]
            for fault, answer in ((RIGHT_ANSWER, case["right"]), *case["wrong"]):
                judgement = judge(case.get("question", QUESTION), answer, sources)
                yield fault, Outcome(case["kind"], fault == RIGHT_ANSWER, answer, judgement)


def told_faults(results: Iterable[tuple[str, Outcome]]) -> Iterator[str]:
    """Return the faults for which a lesser share of figures is right than in the right answer before them."""
    without_fault = 0.0
    for fault, each in results:
        verdicts = [figure.verdict in RIGHT for figure in each.judgement.figures]
        share = sum(verdicts) / max(len(verdicts), 1)
        if fault == RIGHT_ANSWER:
            without_fault = share
        elif share < without_fault:
            yield fault


def show(half: str, cases: Path, *, every: bool, by_fault: bool) -> None:
    """Print how many right and wrong answers of a half are kept, and what is judged otherwise."""
    results = list(outcomes(half, cases))
    answers = Counter(fault for fault, _ in results)
    kept = Counter(fault for fault, each in results if each.is_kept)
    told = Counter(told_faults(results))
    of_right = [figure.verdict for _, each in results if each.is_right for figure in each.judgement.figures]
    figures = f"{sum(map(RIGHT.__contains__, of_right))} of {len(of_right)} figures"
    print(f"{half:6}  right kept  {kept[RIGHT_ANSWER]:3} of {answers[RIGHT_ANSWER]}, {figures}")
    del kept[RIGHT_ANSWER], answers[RIGHT_ANSWER]
    print(f"{half:6}  wrong kept  {kept.total():3} of {answers.total()}, told {told.total()}")
    for fault in sorted(answers) if by_fault else ():
        print(f"{'':8}{fault:10}  {kept[fault]:3} of {answers[fault]}, told {told[fault]}")
    for fault, each in results if every else ():
        if each.is_kept != each.is_right:
            verdicts = [(figure.text, figure.verdict) for figure in each.judgement.figures]
            print(each.kind, fault, each.answer, verdicts, sep=" | ")


if __name__ == "__main__":
    [chosen] = [each for each in sys.argv[1:] if not each.startswith("-")] or ["filings"]
    for name in HALVES:
        show(name, SETS[chosen], every="-v" in sys.argv and name == "seen", by_fault="-f" in sys.argv)
