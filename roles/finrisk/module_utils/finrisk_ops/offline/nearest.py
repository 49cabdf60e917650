"""The training examples that are nearest to a question, by its words."""

from __future__ import annotations

import heapq
import json
from collections import Counter, defaultdict
from math import log, sqrt
from pathlib import Path

from finrisk_rules.lexemes import words

from .questions import Question, question_of


class Examples:
    """A training set, searched by cosine of tf-idf (Salton & Buckley, Term-weighting approaches, 1988)."""

    def __init__(self, path: Path) -> None:
        """Read the questions; answers and sources stay on disk."""
        self._path = path
        self._places: list[int] = []
        self._texts: dict[int, tuple[str, str]] = {}  # an example may be near to many questions
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        counted: list[Counter[str]] = []
        with path.open("rb") as file:
            for line in iter(file.readline, b""):
                if (question := question_of(len(counted) + 1, json.loads(line))) is None:
                    continue
                counts = Counter(words(question.text))
                for word, count in counts.items():
                    self._postings[word].append((len(counted), count))
                counted.append(counts)
                self._places.append(file.tell() - len(line))
        number = len(counted)
        self._weights = {word: log(1 + number / len(of)) for word, of in self._postings.items()}
        self._lengths = [self._length(counts) for counts in counted]

    def nearest(self, question: Question, number: int) -> list[tuple[str, str]]:
        """Return prompts and answers of the nearest examples, the nearest last: it stands by the question."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word, count in Counter(words(question.text)).items():
            for example, times in self._postings.get(word, ()):
                scores[example] += count * times * self._weights[word] ** 2 / self._lengths[example]
        best = heapq.nlargest(number, scores, key=lambda example: (scores[example], -example))
        return [self._read(example) for example in reversed(best)]

    def _length(self, counts: Counter[str]) -> float:
        return sqrt(sum((count * self._weights[word]) ** 2 for word, count in counts.items())) or 1.0

    def _read(self, example: int) -> tuple[str, str]:
        if example not in self._texts:
            with self._path.open("rb") as file:
                file.seek(self._places[example])
                found = question_of(example, json.loads(file.readline()))
            assert found is not None  # noqa: S101 - it was one before
            self._texts[example] = (found.prompt, found.answer)
        return self._texts[example]
