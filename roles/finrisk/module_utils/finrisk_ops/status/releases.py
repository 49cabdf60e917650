"""The last releases of an environment, as the status page shows them."""

from __future__ import annotations

import textwrap
from contextlib import suppress
from typing import Any

from ..errors import FinriskError
from ..release import history, records
from ..release.permission import OVERRIDE
from ..release.records import Ledger, Record
from ..release.revision import Revision
from ..release.running import running
from . import facts
from .experiment import UNKNOWN

WIDTH = 84  # beside the page's margin
INDENT = "   "
EARLIER = "earlier"
"""Of the experiment's figures: what no person decides on."""

EVALUATION = "evaluation"
"""Of what the gate said: the evidence itself."""

WORDS = {records.BEGUN: "under way", records.DID_NOT_END: "did not end"}


def known(ledger: Ledger, database_url: str, now: float) -> list[dict[str, Any]]:
    """Return the last ten releases and the last three runs that came to nothing, the last ones first.

    Those that still wait for the table come before its own. ``database_url`` is empty when there is no way to
    the database; ``now`` is in seconds since 1970. Changes nothing, and a place that cannot be read is passed
    over: a finding of its own says so.
    """
    found: list[Record] = []
    with suppress(FinriskError):
        if database_url:
            found = history.latest(database_url)
    with suppress(FinriskError, OSError):
        there = {record.id for record in found}
        waiting = [each for each in ledger.records() if each.id not in there]
        found = [records.settled(each, now) or each for each in waiting] + found
    return [_without_evidence(record.content()) for record in records.shown(found)]


def figures(database_url: str, revision: Revision | None) -> dict[str, Any] | None:
    """Return the figures of the experiment that runs, for a record; None when nobody met its tuned arm yet.

    Raises FinriskError when the database cannot be read.
    """
    return shown({"experiment": facts.of_experiment(database_url, running(revision))})


def shown(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the figures of a status that a decision rests on; None when there are none."""
    experiment: dict[str, Any] | None = data["experiment"]
    if not experiment or not experiment["arms"]:
        return None
    return {key: value for key, value in experiment.items() if key != EARLIER}


def _without_evidence(content: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the whole evaluation that led to it: the record in the table has it."""
    gate = (content["figures"] or {}).get("gate") or {}
    if EVALUATION not in gate:
        return content
    kept = {key: value for key, value in gate.items() if key != EVALUATION}
    return content | {"figures": content["figures"] | {"gate": kept}}


def lines(releases: list[dict[str, Any]], *, is_read: bool) -> list[str]:
    """Return the releases as lines of the page; unless the table was read, they only wait for it."""
    told = [line for release in releases for line in _release(release)]
    if not is_read:
        return [*told, f"{'earlier ones are ' if told else ''}{UNKNOWN}"]
    return told or ["none is recorded"]


def _release(release: dict[str, Any]) -> list[str]:
    moment = str(release["at"])[:16].replace("T", " ")
    outcome = WORDS.get(release["outcome"], release["outcome"])
    told = f"by {release['who']}" + (f": {release['reason']}" if release["reason"] else "")
    figures = release["figures"] or {}
    gate = figures.get("gate") or {}
    if gate.get("mode") == OVERRIDE:
        said = gate.get("verdict") or (gate.get("before_traffic") or {}).get("verdict")
        told += f" (gate overridden, it said {said})"
    if agreed := figures.get("approvals"):
        told += f" (approved by {', '.join(str(each.get('principal')) for each in agreed)})"
    if release["message"]:
        told += f" - {release['message']}"
    return [
        "  ".join(
            part
            for part in (
                moment,
                f"{release['action']:<8}",
                f"{outcome:<11}",
                _ratio(release),
                str(release["revision_after"]),
            )
            if part
        ).rstrip(),
        *textwrap.wrap(
            " ".join(told.split()),
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
            max_lines=2,
            placeholder=" ...",
            break_on_hyphens=False,
        ),
    ]


def _ratio(release: dict[str, Any]) -> str:
    before, after = release["ratio_before"], release["ratio_after"]
    if release["action"] == "promote" or after is None:
        return ""
    return f"{after} %" if before in (None, after) else f"{before} -> {after} %"
