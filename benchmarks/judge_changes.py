"""Changes that no page states: ``python benchmarks/judge_changes.py DATA_DIR [SEED] [-v]``.

"Sales rose by 507 in 2024" follows from two cells of one row. For a row of each table of real pages
(documents.jsonl.gz) such an answer is written in several wordings, right and with one fault: another digit,
the change of another row or of the year before, a figure of the row or of another one instead of its change,
the other direction, another scale. Printed is the share that the judge keeps: all figures right.
"""

import gzip
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rules"))

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.tables import Table, tables_of

WORDINGS = (
    "{label} {verb} by {change} in {year} [1].",
    "{label} {verb} {share}% in {year} [1].",
    "In {year}, {lower} {verb} by {change}, or {share}% [1].",
    "{label} {verb} {share}% to {value} in {year} [1].",
    "{label} of {year}: {value}, {share}% {more} than a year before [1].",
)
SHARES = (
    "{part} made up {share}% of {whole} in {year} [1].",
    "In {year}, {share}% of {whole} came from {part} [1].",
    "{part} was {share}% of {whole} in {year} [1].",
)
_ONE_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Row:
    """A row of figures, the newest year first: of each year its figure."""

    label: str
    figures: dict[int, Decimal]
    places: int

    def change(self, year: int) -> Decimal:
        """How much it changed in a year."""
        return self.figures[year] - self.figures[year - 1]


@dataclass(frozen=True)
class Said:
    """What an answer says of a row: year, change, percentage, figure of the year, whether it rose."""

    row: Row
    year: int
    change: Decimal
    value: Decimal
    rises: bool
    unit: str = ""
    scale: int | None = None

    def written(self, wording: str) -> str:
        """The answer."""
        label = self.row.label
        share = abs(self.change / (self.value - self.change) * 100) if self.value != self.change else 100
        return wording.format(
            label=label,
            lower=label[:1].lower() + label[1:],
            verb="rose" if self.rises else "fell",
            more="more" if self.rises else "less",
            change=f"{abs(self.change):,.{self.row.places}f}{self.unit}",
            share=f"{share:.1f}",
            value=f"{self.value:,.{self.row.places}f}",
            year=self.year,
        )


def rows(table: Table) -> list[Row]:
    """Return the rows of a table with figures above zero for two years on end, each label once."""
    labels = Counter(label for _, label in {(cell.row, cell.label) for cell in table.cells})
    found: dict[tuple[int, str], dict[int, Decimal]] = {}
    columns = {
        year: sum(year in head for head in table.heads) for year in _ONE_YEAR.findall(" ".join(table.heads))
    }
    places: dict[tuple[int, str], int] = {}
    for cell in table.cells:
        years = set(_ONE_YEAR.findall(cell.head))
        is_clear = len(years) == 1 and all(columns[year] == 1 for year in years)
        is_name = labels[cell.label] == 1 and re.fullmatch(r"[^\d]*[A-Za-z]{4}[^\d]*", cell.label)
        if is_clear and is_name and not cell.unit and cell.value.value > 0 and len(cell.label) < 60:
            key = cell.row, cell.label
            found.setdefault(key, {})[int(years.pop())] = cell.value.value
            places[key] = max(places.get(key, 0), cell.value.places)
    result = []
    for (row, label), figures in found.items():
        kept = {year: each for year, each in figures.items() if not _ONE_YEAR.fullmatch(str(each))}
        if any(year - 1 in kept for year in kept):
            result.append(Row(label, kept, places[row, label]))
    return result


