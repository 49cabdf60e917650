"""The states of a tuning job: the provider's many, and the three that people see."""

from __future__ import annotations

CREATING = "CREATING"
ACTIVE = "ACTIVE"
FAILED = "FAILED"

SUCCEEDED = "JOB_STATE_SUCCEEDED"
CANCELLED = "JOB_STATE_CANCELLED"
_ENDED_BADLY = {
    "JOB_STATE_FAILED": "the job failed",
    CANCELLED: "the job was cancelled",
    "JOB_STATE_EXPIRED": "the job ran longer than the service allows",
    "JOB_STATE_PARTIALLY_SUCCEEDED": "the job succeeded only in part",
}


def state_of(provider_state: str, answers: bool) -> str:
    """Return CREATING, ACTIVE or FAILED for the provider's word.

    A job that succeeded is ACTIVE only when its endpoint ``answers``. Every word that is not known to be an
    end is CREATING: a new state of the provider then keeps the wait going instead of starting a second job.
    """
    if provider_state == SUCCEEDED:
        return ACTIVE if answers else CREATING
    return FAILED if provider_state in _ENDED_BADLY else CREATING


def succeeded(provider_state: str) -> bool:
    """Return whether the provider says that the model is tuned."""
    return provider_state == SUCCEEDED


def ended_badly(provider_state: str) -> bool:
    """Return whether the job is over without a usable model."""
    return provider_state in _ENDED_BADLY


def over(provider_state: str) -> bool:
    """Return whether the provider has ended the job, well or badly."""
    return succeeded(provider_state) or ended_badly(provider_state)


def cancelled(provider_state: str) -> bool:
    """Return whether the job is over since somebody cancelled it."""
    return provider_state == CANCELLED


def ending(provider_state: str) -> str:
    """Return what a bad end means in words, for jobs that come without a message of their own."""
    return _ENDED_BADLY.get(provider_state, "the job gave no message")


def short(provider_state: str) -> str:
    """Return the provider's word without its prefix: ``RUNNING`` for ``JOB_STATE_RUNNING``."""
    return provider_state.removeprefix("JOB_STATE_")
