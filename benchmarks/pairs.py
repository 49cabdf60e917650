"""What prepare decides about rows and pairs of rows, by somebody who had not read its rules.

    python benchmarks/pairs.py [-v]

Reads ``tests/unit/pairs.jsonl``. A line is a question with its answer and ``variants`` of both, or a group of
``rows``. A variant or a group says what is expected: ``one`` of the rows is taken, ``both``, or the ``best``
alone (the row marked ``keep``); the row is ``kept`` or ``rejected``; the rows lie ``together`` on one side,
or may lie ``apart``. Each round prepares one export: every question beside its next variant, and the groups.
Those about sides stand in every round, by another name (``~``), so that chance hides nothing.
A hash cut the set in two before anything was measured. ``-v`` prints what is wrong in the half ``first``.
"""

import json
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "rules"), str(REPOSITORY / "roles/finrisk/module_utils")]

from finrisk_ops.dataset import prepare  # noqa: E402 - found by the line above
from finrisk_rules.prompt import Source, render  # noqa: E402 - as above

SET = REPOSITORY / "tests" / "unit" / "pairs.jsonl"
HALVES = ("first", "second")
NAMES = "Aldgate Birkett Corriden Dellmoor Esmond Farleigh Gunthorpe Hexford Ilminster Jesmond".split()
SIDES = {"training_set": "training", "validation_set": "validation"}
ABOUT_SIDES = ("together", "apart")
COMMON = {"quality_score": 0.95, "created_at": "2026-07-01T08:00:00+00:00"}
OF_THE_SET = ("keep", "passages")  # what a row says to this program alone

Row = dict[str, Any]


@dataclass
class Case:
    """An expectation, and what became of its rows: by round, by row, a side or the reason of a rejection."""

    kind: str
    expect: str
    half: str
    rows: list[Row]
    outcomes: list[list[str]] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether prepare did in every round what is expected."""
        taken = [[each in SIDES.values() for each in outcome] for outcome in self.outcomes]
        sides = [set(outcome) & set(SIDES.values()) for outcome in self.outcomes]
        if self.expect == "together":
            return all(len(each) == 1 for each in sides)
        if self.expect == "apart":
            return all(map(all, taken)) and any(len(each) == len(SIDES) for each in sides)
        if self.expect == "one":
            return all(sum(each) == 1 for each in taken)
        expected = [row.get("keep", self.expect in ("both", "kept")) for row in self.rows]
        return all(each == expected for each in taken)


def cases() -> list[list[Case]]:
    """Return the cases of each line of the set."""
    return [_cases(json.loads(line)) for line in SET.read_text(encoding="utf-8").splitlines()]


def _cases(line: Row) -> list[Case]:
    if "variants" not in line:
        return [Case(line["kind"], line["expect"], line["half"], line["rows"])]
    first = {name: line[name] for name in ("strategy", "analysis", "sources")}
    return [
        Case(each["kind"], each["expect"], line["half"], [first, _variant(first, each)])
        for each in line["variants"]
    ]


def _variant(first: Row, changed: Row) -> Row:
    strategy, analysis = first["strategy"], first["analysis"]
    for old, new in changed["changes"]:
        if old not in strategy + analysis:
            raise ValueError(f"{old} is not in what it shall be changed in: {strategy}")
        strategy, analysis = strategy.replace(old, new), analysis.replace(old, new)
    return {"strategy": strategy, "analysis": analysis, "sources": changed.get("sources", first["sources"])}


def rounds(lines: list[list[Case]]) -> list[list[Case]]:
    """Return the cases that each export holds; no two of one line meet."""
    sided = [case for line in lines for case in line if case.expect in ABOUT_SIDES]
    others = [line for line in lines if line[0].expect not in ABOUT_SIDES]
    given = [[case for case in column if case] for column in zip_longest(*others)]
    given += [[]] * (len(NAMES) - len(given))
    return [sided + part for part in given]


def judge(given: list[Case], number: int) -> None:
    """Prepare one export of these cases, and note what became of their rows."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = folder / "training_data_raw_20261101_080000.json"
        with raw.open("w", encoding="ascii") as file:
            for place, case in enumerate(given):
                for letter, row in enumerate(case.rows):
                    file.write(json.dumps(_exported(row, _identity(place, letter), number)) + "\n")
        result = prepare.run(prepare.Request(str(raw), folder, 0.5, 0, 0.9, processes=1), check_mode=False)
        rejected = Path(result["rejected_file"]).read_text(encoding="utf-8").splitlines()
        became = {row["id"]: row["reason"] for row in map(json.loads, rejected)}
        for line in next(folder.glob("dataset_rows_*.tsv")).read_text(encoding="utf-8").splitlines():
            identity, kept_in, *_ = line.split("\t")
            if kept_in in SIDES:
                became[identity] = SIDES[kept_in]
    for place, case in enumerate(given):
        case.outcomes.append([became[_identity(place, letter)] for letter in range(len(case.rows))])


def _identity(place: int, letter: int) -> str:
    return f"01900000-0000-7000-8000-{place:06x}{letter:06x}"


def _exported(row: Row, identity: str, number: int) -> Row:
    if "~" in json.dumps(row):
        row = json.loads(json.dumps(row).replace("~", NAMES[number % len(NAMES)]))
    more: Row = {"id": identity}
    if "passages" in row:
        more["prompt"] = render(row["strategy"], [Source(*passage) for passage in row["passages"]])
    return COMMON | {key: value for key, value in row.items() if key not in OF_THE_SET} | more


def measured() -> list[list[Case]]:
    """Return the cases of each line with what prepare made of them."""
    lines = cases()
    for number, given in enumerate(rounds(lines)):
        judge(given, number)
    return lines


def counts(lines: list[list[Case]]) -> dict[str, dict[str, tuple[int, int]]]:
    """Return by kind and half how many cases are right, of how many; also by the beginning of a kind."""
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for case in (case for line in lines for case in line):
        for kind in {case.kind.partition(":")[0], case.kind}:
            total[kind, case.half] += 1
            right[kind, case.half] += case.is_right
    kinds = sorted({kind for kind, _ in total}, key=lambda kind: (":" in kind, kind))
    return {kind: {half: (right[kind, half], total[kind, half]) for half in HALVES} for kind in kinds}


def misses(lines: list[list[Case]]) -> list[str]:
    """Return the wrong cases of the first half, with what became of their rows."""
    return [
        f"{case.kind}: expected {case.expect}, got "
        + " | ".join(sorted({", ".join(outcome) for outcome in case.outcomes}))
        + "".join(f"\n    {row['strategy']!r}\n        {row['analysis']!r}" for row in case.rows)
        for line in lines
        for case in line
        if case.half == HALVES[0] and not case.is_right
    ]


def main() -> None:
    """Print the table."""
    lines = measured()
    print(f"{'':60}" + "".join(f"{half:>10}" for half in HALVES))
    for kind, halves in counts(lines).items():
        print(f"{kind:60}" + "".join(f"{f'{right}/{total}':>10}" for right, total in halves.values()))
    if "-v" in sys.argv[1:]:
        print(*misses(lines), sep="\n")


if __name__ == "__main__":
    main()
