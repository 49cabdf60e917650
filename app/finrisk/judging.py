"""The judge as a request meets it: the sources that it reads, and what becomes of its own failures."""

import logging
from collections.abc import Sequence
from uuid import UUID

from finrisk import quality
from finrisk.generation import Served
from finrisk.logs import log_redaction_failure
from finrisk.records import JudgedAnswer, Request
from finrisk.retrieval import RankedPassage
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Judgement
from finrisk_rules.redaction import RedactionError


def judged_sources(passages: Sequence[RankedPassage]) -> list[JudgedSource]:
    """The passages as the judge reads them, in the order of the citations."""
    return [
        JudgedSource(passage.title, passage.text, passage.facts, passage.company, passage.year)
        for passage in passages
    ]


def judgement(
    question: str, answer: str, sources: Sequence[JudgedSource], request_id: UUID
) -> Judgement | None:
    """What the judge says of an answer or a correction; None, and a line in the log, where it fails.

    An answer is served and recorded all the same: a defect of the judge costs an example, never a record.
    """
    try:
        return judge(question, answer, sources)
    except Exception:
        logging.getLogger("finrisk").exception(
            "the judge failed; what it was asked about is not collected",
            extra={"event": "judge_failed", "fields": {"request_id": str(request_id)}},
        )
        return None


def judged_answer(request: Request, served: Served) -> JudgedAnswer:
    """What a model answered, redacted and judged by the sources that it was given."""
    text, is_redacted = _redacted(request, served.completion.text.strip())
    sources = judged_sources(request.passages)
    said = judgement(request.strategy, text, sources, request.question.request_id)
    parts = quality.quality_parts(text, request.strategy, sources, said)
    return JudgedAnswer(served, text, said, parts, quality.score(parts), is_redacted)


def _redacted(request: Request, text: str) -> tuple[str, bool]:
    """The answer redacted, and whether it is: a defect of the redactor costs an example, never an answer."""
    try:
        return request.redactor.redact(text).text, True
    except RedactionError as error:
        log_redaction_failure(error, request.question.request_id)
        return text, False
