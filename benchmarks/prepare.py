"""What prepare costs: rows of about 2 KB that do not exist, with everything that it does to a row.

    python benchmarks/prepare.py [--rows 20000]

Printed are rows per second and per second of CPU, and the most memory that the process held.
"""

import argparse
import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
for folder in (REPOSITORY, REPOSITORY / "rules", REPOSITORY / "roles/finrisk/module_utils"):
    sys.path.insert(0, str(folder))

from finrisk_ops.dataset import prepare  # noqa: E402 - found by the line above

FIRMS = ("Corvane Bank", "Skaldvik Shipping", "Tillbrook Stores", "Harrowgrain Foods", "Vantrell Power")
WORDS = """funding costs rose again because wholesale markets stayed weak while deposits moved into term
    accounts over the whole quarter and managers expect margins to recover slowly once rates settle""".split()
SENTENCES = 12
ROWS_OF_ONE_SOURCE = 5


def row(number: int, dice: random.Random) -> dict[str, object]:
    """Return one row of an export."""
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


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000)
    rows = parser.parse_args().rows
    dice = random.Random(1)  # noqa: S311 - repeatable
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "training_data_raw_20261101_080000.json"
        with raw.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row(number, dice)) + "\n" for number in range(rows))
        began, cpu = time.perf_counter(), time.process_time()
        prepare.run(prepare.Request(str(raw), Path(folder), 0.9, 0, 0.9), check_mode=False)
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        size = raw.stat().st_size / rows
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{rows:,} rows of {size:,.0f} bytes, {memory:,.0f} MiB of memory at most")
    print(f"{rows / seconds:,.0f} rows a second, {rows / cpu:,.0f} a second of CPU")


if __name__ == "__main__":
    main()
