"""Questions without sources about documents that do not exist: what they quote, in words that all have."""

from __future__ import annotations

import random
from typing import NamedTuple

WORDS = """funding deposits margin covenant pension lease goodwill hedge inventory supplier licence tariff
    audit tenant ship grain turbine ward branch reserve claim premium bond swap option client patent mine rail
    port harvest cable orchard clinic""".split()
REMARKS = [
    f"Readers weigh this {word} against other risks of the group before they act." for word in WORDS[:14]
]
REMARKS_WITH_FIGURES = [
    "Amounts are in thousands, of which 100 % and 1,000 units are shown.",
    "The scale runs from 1.5 to 10.5 points for every firm.",
]


class Row(NamedTuple):
    """A question and its answer."""

    quotes: frozenset[str]  # of the document: no other has them
    question: str
    answer: str


def rows(documents: int, dice: random.Random) -> list[Row]:
    """Two to seven rows a document, shuffled."""

    def sentence() -> str:
        verb = dice.choice(("rose", "fell", "moved", "changed", "grew", "shrank", "widened", "narrowed"))
        return f"{' '.join(dice.sample(WORDS, 6)).capitalize()} {verb} over the year"

    result = []
    for _ in range(documents):
        figured = [f"{sentence()} by {dice.randrange(100, 99_999) / 10} million." for _ in range(6)]
        plain = [f"{sentence()} for reasons of its own." for _ in range(4)]
        for _ in range(dice.randint(2, 7)):
            asked = dice.sample(figured, 2) if dice.random() < 0.7 else dice.sample(plain, 1)
            said = dice.sample(figured, dice.randint(0, 2)) + dice.sample(plain, dice.randint(1, 2))
            question = f"Assess the {dice.choice(WORDS)} risk of the firm described, and say why it matters."
            remarks = [dice.choice(REMARKS), *dice.sample(REMARKS_WITH_FIGURES, int(dice.random() < 0.3))]
            result.append(
                Row(frozenset(asked + said), "\n".join([question, *asked]), " ".join(said + remarks))
            )
    dice.shuffle(result)
    return result
