"""How the judge fares with filings not seen before: ``benchmarks/judge_filings.py [SET] [DATA_DIR]``.

Pages of invented firms as filings have them (segments under two heads, maturities, movements of provisions,
sensitivities, capital ratios, rows of years, operating figures in prose, ten languages), and of each kind of
statement a right answer and up to four with one fault. All were written before any rule was looked at. A hash
of its name puts a kind into the seen half, which rules were mended on, or the unseen one, which was scored
only until version 10 of the judge and then read as well. ``ledgers``, ``reports`` and ``dispatches`` for SET
are kinds of three other authors, who read no code of a rule; a kind there may have two right answers, each a
line of its own. ``advice`` has a fourth author's long answers, of which hardly one is kept whole: so their
figures are counted, and the faults that are told, which cost figures. ``answers`` are kinds of a sixth
author, who saw no rule and no case either, on pages of real filings, of which only the ids are here:
``documents.jsonl.gz`` in DATA_DIR has them. ``replies`` are a seventh author's longer answers to other such
pages, each among four more. ``briefs`` are an eighth author's short answers from 57 pages that neither names,
all of the unseen half, and scored only. So are ``notes``, a ninth author's answers from the 60 pages that a
hash chose among those that the other sets name least. With ``-v`` the cases of the seen half that are judged
otherwise are named, with ``-f`` what is kept and told of every fault.
"""

import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.judge_kinds import QUESTION, Outcome, source_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

OF_REAL_PAGES = ("answers", "replies", "briefs", "notes")
NAMES = ("filings", "ledgers", "reports", "advice", "dispatches", *OF_REAL_PAGES)
SETS = {name: Path(__file__).parents[1] / f"tests/unit/judge_{name}.jsonl" for name in NAMES}
HALVES = ("seen", "unseen")
RIGHT_ANSWER = "right"


def outcomes(
    half: str, cases: Path = SETS["filings"], data: Path | None = None
) -> Iterator[tuple[str, Outcome]]:
    """Judge the answers of a half: with each the name of its fault, ``right`` for none.

    A case names its sources as ``pages``, lines of its own file, or as ``documents`` of the folder ``data``.
    """
    lines = [json.loads(line) for line in cases.read_text("utf-8").splitlines()]
    of_half = [line for line in lines if line.get("half") == half]
    pages = {line["page"]: source_of(line) for line in lines if "page" in line}
    if data is not None:
        pages |= documents(data, {name for case in of_half for name in case.get("documents", ())})
    for case in of_half:
        sources = [pages[name] for name in case.get("pages") or case["documents"]]
        for fault, answer in ((RIGHT_ANSWER, case["right"]), *case["wrong"]):
            judgement = judge(case.get("question", QUESTION), answer, sources)
            yield fault, Outcome(case["kind"], fault == RIGHT_ANSWER, answer, judgement)


def documents(data: Path, ids: set[str]) -> dict[str, JudgedSource]:
    """Return those of the real pages in a folder that have these ids, as the judge gets them."""
    with gzip.open(data / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages: list[dict[str, Any]] = [page for page in map(json.loads, lines) if page["id"] in ids]
    return {page["id"]: source_of(page | {"company": page["company"] or ""}) for page in pages}


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


def show(half: str, cases: Path, data: Path | None, *, every: bool, by_fault: bool) -> None:
    """Print how many right and wrong answers of a half are kept, and what is judged otherwise."""
    results = list(outcomes(half, cases, data))
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
    chosen, *folder = [each for each in sys.argv[1:] if not each.startswith("-")] or ["filings"]
    if chosen in OF_REAL_PAGES and not folder:
        sys.exit(
            f"the pages of {chosen} are not here: name DATA_DIR, the folder with their documents.jsonl.gz"
        )
    place = Path(folder[0]) if folder else None
    for name in HALVES:
        show(name, SETS[chosen], place, every="-v" in sys.argv and name == "seen", by_fault="-f" in sys.argv)
