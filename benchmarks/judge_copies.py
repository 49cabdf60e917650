"""Sentences of a page, and the same with one fault: ``python benchmarks/judge_copies.py DATA_DIR [FAULT]``.

Each sentence of prose with a figure, the first 25 of a page, is an answer that cites its page: as it stands,
begun otherwise, and without what is in brackets. All of these say what the page says; printed is how many
figures of them are found wrong. Then each with one fault; printed is how many have no figure found so. With
FAULT the answers so kept are listed, of the seen half of the pages (by a hash of their names) alone.
"""

import gzip
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "rules")]

from finrisk_rules.judge.judgement import judge  # noqa: E402 - the path is set above
from finrisk_rules.judge.verdicts import WRONG, JudgedSource  # noqa: E402 - as above
from finrisk_rules.page_facts import facts_of, stored  # noqa: E402 - as above

MOST, SHORTEST, LONGEST = 25, 30, 400
"""Sentences of a page, and characters of a sentence."""

_BOUNDARY = re.compile(r"(?<=[.!?]) +(?=[A-Z])")
_SCALE = re.compile(r"(?<=\d )(thousand|million|billion)\b")
_MONEY = re.compile(r"(?<![\w.,-])[$€£] ?\d[\d,]*(?:\.\d+)?(?: (?:thousand|million|billion)\b)?(?!\w|[.,]\d)")
_SHARE = re.compile(r"(?<![\w.,-])\d+(?:\.\d+)? ?%")
_AMOUNT = re.compile(rf"{_MONEY.pattern}|{_SHARE.pattern}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d|,\d)")
_BRACKETS = re.compile(r" ?\([^()]*\)")
_OTHER_SCALE = {"thousand": "million", "million": "billion", "billion": "million"}
_OPPOSITES = (
    ("increased", "decreased"),
    ("increases", "decreases"),
    ("increase", "decrease"),
    ("increasing", "decreasing"),
    ("higher", "lower"),
    ("rose", "fell"),
    ("grew", "shrank"),
    ("gains", "losses"),
    ("gain", "loss"),
    ("more", "less"),
    ("at least", "at most"),
    ("above", "below"),
)
_OTHER_WAY = {one: other for pair in _OPPOSITES for one, other in (pair, pair[::-1])}
_WAYS = "|".join(sorted(_OTHER_WAY, key=len, reverse=True))
_WAY = re.compile(
    rf"\b(?:{_WAYS})(?=(?: by| of| than)?(?: approximately)? (?:[$€£] ?\d|\d[\d,.]* ?(?:%|[mb]illion)))"
    rf"|(?:(?<=% )|(?<=million )|(?<=billion ))(?:{_WAYS})\b"
)
"""What says which way an amount goes, beside the amount."""

_TWICE = re.compile(r"(\d[\d.,]*) ?% \( \1 % \)")
_MARK = re.compile(r" 20(?:18 2018|19 2019|1[cd]|19(?=s\b)) ?")
_EURO = re.compile(r"\b(?:20ac|a)(?=[1-9][\d.]* ?[mb]illion)")
"""A share that FinQA has twice, and what is left in it of quotation marks and signs of the euro."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of a page, and the chance that draws one of its faults."""

    text: str
    page: str
    chance: random.Random

    def replaced(self, place: re.Match[str], text: str) -> str:
        """The sentence with a text at a place of it."""
        return self.text[: place.start()] + text + self.text[place.end() :]

    def swapped(self, form: re.Pattern[str]) -> str | None:
        """The sentence with the first two neighbours of a form that differ in each other's place."""
        for one, other in pairwise(form.finditer(self.text)):
            if _value(one[0]) != _value(other[0]):
                between = self.text[one.end() : other.start()]
                return self.text[: one.start()] + other[0] + between + one[0] + self.text[other.end() :]
        return None


Fault = Callable[[Sentence], str | None]


def another_digit(sentence: Sentence) -> str | None:
    """The sentence with one digit of an amount changed, to an amount that the page does not have."""
    amount = _AMOUNT.search(sentence.text)
    if amount is None:
        return None
    at = sentence.chance.choice([at for at, each in enumerate(amount[0]) if each.isdigit()])
    digit = sentence.chance.choice([each for each in "123456789" if each != amount[0][at]])
    text = amount[0][:at] + digit + amount[0][at + 1 :]
    return None if _value(text) in sentence.page else sentence.replaced(amount, text)


def another_scale(sentence: Sentence) -> str | None:
    """The sentence with million for billion, or the other way."""
    scale = _SCALE.search(sentence.text)
    return None if scale is None else sentence.replaced(scale, _OTHER_SCALE[scale[0]])


def swapped_amounts(sentence: Sentence) -> str | None:
    """The sentence with two neighbouring amounts of money, or shares, in each other's place."""
    return sentence.swapped(_MONEY) or sentence.swapped(_SHARE)


