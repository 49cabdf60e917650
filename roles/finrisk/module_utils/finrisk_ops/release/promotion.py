"""What an environment hands to the next one: the release that it runs and proved."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import FinriskError
from .revision import Revision
from .target import Target
from .traffic import describe


@dataclass(frozen=True)
class Promotable:
    """A proven revision that runs everywhere in its environment."""

    revision: Revision
    environment: str

    @property
    def release(self) -> dict[str, str]:
        """The part of the release that travels; the ratio is run state and stays behind."""
        held = self.revision.release
        return {"model": held.model, "image": held.image, "dataset": held.dataset}

    @property
    def told(self) -> str:
        """The release as people read it."""
        held = self.revision.release
        return (
            f"{self.environment} runs {self.revision.name}, proven, {describe(held.ratio)}: model "
            f"{held.model or 'none (base only)'}, image {held.image}, dataset {held.dataset[:12] or 'none'}"
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
    held = revision.release
    if not revision.intact:
        return "it was edited by hand; run playbooks/deploy.yml there"
    if not revision.proven:
        return "no deploy came to its end with it; run playbooks/deploy.yml there"
    if held.model and not held.ratio:
        return (
            f"it serves base alone, nobody gets {held.model}; deploy the model there with "
            "-e finrisk_ab_ratio=N, or promote base alone by deploying with -e finrisk_model="
        )
    if not held.image:
        return "it names no image; set finrisk_image in its release.yml and deploy"
    if pending := target.pending(revision):
        return f"it does not run everywhere there ({pending}); run playbooks/status.yml there"
    return ""
