"""The routes that are the simulator's own: health, faults, journal; and the token endpoint."""

import json
import re

from sandbox.gemini.messages import ApiError, Reply, json_reply
from sandbox.gemini.simulator import Call, Simulator


def health(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001 - one signature for every route
    """That it runs, and for which project."""
    settings = simulator.settings
    return json_reply(
        {
            "status": "ok",
            "project": settings.project,
            "location": settings.location,
            "bucket": settings.bucket,
        }
    )


def token(simulator: Simulator, call: Call) -> Reply:
    """`POST /token`."""
    seconds = next((int(f.seconds) for f in call.faults if f.kind == "token_seconds"), None)
    return simulator.tokens.exchange(call.request.body, seconds)


def list_faults(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """The rules in force, with how often each has fired."""
    return json_reply({"faults": simulator.faults.rules()})


def add_faults(simulator: Simulator, call: Call) -> Reply:
    """Put one rule, a list of rules, or `{"faults": [rules]}` in force."""
    try:
        body = json.loads(call.request.body)
    except ValueError as error:
        raise ApiError(400, f"The rules are not JSON: {error}") from None
    rules = body.get("faults", body) if isinstance(body, dict) else body
    simulator.faults.add(rules)
    return json_reply({"faults": simulator.faults.rules()})


def clear_faults(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """Take all rules out of force."""
    simulator.faults.clear()
    return json_reply({"faults": []})


def list_requests(simulator: Simulator, call: Call) -> Reply:
    """The last requests; `limit` of them (200), and only those whose path matches `path`."""
    limit, path = call.request.query.get("limit", "200"), call.request.query.get("path", "")
    if not limit.isdigit():
        raise ApiError(400, f"limit must be a number, got {limit!r}")
    entries = [e for e in simulator.journal.last(10_000) if not path or re.search(path, e["path"])]
    return json_reply({"requests": entries[-int(limit) :]})


def clear_requests(simulator: Simulator, call: Call) -> Reply:  # noqa: ARG001
    """Forget the requests so far."""
    simulator.journal.clear()
    return json_reply({"requests": []})
