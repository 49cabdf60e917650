"""A reviewer's correction: judged like a model's answer, and trained on in its place.

It is written at once, and not by the journal: whether it can be taken depends on what the database holds of
the answer, and a reviewer who is told that it was taken may close the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from finrisk import judging, metrics, quality
from finrisk.db.pool import Connection
from finrisk.settings import Settings
from finrisk_rules import prompt
from finrisk_rules.examples import (
    problem,
    problem_of_figures,
    problem_of_sources,
    question_digest,
    version_of_rules,
)
from finrisk_rules.judge.verdicts import JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.redaction import Redactor

_ANSWER = """
select coalesce(t.strategy, a.strategy) as strategy, coalesce(t.analysis, a.analysis) as analysis,
       coalesce(t.prompt, a.prompt) as prompt, coalesce(t.labels, a.labels, '{}')
           || array(select unnest(labels) from documents where id = any(a.documents)) as labels
from analyses a left join training_data t on t.id = a.id where a.id = %s for update of a"""

_DOCUMENTS = "select id, company, year from documents where id = any(%s)"
_FACTS = """
select s.text, s.facts from pages p join passages s on s.page_id = p.id
where p.document_id = any(%s) and s.text = any(%s) and s.facts is not null"""

_REPLACE = """
update training_data set correction = %(text)s, correction_score = %(score)s, correction_parts = %(parts)s,
       corrected_at = now(), corrected_by = %(key_id)s, rules_version = %(rules_version)s
where id = %(id)s"""

_COLLECT = """
insert into training_data (
    id, request_id, created_at, strategy, analysis, quality_score, quality_parts, model, model_version, arm,
    finetuned_model_used, latency_ms, user_id, session_id, key_id, revision, prompt, prompt_hash, sources,
    labels, question_digest, redaction_version, correction, correction_score, correction_parts, corrected_at,
    corrected_by, rules_version)
select id, id, created_at, strategy, analysis, coalesce(quality_score, 0), quality_parts, coalesce(model, ''),
       model_version, arm_served, arm_served = 'tuned', latency_ms, user_hash, session_hash, key_id, revision,
       prompt, %(prompt_hash)s, %(sources)s, labels, %(question_digest)s, redaction_version, %(text)s,
       %(score)s, %(parts)s, now(), %(key_id)s, %(rules_version)s
from analyses where id = %(id)s"""
"""The row of an answer that was not collected."""


class UnknownAnswerError(LookupError):
    """There is no such answer, its text is no longer kept, or this reviewer may not read its sources."""


class UnusableCorrectionError(ValueError):
    """Why the correction cannot be learnt from, as a reason code of ``skip_reason``."""


class WrongFiguresError(UnusableCorrectionError):
    """A figure of the correction is not what the sources say; ``judgement`` has its verdict."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__("figure_not_supported")
        self.judgement = judgement


@dataclass(frozen=True)
class Reviewer:
    """Who corrects: the id of the key, and the labels of the documents that it may read."""

    key_id: str | None
    labels: tuple[str, ...] = ()


def correct(
    connection: Connection, settings: Settings, request_id: UUID, text: str, reviewer: Reviewer
) -> Judgement:
    """Redact and judge a correction, and put it in the place of its answer; the last one counts.

    Raises:
        UnknownAnswerError: there is nothing to correct.
        WrongFiguresError: a figure is wrong; nothing is kept.
        UnusableCorrectionError: it cannot be trained on for another reason; nothing is kept.
        psycopg.Error: the database does not answer.
    """
    with connection.transaction():
        answer = _answer(connection, request_id, reviewer)
        turn = prompt.parse(answer["prompt"])
        if turn is None:
            raise UnknownAnswerError(f"the prompt of {request_id} is of an earlier release, and not read")
        redactor = Redactor(settings.names)
        redactor.read(answer["prompt"])
        correction = redactor.redact(text.strip()).text
        documents = _documents(connection, turn.sources)
        sources = _sources(connection, turn.sources, documents)
        judgement = judging.judgement(answer["strategy"], correction, sources, request_id)
        if judgement is None:
            raise UnusableCorrectionError("judge_failed")
        parts = quality.quality_parts(correction, answer["strategy"], sources, judgement)
        _check(settings, answer, turn, correction, judgement, parts)
        values = {
            "id": request_id,
            "text": correction,
            "score": quality.score(parts),
            "parts": Jsonb(parts.as_dict()),
            "key_id": reviewer.key_id,
            "prompt_hash": prompt.PROMPT_HASH,
            "question_digest": f"{question_digest(answer['strategy'], documents):016x}",
            "rules_version": version_of_rules(answer["strategy"], correction, answer["prompt"]),
            "sources": Jsonb(list(documents.values())),
        }
        if not connection.execute(_REPLACE, values).rowcount:
            connection.execute(_COLLECT, values)
    metrics.COLLECTED.labels("corrections").inc()
    return judgement


def _answer(connection: Connection, request_id: UUID, reviewer: Reviewer) -> dict[str, Any]:
    """What the database holds of an answer that can be corrected."""
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_ANSWER, (request_id,)).fetchone()
    if row is None or set(row["labels"]) - set(reviewer.labels):
        raise UnknownAnswerError(f"no answer has the request_id {request_id}")
    if not (row["strategy"] and row["analysis"]):
        raise UnknownAnswerError(f"the text of {request_id} is not kept, or it got no answer")
    if not row["prompt"]:
        raise UnknownAnswerError(f"{request_id} was answered without sources, or by an earlier release")
    return row


def _documents(connection: Connection, sources: Sequence[prompt.Source]) -> dict[str, dict[str, Any]]:
    """The documents of the sources by their ids, best first, as a row of training_data lists them."""
    ids = list(dict.fromkeys(source.document_id for source in sources))
    known = {row[0]: row[1:] for row in connection.execute(_DOCUMENTS, (ids,))}
    return {
        name: dict(
            zip(("document_id", "company", "year"), (name, *known.get(name, (None, None))), strict=True)
        )
        for name in ids
    }


def _sources(
    connection: Connection, sources: Sequence[prompt.Source], documents: dict[str, dict[str, Any]]
) -> list[JudgedSource]:
    """The sources as the judge reads them; facts of a text that the index no longer has are made anew."""
    texts = [source.text for source in sources]
    facts: dict[str, str] = dict(connection.execute(_FACTS, (list(documents), texts)).fetchall())
    return [
        JudgedSource(
            source.title,
            source.text,
            facts.get(source.text) or stored(facts_of(source.text)),
            documents[source.document_id]["company"],
            documents[source.document_id]["year"],
        )
        for source in sources
    ]


def _check(
    settings: Settings,
    answer: dict[str, Any],
    turn: prompt.Turn,
    text: str,
    judgement: Judgement,
    parts: quality.QualityParts,
) -> None:
    """Refuse what could not be collected were it an answer; a person's need not reach the score."""
    if set(answer["labels"]) - settings.labels_to_train_on:
        raise UnusableCorrectionError("restricted_source")
    if flaw := problem(answer["strategy"], text, turn.sources) or problem_of_sources(turn.sources):
        raise UnusableCorrectionError(flaw)
    if judgement.is_wrong:
        raise WrongFiguresError(judgement)
    if flaw := problem_of_figures(parts.as_dict(), unread_too=settings.collect_unread):
        raise UnusableCorrectionError(flaw)
