"""Which collected rows can be trained on: what export counts and prepare rejects, by the same rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from finrisk_rules import examples, prompt
from finrisk_rules.instructions import gives_order
from finrisk_rules.judge.verdicts import RIGHT
from finrisk_rules.redaction import NOBODY, Names

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Terms:
    """The inventory's terms on which a row is trained on."""

    min_quality: float
    training_labels: frozenset[str] = frozenset()
    refused_producers: tuple[str, ...] = ()  # first words of model_version
    tuned_rows: bool = False
    names: Names = NOBODY  # that redaction takes out
    is_scored: bool = False  # rows without a quality score are left out

    def left_out(self, row: Mapping[str, Any]) -> str | None:
        """Return why the row is not asked for at all, as a reason code of ``finrisk_rules.figures``."""
        if self.refused_producers and _producer(row) in map(str.lower, self.refused_producers):
            return "producer_refused"
        if is_tuned(row) and not self.tuned_rows:
            return "made_by_tuned_model"
        return "restricted_source" if self._is_restricted(row.get("labels")) else None

    def misses_score(self, row: Mapping[str, Any]) -> bool:
        """Say whether the row has no quality score and needs one."""
        return self.is_scored and "quality_score" not in row and not is_human(row)

    def _is_restricted(self, labels: object) -> bool:
        """Say whether a source has a label that is not trained on; what is no list counts as one."""
        if not isinstance(labels, list):
            return labels is not None
        return not all(isinstance(label, str) and label in self.training_labels for label in labels)


def problem(row: Mapping[str, Any], min_quality: float) -> str | None:
    """Return why the row cannot be trained on, as a reason code; None when it can.

    The codes are those of ``finrisk_rules.examples``, and what is missing or wrong in the row itself.
    A row without a quality score passes, and so does what a reviewer wrote, whatever its score; personal data
    and duplicates are not looked at here.
    """
    if "strategy" not in row:
        return "strategy_missing"
    if "analysis" not in row:
        return "analysis_missing"
    return (
        examples.problem_of_figures(row.get("quality_parts"))
        or _quality_problem(row.get("quality_score", _MISSING), 0.0 if is_human(row) else min_quality)
        or examples.problem(row["strategy"], row["analysis"], sources_of(row.get("prompt")))
        or _problem_of_prompt(row.get("prompt"))
    )


def sources_of(text: object) -> tuple[prompt.Source, ...]:
    """Return the sources of a prompt of our making; none of any other."""
    turn = prompt.parse(text) if isinstance(text, str) else None
    return turn.sources if turn else ()


def is_human(row: Mapping[str, Any]) -> bool:
    """Say whether a reviewer wrote the row's analysis."""
    return row.get("provenance") == "human"


def is_tuned(row: Mapping[str, Any]) -> bool:
    """Say whether a tuned model wrote the row's analysis."""
    return row.get("finetuned_model_used") is True and not is_human(row)


def _producer(row: Mapping[str, Any]) -> str:
    return str(row.get("model_version") or "").partition("-")[0].lower()


def rating_of(row: Mapping[str, Any]) -> int:
    """Return a reader's rating of the row's answer: 1, -1, or 0 without one."""
    parts = row.get("quality_parts")
    rating = parts.get("rating") if isinstance(parts, dict) else None
    return rating if rating in (1, -1) and isinstance(rating, int) else 0


def score_of(row: Mapping[str, Any]) -> float | None:
    """Return the row's quality score, None when it has none."""
    score = row.get("quality_score")
    return float(score) if isinstance(score, (int, float)) and is_score(score) else None


def standing_of(row: Mapping[str, Any]) -> float:
    """Return how good the row's answer is beside others to its question; the greater the better.

    A reviewer's answer comes first, then what has more percent of its figures right, then the better score.
    """
    score = row.get("quality_score", -1.0)
    quality = (float(score) + 1) / 4 if is_score(score) else 0.0
    return 1_000.0 * is_human(row) + _share_right(row.get("quality_parts")) + quality


def _share_right(parts: object) -> int:
    """Return how many percent of the figures that were judged are right; 0 without verdicts."""
    verdicts = parts.get("verdicts") if isinstance(parts, dict) else None
    if not isinstance(verdicts, dict):
        return 0
    right = total = 0
    for name, count in verdicts.items():
        if isinstance(count, int) and count > 0:
            total += count
            right += count if name in RIGHT else 0
    return round(100 * right / total) if total else 0


def is_score(value: object) -> bool:
    """Say whether the value is a quality score: a number from 0 to 1."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _problem_of_prompt(text: object) -> str | None:
    """Look at the sources; of a prompt that is not of our making or of an older shape, at all of it."""
    if not isinstance(text, str):
        return None
    turn = prompt.parse(text)
    if turn is not None:
        return examples.problem_of_sources(turn.sources)
    return "looks_like_instruction" if gives_order(text) else None


def _quality_problem(score: object, min_quality: float) -> str | None:
    if score is _MISSING:
        return None
    if not is_score(score):
        return "quality_not_a_score"
    assert isinstance(score, (int, float))  # noqa: S101 - for the type checker
    return "quality_too_low" if score < min_quality else None
