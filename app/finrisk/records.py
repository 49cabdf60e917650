"""What is written down of a request: its row in ``analyses`` and, when good enough, in ``training_data``."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from finrisk import ids
from finrisk.answers import Approach
from finrisk.generation import NoAnswerError, Served
from finrisk.quality import QualityParts
from finrisk.retrieval import RankedPassage
from finrisk.routing import Assignment
from finrisk.settings import Settings
from finrisk_rules.documents import INDEX_VERSION
from finrisk_rules.examples import (
    problem,
    problem_of_figures,
    problem_of_sources,
    question_digest,
    version_of_rules,
)
from finrisk_rules.identity import keyed_hash
from finrisk_rules.judge.verdicts import JUDGE_VERSION, WRONG, Judgement
from finrisk_rules.prompt import PROMPT_HASH, Source
from finrisk_rules.redaction import VERSION, Redactor


@dataclass(frozen=True)
class Question:
    """What a client asks."""

    request_id: UUID
    strategy: str
    user_id: str | None = None
    session_id: str | None = None
    company: str | None = None
    year: int | None = None
    key_id: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A question on its way to a model: redacted, routed, with its passages and its prompt."""

    question: Question
    strategy: str
    place: Assignment
    passages: list[RankedPassage]
    prompt: str
    redactor: Redactor
    started: float


@dataclass(frozen=True)
class JudgedAnswer:
    """A model's answer, redacted and judged; ``judgement`` is None where the judge failed.

    One that could not be redacted is answered with, and no text of it is kept.
    """

    served: Served
    text: str
    judgement: Judgement | None
    parts: QualityParts
    score: float
    is_redacted: bool = True

    def grounded(self, request: Request) -> bool:
        """Whether there are sources, and the answer is right by them."""
        return bool(request.passages and self.judgement and self.judgement.is_grounded)


Outcome = JudgedAnswer | NoAnswerError


def sources_of(passages: list[RankedPassage]) -> list[Source]:
    """The passages as the prompt has them."""
    return [Source(passage.document_id, passage.title, passage.text) for passage in passages]


def documents_of(passages: list[RankedPassage]) -> list[str]:
    """The ids of the documents that the passages are of, best first."""
    return list(dict.fromkeys(passage.document_id for passage in passages))


def labels_of(passages: list[RankedPassage]) -> set[str]:
    """The labels of the documents that the passages are of."""
    return {label for passage in passages for label in passage.labels}


def approach(request: Request, outcome: Outcome) -> Approach:
    """How the answer came about, in the words that clients read."""
    if not request.passages:
        return "ungrounded"
    tuned = isinstance(outcome, JudgedAnswer) and outcome.served.arm == "tuned"
    return "rag_finetuned" if tuned else "rag_base"


def skip_reason(settings: Settings, request: Request, outcome: Outcome) -> str | None:
    """Why the pair does not go to training_data, or None when it does."""
    if not settings.enable_data_collection:
        return "collection_disabled"
    if isinstance(outcome, NoAnswerError):
        return "no_answer"
    if not outcome.is_redacted:
        return "redaction_failed"
    if not request.passages:
        return "ungrounded"
    if labels_of(request.passages) - settings.labels_to_train_on:
        return "restricted_source"
    sources = sources_of(request.passages)
    flaw = problem(request.strategy, outcome.text, sources) or problem_of_sources(sources)
    if flaw:
        return flaw
    if outcome.judgement is None:
        return "judge_failed"
    if flaw := problem_of_figures(vars(outcome.parts), unread_too=settings.collect_unread):
        return flaw
    return "quality_below_threshold" if outcome.score < settings.data_collection_quality else None


