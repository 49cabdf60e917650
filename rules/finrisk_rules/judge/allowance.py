"""The allowance of a judgement: how much it may look at, so that what it costs is bounded, whatever it reads.

Work is counted and not timed, so that the same texts have the same verdicts on every machine and in every
order. A look is about what it costs to compare a figure with one place; what costs more counts as several.
"""

MOST_LOOKS = 14_000
"""Looks of one judgement; what is left of its figures when they are spent is ``unread``."""


class Allowance:
    """What is left of the looks of a judgement."""

    def __init__(self, looks: int = MOST_LOOKS) -> None:
        self.left = looks

    def spend(self, looks: int) -> None:
        """Count what was looked at."""
        self.left -= looks

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is looked at."""
        return self.left <= 0
