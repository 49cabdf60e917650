"""What the running service answers is what its description says, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from finrisk import ids
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.calls import Answer
from tests.grounds.description import Description, events
from tests.grounds.service import PAGE, STRATEGY, RunningService, key

ANALYZE, FEEDBACK, DOCUMENTS = "/api/v1/analyze", "/api/v1/feedback", "/api/v1/documents"
STATUS, REVIEW = "/api/v1/status", "/api/v1/review"
STREAMED = {"Accept": "text/event-stream"}


@dataclass
class Watched:
    """A running service whose every answer is held to its description; what was seen of it."""

    service: RunningService
    description: Description
    seen: set[tuple[str, int]] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        answer = self.service.call(method, path, body, **options)
        self.check(method, path, answer)
        return answer

    def check(self, method: str, path: str, answer: Answer) -> None:
        assert self.description.problems(method, path, answer) == [], answer.body
        self.seen.add((self.description.operation(method, path)["operationId"], answer.status))
        if answer.status >= 400:
            self.codes.add(answer.json["error"]["code"])


@pytest.fixture
def watched(new_service: Callable[..., RunningService]) -> Callable[..., Watched]:
    def start(**options: object) -> Watched:
        service = new_service(**options)
        return Watched(service, Description(service.call("GET", "/openapi.json").json))

    return start


def test_answers_of_every_route_are_as_described(watched: Callable[..., Watched]) -> None:
    api = watched(**SPLIT, REVIEW_SHARE="1")
    odd = {**PAGE, "id": "a/b c", "company": None, "year": None}
    api.call("POST", DOCUMENTS, {"documents": [PAGE, odd]})
    assert api.call("GET", f"{DOCUMENTS}?limit=1").json["next"] == "a/b c"
    api.call("DELETE", f"{DOCUMENTS}/a/b%20c")
    answers = [
        api.call("POST", ANALYZE, {"strategy": STRATEGY, "user_id": user_on(arm)})
        for arm in ("base", "tuned")
    ]
    assert [answer.metadata["arm_served"] for answer in answers] == ["base", "tuned"]
    assert api.call("POST", ANALYZE, {"strategy": "zyx"}).metadata["approach"] == "ungrounded"
    rating = {"request_id": answers[0].metadata["request_id"], "rating": 1, "comment": "good"}
    api.service.wait_until(lambda: api.call("POST", FEEDBACK, rating).status == 200)
    api.call("POST", FEEDBACK, {"request_id": str(ids.request_id()), "rating": -1})
    review = api.call("GET", REVIEW).json["review"]
    api.call("POST", FEEDBACK, {"request_id": review["request_id"], "score": 0.9})
    api.service.wait_until(lambda: len(api.call("GET", STATUS).json["traffic"]) == 2)
    for port in (api.service.port, api.service.ops_port):
        for path in ("/healthz", "/readyz", "/metrics"):
            api.call("GET", path, port=port)
    api.call("GET", "/openapi.json")
    assert {number for _, number in api.seen} == {200, 202, 404}
    assert {name for name, _ in api.seen} == {
        operation["operationId"] for operation in api.description.operations.values()
    }


def test_a_fallback_and_a_question_that_is_blocked_are_as_described(watched: Callable[..., Watched]) -> None:
    api = watched(**SPLIT)
    api.service.gemini.fault(model=SPLIT["FINETUNED_MODEL_NAME"], kind="status", code=500)
    answer = api.call("POST", ANALYZE, {"strategy": STRATEGY, "user_id": user_on("tuned")})
    assert answer.metadata["fallback_reason"] == "upstream_error"
    api.service.gemini.fault(path="[gG]enerateContent", kind="blocked_prompt")
    for headers in ({}, STREAMED):
        api.call("POST", ANALYZE, {"strategy": STRATEGY, "user_id": user_on("base")}, headers=headers)
    assert api.codes == {"blocked"}


def test_events_of_a_stream_are_as_described(watched: Callable[..., Watched]) -> None:
    api = watched()
    api.service.add_page()
    whole = api.call("POST", ANALYZE, {"strategy": STRATEGY}, headers=STREAMED)
    names = [event["event"] for event in events(whole.body.decode())]
    assert (names[0], set(names[1:-1]), names[-1]) == ("meta", {"delta"}, "done")
    api.service.gemini.fault(path="streamGenerateContent", kind="cut_stream", after_chunks=2)
    cut = api.call("POST", ANALYZE, {"strategy": STRATEGY}, headers=STREAMED)
    assert events(cut.body.decode())[-1]["data"]["error"]["code"] == "cut_stream"


def _refused(api: Watched) -> Iterator[Answer]:
    """Send what is refused."""
    yield api.call("POST", ANALYZE, b"{", headers={"Content-Type": "application/json"})
    yield api.call("POST", ANALYZE, b"a=b", headers={"Content-Type": "text/plain"})
    yield api.call("POST", ANALYZE, b" " * (512 * 1024 + 1), headers={"Content-Type": "application/json"})
    yield api.call("POST", ANALYZE, {"strategy": 7, "filters": {"year": "x"}, "more": 1})
    yield api.call("POST", FEEDBACK, {"request_id": "7", "rating": 1})
    yield api.call("POST", FEEDBACK, {"request_id": "01800000-0000-7000-8000-000000000000", "rating": 1})
    yield api.call("GET", f"{DOCUMENTS}?limit=0")
    yield api.call("DELETE", f"{DOCUMENTS}/none")
    yield api.call("POST", DOCUMENTS, {"documents": []}, with_key="analyst")
    for with_key in (None, *["nobody"] * 11):
        yield api.call("GET", STATUS, with_key=with_key)


def test_refusals_are_as_described(watched: Callable[..., Watched]) -> None:
    api = watched()
    assert all(answer.status >= 400 for answer in _refused(api))
    api.service.gemini.fault(path="[gG]enerateContent", kind="status", code=503)
    api.call("POST", ANALYZE, {"strategy": STRATEGY})
    assert api.codes == {
        "not_json",
        "unsupported_media_type",
        "too_large",
        "invalid",
        "not_found",
        "forbidden",
        "unauthorized",
        "too_many_wrong_keys",
        "upstream_error",
    }


def test_without_a_database_and_beyond_its_limits_answers_are_as_described(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(
        database_url="postgresql://nobody@127.0.0.1:9/none?connect_timeout=2",
        RETRIEVAL_REQUIRED=True,
        RATE_LIMIT_PER_MINUTE=5,
    )
    api = Watched(service, Description(service.call("GET", "/openapi.json").json))
    assert api.call("GET", STATUS).json["traffic"] is None
    api.call("GET", DOCUMENTS)
    api.call("POST", ANALYZE, {"strategy": STRATEGY})
    api.call("GET", "/readyz", port=service.ops_port)
    service.wait_until(lambda: api.call("GET", STATUS).status == 429)
    assert api.codes == {"database_unavailable", "retrieval_unavailable", "rate_limited"}


def test_no_generated_request_gets_an_answer_that_is_not_described(service: RunningService) -> None:
    document = service.call("GET", "/openapi.json").json
    api = Watched(service, Description(document))
    schema = schemathesis.openapi.from_dict(document)
    headers = {"Authorization": f"Bearer {key('all')}"}

    def holds(case: Any) -> None:
        response = case.call(base_url=f"http://127.0.0.1:{service.port}", headers=headers)
        told = httpx2.Headers(
            [(name, value) for name, values in response.headers.items() for value in values]
        )
        answer = Answer(response.status_code, told, response.content)
        path = case.operation.path if "{" in case.operation.path else urlsplit(response.request.url).path
        api.check(case.operation.method.upper(), path, answer)

    operations: list[Any] = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) == len(api.description.operations)
    quickly = settings(
        max_examples=25,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    for operation in operations:
        quickly(given(case=operation.as_strategy())(holds))()
