"""What an evaluation rests on: evidence, what runs, the rules, and what tuning has come to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..database import connect, query_error
from ..errors import FinriskError
from ..gate.rules import Rules
from ..release.running import running
from ..release.target import Target
from ..status import facts
from ..tuning.jobs import known_jobs

STATEMENT_SECONDS = 60


@dataclass(frozen=True)
class Question:
    """What is evaluated, by which rules."""

    environment: str
    output_dir: Path
    database_url: str  # as it is reached from here
    goal: facts.Goal
    rules: Rules


def read(target: Target, question: Question) -> dict[str, Any]:
    """Return the inputs of an evaluation: the evidence, and beside it what else the verdict rests on.

    ``environment``; ``running`` {revision, split}; ``rules``; ``collection`` {usable, target}; ``jobs``, the
    states of the tuning jobs, the newest first. They are plain JSON, as a file gives them back.

    Raises:
        FinriskError: Nothing is deployed, or the database cannot be read.
    """
    import psycopg

    name = target.current()
    if not name:
        raise FinriskError(
            f"nothing is deployed in {question.environment}, so there is nothing to evaluate: run "
            "playbooks/site.yml, then deploy.yml"
        )
    runs = running(target.read(name))
    with connect(question.database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            found = facts.gate_inputs(connection, runs, question.rules)
            usable = facts.usable(connection, question.goal)
        except psycopg.Error as error:
            raise query_error(error, question.database_url) from None
    inputs = found | {
        "environment": question.environment,
        "collection": {"usable": usable, "target": question.goal.target},
        "jobs": [job.state for job in known_jobs(question.output_dir, question.database_url)],
    }
    plain: dict[str, Any] = json.loads(json.dumps(inputs))
    return plain
