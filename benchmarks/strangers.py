"""What the filters of a training row find in texts by somebody who had not read their rules.

    python benchmarks/strangers.py [-v]

Reads ``strangers``, ``newcomers``, ``passersby``, ``visitors``, ``wayfarers`` and ``callers`` of
``tests/unit/*.jsonl``: redaction
(identifiers marked ``<<kind|value>>``, and look-alikes), refusals and error texts, answers that obeyed an
order, near-duplicates.
A hash cut each set in two before anything was measured: misses of the half ``first`` were looked at when
rules were mended, those of ``second`` were only counted. ``-v`` prints the misses of the first half.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "rules"), str(REPOSITORY / "roles/finrisk/module_utils")]

from finrisk_ops.dataset.duplicates import families  # noqa: E402 - by the line above
from finrisk_ops.dataset.figures import figures_digest, values_digest  # noqa: E402 - as above
from finrisk_rules.error_texts import is_error_text  # noqa: E402 - as above
from finrisk_rules.obedience import obeys_order  # noqa: E402 - as above
from finrisk_rules.redaction import redact  # noqa: E402 - as above
from finrisk_rules.refusals import is_refusal  # noqa: E402 - as above

SETS = ("strangers", "newcomers", "passersby", "visitors", "wayfarers", "callers")
HALVES = ("first", "second")
_MARK = re.compile(r"<<(\w+)\|(.*?)>>", re.DOTALL)

Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """All rows of one of ``SETS``."""
    path = REPOSITORY / "tests" / "unit" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def told(row: Row) -> Iterator[tuple[str, bool, str]]:
    """What is asked of a row, whether it came out as labelled, and what a reader has to see of it."""
    if row["set"] == "redaction":
        yield from _redaction(row["text"])
    elif row["set"] == "refusal":
        refuses = is_refusal(row["text"]) or is_error_text(row["text"])
        yield f"{row['label']} told", refuses == (row["label"] != "answer"), row["text"]
    elif row["set"] == "obedience":
        obeys = obeys_order(row["question"], row["text"])
        yield f"obedience: {row['label']} told", obeys == (row["label"] == "obeys"), row["text"]
    else:
        yield f"pair: {row['label']} told", _is_repeated(row["pair"]) == (row["label"] == "same"), row["pair"]


def _redaction(marked: str) -> Iterator[tuple[str, bool, str]]:
    text = _MARK.sub(r"\2", marked)
    left = redact(text).text
    identifiers = _MARK.findall(marked)
    for kind, value in identifiers:
        yield f"identifier {kind}", value not in left, marked
        yield "identifier of any kind", value not in left, ""
    if not identifiers:
        yield "look-alike stays", left == text, f"{marked} -> {left}"


def _is_repeated(pair: list[list[str]]) -> bool:
    texts = [(row, question, answer) for row, (question, answer) in enumerate(pair)]
    figures, values = (
        [digest(question, answer) for _, question, answer in texts]
        for digest in (figures_digest, values_digest)
    )
    kin = families((0, 1), figures, values, lambda rows: map(texts.__getitem__, rows), processes=1)
    return kin.of(0) == kin.of(1)


def counts(name: str) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]], list[str]]:
    """Right and all of each question to a set, by half; the misses of the first half."""
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    misses: list[str] = []
    for row in rows(name):
        for asked, is_right, seen in told(row):
            total[asked, row["half"]] += 1
            right[asked, row["half"]] += is_right
            if not is_right and row["half"] == HALVES[0] and seen:
                misses.append(f"{asked}: {seen}")
    return right, total, misses


def main() -> None:
    """Print the tables."""
    for name in SETS:
        _print(name, with_misses="-v" in sys.argv[1:])


def _print(name: str, *, with_misses: bool) -> None:
    right, total, misses = counts(name)
    print(f"{name:32}{HALVES[0]:>10}{HALVES[1]:>10}")
    for asked in sorted({asked for asked, _ in total}):
        shares = [f"{right[asked, half]}/{total[asked, half]}" for half in HALVES]
        print(f"{asked:32}" + "".join(f"{share:>10}" for share in shares))
    if with_misses:
        print(*misses, sep="\n")


if __name__ == "__main__":
    main()
