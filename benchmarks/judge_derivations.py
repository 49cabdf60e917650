"""Figures that no page states: ``python -m benchmarks.judge_derivations DATA_DIR [SEED] [-v]``.

Sums, differences, means, multiples and shares of rows that an answer names, and sums of the years behind or
before one, without their working. They are written for rows of tables of real pages (documents.jsonl.gz) in
several wordings, right and with one fault: another digit, one operand of another row or of another year,
another operation. A hash of its page puts a table into the half that rules were mended on, or into the other
one, which is counted only. Printed is what the judge keeps: all figures right.
"""

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from benchmarks.judge_changes import Row, rows
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.tables import Table, tables_of

RIGHT_ANSWER = "right"
_YEAR = re.compile(r"(?:fiscal )?((?:19|20)\d\d)")
_LATER = re.compile(r"thereafter|later years|after .*", re.IGNORECASE)

Value = Callable[[Sequence[Decimal]], Decimal]
"""What an operation makes of its operands."""


@dataclass(frozen=True)
class Operation:
    """An operation on rows in one year: its wordings, its value, and what is mistaken for it."""

    name: str
    count: int
    wordings: Sequence[str]
    value: Value
    mistaken: Value
    form: str = "amount"


def _total(of: Sequence[Decimal]) -> Decimal:
    return sum(of, Decimal())


def _difference(of: Sequence[Decimal]) -> Decimal:
    return of[0] - of[1]


OPERATIONS = (
    Operation(
        "sum", 2,
        (
            "{a} and {b} together came to {x} in {year} [1].",
            "Combined, {a} and {b} amounted to {x} in {year} [1].",
            "In {year}, {a} and {b} totaled {x} [1].",
            "The sum of {a} and {b} was {x} in {year} [1].",
        ),
        _total, _difference,
    ),
    Operation(
        "sum of three", 3,
        (
            "{a}, {b} and {c} together came to {x} in {year} [1].",
            "In {year}, {a}, {b}, and {c} added up to {x} [1].",
        ),
        _total, lambda of: of[0] + of[1] - of[2],
    ),
    Operation(
        "difference", 2,
        (
            "{a} exceeded {b} by {x} in {year} [1].",
            "In {year}, {a} was {x} more than {b} [1].",
            "The difference between {a} and {b} was {x} in {year} [1].",
            "{a} was {x} higher than {b} in {year} [1].",
        ),
        _difference, _total,
    ),
    Operation(
        "multiple", 2,
        (
            "{a} was {x} times {b} in {year} [1].",
            "In {year}, {a} covered {b} {x} times [1].",
            "The ratio of {a} to {b} was {x} in {year} [1].",
            "{a} was {x}x {b} in {year} [1].",
        ),
        lambda of: of[0] / of[1], lambda of: of[1] / of[0], "multiple",
    ),
    Operation(
        "share", 2,
        (
            "{b} was equal to {x}% of {a} in {year} [1].",
            "{b} as a percentage of {a} was {x}% in {year} [1].",
            "In {year}, {b} represented about {x}% of {a} [1].",
        ),
        lambda of: of[1] / of[0] * 100, lambda of: of[1] / (of[0] + of[1]) * 100, "percent",
    ),
    Operation(
        "share of sum", 3,
        (
            "{b} and {c} together made up {x}% of {a} in {year} [1].",
            "Together, {b} and {c} accounted for {x}% of {a} in {year} [1].",
        ),
        lambda of: (of[1] + of[2]) / of[0] * 100, lambda of: of[1] / of[0] * 100, "percent",
    ),
)  # fmt: skip
SPANS = {
    "mean": ("{a} averaged {x} a year from {first} to {last} [1].",
             "From {first} to {last}, the average {a} was {x} [1].",
             "{a} came to an average of {x} a year over {first}-{last} [1]."),
    "sum of years": ("{a} totaled {x} from {first} to {last} [1].",
                     "Over {first}-{last}, {a} added up to {x} [1].",
                     "Cumulative {a} of {first} through {last} came to {x} [1]."),
    "change": ("{a} changed by {x} from {first} to {last} [1].",
               "{a} {verb} by {x} between {first} and {last} [1]."),
}  # fmt: skip
LADDERS = {
    "after": ("Of {head}, {x} falls due after {year} [1].", "After {year}, {head} of {x} is due [1].",
              "{head} due after {year} comes to {x} [1]."),
    "through": ("{head} through {year} comes to {x} [1].",
                "{head} of {x} falls due by the end of {year} [1]."),
    "between": ("{head} of {x} is due in {before} and {year} [1].",
                "In {before} and {year}, {head} of {x} falls due [1]."),
}  # fmt: skip


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _written(value: Decimal, form: str, places: int) -> str:
    if form == "amount":
        return f"{abs(value):,.{places}f}"
    return f"{abs(value):.1f}" if form == "percent" else f"{value:.{1 if value >= 3 else 2}f}"


