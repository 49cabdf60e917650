"""One question to a freshly tuned model: a job is ACTIVE only when its endpoint answers."""

from __future__ import annotations

from dataclasses import replace

from finrisk_rules.prompt import SYSTEM_INSTRUCTION, Source, render

from ..cloud import gemini
from ..errors import FinriskError
from . import jobs, states
from .jobs import Job

_QUESTION = "What does Example Holdings say about the currency risk of its export sales in 2025?"
_SOURCE = Source(
    document_id="smoke-test",
    title="Example Holdings, annual report 2025",
    text="Currency risk. 40 percent of sales were invoiced in US dollars. A fall of the dollar by 10 percent "
    "would lower operating profit by $2.4 million.",
)


def probe(platform: gemini.Platform, job: Job) -> Job:
    """Return the job after one question to its endpoint: ACTIVE when there was an answer.

    Without one it stays CREATING, with the reason in ``error`` and ``smoke_test``: the next look asks again.
    """
    endpoint = job.tuned_model_name or ""
    try:
        if not endpoint:
            raise FinriskError("the service names no endpoint for the tuned model yet")
        client = gemini.client(platform, endpoint)
        answer = gemini.generate(client, endpoint, render(_QUESTION, [_SOURCE]), SYSTEM_INSTRUCTION)
    except FinriskError as error:
        result = {"ok": False, "at": jobs.timestamp(), "error": error.message}
        return replace(job, smoke_test=result, error=f"the endpoint does not answer yet: {error.message}")
    result = {
        "ok": True,
        "at": jobs.timestamp(),
        "latency_ms": answer.latency_ms,
        "model_version": answer.model_version,
    }
    return replace(job, state=states.ACTIVE, smoke_test=result, error=None)
