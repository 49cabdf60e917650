"""What the gate says to a plan, by what the database knows at this moment."""

from __future__ import annotations

from dataclasses import dataclass

from .. import evidence
from ..database import connect, query_error
from ..gate.rules import Rules
from ..gate.verdict import HOLD, decide
from .plan import Plan, Running, ratio_now

STATEMENT_SECONDS = 60


@dataclass(frozen=True)
class Opinion:
    """A verdict and its reason; ``at`` is the moment of its evidence (ISO 8601), empty when none was read."""

    verdict: str
    reason: str
    at: str = ""


def opinion(database_url: str, plan: Plan, running: Running, rules: Rules) -> Opinion:
    """Return what the gate says to more users for the plan's model.

    Raises FinriskError when the evidence cannot be read.
    """
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            found = evidence.read(connection, plan.experiment)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    runs = {"revision": running.revision, "split": ratio_now(plan, running) / 100}
    verdict = decide(found | {"running": runs}, rules)
    return Opinion(verdict.verdict, verdict.reason, found["asked_at"])


def unread(problem: str) -> Opinion:
    """Return what is said without evidence: nothing good."""
    return Opinion(HOLD, f"The evidence cannot be read: {problem}.")
