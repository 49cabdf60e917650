"""Google's other clients on the simulator: the generated REST client, and the JavaScript client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.peer_processes import PEERS, PYTHON, Strict, node, run
from tests.contract.published import Published
from tests.contract.tap import Tap, tap
from tests.grounds.google_client import JOBS, LITE, PROMPT, good_dataset
from tests.grounds.wire import Wire

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("peers")]

CALLS = {
    "tuningJobs.create",
    "tuningJobs.get",
    "tuningJobs.list",
    "tuningJobs.cancel",
    "endpoints.generateContent",
    "publishers.models.streamGenerateContent",
}


@pytest.fixture
def watched(gemini: Wire) -> Iterator[Tap]:
    with tap(gemini.url) as running:
        yield running


def judged(strict: Strict, watched: Tap) -> Published:
    """All that passed, after Google's documents and types have found nothing wrong with it."""
    published = Published(strict)
    assert [p for exchange in watched.exchanges for p in published.problems(exchange)] == []
    return published


def check(saw: dict[str, Any], endpoint_number: str) -> None:
    """What both clients must have seen of three jobs, the first of them cancelled."""
    assert len(set(saw["created"])) == 3
    assert saw["pages"] == [saw["created"][:0:-1], saw["created"][:1]]
    assert [state.removeprefix("JOB_STATE_") for state in saw["states"]] == [
        "PENDING",
        "CANCELLED",
        "SUCCEEDED",
    ]
    assert int(saw["examples"]) == 40
    assert int(saw["billed"]) > 1000
    assert [[int(epoch), int(step)] for epoch, step, _ in saw["checkpoints"]] == [[1, 10], [2, 20]]
    assert saw["checkpoints"][-1][2] == saw["endpoint"]
    assert saw["version"] == f"extractive-1-tuned-{endpoint_number}"
    assert "[1]" in saw["answer"]
    assert "[1]" in saw["streamed"]
    assert (saw["finish"], saw["stream_finish"]) == ("STOP", "STOP")
    assert saw["chunks"] > 2
    assert saw["tokens"] > 100


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_googles_generated_rest_client_creates_pages_cancels_awaits_and_asks(
    gemini: Wire, watched: Tap, strict: Strict, version: str
) -> None:
    host = watched.url.removeprefix("http://")
    uri = good_dataset(gemini, f"gapic-{version}.jsonl")
    account = watched.account(gemini.var / "service-account.json", gemini.var / "tapped-account.json")
    saw = run([str(PYTHON), str(PEERS / "gapic.py"), host, str(account), version, uri], PROMPT)
    check(saw, saw["endpoint"].rpartition("/")[2])
    assert saw["parameters"] == [2, 0.5, "ADAPTER_SIZE_EIGHT"]
    assert saw["labels"] == {"client": f"gapic-{version}", "n": "2"}
    assert {what: name for what, (name, _) in saw["refused"].items()} == {
        "get": "NotFound",
        "cancel": "BadRequest",  # over REST the client goes by the code
        "create": "BadRequest",
    }
    assert judged(strict, watched).seen == {*CALLS, "token"}


def test_googles_javascript_client_creates_pages_cancels_awaits_and_asks(
    gemini: Wire, watched: Tap, strict: Strict
) -> None:
    command = [node(), str(PEERS / "genai.mjs"), watched.url, "v1", good_dataset(gemini, "js.jsonl")]
    saw = run(command, PROMPT, BEARER=gemini.bearer()["Authorization"].removeprefix("Bearer "))
    check(saw, saw["endpoint"].rpartition("/")[2])
    assert saw["labels"] == {"client": "js", "n": "2"}
    assert saw["refused"]["get"]["status"] == 404
    assert saw["refused"]["cancel"]["status"] == 400
    assert "FAILED_PRECONDITION" in saw["refused"]["cancel"]["message"]
    assert judged(strict, watched).seen == CALLS


def test_our_job_is_the_one_that_googles_javascript_client_asks_for(gemini: Wire, watched: Tap) -> None:
    from finrisk_ops.cloud import gemini as vertex
    from finrisk_ops.tuning import remote
    from finrisk_ops.tuning.spec import Hyperparameters

    training, validation = good_dataset(gemini, "same.jsonl"), good_dataset(gemini, "held-out.jsonl", 12)
    labels = {"finrisk-spec": "0" * 40, "finrisk-env": "test"}
    new = remote.NewJob(
        LITE, training, validation, Hyperparameters(7, 0.5, 16), "finrisk-v1-00000000", "d", labels
    )
    account = str(gemini.var / "service-account.json")
    place = ("finrisk-sandbox", "us-central1", account, watched.url)
    remote.create_job(vertex.client(vertex.Platform("vertex", *place)), new)
    same = {
        "baseModel": LITE,
        "trainingDataset": {"gcsUri": training},
        "config": {
            "validationDataset": {"gcsUri": validation},
            "tunedModelDisplayName": new.display_name,
            "description": "d",
            "epochCount": 7,
            "learningRateMultiplier": 0.5,
            "adapterSize": "ADAPTER_SIZE_SIXTEEN",
            "labels": labels,
        },
    }
    bearer = gemini.bearer()["Authorization"].removeprefix("Bearer ")
    run([node(), str(PEERS / "tune.mjs"), watched.url], json.dumps(same), BEARER=bearer)
    ours, theirs = [exchange for exchange in watched.exchanges if exchange.path == JOBS]
    assert ours.sent_json == theirs.sent_json
    assert ours.sent_json["labels"] == labels
