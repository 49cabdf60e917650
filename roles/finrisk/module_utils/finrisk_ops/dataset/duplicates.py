"""Rows that ask again what others ask: which of them is trained on, and how that is told."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from finrisk_rules.digests import digest
from finrisk_rules.examples import fold, question_digest

from ..counts import number_of
from .digests import DigestIndex
from .likeness import Kin, pair_sketch, repeated
from .rows import Example

DUPLICATE = "duplicate"
NEAR_DUPLICATE = "near_duplicate"
NEAR_VALIDATION = "near_validation"

_TOLD = {
    DUPLICATE: "a question again on the same sources: the best answer is trained on",
    NEAR_DUPLICATE: "a question again in nearly the same words, with the same figures and sources",
    NEAR_VALIDATION: "what a row of the validation set asks, on other sources: not trained on",
}


def duplicates_told(rejected: Mapping[str, int]) -> list[str]:
    """Return a line for each kind of duplicates that there is, with their number."""
    lines = []
    for reason, what in _TOLD.items():
        if count := rejected.get(reason, 0):
            rows = "row asks" if count == 1 else "rows ask"
            lines.append(f"{count:,} {reason} {rows} {what}")
    return lines


def without_duplicates(rejected: Mapping[str, int]) -> dict[str, int]:
    """Return the other reasons with their counts."""
    return {reason: count for reason, count in rejected.items() if reason not in _TOLD}


class Questions:
    """Chooses, row by row, the answer to each question on its sources."""

    def __init__(self) -> None:
        """Start empty."""
        self.conflicts = 0
        """Rows whose question has another answer in another row."""
        self._numbers = DigestIndex()
        self._rows = array("I")  # by question: the row whose answer stands
        self._answers = array("Q")
        self._standing = array("d")
        self._created_at = array("d")

    def rival(self, example: Example, row: int) -> int | None:
        """Return the row that the example takes the place of, ``row`` itself when it is worse.

        None for a question that is new. Of equally good answers the newer is taken, of equally old ones the
        first.
        """
        question = self._numbers.number(question_digest(example.strategy, example.documents))
        answer = digest("answer", fold(example.analysis))
        if question == len(self._rows):
            self._rows.append(row)
            self._answers.append(answer)
            self._standing.append(example.standing)
            self._created_at.append(example.created_at)
            return None
        self.conflicts += answer != self._answers[question]
        known = (self._standing[question], self._created_at[question])
        if (example.standing, example.created_at) <= known:
            return row
        replaced = self._rows[question]
        self._rows[question], self._answers[question] = row, answer
        self._standing[question], self._created_at[question] = example.standing, example.created_at
        return replaced


@dataclass(frozen=True)
class Likely:
    """What is known of every usable row without its texts."""

    figures: array[int]  # digests of the numbers of question and answer
    sources: array[int]  # digests of the ids of the sources
    standing: array[float]
    created_at: array[float]


def families(rows: Iterable[int], of: Likely, texts: Iterable[tuple[int, str, str]]) -> Kin:
    """Return which rows nearly repeat each other; ``texts`` are row, question and answer of all, in order."""
    kin = Kin(len(of.figures))
    alive = set(rows)
    shared = repeated(of.figures[row] for row in alive)
    for row, strategy, analysis in texts:
        if row in alive and of.figures[row] in shared:
            kin.add(row, pair_sketch(strategy, analysis), kind=of.figures[row])
    return kin


def worse(kin: Kin, of: Likely) -> Iterable[int]:
    """Yield the rows that nearly repeat a better one on the same sources."""
    for group in kin.groups().values():
        best: dict[int, int] = {}
        for row in group:
            rival = best.setdefault(of.sources[row], row)
            if rival == row:
                continue
            if (of.standing[row], of.created_at[row]) > (of.standing[rival], of.created_at[rival]):
                best[of.sources[row]] = row
                yield rival
            else:
                yield row


def report(rejected: Mapping[str, int], conflicts: int) -> dict[str, Any]:
    """Return the counts of duplicates as the metadata names them."""
    return {
        "same": rejected.get(DUPLICATE, 0),
        "conflicts": conflicts,
        "near": rejected.get(NEAR_DUPLICATE, 0),
        "near_validation": rejected.get(NEAR_VALIDATION, 0),
    }


def conflicts_told(conflicts: int) -> list[str]:
    """Return the line that counts questions with several answers, none without one."""
    return [f"{number_of(conflicts, 'row')} gave another answer than the one before"] if conflicts else []
