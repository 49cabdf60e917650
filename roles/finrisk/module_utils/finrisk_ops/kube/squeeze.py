"""A rollback where new pods find no room beside those that serve: it goes on with fewer of them."""

from __future__ import annotations

from dataclasses import replace

from .pods import is_ready
from .rollout import NO_NODE, Verdict, View

ROOM_SECONDS = 3.0  # for a pod that goes anyway
AGAIN_SECONDS = 30.0  # since one went: by then a ReplicaSet was asked some times to try again
PLACE_SECONDS = 30.0  # for a node that comes


class Squeeze:
    """How many pods fewer a roll-out goes on with, and how long nobody served meanwhile."""

    def __init__(self) -> None:
        """Begin with room for all."""
        self.pods_fewer = 0
        self._reason = ""
        self._unserved = 0.0
        self._ended_at = 0.0
        self._seen_at: float | None = None

    def see(self, view: View, now: float) -> None:
        """Note whether a pod is ready, or ends, at this time of a clock that never goes back."""
        nobody = not any(is_ready(pod) for pod in view.pods)
        if self.pods_fewer and nobody and self._seen_at is not None:
            self._unserved += now - self._seen_at
        self._seen_at = now
        if any(pod["metadata"].get("deletionTimestamp") for pod in view.pods):
            self._ended_at = now

    def goes_on(self, verdict: Verdict, seconds: float) -> bool:
        """Say whether to let one pod more go, now that this verdict's trouble has lasted for so many seconds.

        The last pod goes only where there is no other, or where a quota counts what is too much: a node that
        has room for none would leave nobody serving.
        """
        trouble = verdict.trouble
        if trouble is None or not trouble.wants_room or not verdict.desired:
            return False
        most = verdict.desired if "exceeded quota" in trouble.text else max(1, verdict.desired - 1)
        if self.pods_fewer >= most or not self._has_waited(seconds):
            return False
        self._reason = self._reason or trouble.text
        self.pods_fewer += 1
        return True

    def _has_waited(self, seconds: float) -> bool:
        if not self.pods_fewer:
            return seconds >= ROOM_SECONDS
        return min(seconds, (self._seen_at or 0.0) - self._ended_at) >= AGAIN_SECONDS

    @property
    def told(self) -> str:
        """What an operator has to know of it, in one sentence."""
        served = f"; no pod served for {self._unserved:.0f} s" if self._unserved >= 1 else ""
        return (
            f"No room for new pods beside those that served ({self._reason}): it went on with "
            f"{self.pods_fewer} fewer{served}"
        )


def impatient(verdict: Verdict) -> Verdict:
    """Return the verdict as a rollback takes it.

    What fewer pods mend is waited for as long as there is time, since they go one by one; a node that may
    come is not waited for: the Deployment stays as the rollback left it, and takes the node when it comes.
    """
    trouble = verdict.trouble
    if trouble is None:
        return verdict
    if trouble.wants_room:
        return replace(verdict, trouble=replace(trouble, patience=float("inf")))
    if trouble.text.startswith(NO_NODE):
        return replace(verdict, trouble=replace(trouble, patience=PLACE_SECONDS))
    return verdict