def another_year(sentence: Sentence) -> str | None:
    """The sentence of one year with the year before or after, which the page has too."""
    years = set(_YEAR.findall(sentence.text))
    if len(years) != 1 or _AMOUNT.search(sentence.text) is None:
        return None
    (year,) = years
    others = [each for each in (str(int(year) - 1), str(int(year) + 1)) if each in sentence.page]
    return sentence.text.replace(year, sentence.chance.choice(others)) if others else None


def another_amount(sentence: Sentence) -> str | None:
    """The sentence with an amount of elsewhere on the page, written alike, in place of its first."""
    for form in (_MONEY, _SHARE):
        amount = form.search(sentence.text)
        if amount is not None:
            elsewhere = set(form.findall(sentence.page)) - set(form.findall(sentence.text))
            alike = [
                each for each in elsewhere if bool(_SCALE.search(each)) == bool(_SCALE.search(amount[0]))
            ]
            return sentence.replaced(amount, sentence.chance.choice(sorted(alike))) if alike else None
    return None


def the_other_way(sentence: Sentence) -> str | None:
    """The sentence with fell for rose, loss for gain, less for more."""
    way = _WAY.search(sentence.text)
    return None if way is None else sentence.replaced(way, _OTHER_WAY[way[0]])


FAULTS: tuple[Fault, ...] = (
    another_digit,
    another_scale,
    swapped_amounts,
    another_year,
    another_amount,
    the_other_way,
)


def _value(amount: str) -> str:
    return re.sub(r"[^\d.,]", "", amount)


def _is_seen(page: str) -> bool:
    return hashlib.sha256(page.encode()).digest()[0] % 2 == 0


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of prose that have a figure."""
    for line in text.split("\n"):
        if "|" not in line:
            yield from (each.strip() for each in _BOUNDARY.split(line) if any(map(str.isdigit, each)))


def rewordings(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield the sentence as it stands and in ways that say the same, each with what was done."""
    yield "copied", sentence
    yield "begun otherwise", f"According to the filing, {sentence[0].lower()}{sentence[1:]}"
    without = _BRACKETS.sub("", sentence)
    if without != sentence and any(map(str.isdigit, without)):
        yield "without brackets", without


def pages(folder: Path) -> Iterator[JudgedSource]:
    """Yield the pages of a folder as sources, without what FinQA left in their text."""
    with gzip.open(folder / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        for document in map(json.loads, lines):
            text = _EURO.sub("€", _MARK.sub("'", _TWICE.sub(r"\1 %", document["text"])))
            yield JudgedSource(document["title"], text, stored(facts_of(text)))


class Counts:
    """What is found wrong in true sentences, and what is kept of false ones, in each half of the pages."""

    def __init__(self, listed: list[str]) -> None:
        self._listed = listed
        self._figures: Counter[str] = Counter()
        self._wrong: Counter[str] = Counter()
        self._false: Counter[tuple[str, bool]] = Counter()
        self._kept: Counter[tuple[str, bool]] = Counter()

    def add(self, text: str, source: JudgedSource) -> None:
        """Judge a sentence of a page, in all wordings and with all faults."""
        for wording, reworded in rewordings(text):
            verdicts = _verdicts(reworded, source)
            self._figures[wording] += len(verdicts)
            self._wrong[wording] += sum(each in WRONG for each in verdicts)
        seen = _is_seen(source.title)
        for fault in FAULTS:
            chance = random.Random(f"{source.title} {text}")  # noqa: S311 - the same choice each time
            false = fault(Sentence(text, source.text, chance))
            if false is None or false in source.text:
                continue
            self._false[fault.__name__, seen] += 1
            if WRONG.isdisjoint(_verdicts(false, source)):
                self._kept[fault.__name__, seen] += 1
                if seen and fault.__name__ in self._listed:
                    print(f"{source.title}\n  {text}\n  {false}")

    def print(self) -> None:
        """Print the counts of both."""
        for wording, number in self._figures.items():
            wrong = self._wrong[wording]
            print(f"{wording:16} {number:6,} figures, {wrong} found wrong ({wrong / number:.1%})")
        print(f"{'kept, with':16} {'seen pages':>16} {'other pages':>16}")
        for name in (fault.__name__ for fault in FAULTS):
            halves = (f"{self._kept[name, seen]} of {self._false[name, seen]}" for seen in (True, False))
            print(f"{name:16} " + " ".join(f"{half:>16}" for half in halves))


def _verdicts(sentence: str, source: JudgedSource) -> list[str]:
    found = judge("What does the filing say?", f"- {sentence} [1]", [source])
    return [figure.verdict for figure in found.figures]


def main() -> None:
    """Judge the sentences of all pages, and print what came of it."""
    folder, *listed = sys.argv[1:]
    counts = Counts(listed)
    for source in pages(Path(folder)):
        chosen = [each for each in sentences(source.text) if SHORTEST < len(each) < LONGEST]
        for sentence in chosen[:MOST]:
            counts.add(sentence, source)
    counts.print()


if __name__ == "__main__":
    main()