def faults(said: Said, others: list[Row], rng: random.Random) -> Iterator[tuple[str, Said]]:
    """Yield what is said with one fault, and its name."""
    row, year = said.row, said.year
    yield "invented", replace(said, change=said.change * rng.choice((Decimal("1.13"), Decimal("0.79"))))
    yield "direction", replace(said, rises=not said.rises)
    if said.scale:
        yield "scale", replace(said, unit=" trillion")
    yield "its figure", replace(said, change=row.figures[year])
    other = next(
        (each for each in others if each is not row and {year, year - 1} <= each.figures.keys()), None
    )
    if other and abs(other.change(year)) not in (0, abs(said.change)):
        yield "other row", replace(said, change=abs(other.change(year)))
        yield "figure of another row", replace(said, change=other.figures[year])
    if year - 2 in row.figures and abs(row.change(year - 1)) != abs(said.change):
        yield "year before", replace(said, change=abs(row.change(year - 1)))


def shares(known: list[Row], rng: random.Random) -> Iterator[tuple[str, str]]:
    """Yield what says which share of another a row is, right and with one fault, with the fault."""
    year = max(known[0].figures)
    part, total, *others = sorted(
        (each for each in known if year in each.figures), key=lambda each: each.figures[year]
    )[:3]
    wording = rng.choice(SHARES)
    says = partial(wording.format, part=part.label, whole=total.label, year=year)
    value = part.figures[year] / total.figures[year] * 100
    if not 1 < value < 99:
        return
    yield "share", says(share=f"{value:.1f}")
    yield "share, invented", says(share=f"{value * rng.choice((Decimal('1.13'), Decimal('0.79'))):.1f}")
    for other in others:
        yield "share, other row", says(share=f"{part.figures[year] / other.figures[year] * 100:.1f}")
    if year - 1 in part.figures and year - 1 in total.figures:
        before = part.figures[year - 1] / total.figures[year - 1] * 100
        yield "share, year before", says(share=f"{before:.1f}")


def trials(directory: Path, seed: str) -> Iterator[tuple[str, str, JudgedSource]]:
    """Yield the fault or "", the answer, and the page."""
    with gzip.open(directory / "documents.jsonl.gz", "rt") as lines:
        documents = list(map(json.loads, lines))
    for document in documents:
        rng = random.Random(f"{seed}/{document['id']}")  # noqa: S311 - cases, no secrets
        text = document["text"]
        source = JudgedSource(document["title"], text, stored(facts_of(text)))
        for table in tables_of(text):
            known = rows(table)
            if len(known) < 2:
                continue
            row = rng.choice(known)
            year = max(year for year in row.figures if year - 1 in row.figures)
            change = row.change(year)
            if abs(change) < Decimal(20).scaleb(-row.places):
                continue
            said = Said(row, year, change, row.figures[year], change > 0, scale=table.cells[0].scale)
            wording = rng.choice(WORDINGS)
            yield "", said.written(wording), source
            rng.shuffle(known)
            of_shares = list(shares(known, rng)) if len(known) > 2 else []
            for name, written in of_shares:
                if name == "share" or written != of_shares[0][1]:
                    yield name, written, source
            for fault, other in faults(said, known, rng):
                written = other.written(wording)
                if written != said.written(wording) and (fault != "scale" or "{change}" in wording):
                    yield fault, written, source


def main() -> None:
    """Print the share that is kept, of right answers and of each fault."""
    arguments = [each for each in sys.argv[1:] if each != "-v"]
    seed = arguments[1] if len(arguments) > 1 else "1"
    counts: dict[str, Counter[bool]] = {}
    for fault, answer, source in trials(Path(arguments[0]), seed):
        judgement = judge("What changed?", answer, [source])
        is_kept = bool(judgement.figures) and RIGHT.issuperset(judgement.counts)
        counts.setdefault(fault, Counter())[is_kept] += 1
        if "-v" in sys.argv and is_kept == (fault not in ("", "share")):
            shown = [(each.text, each.verdict, each.place and each.place.row) for each in judgement.figures]
            print(f"{fault or 'right'} | {source.title} | {answer} | {shown}")
    for fault, count in counts.items():
        print(f"{fault or 'right':22} {count.total():5}  kept {count[True] / count.total():.3f}")


if __name__ == "__main__":
    main()
