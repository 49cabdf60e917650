"""How good an answer is, 0..1, explained part by part."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from finrisk_rules.examples import is_error_text, is_refusal
from finrisk_rules.grounding import grounding

WEIGHTS = {"grounding": 0.3, "citations": 0.15, "relevance": 0.35, "structure": 0.1, "completeness": 0.1}
"""What each part counts for; they add up to 1."""

DISLIKED = 0.5
"""Factor of an answer that its reader rated -1."""
LIKED = 0.05
"""Added, up to 1, for an answer that its reader rated 1."""

_HEADING = re.compile(r"^#{1,6} .+$", re.MULTILINE)
_CITED = re.compile(r"\[(\d+)\]")
_LONGEST_NUMBER = 9
"""Digits of a citation that is read as a number; Python refuses to read some thousands of them."""
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD = re.compile(r"[a-z]{3,}|\d[\d.,]*")
_QUESTION_WORDS = frozenset(
    """about and any are assess analyse analyze based been being both can compare could describe did
    discuss does evaluate explain find for from give given had has have how into its list many much
    not over please provide review set should show such summarise summarize tell than that the their
    them then there these they this those through under using was were what when where which while
    who why will with would year fiscal risk risks company figure figures report reported""".split()
)


@dataclass(frozen=True)
class QualityParts:
    """The parts of a score, each 0..1; ``refused`` and ``rating`` act on the whole."""

    grounding: float
    citations: float
    relevance: float
    structure: float
    completeness: float
    refused: bool
    rating: int | None = None
    ungrounded_figures: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The parts as they are stored in the row."""
        return asdict(self)


def score(parts: QualityParts) -> float:
    """The weighted sum of the parts, 0..1 to three places; 0 for a refusal; moved by the reader's rating."""
    if parts.refused:
        return 0.0
    total = sum(weight * float(getattr(parts, name)) for name, weight in WEIGHTS.items())
    if parts.rating == -1:
        total *= DISLIKED
    elif parts.rating == 1:
        total = min(1.0, total + LIKED)
    return round(total, 3)


def rescored(stored: dict[str, object], rating: int) -> tuple[float, dict[str, object]]:
    """Score and parts of a stored answer after a rating."""
    values = {name: stored[name] for name in QualityParts.__dataclass_fields__ if name in stored}
    parts = QualityParts(**{**values, "rating": rating})  # type: ignore[arg-type]  # the row was written by as_dict
    return score(parts), parts.as_dict()


def quality_parts(
    answer: str, strategy: str, sources: Sequence[str], companies: Sequence[str] = ()
) -> QualityParts:
    """Judge an answer against its question, the texts it was given, and the companies they speak of."""
    result = grounding(answer, sources, strategy)
    return QualityParts(
        grounding=result.share,
        citations=_citations(answer, len(sources)),
        relevance=_relevance(answer, strategy, sources, companies),
        structure=_structure(answer),
        completeness=_completeness(answer),
        refused=is_refusal(answer) or is_error_text(answer),
        ungrounded_figures=result.missing[:20],
    )


def _statements(answer: str) -> list[str]:
    """The answer's lines of substance: no headings, no table rules, no line of fewer than four words."""
    lines = _HEADING.sub("", answer).splitlines()
    return [line for line in lines if len(line.split()) >= 4 and not set(line) <= set("|-: ")]


def _citations(answer: str, sources: int) -> float:
    """Share of citations that name a source, times how near to 80 % of the statements are cited."""
    cited = [int(number) if len(number) <= _LONGEST_NUMBER else 0 for number in _CITED.findall(answer)]
    statements = _statements(answer)
    if not cited or not statements:
        return 0.0
    valid = sum(1 <= number <= sources for number in cited) / len(cited)
    covered = sum(bool(_CITED.search(statement)) for statement in statements) / len(statements)
    return valid * min(1.0, covered / 0.8)


def _stems(text: str) -> set[str]:
    """The words and figures of a text without their commonest endings."""
    return {re.sub(r"(?:ings?|ies|es|ed|s|y)$", "", word.strip(".,")) for word in _WORD.findall(text.lower())}


_COMMON_STEMS = _stems(" ".join(_QUESTION_WORDS))


def _relevance(answer: str, strategy: str, sources: Sequence[str], companies: Sequence[str]) -> float:
    """How far the answer speaks of what was asked, and of nothing else.

    Half: the share of the question's topic words that the answer takes up, where four fifths are full marks.
    Words that no source holds cannot be addressed by a grounded answer and are left out. A quarter: the share
    of statements that take up two topic words. A quarter: the companies and years asked about are named.
    """
    names = {company: _stems(company) for company in companies}
    question = _stems(strategy) - _COMMON_STEMS
    subjects = [words for words in names.values() if words and words <= question]
    subjects += [{year} for year in _YEAR.findall(strategy)]
    topic = (question - set().union(*subjects)) & _stems(" ".join(sources))
    answered = _stems(answer)
    addressed = len(topic & answered) / len(topic) if topic else 0.0
    statements = _statements(answer)
    focused = [len(topic & _stems(statement)) >= min(2, len(topic)) for statement in statements]
    focus = sum(focused) / len(focused) if focused and topic else 0.0
    named = sum(words <= answered for words in subjects) / len(subjects) if subjects else 1.0
    return 0.5 * min(1.0, addressed / 0.8) + 0.25 * focus + 0.25 * named


def _structure(answer: str) -> float:
    """A heading is half, two or more statements are the other half."""
    return (0.5 if _HEADING.search(answer) else 0.0) + min(0.5, 0.25 * len(_statements(answer)))


def _completeness(answer: str) -> float:
    """Long enough to say something (400 characters) and not cut in the middle of a sentence."""
    text = answer.rstrip()
    ended = text.endswith((".", "!", "?", "]", ")", "|", '"', ":"))
    return 0.5 * min(1.0, len(text) / 400) + (0.5 if ended else 0.0)
