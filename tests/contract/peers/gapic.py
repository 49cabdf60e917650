"""Google's generated REST client for tuning jobs, driving the server whose address it is given.

`gapic.py HOST:PORT ACCOUNT_FILE VERSION DATASET_URI`: prints one JSON object of what the client saw.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from google.api_core import exceptions
from google.oauth2.service_account import Credentials

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PARENT = "projects/finrisk-sandbox/locations/us-central1"
MODEL = "gemini-3.5-flash-lite"


def made(kind: str, version: str, host: str, credentials: Credentials) -> Any:
    """A client of the service `kind` over REST without TLS."""
    package = f"google.cloud.aiplatform_{version}.services"
    snake = {"GenAiTuningService": "gen_ai_tuning_service", "PredictionService": "prediction_service"}[kind]
    transports = importlib.import_module(f"{package}.{snake}.transports")
    transport = getattr(transports, f"{kind}RestTransport")(
        host=host, url_scheme="http", credentials=credentials
    )
    return getattr(importlib.import_module(f"{package}.{snake}"), f"{kind}Client")(transport=transport)


def job(types: Any, uri: str, label: str, n: int) -> Any:
    """A job, in Google's types."""
    return types.TuningJob(
        base_model=MODEL,
        supervised_tuning_spec=types.SupervisedTuningSpec(
            training_dataset_uri=uri,
            hyper_parameters=types.SupervisedHyperParameters(
                epoch_count=2,
                learning_rate_multiplier=0.5,
                adapter_size=types.SupervisedHyperParameters.AdapterSize.ADAPTER_SIZE_EIGHT,
            ),
        ),
        tuned_model_display_name=f"gapic-{n}",
        labels={"client": label, "n": str(n)},
    )


def ended(client: Any, name: str) -> Any:
    """The job once it has ended."""
    for _ in range(1200):
        found = client.get_tuning_job(name=name)
        if found.end_time:
            return found
        time.sleep(0.05)
    raise TimeoutError(name)


def drive(host: str, account: str, version: str, uri: str) -> dict[str, Any]:
    """Create, cancel, list in pages, wait, ask, ask in a stream, and be refused."""
    types = importlib.import_module(f"google.cloud.aiplatform_{version}.types")
    credentials = Credentials.from_service_account_file(account, scopes=[SCOPE])  # type: ignore[no-untyped-call]  # no types here
    tuning = made("GenAiTuningService", version, host, credentials)
    label = f"gapic-{version}"
    created = []
    for number in range(3):
        spec = job(types, uri, label, number)
        created.append(tuning.create_tuning_job(parent=PARENT, tuning_job=spec))
        if number == 0:  # at once: a job ends after a moment by itself
            tuning.cancel_tuning_job(name=created[0].name)
    wanted = types.ListTuningJobsRequest(parent=PARENT, page_size=2, filter=f'labels.client="{label}"')
    listed = tuning.list_tuning_jobs(request=wanted)
    pages = [[found.name for found in page.tuning_jobs] for page in listed.pages]
    cancelled, done = ended(tuning, created[0].name), ended(tuning, created[2].name)

    prediction = made("PredictionService", version, host, credentials)
    asked: dict[str, Any] = {
        "contents": [{"role": "user", "parts": [{"text": sys.stdin.read()}]}],
        "system_instruction": {"parts": [{"text": "Answer from the sources."}]},
    }
    whole = prediction.generate_content({"model": done.tuned_model.endpoint, **asked})
    base = {"model": f"{PARENT}/publishers/google/models/{MODEL}", **asked}
    chunks = list(prediction.stream_generate_content(base))
    calls: dict[str, Callable[[], Any]] = {
        "get": lambda: tuning.get_tuning_job(name=f"{PARENT}/tuningJobs/1"),
        "cancel": lambda: tuning.cancel_tuning_job(name=done.name),
        "create": lambda: tuning.create_tuning_job(
            parent=PARENT, tuning_job=types.TuningJob(base_model="gemini-1.5-flash-002")
        ),
    }
    refused = {}
    for what, call in calls.items():
        try:
            call()
        except exceptions.GoogleAPICallError as error:
            refused[what] = [type(error).__name__, error.message]
    stats = done.tuning_data_stats.supervised_tuning_data_stats
    parameters = created[0].supervised_tuning_spec.hyper_parameters
    return {
        "created": [found.name for found in created],
        "states": [created[0].state.name, cancelled.state.name, done.state.name],
        "parameters": [
            parameters.epoch_count,
            parameters.learning_rate_multiplier,
            parameters.adapter_size.name,
        ],
        "pages": pages,
        "labels": dict(done.labels),
        "checkpoints": [[point.epoch, point.step, point.endpoint] for point in done.tuned_model.checkpoints],
        "examples": stats.tuning_dataset_example_count,
        "billed": stats.total_billable_token_count,
        "endpoint": done.tuned_model.endpoint,
        "times": [found.isoformat() for found in (done.create_time, done.start_time, done.end_time)],
        "answer": whole.candidates[0].content.parts[0].text,
        "finish": whole.candidates[0].finish_reason.name,
        "version": whole.model_version,
        "tokens": whole.usage_metadata.total_token_count,
        "streamed": "".join(part.text for chunk in chunks for part in chunk.candidates[0].content.parts),
        "chunks": len(chunks),
        "stream_finish": chunks[-1].candidates[0].finish_reason.name,
        "refused": refused,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(drive(*sys.argv[1:])) + "\n")
