"""What an evaluation rests on: evidence, what runs, the rules, and what tuning has come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..database import connect, query_error
from ..errors import FinriskError
from ..gate.rules import Rules
from ..gate.verdict import ARMS
from ..release.running import running
from ..release.target import Target
from ..status import facts
from ..tuning.cost import price_of_answers
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
    prices: Mapping[str, Any] = field(default_factory=dict)


def read(target: Target, question: Question) -> dict[str, Any]:
    """Return the inputs of an evaluation: the evidence, and beside it what else the verdict rests on.

    ``environment``; ``running`` {revision, split}; ``rules``; ``collection`` {usable, target}; ``jobs``, the
    states of the tuning jobs, the newest first; ``base_model``, whose price that is. They are plain JSON, as
    a file gives them back.

    Raises:
        FinriskError: Nothing is deployed, prices are none, or the database cannot be read.
    """
    import psycopg

    name = target.current()
    if not name:
        raise FinriskError(
            f"nothing is deployed in {question.environment}, so there is nothing to evaluate: run "
            "playbooks/site.yml, then deploy.yml"
        )
    revision = target.read(name)
    runs = running(revision)
    base = revision.settings.get("BASE_MODEL", "") if revision else ""
    price = price_of_answers(base, question.prices)
    prices = dict.fromkeys(ARMS, price) if price else None
    with connect(question.database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            found = facts.gate_inputs(connection, runs, question.rules, prices)
            usable = facts.usable(connection, question.goal)
        except psycopg.Error as error:
            raise query_error(error, question.database_url) from None
    inputs = found | {
        "environment": question.environment,
        "base_model": base,
        "collection": {"usable": usable, "target": question.goal.target},
        "jobs": [job.state for job in known_jobs(question.output_dir, question.database_url)],
    }
    plain: dict[str, Any] = json.loads(json.dumps(inputs))
    return plain
