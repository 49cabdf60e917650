"""Every fault that tests can switch on does what it says, and the journal keeps no secret."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx2
import pytest

from tests.grounds.google_client import (
    ASK,
    DEVELOPER,
    GENERATE,
    JOBS,
    KEY,
    LITE,
    PARENT,
    PROMPT,
    Judge,
    create,
    dataset,
    good_dataset,
    job_body,
    training_rows,
    vertex,
    wait,
)
from tests.grounds.wire import Wire


def test_an_example_that_is_too_long_is_dropped_and_named(gemini: Wire) -> None:
    rows = training_rows(12, "word " * 10) + training_rows(1, "word " * 120_000)
    name = create(gemini, job_body(dataset(gemini, rows, "long.jsonl")))["name"]
    stats = wait(gemini, name, "SUCCEEDED")["tuningDataStats"]["supervisedTuningDataStats"]
    assert (stats["tuningDatasetExampleCount"], stats["totalTruncatedExampleCount"]) == ("13", "1")
    assert stats["truncatedExampleIndices"] == ["13"]
    assert "more than the limit of 131072" in stats["droppedExampleReasons"][0]


def test_a_429_carries_retry_after_as_often_as_asked(gemini: Wire) -> None:
    gemini.fault(kind="status", code=429, retry_after=7, times=2, path="generateContent")
    bearer = gemini.bearer()
    answers = [gemini.call("POST", GENERATE, ASK, bearer) for _ in range(3)]
    assert [answer.status for answer in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert answers[0].json["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert gemini.call("GET", "/_sandbox/faults").json["faults"][0]["fired"] == 2


def test_a_dropped_connection_ends_without_a_byte_before_or_after_the_work(gemini: Wire) -> None:
    uri, bearer = good_dataset(gemini), gemini.bearer()
    gemini.fault(kind="drop", path="tuningJobs$", times=1, after=True)
    with pytest.raises((ConnectionError, OSError)):
        gemini.call("POST", JOBS, job_body(uri, labels={"lost": "yes"}), bearer)
    listed = gemini.call("GET", f"{JOBS}?filter=labels.lost%3Dyes", headers=bearer).json
    assert len(listed["tuningJobs"]) == 1
    gemini.fault(kind="drop", arm="base", times=1)
    with pytest.raises((ConnectionError, OSError)):
        gemini.call("POST", GENERATE, ASK, bearer)


@pytest.mark.parametrize(
    ("kind", "reason"), [("safety", "SAFETY"), ("empty", "MAX_TOKENS"), ("blocked_prompt", None)]
)
def test_a_blocked_answer_is_200_without_text(gemini: Wire, kind: str, reason: str | None) -> None:
    judge = Judge("v1")
    client = vertex(gemini, "v1", judge)
    gemini.fault(kind=kind)
    answers = [
        client.models.generate_content(model=LITE, contents=PROMPT),
        *client.models.generate_content_stream(model=LITE, contents=PROMPT),
    ]
    assert len(answers) == 2
    for answer in answers:
        assert answer.text is None
        if reason:
            assert answer.candidates[0].finish_reason.name == reason
        else:
            assert answer.prompt_feedback.block_reason is not None
    assert judge.problems == []


def test_wrong_figures_change_figures_alone(gemini: Wire) -> None:
    client = vertex(gemini, "v1", Judge("v1"))

    def told() -> str:
        return str(client.models.generate_content(model=LITE, contents=PROMPT).text)

    right = told()
    gemini.fault(kind="wrong_figures")
    wrong = told()
    assert wrong != right
    assert re.sub(r"(?<!\[)\b\d[\d.,]*", "", wrong) == re.sub(r"(?<!\[)\b\d[\d.,]*", "", right)
    assert re.findall(r"\[\d+\]", wrong) == re.findall(r"\[\d+\]", right)


def test_a_cut_stream_breaks_and_a_clean_cut_ends_without_a_reason(gemini: Wire) -> None:
    client = vertex(gemini)
    gemini.fault(kind="cut_stream", after_chunks=2, times=1)
    received: list[Any] = []
    with pytest.raises(httpx2.RemoteProtocolError):
        received.extend(client.models.generate_content_stream(model=LITE, contents=PROMPT))
    assert len(received) == 2
    gemini.fault(kind="clean_cut", after_chunks=2, times=1)
    chunks = list(client.models.generate_content_stream(model=LITE, contents=PROMPT))
    assert len(chunks) == 2
    assert chunks[-1].candidates[0].finish_reason is None
    assert chunks[-1].usage_metadata is None


def test_an_endless_answer_goes_on_until_the_client_has_had_enough(gemini: Wire) -> None:
    gemini.fault(kind="endless")
    for path in (GENERATE, GENERATE.replace("generateC", "streamGenerateC") + "?alt=sse"):
        request = httpx2.stream("POST", gemini.url + path, json=ASK, headers=gemini.bearer(), trust_env=False)
        with request as answer:
            assert answer.status_code == 200
            got = b""
            for piece in answer.iter_bytes():
                got += piece
                if len(got) > 1_000_000:
                    break
        assert got.count(b"and so on") > 10_000
    gemini.clear()
    assert gemini.call("POST", GENERATE, ASK, gemini.bearer()).status == 200


def test_latency_is_added_for_the_arm_that_is_asked_for(gemini: Wire) -> None:
    bearer = gemini.bearer()
    gemini.fault(kind="latency", ms=1500, arm="tuned")
    gemini.fault(kind="latency", ms=[100, 120], model=LITE)
    started = time.monotonic()
    assert gemini.call("POST", GENERATE, ASK, bearer).status == 200
    assert 0.1 <= time.monotonic() - started < 1.5
    started = time.monotonic()
    gemini.call("POST", f"/v1/{PARENT}/endpoints/8:generateContent", ASK, bearer)
    assert time.monotonic() - started >= 1.5


def test_a_seeded_probability_gives_the_same_failures_again(gemini: Wire) -> None:
    def run() -> list[int]:
        gemini.clear()
        gemini.fault(kind="status", code=503, probability=0.5, seed=11, path="3.8-flash")
        return [gemini.call("POST", DEVELOPER, ASK, KEY).status for _ in range(12)]

    first = run()
    assert first == run()
    assert set(first) == {200, 503}


def test_a_refused_key_is_not_valid_and_never_shown(gemini: Wire) -> None:
    gemini.fault(kind="refuse_key", key="revoked-key")
    refused = gemini.call("POST", DEVELOPER, ASK, {"x-goog-api-key": "revoked-key"})
    assert (refused.status, refused.json["error"]["details"][0]["reason"]) == (400, "API_KEY_INVALID")
    assert gemini.call("POST", DEVELOPER, ASK, KEY).status == 200
    shown = gemini.call("GET", "/_sandbox/faults").body + gemini.call("GET", "/_sandbox/requests").body
    assert b"revoked-key" not in shown


def test_a_job_fails_with_the_message_asked_for(gemini: Wire) -> None:
    gemini.fault(kind="job_fail", message="Quota of tuning cores is used up.", times=1)
    name = create(gemini, job_body(good_dataset(gemini)))["name"]
    assert wait(gemini, name, "FAILED")["error"] == {
        "code": 13,
        "message": "Quota of tuning cores is used up.",
    }


@pytest.mark.parametrize(
    "rule", [{"kind": "gremlin"}, {"kind": "status", "cod": 1}, {"kind": "drop", "path": "("}, 5]
)
def test_a_rule_that_makes_no_sense_is_refused(gemini: Wire, rule: Any) -> None:
    assert gemini.call("POST", "/_sandbox/faults", [rule]).status == 400
    assert gemini.call("GET", "/_sandbox/faults").json == {"faults": []}


def test_the_journal_has_labels_and_digests_but_no_token_and_no_text(gemini: Wire) -> None:
    bearer = gemini.bearer()
    gemini.call("POST", f"{GENERATE}?key=secret-in-query", ASK, bearer)
    create(gemini, job_body("gs://finrisk-sandbox/none.jsonl", labels={"finrisk-spec": "j1"}))
    answer = gemini.call("GET", "/_sandbox/requests?limit=2")
    last = answer.json["requests"]
    assert [entry["path"] for entry in last] == [GENERATE, JOBS] or last[-1]["labels"] == {
        "finrisk-spec": "j1"
    }
    for secret in (bearer["Authorization"][7:], "secret-in-query", "Northwind"):
        assert secret.encode() not in answer.body
