"""A client of our API that openapi-python-client generated, making every call of it.

client.py FOLDER URL OPS_URL: FOLDER holds the package `generated`. Prints one JSON object of what the client
saw; the document to put and the question to ask are on stdin, the key is in KEY.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from typing import Any

sys.path.insert(0, sys.argv[1])

from generated import AuthenticatedClient, Client
from generated.api.answers import analyze, next_review, rate
from generated.api.documents import delete_document, list_documents, put_documents
from generated.api.health import get_health, get_metrics, get_readiness
from generated.api.service import get_openapi, get_status
from generated.models import (
    Analysis,
    AnalyzeBody,
    Arm,
    DeltaEvent,
    DocumentBody,
    DocumentsBody,
    DoneEvent,
    ErrorBody,
    ErrorEvent,
    FeedbackBody,
    MetaEvent,
    Rating,
)

EVENTS = {"meta": MetaEvent, "delta": DeltaEvent, "done": DoneEvent, "error": ErrorEvent}

url, ops_url = sys.argv[2:]
given = json.load(sys.stdin)
client = AuthenticatedClient(base_url=url, token=os.environ["KEY"], timeout=60)
ops = Client(base_url=ops_url)
question = AnalyzeBody.from_dict(given["question"])
document = DocumentBody.from_dict(given["document"])


def refusal(response: Any) -> dict[str, Any]:
    """What the client knows of an error."""
    body = response.parsed
    assert isinstance(body, ErrorBody)
    assert response.headers["X-Request-Id"] == str(body.error.request_id)
    wait = response.headers.get("Retry-After")
    details = json.loads(response.content)["error"].get("details")
    assert not details or body.error.to_dict()["details"] == details
    return {
        "status": int(response.status_code),
        "code": body.error.code.value,
        "details": details,
        "waits": bool(wait and int(wait) >= 1),
    }


def streamed() -> Iterator[Any]:
    """The events of a stream, typed."""
    headers = {"Accept": "text/event-stream"}
    http = client.get_httpx_client()
    with http.stream("POST", "/api/v1/analyze", json=question.to_dict(), headers=headers) as response:
        name = ""
        for line in response.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield EVENTS[name].from_dict({"event": name, "data": json.loads(value)})


refused = {"blocked": refusal(analyze.sync_detailed(client=client, body=question))}
put = put_documents.sync(client=client, body=DocumentsBody(documents=[document]))
page = list_documents.sync(client=client, limit=1)
answer = analyze.sync(client=client, body=question)
assert isinstance(answer, Analysis)
assert answer.metadata.arm_served is Arm.BASE
events = list(streamed())
asked = str(answer.metadata.request_id)
rated = rate.sync_detailed(
    client=client, body=FeedbackBody(request_id=asked, rating=Rating.LIKED, comment="good")
)

unknown = "01800000-0000-7000-8000-000000000000"
refused["unknown"] = refusal(
    rate.sync_detailed(client=client, body=FeedbackBody(request_id=unknown, rating=Rating.DISLIKED))
)
refused["invalid"] = refusal(list_documents.sync_detailed(client=client, limit=0))
wrong = AuthenticatedClient(base_url=url, token="frk_nobody_0")
keys = [refusal(get_status.sync_detailed(client=wrong)) for _ in range(11)]
refused["first_key"], refused["last_key"] = keys[0], keys[-1]

status = get_status.sync(client=client)
deleted = delete_document.sync(document.id, client=client)
refused["gone"] = refusal(delete_document.sync_detailed(document.id, client=client))

saw = {
    "put": put.to_dict(),
    "page": [entry.id for entry in page.documents],
    "answer": {
        "text": answer.analysis,
        "sources": [source.n for source in answer.sources],
        "approach": answer.metadata.approach.value,
        "tokens": answer.metadata.tokens.prompt > 0,
    },
    "events": [event.event for event in events],
    "streamed": "".join(event.data.text for event in events if isinstance(event, DeltaEvent)),
    "done": events[-1].data.analysis,
    "rated": {"status": int(rated.status_code), "request_id": str(rated.parsed.request_id) == asked},
    "review": next_review.sync(client=client).to_dict(),
    "target": status.collection.target,
    "base": status.configuration.base_model,
    "health": get_health.sync(client=client).status,
    "ready": get_readiness.sync(client=client).to_dict(),
    "workers": [worker.ready for worker in get_readiness.sync(client=ops).workers],
    "metrics": "finrisk_requests_total" in get_metrics.sync(client=ops),
    "openapi": get_openapi.sync(client=client)["openapi"],
    "deleted": deleted.deleted,
    "refused": refused,
}
json.dump(saw, sys.stdout)
