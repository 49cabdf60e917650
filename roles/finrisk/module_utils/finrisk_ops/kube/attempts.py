"""A controller that could not make a pod tries again at growing intervals, and at once when asked to."""

from __future__ import annotations

from datetime import UTC, datetime

from .rollout import NO_POD, Trouble

ASK_SECONDS = 5.0


class Attempts:
    """When a ReplicaSet was asked to try again: ``asked`` is the last time, ISO 8601, empty for never.

    After n failures it waits 5 ms times 2 to the n by itself, up to a quarter of an hour: a rollback would
    wait for that, and a run after the mishap would end with what was wrong before. It tries at once when it
    changes, and it gets each new annotation of its Deployment, which a release may write anyway.
    """

    def __init__(self) -> None:
        """Begin without an attempt asked for."""
        self.asked = ""
        self._at = float("-inf")

    def are_due(self, trouble: Trouble | None, now: float) -> bool:
        """Say whether to ask for one at this time of a clock that never goes back, and note that it was."""
        if trouble is None or not trouble.text.startswith(NO_POD) or now - self._at < ASK_SECONDS:
            return False
        self.asked, self._at = datetime.now(UTC).isoformat(), now
        return True
