"""What prepare costs: rows of about 2 KB that do not exist, with everything that it does to a row.

    python benchmarks/prepare.py [--rows 20000] [--processes 0] [--without-sources] [--prompts] [--bare]

Printed are rows per second, rows per second of CPU of all processes, and the most memory that one held.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
for folder in (REPOSITORY, REPOSITORY / "rules", REPOSITORY / "roles/finrisk/module_utils"):
    sys.path.insert(0, str(folder))

from finrisk_ops.dataset import candidates, prepare  # noqa: E402 - found by the line above
from finrisk_ops.dataset.kin import Kin  # noqa: E402 - as above
from finrisk_rules import redaction  # noqa: E402 - as above
from finrisk_rules.prompt import Source, render  # noqa: E402 - as above

FIRMS = ("Corvane Bank", "Skaldvik Shipping", "Tillbrook Stores", "Harrowgrain Foods", "Vantrell Power")
WORDS = """funding costs rose again because wholesale markets stayed weak while deposits moved into term
    accounts over the whole quarter and managers expect margins to recover slowly once rates settle""".split()
SENTENCES = 16
ROWS_OF_ONE_SOURCE = 5


def row(number: int, dice: random.Random) -> dict[str, object]:
    """Return one row of an export; each twentieth nearly repeats the one before."""
    if number % 20 == 19:
        again = row(number - 1, random.Random(number - 1))  # noqa: S311 - repeatable
        return {**again, "strategy": f"Please: {again['strategy']}"}
    if number % 20 == 18:
        dice = random.Random(number)  # noqa: S311 - as above
    firm = FIRMS[number % len(FIRMS)]
    said = [
        f"{' '.join(dice.sample(WORDS, 12)).capitalize()} by {dice.randrange(1000)} million [1]."
        for _ in range(SENTENCES)
    ]
    return {
        "id": f"01900000-0000-7000-8000-{number:012x}",
        "created_at": "2026-10-01T08:00:00+00:00",
        "strategy": f"Assess the market risk of {firm} for case {number}: which figures moved most, and why?",
        "analysis": f"## Market risk\n{firm}, case {number}. {' '.join(said)}",
        "quality_score": 0.95,
        "user_id": f"user-{number % 997}",
        "sources": [{"document_id": f"document-{number // ROWS_OF_ONE_SOURCE}", "company": firm}],
        "quality_parts": {"verdicts": {"stated": SENTENCES}, "judge_version": "2"},
    }


def prompt_of(strategy: str, document: int) -> str:
    """Return the prompt of a question with five passages of 1,500 characters, those around a document."""
    passages = []
    for number in range(document, document + 5):
        dice = random.Random(-number)  # noqa: S311 - repeatable
        said = (f"{' '.join(dice.sample(WORDS, 20))} by {dice.randrange(1000)} million." for _ in range(10))
        passages.append(Source(f"document-{number}", f"Annual report {number}", " ".join(said)))
    return render(strategy, passages)


def cpu() -> float:
    """Return the CPU seconds of this process and of those that it started and that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=0)
    parser.add_argument("--without-sources", action="store_true")
    parser.add_argument("--prompts", action="store_true", help="rows of 10 KB, with what was sent")
    parser.add_argument("--bare", action="store_true", help="neither redaction nor near-duplicates")
    asked = parser.parse_args()
    if asked.bare:
        setattr(redaction.Redactor, "redact", lambda _, text, _kinds=(): redaction.Redacted(text, {}))  # noqa: B010
        setattr(prepare, "families", lambda _rows, figures, *_: Kin(len(figures)))  # noqa: B010 - as above
        for digest in ("figures_digest", "values_digest"):  # by which near-duplicates are told
            setattr(candidates, digest, lambda *_: 0)
    rows, dice = asked.rows, random.Random(1)  # noqa: S311 - repeatable
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "training_data_raw_20261101_080000.json"
        with raw.open("w", encoding="utf-8") as file:
            for number in range(rows):
                each = row(number, dice)
                if asked.without_sources:
                    del each["sources"]
                if asked.prompts:
                    each["prompt"] = prompt_of(str(each["strategy"]), number // ROWS_OF_ONE_SOURCE)
                file.write(json.dumps(each) + "\n")
        size = raw.stat().st_size / rows
        request = prepare.Request(str(raw), Path(folder), 0.9, 0, 0.9, processes=asked.processes)
        began, used = time.perf_counter(), cpu()
        result = prepare.run(request, check_mode=False)
        seconds, used = time.perf_counter() - began, cpu() - used
    own, others = (
        resource.getrusage(who).ru_maxrss >> 10 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"{rows:,} rows of {size:,.0f} bytes in {request.workers} processes, {result['valid']:,} usable")
    print(f"{own:,} MiB of memory at most in the first process, {others:,} MiB in another")
    print(f"{rows / seconds:,.0f} rows a second, {rows / used:,.0f} a second of CPU")


if __name__ == "__main__":
    main()
