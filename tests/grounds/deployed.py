"""An environment with a tuned model and a running service, for playbooks that an operator runs on it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

import psycopg

from finrisk_ops.process import gunicorn
from tests.grounds.playground import API_KEY, USER_HASH_KEY, Playground
from tests.grounds.plays import Run
from tests.grounds.wire import Wire

SECRETS = (API_KEY, USER_HASH_KEY)


@dataclass(frozen=True)
class World:
    """An environment with a simulator, a database, a tuned model and a running service."""

    playground: Playground
    ground: Wire
    place: gunicorn.Place
    model: str

    def run(self, playbook: str, *arguments: str, **environment: str) -> Run:
        """Run a playbook and look that no secret is in what it prints."""
        done = self.playground.run(playbook, *arguments, **environment)
        for secret in (*SECRETS, self.password):
            assert secret not in done.output
        return done

    def deploy(self, *arguments: str, **environment: str) -> Run:
        """Run deploy.yml, which has to succeed."""
        done = self.run("deploy", *arguments, **environment)
        assert done.code == 0, done.output
        return done

    @property
    def database_url(self) -> str:
        """The environment's database."""
        return str(json.loads((self.place.var_dir / "sandbox.json").read_text())["database_url"])

    @property
    def password(self) -> str:
        """The database's password."""
        return self.database_url.split(":")[2].split("@")[0]

    @property
    def requests(self) -> int:
        """How many the database has."""
        with psycopg.connect(self.database_url) as connection:
            [[count]] = connection.execute("select count(*) from analyses").fetchall()
        return int(count)

    @property
    def told(self) -> tuple[str, float]:
        """Revision and split as the service reports them."""
        answer = gunicorn.readiness(self.place)
        assert {(worker["revision"], worker["split"]) for worker in answer["workers"]} == {
            (answer["revision"], answer["split"])
        }
        return answer["revision"], answer["split"]


def ask(place: gunicorn.Place, user: str) -> dict[str, Any]:
    """Send one question of a user."""
    content = {
        "strategy": "Which currency risk does the firm name for its sales in dollars?",
        "user_id": user,
    }
    request = urllib.request.Request(  # noqa: S310 - loopback only
        f"{place.api_url}/api/v1/analyze",
        json.dumps(content).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {API_KEY}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback only
        told: dict[str, Any] = json.load(answer)
    return told
