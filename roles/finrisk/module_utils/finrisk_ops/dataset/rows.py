"""Turns one row of an export into one tuning example, or into the reason why not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from finrisk_rules import examples, prompt, redaction
from finrisk_rules.limits import TRAINING_ANALYSIS_MAX, TRAINING_PROMPT_MAX
from finrisk_rules.storable import is_storable

from .examples import Terms, is_human, problem, rating_of, score_of, sources_of, standing_of
from .variety import Traits

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class Usable(NamedTuple):
    """What a row that can be trained on asks and answers."""

    strategy: str  # as exported
    asked: redaction.Redacted  # the same
    analysis: redaction.Redacted
    redactor: redaction.Redactor  # knows the placeholders of the row
    documents: tuple[str, ...]  # ids of the sources, best first

    @property
    def question(self) -> int:
        """What tells duplicates apart."""
        return examples.question_digest(self.strategy, self.documents)


class Example(NamedTuple):
    """A row that can be trained on, redacted."""

    prompt: str
    analysis: str
    strategy: str  # as exported: what tells duplicates apart
    documents: tuple[str, ...]  # ids of the sources, best first
    traits: Traits
    user: str | None
    score: float | None  # as it was judged; None when unknown
    is_human: bool  # a reviewer wrote the analysis
    standing: float  # beside other answers to the same question
    created_at: float  # seconds since 1970, 0 when unknown
    rating: int  # a reader's: 1, -1, or 0 without one
    replaced: str | None  # the model's answer that a reviewer's took the place of
    redacted: dict[str, int]  # how often, by kind


def usable(row: object, terms: Terms) -> Usable | str:
    """Return what a row that can be trained on asks and answers, or the reason code why it cannot.

    Besides the codes of ``Terms`` and ``problem``: ``not_an_object``, ``quality_missing``, and
    ``prompt_not_text``, ``prompt_too_long``, ``prompt_without_strategy``, ``redaction_failed``. Export counts
    what prepare takes by this function.
    """
    if not isinstance(row, dict):
        return "not_an_object"
    reason = terms.left_out(row) or problem(row, terms.min_quality) or _prompt_problem(row)
    if reason:
        return reason
    if terms.misses_score(row):
        return "quality_missing"
    strategy = examples.without_embeddings(row["strategy"]).strip()
    answer = examples.without_embeddings(row["analysis"]).strip()
    redactor = redaction.Redactor(terms.names)
    try:
        for text in (strategy, answer, row.get("prompt") or "", _replaced(row)):
            redactor.read(text)
        question, analysis = redactor.redact(strategy), redactor.redact(answer)
    except Exception:  # whatever went wrong: what is not redacted is not written
        return "redaction_failed"
    is_shorter = bool(question.found or analysis.found)  # what is left must still be worth learning
    sources = sources_of(row.get("prompt")) if is_shorter else ()
    if is_shorter and (reason := examples.problem(question.text, analysis.text, sources)):
        return reason
    return Usable(strategy, question, analysis, redactor, _named(row.get("sources"), "document_id"))


def example_of(row: object, terms: Terms) -> Example | str:
    """Return the example that a row makes, or the reason code why it makes none, as ``usable``."""
    pair = usable(row, terms)
    if isinstance(pair, str):
        return pair
    assert isinstance(row, dict)  # noqa: S101 - for the type checker
    found = [pair.analysis.found]
    try:
        asked = _prompt(row.get("prompt"), pair, terms.names, found)
        replaced = pair.redactor.redact(_replaced(row)).text
    except Exception:  # as in ``usable``
        return "redaction_failed"
    return Example(
        prompt=asked,
        analysis=pair.analysis.text,
        strategy=pair.strategy,
        documents=pair.documents,
        traits=Traits.of(_named(row.get("sources"), "company"), pair.analysis.text),
        user=_text(row.get("user_id")),
        score=score_of(row),
        is_human=is_human(row),
        standing=standing_of(row),
        created_at=_seconds(row.get("created_at")),
        rating=rating_of(row),
        replaced=replaced or None,
        redacted=_sum(found) if any(found) else {},
    )


def _sum(found: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return how often each kind was found in all texts of a row."""
    redactions: Counter[str] = Counter()
    for each in found:
        redactions.update(each)
    return dict(redactions)


def _replaced(row: Mapping[str, Any]) -> str:
    """Return the model's answer that a reviewer corrected, when it can be written; else nothing."""
    text = row.get("model_analysis")
    if not is_human(row) or not isinstance(text, str) or len(text) > TRAINING_ANALYSIS_MAX:
        return ""
    return examples.without_embeddings(text).strip() if examples.is_writable(text) else ""


def id_of(row: object) -> str | None:
    """Return the row's id when it has one that looks like an identifier."""
    text = _text(row.get("id")) if isinstance(row, dict) else None
    return text if text and _ID.fullmatch(text) else None


def is_safe(name: str) -> bool:
    """Say whether an id may be shown: it can be somebody's number too."""
    return not redaction.redact(name).found


@lru_cache(maxsize=4096)
def _is_clean(text: str, names: redaction.Names) -> bool:
    """Say whether redaction leaves a text as it is; remembered, for many questions have the same sources."""
    return not redaction.redact(text, names=names).found


def _prompt(
    original: str | None, pair: Usable, names: redaction.Names, found: list[Mapping[str, int]]
) -> str:
    """Return the prompt redacted, as it would be sent with the texts that are left; add what was found.

    A row without a prompt gets that of its strategy alone.
    """

    def redact(text: str) -> str:
        text = examples.without_embeddings(text)
        if _is_clean(text, names):
            return text
        clean = pair.redactor.redact(text)
        found.append(clean.found)
        return clean.text

    if not original:
        found.append(pair.asked.found)
        return prompt.render(pair.asked.text, ())
    turn = prompt.parse(original)
    if turn is None:  # not of our making, or of an older shape: its frame cannot be told from its texts
        return redact(original)
    sources = [
        prompt.Source(redact(source.document_id), redact(source.title), redact(source.text))
        for source in turn.sources
    ]
    clean = prompt.Turn(redact(turn.question), tuple(sources))
    return original if clean == turn else prompt.render(clean.question, clean.sources)


def _prompt_problem(row: Mapping[str, Any]) -> str | None:
    text = row.get("prompt")
    if not text:
        return None
    if not isinstance(text, str):
        return "prompt_not_text"
    if len(text) > TRAINING_PROMPT_MAX:
        return "prompt_too_long"
    if not _holds(text, row["strategy"]):
        return "prompt_without_strategy"
    return None if is_storable(text) and not examples.is_overridden(text) else "control_characters"


def _holds(text: str, strategy: str) -> bool:
    turn = prompt.parse(text)
    return strategy.strip() in text if turn is None else turn.question == prompt.as_asked(strategy)


def _named(sources: object, key: str) -> tuple[str, ...]:
    """Return what the sources have under the key, each once, best source first."""
    if not isinstance(sources, list):
        return ()
    values = [_text(source.get(key)) for source in sources if isinstance(source, dict)]
    return tuple(dict.fromkeys(filter(None, values)))


def _text(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    try:
        return str(value) or None
    except ValueError:  # an integer of thousands of digits
        return None


def _seconds(value: object) -> float:
    if not isinstance(value, str):
        return 0.0
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return 0.0