def analysis_row(
    settings: Settings, request: Request, outcome: Outcome, assigned_model: str, latency_ms: float
) -> dict[str, Any]:
    """The request's row in ``analyses``: what the gate reads, and the text where it may be kept."""
    question, place = request.question, request.place
    key = settings.user_hash_key.get_secret_value()
    row: dict[str, Any] = {
        "id": str(question.request_id),
        "created_at": ids.time_of(question.request_id).isoformat(),
        "user_hash": keyed_hash(key, question.user_id) if question.user_id else None,
        "session_hash": keyed_hash(key, question.session_id) if question.session_id else None,
        "experiment": place.experiment,
        "revision": settings.finrisk_revision,
        "split_bp": place.split_bp,
        "unit_kind": place.unit_kind,
        "unit_hash": place.unit_hash,
        "bucket": place.bucket,
        "arm_assigned": place.arm,
        "model": assigned_model,
        "approach": approach(request, outcome),
        "key_id": question.key_id,
        "latency_ms": round(latency_ms, 3),
        "skip_reason": skip_reason(settings, request, outcome),
        "redaction_version": VERSION,
        "judge_version": JUDGE_VERSION,
        "prompt_version": PROMPT_HASH,
        "index_version": INDEX_VERSION,
    }
    if settings.analysis_retention_days:
        row["strategy"] = request.strategy
    if isinstance(outcome, NoAnswerError):
        row.update(
            outcome=outcome.kind,
            arm_error=outcome.arm_error,
            block_reason=outcome.block_reason,
            fallback_reason=outcome.fallback_reason,
            arm_ms=_arm_ms(row, outcome),
        )
        return row
    completion = outcome.served.completion
    row.update(
        arm_served=outcome.served.arm,
        model=outcome.served.model,
        model_version=completion.model_version,
        outcome="ok",
        arm_error=outcome.served.arm_error,
        block_reason=outcome.served.block_reason,
        fallback_reason=outcome.served.fallback_reason,
        arm_ms=_arm_ms(row, outcome.served),
        upstream_ms=round(completion.upstream_ms, 3),
        prompt_tokens=completion.prompt_tokens,
        answer_tokens=completion.answer_tokens,
        quality_score=outcome.score,
        judged_quality=outcome.score,
        refused=outcome.parts.refused,
        quality_parts=outcome.parts.as_dict() if outcome.is_redacted else None,  # they quote the answer
        grounded=outcome.grounded(request),
        documents=documents_of(request.passages),
    )
    if request.passages and outcome.judgement:
        row["figures"] = len(outcome.judgement.figures)
        row["wrong_figures"] = wrong_figures(outcome.judgement)
    if settings.analysis_retention_days:
        row["analysis"] = outcome.text if outcome.is_redacted else None
        if row["skip_reason"] and request.passages:  # of a collected pair, training_data has them
            row.update(prompt=request.prompt, labels=sorted(labels_of(request.passages)))
    return row


def wrong_figures(judgement: Judgement) -> int:
    """How many figures of an answer are wrong."""
    return sum(judgement.counts.get(verdict, 0) for verdict in WRONG)


def _arm_ms(row: dict[str, Any], how: Served | NoAnswerError) -> float | None:
    """Milliseconds until the assigned arm had answered or failed, as its user waited; None: it was not asked.

    What base needed after that is not the arm's time.
    """
    if how.fallback is not None:
        return how.fallback.after_ms
    failed = isinstance(how, NoAnswerError) and how.arm_error is None  # the client left
    return None if failed else row["latency_ms"]


def training_row(
    settings: Settings, request: Request, answer: JudgedAnswer, row: dict[str, Any]
) -> dict[str, Any]:
    """The good pair's row in ``training_data``, with the exact prompt that was sent."""
    sources = {passage.document_id: passage for passage in reversed(request.passages)}
    shared = """id created_at quality_score quality_parts model model_version latency_ms key_id
        redaction_version""".split()
    return {
        **{name: row[name] for name in shared},
        "strategy": request.strategy,
        "analysis": answer.text,
        "finetuned_model_used": answer.served.arm == "tuned",
        "user_id": row["user_hash"],
        "session_id": row["session_hash"],
        "request_id": row["id"],
        "prompt": request.prompt,
        "prompt_hash": PROMPT_HASH,
        "question_digest": f"{question_digest(request.strategy, sources):016x}",
        "sources": [
            {"document_id": source.document_id, "company": source.company, "year": source.year}
            for source in reversed(sources.values())
        ],
        "labels": sorted(labels_of(request.passages)),
        "rules_version": version_of_rules(request.strategy, answer.text, request.prompt),
        "arm": answer.served.arm,
        "revision": settings.finrisk_revision,
    }
