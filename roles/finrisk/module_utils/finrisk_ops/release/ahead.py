"""What lies before a plan's experiment: what one that runs still needs, or what one to come will need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import evidence
from ..database import connect, query_error
from ..gate import lack
from ..gate.forecast import Forecast, forecast
from ..gate.rules import Rules
from ..gate.verdict import decide
from .opinion import STATEMENT_SECONDS
from .plan import Plan, Running, ratio_now

if TYPE_CHECKING:
    import psycopg

NO_MODEL = "There is no tuned model, so no experiment: playbooks/tune.yml makes one."
EVERYBODY = "At 100 % everybody gets the tuned model: no experiment compares it with base any more."


@dataclass(frozen=True)
class Ahead:
    """The forecast of an experiment to come, or the ``needed`` of one that runs, and both in words."""

    lines: list[str]
    forecast: Forecast | None = None
    needed: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class _Found:
    """What the database knows: the evidence of the experiment before, the rate, and of the plan's own one."""

    past: Mapping[str, Any] = field(default_factory=dict)
    requests_per_day: int = 0
    own: Mapping[str, Any] | None = None
    """Evidence of the plan's experiment, where it compares something now."""


def ahead(
    database_url: str, plan: Plan, running: Running, rules: Rules, begin: Callable[[], tuple[int, str]]
) -> Ahead:
    """Return what lies before the plan's experiment. No URL: all that base is is supposed.

    ``begin`` gives the ratio of the first stage, and the command that begins it. Raises FinriskError when
    the database cannot be read.
    """
    if not plan.model:
        return Ahead([NO_MODEL])
    found = _found(database_url, plan, running) if database_url else _Found()
    first, command = begin()
    ratio = plan.ratio or first
    head = [] if plan.ratio else [f"At 0 % no experiment runs. {first} % would be next: {command}"]
    if plan.ratio and found.own:
        said = decide(found.own, rules).content()
        return Ahead(
            [f"The experiment still needs {lack.told(said, found.own['present_rate'])}."],
            None,
            said["needed"],
        )
    outlook = forecast(found.past, ratio / 100, found.requests_per_day, rules)
    return Ahead([*head, *(outlook.lines() if outlook else [EVERYBODY])], outlook)


def _found(database_url: str, plan: Plan, running: Running) -> _Found:
    import psycopg

    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            past = evidence.newest(connection)
            a_day = evidence.requests_of_day(connection)
            connection.rollback()
            own = _own(connection, plan, running)
            connection.rollback()
            return _Found(evidence.read(connection, past), a_day, own)
        except psycopg.Error as error:
            raise query_error(error, database_url) from None


def _own(connection: psycopg.Connection, plan: Plan, running: Running) -> Mapping[str, Any] | None:
    """Return the evidence of the plan's experiment where both arms are drawn now and somebody was met."""
    now = ratio_now(plan, running)
    if not 0 < now < 100:
        return None
    found = evidence.read(connection, plan.experiment)
    return (
        found | {"running": {"revision": running.revision, "split": now / 100}} if found["stages"] else None
    )
