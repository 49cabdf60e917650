"""Releases on a process target: rendered objects, deploys, rollbacks, and revisions that were never run."""

from __future__ import annotations

from dataclasses import dataclass

from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import release
from finrisk_ops.release.release import Outcome, Rendered
from finrisk_ops.release.revision import Release, Revision, labelled, make

MODEL = "projects/p/locations/us-central1/endpoints/1"
SETTINGS = {
    "GEMINI_PROVIDER": "vertex",
    "BASE_MODEL": "gemini-3.5-flash-lite",
    "GEMINI_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_CLOUD_PROJECT": "p",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "WORKERS": "1",
    "MAX_IN_FLIGHT": "4",
}


def rendered(ratio: int = 0, model: str = MODEL, **settings: str) -> Rendered:
    config = {"kind": "ConfigMap", "metadata": {"name": "finrisk-config"}, "data": SETTINGS | settings}
    secret = {
        "kind": "Secret",
        "metadata": {"name": "finrisk-secrets"},
        "stringData": {"FINETUNED_MODEL_NAME": ""},
    }
    return Rendered(config, secret, Release(model=model, ratio=ratio, image="local", experiment="e"))


def deploy(target: ProcessTarget, ratio: int = 0, *, check: bool = False, **settings: str) -> Outcome:
    return release.deploy(target, rendered(ratio, **settings), planned_on=None, check=check)


def roll_back(target: ProcessTarget, to: str = "base", *, check: bool = False) -> Outcome:
    return release.roll_back(target, to, rendered(0, model=""), check=check)


def told(target: ProcessTarget) -> tuple[str, float]:
    answer = gunicorn.readiness(target.place)
    return answer["revision"], answer["split"]


def stored(target: ProcessTarget, ratio: int, number: int, *, proven: bool = True) -> Revision:
    """Put a revision on disk without running it."""
    what = rendered(ratio)
    made = make(what.config, what.secret, what.release, number)
    made = labelled(made, "finrisk.io/proven", "true") if proven else made
    target.store(made)
    return made


@dataclass(frozen=True)
class Trusting(ProcessTarget):
    """A target that does not ask the service beforehand, so that a broken revision gets as far as it can."""

    def preflight(self, revision: Revision) -> None:
        """Accept everything."""
