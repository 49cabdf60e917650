"""What is wrong with what was released: half made, changed by hand, gone; and what a rollback would meet."""

from __future__ import annotations

from typing import Any

from . import commands, disk
from .finding import AS_IT_WAS, CHANGED, GONE, ITSELF, UNFINISHED, Finding, Play

REPLICAS = ".spec.replicas"
MAKES_PODS = (".spec.template", ".spec.paused")
"""Fields of the Deployment by which pods do not come to run."""


def findings(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return the findings about the revision that is asked for."""
    configuration = data["configuration"]
    if configuration["revision"] is None:
        return []
    found = []
    if left := configuration["unfinished"]:
        found.append(Finding("configuration", f"Unfinished: {left}.", play("rollback.yml"), cause=UNFINISHED))
    found += _changed(data, play)
    if configuration.get("problem"):
        what = f"{configuration['problem']}."
        found.append(Finding("configuration", what, play("rollback.yml"), cause=GONE))
    return [*found, *_credentials(data, play)]


def obstacles(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return one finding for all that stands in the way of a rollback now, unless another finding tells it.

    What a rollback overcomes by itself stands on the page, and keeps nobody from anything.
    """
    told = [
        each["what"]
        for each in data["rollback"]["obstacles"]
        if not each["overcome"] and not each["credentials"]
    ]
    if not told:
        return []
    what = f"A rollback would not go smoothly now: {'; '.join(told)}."
    return [Finding("rollback", what, play("rollback.yml --check"), cause=disk.follows(data))]


def _changed(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return what somebody changed in the Deployment by hand."""
    drift = data["configuration"].get("drift") or []
    scaled = [field for field in drift if field["field"] == REPLICAS]
    if scaled and not data["pods"]:
        what = f"Somebody scaled the service to 0 pods: {_by(scaled[0])}."
        return [Finding("configuration", what, commands.again(data, play), [AS_IT_WAS], cause=CHANGED)]
    if not drift:
        return []
    fields = ", ".join(f"{field['field']} (by {_by(field)})" for field in drift)
    explains = any(field["field"].startswith(MAKES_PODS) for field in drift)
    command, causes = _back(data, play)
    keep = "to keep it, write it into the inventory or the template, and deploy"
    return [
        Finding(
            about="configuration",
            what=f"Somebody changed the Deployment: {fields}.",
            command=command,
            causes=[keep, *causes],
            cause=CHANGED if explains else ITSELF,
        )
    ]


def _back(data: dict[str, Any], play: Play) -> tuple[str, list[str]]:
    """Return the command that takes back what was changed by hand, and what to know about it.

    A rollback leaves the number of pods as it is; a deploy takes it back too.
    """
    fields = {field["field"] for field in data["configuration"]["drift"]}
    if fields == {REPLICAS}:
        return play(f"deploy.yml {commands.same_model(data)} -e finrisk_force_conflicts=true"), []
    return commands.again(data, play), [AS_IT_WAS]


def _credentials(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return what to do without credentials.

    Where there is a copy, a rollback to the revision that runs brings it back; without one only `site.yml`
    has them.
    """
    gone = data["rollback"]["credentials_gone"]
    told = [each for each in data["rollback"]["obstacles"] if each["credentials"]]
    if not gone and not told:
        return []
    what = "; ".join(each["what"] for each in told) or f"{gone} is gone"
    read = "pods that run have read it and go on"
    lost = any(not each["overcome"] for each in told)
    command, causes = (play("site.yml"), [read]) if lost else (commands.again(data, play), [read, AS_IT_WAS])
    return [Finding("configuration", f"{what[0].upper()}{what[1:]}.", command, causes, cause=GONE)]


def _by(field: dict[str, str]) -> str:
    return " ".join(filter(None, (field["manager"], field["when"])))
