"""What is wrong with what was released: half made, changed by hand, gone; and what a rollback would meet."""

from __future__ import annotations

from typing import Any

from .finding import CHANGED, GONE, ITSELF, UNFINISHED, Finding, Play

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
    found += _changed(configuration, data["pods"], play)
    if configuration.get("problem"):
        what = f"{configuration['problem']}."
        found.append(Finding("configuration", what, play("rollback.yml"), cause=GONE))
    if data["rollback"]["credentials_gone"]:
        found.append(_credentials(data, play))
    return found


def obstacles(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return one finding for all that a rollback would meet now, unless another finding tells it."""
    rollback = data["rollback"]
    if rollback["credentials_gone"] or not rollback["obstacles"]:
        return []
    what = f"A rollback would not go smoothly now: {'; '.join(rollback['obstacles'])}."
    return [Finding("rollback", what, play("rollback.yml --check"))]


def _changed(configuration: dict[str, Any], pods: list[dict[str, Any]], play: Play) -> list[Finding]:
    """Return what somebody changed in the Deployment by hand."""
    drift = configuration.get("drift") or []
    scaled = [field for field in drift if field["field"] == REPLICAS]
    if scaled and not pods:
        what = f"Somebody scaled the service to 0 pods: {_by(scaled[0])}."
        command = play(f"rollback.yml -e finrisk_revision={configuration['revision']}")
        again = "the command starts the same revision again: model and ratio stay as they are"
        return [Finding("configuration", what, command, [again], cause=CHANGED)]
    if not drift:
        return []
    fields = ", ".join(f"{field['field']} (by {_by(field)})" for field in drift)
    explains = any(field["field"].startswith(MAKES_PODS) for field in drift)
    return [
        Finding(
            about="configuration",
            what=f"Somebody changed the Deployment: {fields}.",
            command=play("deploy.yml -e finrisk_force_conflicts=true"),
            causes=["to keep it, write it into the inventory or the template first"],
            cause=CHANGED if explains else ITSELF,
        )
    ]


def _credentials(data: dict[str, Any], play: Play) -> Finding:
    """Return what to do without credentials: a rollback to the revision that runs brings their copy back."""
    revision, told = data["configuration"]["revision"], data["rollback"]["obstacles"]
    what = "; ".join(told) or f"{data['rollback']['credentials_gone']} is gone"
    causes = ["pods that run have read it and go on; model and ratio stay as they are"]
    command = play(f"rollback.yml -e finrisk_revision={revision}")
    return Finding("configuration", f"{what[0].upper()}{what[1:]}.", command, causes, cause=GONE)


def _by(field: dict[str, str]) -> str:
    return " ".join(filter(None, (field["manager"], field["when"])))
