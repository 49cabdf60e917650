"""What acts by itself on what the gate says, as the status page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import commands
from .finding import Finding, Play
from .gate import age
from .text import BAD, GOOD, Line, plain, wrap

NAME = "finrisk-act"


def lines(acting: Mapping[str, Any] | None, at: str) -> list[Line]:
    """Return the lines of the page; none where no CronJob is known. ``at`` is the moment of the status."""
    if acting is None:
        return []
    if acting["suspended"]:
        return [Line(f"{NAME} is suspended: nothing rolls back by itself", BAD)]
    last, well = (_ago(acting[key], at) for key in ("last_run", "last_success"))
    told = f"{NAME}, at {acting['schedule']}: ran {last}, well {well}"
    return plain(wrap(told), BAD if acting["problem"] else GOOD)


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the finding of a CronJob that rolls nothing back."""
    acting = data.get("acting")
    if not acting:
        return []
    kubectl = commands.kubectl(data)
    if acting["suspended"]:
        command = f'{kubectl} patch cronjob {NAME} --patch \'{{"spec": {{"suspend": false}}}}\''
        return [Finding("gate", f"{NAME} is suspended: nothing rolls back by itself.", command)]
    if not acting["problem"]:
        return []
    what = f"{NAME} did not end well: {acting['problem'].rstrip('.')}."
    if not acting["waits"]:
        return [Finding("gate", what, f"{kubectl} logs job/{acting['job']}")]
    causes = [
        "finrisk_act_image names none that the nodes can pull, or the namespace has no room for its pod",
        "no other Job runs before this one ended",
    ]
    return [Finding("gate", what, f"{play('site.yml')} && {kubectl} delete job {acting['job']}", causes)]


def _ago(moment: str | None, at: str) -> str:
    if not moment:
        return "never"
    since = datetime.fromisoformat(at) - datetime.fromisoformat(moment)
    return f"{age(max(0.0, since.total_seconds()))} ago"
