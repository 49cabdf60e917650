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
    if not release.image:
        return "it names no image; set finrisk_image in its release.yml and deploy"
    if pending := target.pending(revision):
        return f"it does not run everywhere there ({pending}); run playbooks/status.yml there"
    return ""
