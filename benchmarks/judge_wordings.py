"""Right answers in many wordings, and the same with one fault, on invented pages: how many the judge keeps.

``python benchmarks/judge_wordings.py [--cases N] [--seed S] [--show KIND]`` prints a line for each wording
and each fault. Nothing here was read from a filing, and no wording is shared with another benchmark.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "rules"))

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored

KINDS = ("years", "quarters", "rates", "transposed")
MOST_SHOWN = 12

FIRMS = (
    "Tolvane Group",
    "Brackmere plc",
    "Ostrelle Industries",
    "Quarnell Foods",
    "Vindhall Energy",
    "Perrowick",
)
ROWS = (
    "Net sales", "Cost of goods sold", "Gross profit", "Marketing expenses", "Administrative expenses",
    "Restructuring charges", "Operating profit", "Finance income", "Profit before tax", "Income tax expense",
    "Profit for the year", "Trade receivables", "Inventories", "Total current assets", "Total assets",
    "Deferred tax liabilities", "Lease liabilities", "Bank loans", "Total liabilities", "Retained earnings",
)  # fmt: skip
REGIONS = ("Nordic countries", "Iberia", "Central Europe", "North America", "Southeast Asia", "Total regions")
RATES = ("Gross margin", "Effective tax rate", "Return on capital employed", "Dividend payout ratio")
SCALES = {3: ("thousand", "thousand", "k"), 6: ("million", "million", "m"), 9: ("billion", "billion", "bn")}


@dataclass(frozen=True)
class Fact:
    """A cell of an invented page: as shown is what the answer says of it."""

    label: str
    year: int
    part: str
    value: float
    text: str
    scale: int
    unit: str = ""
    source: int = 1
    said: str = ""
    when: str = ""
    verb: str = ""

    def shown(self, rng: random.Random) -> str:
        """The value as an answer writes it."""
        if self.said:
            return self.said
        if self.unit == "%":
            return f"{self.text}%"
        word, short = SCALES[self.scale][0], SCALES[self.scale][2]
        return rng.choice((f"${self.text} {word}", f"{self.text} {word}", self.text, f"${self.text}{short}"))

    def period(self, rng: random.Random) -> str:
        """The period as an answer writes it."""
        if self.when:
            return self.when
        if self.part:
            return rng.choice((f"{self.part} {self.year}", f"{self.part} FY{self.year % 100:02d}"))
        return rng.choice(
            (f"{self.year}", f"FY{self.year % 100:02d}", f"fiscal {self.year}", f"financial year {self.year}")
        )


@dataclass(frozen=True)
class Page:
    """An invented page, its facts by row, and a sentence with its figures."""

    firm: str
    text: str
    rows: dict[str, list[Fact]]


def page(rng: random.Random, firm: str, kind: str) -> Page:
    """Make a page of a kind: years, quarters, rates or rows of years."""
    year = rng.randrange(2015, 2024)
    scale = rng.choice((3, 6))
    above = f"{firm} presents its figures in {SCALES[scale][0]}s of dollars.\n\n"
    rows: dict[str, list[Fact]] = {}
    labels: tuple[str, ...]
    if kind == "rates":
        labels, columns = RATES, [(year, ""), (year - 1, "")]
    elif kind == "quarters":
        labels, columns = REGIONS, [(year, f"Q{n}") for n in (1, 2, 3, 4)]
    else:
        labels = tuple(sorted(rng.sample(ROWS, 9), key=ROWS.index))
        columns = [(year, ""), (year - 1, ""), (year - 2, "")]
    taken: set[str] = set()
    for label in labels:
        rows[label] = []
        for at, part in columns:
            while True:
                value = rng.uniform(8, 60) if kind == "rates" else rng.randrange(1_100, 98_000)
                text = f"{value:.1f}" if kind == "rates" else f"{value:,}"
                if text not in taken and text.replace(",", "") not in map(str, range(1900, 2100)):
                    break
            taken.add(text)
            rows[label].append(
                Fact(
                    label, at, part, float(text.replace(",", "")), text, scale, "%" if kind == "rates" else ""
                )
            )
    heads = [
        f"{part} {at}" if part else rng.choice(("Year ended 30 June {}", "{}", "FY {}")).format(at)
        for at, part in columns
    ]
    if kind == "transposed":
        body = [[head, *(rows[label][n].text for label in labels)] for n, head in enumerate(heads)]
        table = [["Year", *labels], *body]
    else:
        percent = "%" if kind == "rates" else ""
        table = [["", *heads], *([label, *(fact.text + percent for fact in rows[label])] for label in labels)]
    lines = ["| " + " | ".join(row) + " |" for row in table]
    lines.insert(1, "|---" * len(table[0]) + "|")
    return Page(firm, above + "\n".join(lines) + f"\n\nThe board of {firm} met eleven times.", rows)


@dataclass(frozen=True)
class Scene:
    """What an answer tells: a main fact, the same row in another period, another row in the same period."""

    rng: random.Random
    firm: str
    main: Fact
    beside: Fact
    other: Fact

    @property
    def by_time(self) -> tuple[Fact, Fact]:
        """The main fact and the one beside it, the earlier one first."""
        first, second = sorted((self.main, self.beside), key=lambda fact: (fact.year, fact.part))
        return first, second


Wording = Callable[[Scene], str]
"""How an answer says it."""


def lower(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    return label[0].lower() + label[1:]


def _passive(at: Scene) -> str:
    a = at.main
    return f"For {a.period(at.rng)}, {a.shown(at.rng)} was recorded as {lower(a.label)} [{a.source}]."


def _booked(at: Scene) -> str:
    a = at.main
    return f"{at.firm} booked {lower(a.label)} of {a.shown(at.rng)} in {a.period(at.rng)} [{a.source}]."


def _respectively(at: Scene) -> str:
    a, c = at.main, at.other
    return (
        f"{a.label} and {lower(c.label)} stood at {a.shown(at.rng)} and {c.shown(at.rng)}, respectively, "
        f"in {a.period(at.rng)} [{a.source}]."
    )


def _years(at: Scene) -> str:
    a, b = at.main, at.beside
    return (
        f"In {a.period(at.rng)} and {b.period(at.rng)}, {lower(a.label)} totalled {a.shown(at.rng)} "
        f"and {b.shown(at.rng)} [{a.source}]."
    )


def _colon(at: Scene) -> str:
    a = at.main
    return f"**{a.period(at.rng)}** {lower(a.label)}: {a.shown(at.rng)} [Source {a.source}]"


def _change(at: Scene) -> str:
    old, new = at.by_time
    verb = at.main.verb or ("climbed" if new.value > old.value else "dropped")
    return (
        f"{new.label} {verb} from {old.shown(at.rng)} in {old.period(at.rng)} to {new.shown(at.rng)} "
        f"in {new.period(at.rng)} [{at.main.source}]."
    )


def _reached(at: Scene) -> str:
    old, new = at.by_time
    verb = at.main.verb or ("higher" if new.value > old.value else "lower")
    return (
        f"At {new.shown(at.rng)}, {lower(new.label)} was {verb} in {new.period(at.rng)} than the "
        f"{old.shown(at.rng)} of {old.period(at.rng)} [{at.main.source}]."
    )


def _while(at: Scene) -> str:
    a, c = at.main, at.other
    return (
        f"While {lower(c.label)} came in at {c.shown(at.rng)}, {lower(a.label)} reached {a.shown(at.rng)} "
        f"in {a.period(at.rng)} [{a.source}]."
    )


def _table(at: Scene) -> str:
    a, b = at.main, at.beside
    head = f"| Item | {a.period(at.rng)} | {b.period(at.rng)} |\n|---|---|---|\n"
    return f"{head}| {a.label} | {a.shown(at.rng)} [{a.source}] | {b.shown(at.rng)} [{a.source}] |\n"


def _bullets(at: Scene) -> str:
    a, b = at.main, at.beside
    first = f"* {a.period(at.rng)}: {a.shown(at.rng)} [{a.source}]"
    return f"### {a.label}\n{first}\n* {b.period(at.rng)}: {b.shown(at.rng)} [{a.source}]"


def _posted(at: Scene) -> str:
    a, b = at.main, at.beside
    return (
        f"{a.label} of {a.shown(at.rng)} was posted for {a.period(at.rng)}; {b.shown(at.rng)} had been "
        f"posted for {b.period(at.rng)} [{a.source}]."
    )


def _prose(at: Scene) -> str:
    a, c = at.main, at.other
    return (
        f"The report of {at.firm} covers {a.period(at.rng)}. There, {a.shown(at.rng)} is given for "
        f"{lower(a.label)}, next to {c.shown(at.rng)} for {lower(c.label)} [{a.source}]."
    )


def _dropped(at: Scene) -> str:
    a = at.main
    words = a.label.split()
    label = " ".join(words[1:] if words[0] in ("Total", "Net") and len(words) > 2 else words)
    label = label[:-1] if label.endswith("s") and at.rng.random() < 0.5 else label
    return f"The {lower(label)} figure: {a.shown(at.rng)} ({a.period(at.rng)}) [{a.source}]."


def _rounded(at: Scene) -> str:
    a = at.main
    if a.unit:
        return _booked(at)
    _, word, short = SCALES[a.scale + 3]
    value = a.value / 1000
    said = a.said or at.rng.choice((f"about ${value:.1f}{short}", f"${value:.2f} {word}"))
    return f"In {a.period(at.rng)}, {lower(a.label)} came out at {said} [{a.source}]."


WORDINGS: tuple[Wording, ...] = (
    _passive, _booked, _respectively, _years, _colon, _change, _reached, _while, _table, _bullets, _posted,
    _prose, _dropped, _rounded,
)  # fmt: skip


Facts = tuple[Fact, Fact, Fact]


def faults(rng: random.Random, pages: list[Page], facts: Facts, wording: Wording) -> dict[str, Facts]:
    """Return the facts with one fault each, by its name."""
    a, b, c = facts
    shown = a.shown(rng)
    digits = a.text[:-1] + str((int(a.text[-1]) + rng.randrange(1, 9)) % 10)
    foreign = next(iter(pages[1].rows.values()))[0].text
    made = {
        "other period": replace(a, said=shown.replace(a.text, b.text)),
        "other row": replace(a, said=shown.replace(a.text, c.text)),
        "invented": replace(a, said=shown.replace(a.text, digits)),
        "stale year": replace(a, when=str(a.year - 7)),
        "not cited": replace(a, source=2),
        "foreign": replace(a, said=shown.replace(a.text, foreign)),
    }
    if a.unit:
        made["amount for percent"] = replace(a, said=f"${a.text} million")
    else:
        made["scale"] = replace(a, said=f"${a.text} {SCALES[9 - a.scale][0]}")
        made["sign"] = replace(a, said=f"-${a.text} {SCALES[a.scale][0]}")
        made["percent for amount"] = replace(a, said=f"{a.text}%")
    if wording in (_change, _reached):
        old, new = Scene(rng, "", *facts).by_time
        up, down = ("climbed", "dropped") if wording is _change else ("higher", "lower")
        true, false = (up, down) if new.value > old.value else (down, up)
        made["direction"] = replace(a, verb=false)
        made["denied"] = replace(
            a, verb=f"did not {true[:-2].removesuffix('p')}" if wording is _change else f"not {true}"
        )
    return {name: (fact, b, c) for name, fact in made.items()}


def is_kept(result: Judgement) -> bool:
    """Whether an answer is no worse for its figures: none is wrong, and one is right."""
    return not result.is_wrong and not RIGHT.isdisjoint(result.counts)


def trials(cases: int, seed: int) -> Iterator[tuple[str, str, str, str, list[JudgedSource]]]:
    """Yield (name of the wording, fault or "", question, answer, sources)."""
    rng = random.Random(seed)  # noqa: S311 - cases, no secrets
    for number in range(cases):
        firms = rng.sample(FIRMS, 2)
        pages = [page(rng, firm, KINDS[(number + n) % len(KINDS)]) for n, firm in enumerate(firms)]
        sources = [
            JudgedSource(f"{each.firm} report", each.text, stored(facts_of(each.text)), each.firm)
            for each in pages
        ]
        row, other = rng.sample(sorted(pages[0].rows), 2)
        at, beside = rng.sample(range(len(pages[0].rows[row])), 2)
        facts = (pages[0].rows[row][at], pages[0].rows[row][beside], pages[0].rows[other][at])
        wording = WORDINGS[number % len(WORDINGS)]
        question = f"What does the report of {firms[0]} say of {lower(row)}?"
        alike = rng.random()
        for fault, told in {"": facts, **faults(rng, pages, facts, wording)}.items():
            scene = Scene(random.Random(alike), firms[0], *told)  # noqa: S311 - as above
            yield wording.__name__.strip("_"), fault, question, wording(scene), sources


def main() -> None:
    """Print how many are kept, by wording and by fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--show", default="", help="a wording or a fault: print some that are judged otherwise"
    )
    args = parser.parse_args()
    kept: dict[tuple[bool, str], list[bool]] = defaultdict(list)
    shown = 0
    for wording, fault, question, answer, sources in trials(args.cases, args.seed):
        result = judge(question, answer, sources)
        kept[bool(fault), fault or wording].append(is_kept(result))
        if args.show == (fault or wording) and is_kept(result) == bool(fault) and shown < MOST_SHOWN:
            shown += 1
            print(sources[0].text, answer, *(figure.as_dict() for figure in result.figures), sep="\n")
    for (is_wrong, name), group in sorted(kept.items()):
        print(
            f"{'wrong' if is_wrong else 'right'}: {name:20} {len(group):5} kept {sum(group) / len(group):.3f}"
        )
    right = [each for (is_wrong, _), group in kept.items() if not is_wrong for each in group]
    print(f"right, all: {len(right)} kept {sum(right) / len(right):.3f}")


if __name__ == "__main__":
    main()
