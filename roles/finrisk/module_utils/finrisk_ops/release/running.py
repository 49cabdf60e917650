"""The experiment that a revision runs."""

from __future__ import annotations

from finrisk_rules.experiment import Running

from .revision import Revision
from .traffic import tuned_share


def running(revision: Revision | None) -> Running:
    """Return the experiment that the revision runs; after a rollback it is the one that was rolled back."""
    if revision is None:
        return Running("", "", "", None)
    values = revision.settings | revision.secret_settings
    return Running(
        values.get("AB_EXPERIMENT", ""),
        values.get("FINETUNED_MODEL_NAME", ""),
        revision.name,
        tuned_share(revision.settings),
    )
