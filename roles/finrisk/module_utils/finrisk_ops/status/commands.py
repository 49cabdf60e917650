"""Commands that mend something, as they are typed in the folder of this repository."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .finding import Play

CONFIRMED = ("ingest", "tune", "site", "deploy", "rollback", "erase")
"""Playbooks that ask for a confirmation where the environment wants one."""

QUESTION = "How did net sales develop over the past two years?"
"""Just long enough to be collected, and short enough for a line of the page."""


def inventories(sources: Sequence[str], repository: str) -> list[str]:
    """Return the inventories in use as they are typed: those inside the repository by their path in it."""
    return [_typed(source, repository) for source in sources]


def player(data: dict[str, Any]) -> Play:
    """Return the way to write the command for a playbook of this environment, confirmed where it asks."""
    used = data.get("inventories") or [f"inventory/{data['environment']}"]
    options = " ".join(f"-i {shlex.quote(source)}" for source in used)

    def play(rest: str) -> str:
        asks = rest.partition(".yml")[0] in CONFIRMED and "--check" not in rest
        confirmed = f" -e finrisk_confirm={data['environment']}" if data.get("confirms") and asks else ""
        return f"ansible-playbook {options} playbooks/{rest}{confirmed}"

    return play


def again(data: dict[str, Any], play: Play) -> str:
    """Return the command that starts the current revision again: with its model, for the same users."""
    return play(f"rollback.yml -e finrisk_revision={data['configuration']['revision']}")


def same_model(data: dict[str, Any]) -> str:
    """Return what a deploy says to keep the model that runs; by itself it takes what the inventory names."""
    model = data["configuration"].get("FINETUNED_MODEL_NAME") or ""
    made = {job["name"]: job["model"] for job in reversed(data["tuning"]["jobs"]) if job["state"] == "ACTIVE"}
    known = next((name for name, of_job in made.items() if model and of_job == model), model)
    return f"-e finrisk_model={shlex.quote(known)}"


def kubectl(data: dict[str, Any]) -> str:
    """Return kubectl with context and namespace, as the command for more of the log has it; else nothing."""
    command = str(data["recent"]["command"]).partition(" logs ")[0]
    return command if command.startswith("kubectl ") else ""


def question(data: dict[str, Any]) -> str:
    """Return a command that asks the service one question as it stands; of a cluster by a port-forward.

    The sandbox says where it listens and has the key; elsewhere it is the client's own, of the environment.
    """
    asked = shlex.quote(json.dumps({"strategy": QUESTION}))
    if data["environment"] == "local":
        return f'eval "$(make -s connection FORMAT=shell)"; {_ask("$api_url", "$api_key", asked)}'
    has_key = ': "${FINRISK_API_KEY:?export the key of a client}"'
    if not (cluster := kubectl(data)):
        return f"{has_key}; {_ask(data['api_url'], '$FINRISK_API_KEY', asked)}"
    forward = f"{cluster} port-forward service/finrisk-api-service 8000:80"
    ask = _ask("http://127.0.0.1:8000", "$FINRISK_API_KEY", asked)
    return f"{has_key}; {forward} & sleep 2; {ask}; kill $!"


def _ask(url: str, key: str, asked: str) -> str:
    return (
        f'curl -sS "{url}/api/v1/analyze" -H "Authorization: Bearer {key}" '
        f"-H 'Content-Type: application/json' -d {asked}"
    )


def _typed(source: str, repository: str) -> str:
    if "," in source:  # a list of hosts
        return source
    path = Path(source)
    return str(path.relative_to(repository)) if repository and path.is_relative_to(repository) else source
