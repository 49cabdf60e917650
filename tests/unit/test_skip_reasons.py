"""Why an answer is not collected: of several reasons the one that tells most."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import pytest

from finrisk.completion import Completion
from finrisk.generation import Served
from finrisk.quality import quality_parts, score
from finrisk.records import JudgedAnswer, Question, Request, skip_reason
from finrisk.retrieval import RankedPassage
from finrisk.routing import assignment
from finrisk.settings import Settings, settings_from_environment
from finrisk_rules.judge.verdicts import FigureVerdict, Judgement, Verdict
from finrisk_rules.redaction import Redactor

PASSAGE = RankedPassage(1, "d", 1, "Title", "Acme", 2024, (), "Acme sold goods of 7 million.", None, 1.0)
QUESTION = "How much did Acme sell in 2024, and what does that mean for its risk?"
ANSWER = "Acme sold goods of 7 million in 2024, which says little of its risk by itself. " * 2


def settings(**keys: str) -> Settings:
    given = {"USER_HASH_KEY": "k", "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_LOCATION": "l"}
    return settings_from_environment(given | {"DATA_COLLECTION_QUALITY": "0"} | keys)


def said(*verdicts: Verdict, unread: int = 0) -> Judgement:
    return Judgement(tuple(FigureVerdict("7", verdict) for verdict in verdicts), unread, 0, unread)


@pytest.fixture
def reason() -> Callable[..., str | None]:
    """The reason for an answer of which the judge says this."""

    def of(
        judgement: Judgement | None, text: str = ANSWER, question: str = QUESTION, **keys: str
    ) -> str | None:
        given = settings(**keys)
        place = assignment(given, "u", None, "r")
        asked = Question(uuid.uuid4(), question)
        request = Request(asked, question, place, [PASSAGE], "", Redactor(), time.monotonic())
        parts = quality_parts(text, question, [], judgement)
        served = Served("base", "m", Completion(text, "v", 1, 1, 1.0))
        return skip_reason(given, request, JudgedAnswer(served, text, judgement, parts, score(parts)))

    return of


@pytest.mark.parametrize("verdict", ["unsupported", "misattributed", "wrong_scale", "wrong_direction"])
def test_a_wrong_figure_keeps_an_answer_out_whatever_the_rest(
    reason: Callable[..., str | None], verdict: Verdict
) -> None:
    most: list[Verdict] = ["stated"] * 50
    assert reason(said(*most, verdict)) == "figure_not_supported"
    assert reason(said(verdict, "unread", unread=1), COLLECT_UNREAD="true") == "figure_not_supported"
    assert reason(said(verdict), DATA_COLLECTION_QUALITY="1") == "figure_not_supported"


def test_right_and_asked_figures_keep_no_answer_out(reason: Callable[..., str | None]) -> None:
    assert reason(said("stated", "computed", "asked")) is None
    assert reason(said("stated"), DATA_COLLECTION_QUALITY="1") == "quality_below_threshold"


@pytest.mark.parametrize("judgement", [said("stated", "unread"), said("stated", unread=1)])
def test_what_was_not_read_is_collected_only_where_that_is_wanted(
    reason: Callable[..., str | None], judgement: Judgement
) -> None:
    assert reason(judgement) == "answer_unread"
    assert reason(judgement, COLLECT_UNREAD="false") == "answer_unread"
    assert reason(judgement, COLLECT_UNREAD="true") is None


def test_what_is_no_answer_or_too_short_is_told_before_its_figures(reason: Callable[..., str | None]) -> None:
    assert reason(said("unsupported"), "7") == "analysis_too_short"
    assert reason(said("unsupported"), question="How much?") == "strategy_too_short"
    assert reason(None, "Error: 500. " * 20) == "error_text"
    assert reason(said("unsupported"), ENABLE_DATA_COLLECTION="false") == "collection_disabled"


def test_an_answer_that_nobody_judged_is_not_collected(reason: Callable[..., str | None]) -> None:
    assert reason(None) == "judge_failed"
    assert reason(None, COLLECT_UNREAD="true") == "judge_failed"
