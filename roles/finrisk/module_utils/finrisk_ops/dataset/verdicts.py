"""Who judged the rows of a dataset, and a second judgement of those that an older judge saw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finrisk_rules import page_facts, prompt
from finrisk_rules.judge.verdicts import JUDGE_VERSION, VERDICTS, JudgedSource
from finrisk_rules.limits import TRAINING_ANALYSIS_MAX

UNJUDGED = "none"


def version_of(row: object) -> str:
    """Return the version of the judge whose verdicts the row has; ``UNJUDGED`` when it has none."""
    parts = row.get("quality_parts") if isinstance(row, dict) else None
    version = parts.get("judge_version") if isinstance(parts, dict) else None
    return version if isinstance(version, str) and version else UNJUDGED


def verdicts_of(row: Mapping[str, Any]) -> dict[str, int]:
    """Return how often each verdict was given on the row's figures; nothing for a row without verdicts."""
    parts = row.get("quality_parts")
    counts = parts.get("verdicts") if isinstance(parts, dict) else None
    if not isinstance(counts, dict):
        return {}
    return {
        name: count
        for name, count in counts.items()
        if type(count) is int and 0 < count <= TRAINING_ANALYSIS_MAX and name in VERDICTS
    }


def judged_again(row: object) -> object:
    """Return the row with the verdicts of today's judge, when an older one judged it.

    Only a row whose prompt holds its sources can be judged; any other is returned as it is.
    """
    from finrisk_rules.judge.judgement import judge  # a third of a second, which most runs do not need

    if not isinstance(row, dict) or version_of(row) == JUDGE_VERSION:
        return row
    question, answer, sent = (row.get(name) for name in ("strategy", "analysis", "prompt"))
    turn = prompt.parse(sent) if isinstance(sent, str) else None
    if turn is None or not turn.sources or not isinstance(question, str) or not isinstance(answer, str):
        return row
    judgement = judge(question, answer, _sources(turn, row.get("sources")))
    parts = row.get("quality_parts")
    known = dict(parts) if isinstance(parts, dict) else {}
    verdicts = {
        "verdicts": judgement.counts,
        "unread_statements": judgement.unread,
        "judge_version": JUDGE_VERSION,
    }
    return {**row, "quality_parts": {**known, **verdicts}}


def _sources(turn: prompt.Turn, listed: object) -> list[JudgedSource]:
    documents: dict[str, Mapping[str, Any]] = {
        str(each.get("document_id")): each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict)
    }
    return [
        JudgedSource(
            source.title,
            source.text,
            page_facts.stored(page_facts.facts_of(source.text)),
            _text(documents.get(source.document_id, {}).get("company")),
            _year(documents.get(source.document_id, {}).get("year")),
        )
        for source in turn.sources
    ]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _year(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
