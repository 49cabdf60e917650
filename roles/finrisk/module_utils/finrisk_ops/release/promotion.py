"""What an environment hands to the next one: the release that it runs and proved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError
from ..tuning.jobs import Job
from .revision import Revision
from .target import Target
from .traffic import describe

HEAD = (
    "---",
    "# What this environment should run: model, image and dataset. "
    "promote.yml writes it from what staging proved.",
    "# The ratio is not here: it is run state. An empty model means base only.",
)

THIS_MACHINE = "local"
"""The image of an environment whose service is a process of this machine."""


@dataclass(frozen=True)
class Promotable:
    """A proven revision that runs everywhere in its environment."""

    revision: Revision
    environment: str

    @property
    def release(self) -> dict[str, str]:
        """The part of the release that travels; the ratio is run state and stays behind."""
        release = self.revision.release
        return {"model": release.model, "image": release.image, "dataset": release.dataset}

    @property
    def summary(self) -> str:
        """The release as people read it."""
        release = self.revision.release
        return (
            f"{self.environment} runs {self.revision.name}, proven, {describe(release.ratio)}: model "
            f"{release.model or 'none (base only)'}, image {release.image}, "
            f"dataset {release.dataset[:12] or 'none'}"
        )


def promotable(target: Target, environment: str) -> Promotable:
    """Return what the environment runs and proved.

    Raises FinriskError that says what keeps it from being promoted, and what to do.
    """
    name = target.current()
    if not name:
        raise FinriskError(
            f"{environment} runs no revision, so there is nothing to promote; run playbooks/site.yml there"
        )
    revision = target.read(name)
    if reason := _doubt(target, revision):
        raise FinriskError(f"{environment} does not prove {name}: {reason}. Nothing was written")
    return Promotable(revision, environment)


def _doubt(target: Target, revision: Revision) -> str:
    release = revision.release
    if not revision.intact:
        return "it was edited by hand; run playbooks/deploy.yml there"
    if not revision.proven:
        return "no deploy came to its end with it; run playbooks/deploy.yml there"
    if release.model and not release.ratio:
        return (
            f"it serves base alone, nobody gets {release.model}; deploy the model there with "
            "-e finrisk_ab_ratio=N, or promote base alone by deploying with -e finrisk_model="
        )
    if release.image in ("", THIS_MACHINE):
        return (
            f"it runs image {release.image or 'none'!r}, which no cluster can pull: promote from the "
            "environment that proved one (-i inventory/staging), or set finrisk_image in its release.yml "
            "and deploy"
        )
    if pending := target.pending(revision):
        return f"it does not run everywhere there ({pending}); run playbooks/status.yml there"
    return ""


@dataclass(frozen=True)
class Draft:
    """The release file of the next environment as it stands there and as it becomes."""

    promotable: Promotable
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


@dataclass(frozen=True)
class Proof:
    """What a reviewer of the release wants to know, beside the release itself."""

    job: Job | None
    figures: Mapping[str, Any] | None
    """Of the experiment at this moment, ``arms`` by name; None when they are not known."""
    who: str
    when: str  # UTC, ISO 8601
    why: str = ""


def release_file(promotable: Promotable, proof: Proof, before: str) -> str:
    """Return the content of the next environment's release file; ``before`` is what stands there now.

    What stands there stays, whole, when it is this very release of this very revision: its date and figures
    are those of the day on which it was promoted.
    """
    head = [*HEAD, *(f"{key}: {json.dumps(value)}" for key, value in _variables(promotable).items())]
    proved = [*head, "", _proved(promotable)]
    if before.splitlines()[: len(proved)] == proved:
        return before
    comments = (" ".join(line.split()) for line in _comments(promotable.release["model"], proof))
    return "\n".join([*proved, *comments]) + "\n"


def objection(findings: Iterable[Mapping[str, Any]], model: str) -> str:
    """Return what speaks against promoting a model, as the rest of a sentence; empty when nothing does.

    That is whatever the model does worse than base, and whatever sends to a rollback.
    """
    held = list(findings)
    if against := next((each for each in held if each["of_tuned"]), None):
        return f"has a finding against {model}: {str(against['what']).rstrip('.')}"
    back = next((each for each in held if each["roll_back"]), None)
    return f"has a finding that sends to a rollback: {str(back['what']).rstrip('.')}" if back else ""


def _variables(promotable: Promotable) -> dict[str, str]:
    release = promotable.release
    return {
        "finrisk_model": release["model"],
        "finrisk_image": release["image"],
        "finrisk_dataset_sha256": release["dataset"],
    }


def _proved(promotable: Promotable) -> str:
    release = promotable.revision.release
    text = (
        f"# Proved by {promotable.environment} as {promotable.revision.name} at {describe(release.ratio)}, "
        f"released there {release.when or 'at an unknown time'} by {release.who or 'somebody'}."
    )
    return " ".join(text.split())


def _comments(model: str, proof: Proof) -> list[str]:
    lines = []
    if proof.job:
        lines.append(f"# Model: {proof.job.display_name}, of job {proof.job.job_name}")
    elif model:
        lines.append("# Model: no tuning job that is known here made it")
    lines += [f"# Figures: {line}" for line in _figures(proof.figures)] if model else []
    why = f": {proof.why}" if proof.why else ""
    return [*lines, f"# Promoted {proof.when} by {proof.who}{why}"]


def _figures(figures: Mapping[str, Any] | None) -> list[str]:
    if not figures or not figures.get("arms"):
        return ["not known when it was promoted"]
    return [f"{name}: {_arm(arm)}" for name, arm in sorted(figures["arms"].items())]


def _arm(arm: Mapping[str, Any]) -> str:
    parts = [f"{arm['users']:,} users, {arm['requests']:,} requests"]
    if arm.get("quality") is not None:
        parts.append(f"quality {arm['quality']:.3f}")
    if arm.get("p95_ms") is not None:
        parts.append(f"p95 {arm['p95_ms'] / 1000:.2f} s")
    failures = sum((arm.get("errors") or {}).values())
    rated = arm.get("feedback") or {}
    parts += [f"{failures:,} errors", f"ratings +{rated.get('liked', 0)}/-{rated.get('disliked', 0)}"]
    return ", ".join(parts)
