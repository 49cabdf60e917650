"""Ranks the statements of a prompt: features, weights, and a choice without repetition."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.gemini.categories import OTHER, category_of
from sandbox.gemini.passages import YEAR, Prompt, Source, Statement, terms

FEATURES = (
    "overlap",  # cosine of plain word counts to the question: all that the base model goes by
    "similarity",  # cosine of tf-idf to the question
    "coverage",  # share of the question's content words that occur
    "centrality",  # cosine to the mean of all statements
    "figures",  # how many figures besides years, at most four, over four
    "year",  # the question's year occurs in the statement, half when only in the source's title
    "title",  # share of the source title's words that the question has
    "source_rank",  # 1 over the rank of the source
    "position",  # 1 over the place in the passage
    "length",  # content words, at most thirty, over thirty
    "table_row",
    "category",  # the same kind of risk as the question
    "risk_term",  # any kind of risk at all
)
PICKS = 6
RELEVANCE = 0.6  # share of relevance against repetition in the choice (MMR)
LEAST_PICKS = 3  # statements that have little to do with the question are only taken up to here
LEAST_OVERLAP = 0.15  # of the best overlap with the question: less is little
POOL = 24  # best statements that are compared with each other


@dataclass(frozen=True, slots=True)
class Weights:
    """The ranker's model: one weight for each feature, and a bias that matters for training only."""

    values: tuple[float, ...]
    bias: float = 0.0

    def score(self, features: Sequence[float]) -> float:
        """The logit that a statement with these features belongs into the answer."""
        return self.bias + sum(w * x for w, x in zip(self.values, features, strict=True))

    def as_json(self) -> dict[str, Any]:
        """These weights by feature name."""
        return {"weights": dict(zip(FEATURES, self.values, strict=True)), "bias": self.bias}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Weights":
        """Weights from their stored form; a feature that is not named weighs nothing."""
        named = stored["weights"]
        return cls(tuple(float(named.get(name, 0.0)) for name in FEATURES), float(stored.get("bias", 0.0)))


BASE = Weights(tuple(1.0 if name == "overlap" else 0.0 for name in FEATURES))


@dataclass(slots=True)
class Candidate:
    """A statement of one source with its features for the question asked."""

    source: Source
    statement: Statement
    features: tuple[float, ...]
    vector: Mapping[str, float] = field(repr=False)
    score: float = 0.0


def candidates(prompt: Prompt, *, with_rows: bool = True) -> list[Candidate]:
    """Every distinct statement of the prompt with its features; rows of tables may be left out."""
    pairs = [pair for pair in _distinct(prompt.sources) if with_rows or not pair[1].is_row]
    frequency = Counter(term for _, statement in pairs for term in statement.terms)
    idf = {term: math.log(1 + len(pairs) / count) for term, count in frequency.items()}
    vectors = [_unit({t: idf[t] * n for t, n in statement.terms.items()}) for _, statement in pairs]
    centre: dict[str, float] = {}
    for vector in vectors:
        for term, weight in vector.items():
            centre[term] = centre.get(term, 0.0) + weight
    question = _Question.of(prompt.question, idf)
    centre = _unit(centre)
    titles = {source.number: question.title_match(source.title) for source, _ in pairs}
    ranks = {source.number: rank for rank, source in enumerate(prompt.sources)}
    return [
        Candidate(
            source,
            statement,
            (
                question.overlap(statement),
                _dot(question.vector, vector),
                question.coverage(statement),
                _dot(vector, centre),
                min(statement.figures, 4) / 4,
                question.year_match(statement, source),
                titles[source.number],
                1 / (1 + ranks[source.number]),
                1 / (1 + statement.position),
                min(statement.words, 30) / 30,
                float(statement.is_row),
                float(statement.category == question.category != OTHER),
                float(statement.category != OTHER),
            ),
            vector,
        )
        for (source, statement), vector in zip(pairs, vectors, strict=True)
    ]


def choose(candidates: Sequence[Candidate], weights: Weights, picks: int = PICKS) -> list[Candidate]:
    """The best statements, best first, each weighed against those already chosen (MMR)."""
    for candidate in candidates:
        candidate.score = weights.score(candidate.features)
    pool = sorted(candidates, key=lambda c: -c.score)[:POOL]
    if not pool:
        return []
    lowest, spread = pool[-1].score, (pool[0].score - pool[-1].score) or 1.0
    relevance = [RELEVANCE * (c.score - lowest) / spread for c in pool]
    repeated = [0.0] * len(pool)
    chosen: list[int] = []
    left = set(range(len(pool)))
    enough = LEAST_OVERLAP * max(c.features[0] for c in pool)
    while left and len(chosen) < picks:
        best = max(left, key=lambda i: (relevance[i] - (1 - RELEVANCE) * repeated[i], -i))
        left.discard(best)
        if len(chosen) >= LEAST_PICKS and pool[best].features[0] <= enough:
            continue
        chosen.append(best)
        for i in left:
            repeated[i] = max(repeated[i], _dot(pool[best].vector, pool[i].vector))
    return [pool[i] for i in chosen]


@dataclass(frozen=True, slots=True)
class _Question:
    words: Mapping[str, int]
    length: float
    vector: Mapping[str, float]
    years: frozenset[str]
    category: str

    @classmethod
    def of(cls, text: str, idf: Mapping[str, float]) -> "_Question":
        counts = Counter(terms(text))
        vector = _unit({term: idf.get(term, 0.0) * n for term, n in counts.items()})
        length = math.sqrt(sum(n * n for n in counts.values())) or 1.0
        return cls(counts, length, vector, frozenset(YEAR.findall(text)), category_of(text))

    def overlap(self, statement: Statement) -> float:
        return _dot(self.words, statement.terms) / (self.length * statement.length)

    def coverage(self, statement: Statement) -> float:
        return sum(word in statement.terms for word in self.words) / (len(self.words) or 1)

    def year_match(self, statement: Statement, source: Source) -> float:
        if self.years & statement.years:
            return 1.0
        return 0.5 if self.years.intersection(YEAR.findall(source.title)) else 0.0

    def title_match(self, title: str) -> float:
        words = set(terms(title))
        return len(words & self.words.keys()) / (len(words) or 1)


def _distinct(sources: Sequence[Source]) -> list[tuple[Source, Statement]]:
    by_text: dict[str, tuple[Source, Statement]] = {}
    for source in sources:
        for statement in source.statements():
            by_text.setdefault(statement.text.lower(), (source, statement))
    return list(by_text.values())


def _unit(vector: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(x * x for x in vector.values())) or 1.0
    return {term: x / length for term, x in vector.items()}


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    if len(a) > len(b):
        a, b = b, a
    total = 0.0
    for term, x in a.items():
        if term in b:
            total += x * b[term]
    return total
