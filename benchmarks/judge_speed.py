"""What a judgement costs: ``python benchmarks/judge_speed.py``.

An answer of 400 words with some 13 figures is judged against eight invented pages: cold (nothing was read
before, not even a word of English), with new pages (none of them was read before) and warm, in milliseconds
of CPU and relative to reading 100 KB of JSON that is made as stored facts are, of lists of short texts and
numbers (and of records, for comparison). Then texts of 30,000 characters, made to be slow, as answer,
question and sources, of one page and of twenty: the slowest in seconds.
"""

import json
import random
import sys
import time
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "rules")]

from benchmarks.judge_wordings import FIRMS, KINDS, WORDINGS, Scene, lower, page  # noqa: E402 - the path is set above
from finrisk_rules.judge import evidence, languages, stems, table_evidence, wording  # noqa: E402 - as above
from finrisk_rules.judge.judgement import judge  # noqa: E402 - as above
from finrisk_rules.judge.verdicts import JudgedSource  # noqa: E402 - as above
from finrisk_rules.page_facts import facts_of, stored  # noqa: E402 - as above

PAGES, WORDS, ANSWERS, ROUNDS = 8, 400, 20, 5
FILLER = (
    "Management of {} sees no material change in how these amounts are measured, and it describes the "
    "policies that it follows, the judgements that it made and the risks that it bears in the notes to its "
    "accounts [{}]."
)
DOCUMENT = json.dumps([{"id": n, "text": "net sales of the year " * 3, "value": n * 1.5} for n in range(960)])
"""100 KB of records."""
SIZE = 100_000
LENGTH = 30_000
HOSTILE = (
    "1 ", "+1 202 ", "%69", "$1,234.5 million in 2023, ", "| 1 | 2 |\n", "(", "9", "[1-99]", "rose ", "1.1.",
    "2023 ", "\n", "売上高は4,502百万円。", "\ud800", "Revenue ", "1 + ", "12-", "a b ",
    "\u202e\u0661", "5 % of ", "No. 5. ", "A [1]. ", "1.1/rose [1]億=", "Rose 5. ", "\n1. 2023年5。",
    "三千二百万円、", "二", "Q1, Q2 2024 ", "Growth = (5 - 6) / 6 = 9 % ", "売上高は4,502百万円。\n",
    "| 1 | 2 |\nGrowth = (5 - 6) / 6 = 9 % \n", "Growth = (5 - 6) / 6 = 9 % $1,234.5 million in 2023, . ",
    "Growth = (5 - 6) / 6 = 9 % 12-. ", "No. 5. 1.1/rose [1]億=",
    "売上高は4,502百万円。\nfell by | 1 | 2 |\n", "\nNo. 5. 1.1/rose [1]億=twice days ",
    "and \n## * Growth = (5 - 6) / 6 = 9 % ",
    "bn(.1){売上高は4,502百万=円。\nInc. EBITDA 450 The total of 5, 6 and 7 was 18. ",
    "the average of 5.5 and 6.5 was 6. Growth = (5 - 6) / 6 = 9 % EBITDA 450 _largest 2023 - 5.1 of 7\n{",
    "[1-99]$1,234.5 million in 2023, 1,234.5", "- 5.1 of 7 iRose 5. s 9 %\n年ROE ",
)  # fmt: skip
DIVISIONS = (1, 20)
"""Into how many pages a hostile text is divided: each figure is compared with all that it does not cite."""

Case = tuple[str, str, list[JudgedSource]]


def case(seed: int) -> Case:
    """Make a question, an answer of WORDS words and its sources."""
    rng = random.Random(seed)  # noqa: S311 - cases, no secrets
    firms = [rng.choice(FIRMS) for _ in range(PAGES)]
    pages = [page(rng, firm, KINDS[n % len(KINDS)]) for n, firm in enumerate(firms)]
    lines: list[str] = []
    while sum(len(line.split()) for line in lines) < WORDS:
        n = rng.randrange(PAGES)
        row, other = rng.sample(sorted(pages[n].rows), 2)
        at, beside = rng.sample(range(2), 2)
        facts = (pages[n].rows[row][at], pages[n].rows[row][beside], pages[n].rows[other][at])
        lines.append(rng.choice(WORDINGS)(Scene(rng, firms[n], *facts)).replace("1]", f"{n + 1}]"))
        lines.append(FILLER.format(firms[n], n + 1))
    sources = [JudgedSource(each.firm, each.text, stored(facts_of(each.text)), each.firm) for each in pages]
    return f"What do the reports say of {lower(row)}?", "\n".join(lines), sources


def hostile_case(piece: str, pages: int) -> Case:
    """Make a hostile text of LENGTH characters an answer, its question and its sources."""
    text = (piece * LENGTH)[:LENGTH]
    size = LENGTH // pages
    parts = [text[at : at + size] for at in range(0, size * pages, size)]
    return (
        text,
        text,
        [JudgedSource(part if pages == 1 else "", part, stored(facts_of(part))) for part in parts],
    )


def forget(*, words: bool = True) -> None:
    """Forget what was read of any page, and, with ``words``, of any word."""
    kept = () if words else (stems.stem, wording._stem)
    for module in (evidence, languages, stems, table_evidence, wording):
        for value in vars(module).values():
            if hasattr(value, "cache_clear") and value not in kept:
                value.cache_clear()


def milliseconds(work: "partial[Any]", times: int = 1) -> float:
    """Return the milliseconds of CPU that some work takes."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1000


def main() -> None:
    """Print what judgements cost."""
    cases = [case(seed) for seed in range(ANSWERS)]
    lists = _lists([source.facts or "" for *_, sources in cases for source in sources])
    colds, news, warms, units, records = [], [], [], [], []
    for _ in range(ROUNDS):
        units.append(milliseconds(partial(json.loads, lists), 20))
        records.append(milliseconds(partial(json.loads, DOCUMENT), 20))
        for each in cases:
            forget()
            colds.append(milliseconds(partial(judge, *each)))
            forget(words=False)
            news.append(milliseconds(partial(judge, *each)))
        twice = [milliseconds(partial(judge, *each)) for each in cases for _ in range(2)]
        warms += twice[1::2]
    figures = sum(len(judge(*each).figures) for each in cases) / ANSWERS
    unit, cold, new, warm = min(units), *(min(_means(each)) for each in (colds, news, warms))
    print(f"100 KB of JSON: as facts are {unit:.2f} ms, records {min(records):.2f} ms")
    print(f"{figures:.0f} figures an answer")
    said = {"cold": cold, "new pages": new, "warm": warm}
    print("; ".join(f"{name} {spent:.2f} ms = {spent / unit:.2f}" for name, spent in said.items()))
    slowest = (0.0, "", 1)
    for piece, pages in product(HOSTILE, DIVISIONS):
        asked = hostile_case(piece, pages)
        forget()
        slowest = max(slowest, (milliseconds(partial(judge, *asked)) / 1000, piece, pages))
    spent, piece, pages = slowest
    print(f"slowest of {len(HOSTILE)} hostile texts {spent:.2f} s: {piece!r}, {pages} pages")


def _lists(facts: list[str]) -> str:
    """Return SIZE characters of JSON, or a little less, of these facts one after the other."""
    count = 0
    while sum(map(len, facts[: count + 1])) + count + 2 < SIZE and count < len(facts):
        count += 1
    return f"[{','.join(facts[:count])}]"


def _means(values: list[float]) -> list[float]:
    return [sum(values[at : at + ANSWERS]) / ANSWERS for at in range(0, len(values), ANSWERS)]


if __name__ == "__main__":
    main()