def operations(known: Sequence[Row], rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield operation, fault and answer, of rows of one table in their last common year."""
    for operation in OPERATIONS:
        chosen = [each for each in known if each.figures]
        rng.shuffle(chosen)
        year = max((max(each.figures) for each in chosen), default=0)
        chosen = [each for each in chosen if year in each.figures and each.places == chosen[0].places]
        if len(chosen) < operation.count:
            continue
        own, others = chosen[: operation.count], chosen[operation.count :]
        if operation.name not in ("sum", "sum of three"):
            own.sort(key=lambda each: -each.figures[year])
        if any(one.label.lower() in two.label.lower() for one in own for two in own if one is not two):
            continue
        places = own[0].places
        wording = rng.choice(operation.wordings)
        figures = [each.figures[year] for each in own]
        value = operation.value(figures)
        said = _written(value, operation.form, places)
        if Decimal(said.replace(",", "")) < (Decimal("1.2") if operation.form != "amount" else 20):
            continue
        if operation.form == "percent" and value > 99:
            continue

        def answer(x: str, names: Sequence[Row] = own) -> str:
            labels = dict(zip("abc", [_lower(each.label) for each in names], strict=False))
            text = wording.format(x=x, year=year, **labels)  # noqa: B023 - used before the next round
            return text[:1].upper() + text[1:]

        yield operation.name, RIGHT_ANSWER, answer(said)
        wrong = {
            "digit": value * rng.choice((Decimal("1.13"), Decimal("0.87"))),
            "operation": operation.mistaken(figures),
        }
        before = [each.figures.get(year - 1) for each in own]
        if before[0]:
            wrong["operand of another year"] = operation.value([before[0], *figures[1:]])
        if all(before):
            wrong["other year"] = operation.value([each for each in before if each])
        if others:
            wrong["operand of another row"] = operation.value([*figures[:-1], others[0].figures[year]])
        for fault, other in wrong.items():
            if (written := _written(other, operation.form, places)) != said and other:
                yield operation.name, fault, answer(written)
        if operation.name == "multiple" or (operation.name == "difference" and "between" not in wording):
            yield operation.name, "other order", answer(said, own[::-1])


def spans(row: Row, others: Sequence[Row], rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield operation, fault and answer, of a row in three or more years that follow one another."""
    last = max(row.figures)
    first = last
    while first - 1 in row.figures:
        first -= 1
    if last - first < 2:
        return
    years = range(first, last + 1)

    def value(name: str, of: Row, over: Sequence[int]) -> Decimal:
        figures = [of.figures[year] for year in over]
        if name == "change":
            return figures[-1] - figures[0]
        return sum(figures, Decimal()) / (len(figures) if name == "mean" else 1)

    for name, wordings in SPANS.items():
        own = value(name, row, years)
        wording = rng.choice(wordings)
        said = _written(own, "amount", row.places)
        if abs(own) < Decimal(20).scaleb(-row.places):
            continue

        def answer(x: str, *, rises: bool = own > 0) -> str:
            verb = "rose" if rises else "fell"
            text = wording.format(a=_lower(row.label), x=x, first=first, last=last, verb=verb)  # noqa: B023
            return text[:1].upper() + text[1:]

        yield name, RIGHT_ANSWER, answer(said)
        wrong = {
            "digit": own * rng.choice((Decimal("1.13"), Decimal("0.87"))),
            "other span": value(name, row, years[1:]),
            "operation": value("sum of years" if name == "mean" else "mean", row, years),
        }
        if other := next(
            (each for each in others if each is not row and set(years) <= each.figures.keys()), None
        ):
            wrong["other row"] = value(name, other, years)
        for fault, each in wrong.items():
            if (written := _written(each, "amount", row.places)) != said and each:
                yield name, fault, answer(written)
        if name == "change" and "{verb}" in wording:
            yield name, "direction", answer(said, rises=own < 0)


def ladders(table: Table, rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Yield kind, fault and answer, of a table with a row for each year to come."""
    columns: dict[int, dict[str, Decimal]] = {}
    heads = {cell.column: cell.head for cell in table.cells}
    for cell in table.cells:
        if not cell.unit and cell.value.value > 0:
            columns.setdefault(cell.column, {})[cell.label] = cell.value.value
    for column, cells in columns.items():
        years = {int(match[1]): value for label, value in cells.items() if (match := _YEAR.fullmatch(label))}
        later = [value for label, value in cells.items() if _LATER.fullmatch(label)]
        head = heads[column].strip()
        if len(years) < 4 or len(later) != 1 or not re.fullmatch(r"[A-Za-z][A-Za-z ]{5,}", head):
            continue
        ordered = sorted(years)
        if any(two - one != 1 for one, two in pairwise(ordered)):
            continue
        year = ordered[len(ordered) // 2]
        places = max(0, -min(int(value.as_tuple().exponent) for value in years.values()))
        total = {
            "after": sum((years[each] for each in ordered if each > year), later[0]),
            "through": sum((years[each] for each in ordered if each <= year), Decimal()),
            "between": years[year - 1] + years[year],
        }
        mistaken = {
            "after": {"from the year": total["after"] + years[year],
                      "without the rest": total["after"] - later[0], "one year": years[year]},
            "through": {"without the year": total["through"] - years[year],
                        "next year too": total["through"] + years[year + 1]},
            "between": {"one of them": years[year], "others": years[year] + years[year + 1]},
        }  # fmt: skip
        for kind, wordings in LADDERS.items():
            wording = rng.choice(wordings)

            def answer(x: Decimal) -> str:
                written = f"{x:,.{places}f}"  # noqa: B023 - used before the next round
                text = wording.format(head=_lower(head), x=written, year=year, before=year - 1)  # noqa: B023
                return text[:1].upper() + text[1:]

            yield kind, RIGHT_ANSWER, answer(total[kind])
            wrong = mistaken[kind] | {"digit": total[kind] * Decimal("1.13")}
            for fault, each in wrong.items():
                if each != total[kind]:
                    yield kind, fault, answer(each)
        return


def trials(directory: Path, seed: str) -> Iterator[tuple[str, str, str, str, JudgedSource]]:
    """Yield half, operation, fault or "right", answer, and page."""
    with gzip.open(directory / "documents.jsonl.gz", "rt") as lines:
        documents = list(map(json.loads, lines))
    for document in documents:
        half = "seen" if sha256(document["id"].encode()).digest()[0] % 2 else "unseen"
        rng = random.Random(f"{seed}/{document['id']}")  # noqa: S311 - cases, no secrets
        text = document["text"]
        source = JudgedSource(document["title"], text, stored(facts_of(text)))
        for table in tables_of(text):
            known = rows(table)
            made = list(ladders(table, rng))
            if len(known) >= 2:
                made += operations(known, rng)
                made += spans(rng.choice(known), known, rng)
            for operation, fault, answer in made:
                yield half, operation, fault, answer, source


def _print(counts: Mapping[tuple[str, str], Counter[bool]], half: str) -> None:
    right = sum(
        (each for (of, fault), each in counts.items() if of == half and fault == RIGHT_ANSWER),
        Counter[bool](),
    )
    wrong = sum(
        (each for (of, fault), each in counts.items() if of == half and fault != RIGHT_ANSWER),
        Counter[bool](),
    )
    for name, count in (("right", right), ("wrong", wrong)):
        print(f"{half:6}  {name} kept  {count[True]:5} of {count.total()}")


def main() -> None:
    """Print what is kept of each half, and of each operation and fault."""
    arguments = [each for each in sys.argv[1:] if each[0] != "-"]
    seed = arguments[1] if len(arguments) > 1 else "1"
    halves: dict[tuple[str, str], Counter[bool]] = {}
    kinds: dict[tuple[str, str], Counter[bool]] = {}
    for half, operation, fault, answer, source in trials(Path(arguments[0]), seed):
        judgement = judge("What do the figures come to?", answer, [source])
        is_kept = bool(judgement.figures) and RIGHT.issuperset(judgement.counts)
        halves.setdefault((half, fault), Counter())[is_kept] += 1
        kinds.setdefault((operation, fault), Counter())[is_kept] += 1
        if "-v" in sys.argv and half == "seen" and is_kept == (fault != RIGHT_ANSWER):
            shown = [(each.text, each.verdict, each.place and each.place.row) for each in judgement.figures]
            print(f"{operation}: {fault} | {source.title} | {answer} | {shown}")
    for half in ("seen", "unseen"):
        _print(halves, half)
    for (operation, fault), count in sorted(kinds.items()):
        print(f"{operation:14} {fault:24} {count[True]:4} of {count.total()}")


if __name__ == "__main__":
    main()
