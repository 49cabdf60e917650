"""What became of an export's rows, as the module returns it and as an operator reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from finrisk_rules.judge.verdicts import JUDGE_VERSION

from ..counts import breakdown, number_of
from .examples import is_tuned
from .repeats import conflicts_told, duplicates_told, without_duplicates
from .verdicts import UNJUDGED, verdicts_of, version_of


@dataclass
class Origins:
    """Who wrote and who judged the rows of an export."""

    total: int = 0
    by_tuned_model: int = 0
    judges: Counter[str] = field(default_factory=Counter)  # of the usable rows, by version
    verdicts: Counter[str] = field(default_factory=Counter)  # on the figures of the usable rows

    def add(self, row: object, *, is_usable: bool) -> None:
        """Count one row."""
        self.total += 1
        if isinstance(row, dict):
            self.by_tuned_model += is_tuned(row)
            if is_usable:
                self.judges[version_of(row)] += 1
                for verdict, count in verdicts_of(row).items():
                    self.verdicts[verdict] += count

    def update(self, other: Origins) -> None:
        """Count the rows of others too."""
        self.total += other.total
        self.by_tuned_model += other.by_tuned_model
        self.judges.update(other.judges)
        self.verdicts.update(other.verdicts)

    @property
    def share(self) -> float:
        """Return the share of all rows that a tuned model wrote, 0 to 1."""
        return self.by_tuned_model / self.total if self.total else 0.0

    def content(self) -> dict[str, Any]:
        """Return them as the metadata names them."""
        return {
            "made_by_tuned_model": {"rows": self.by_tuned_model, "share": round(self.share, 4)},
            "judge_versions": dict(sorted(self.judges.items())),
            "verdicts": dict(sorted(self.verdicts.items())),
        }

    def lines(self) -> list[str]:
        """Return them as an operator reads them."""
        rows = "row was" if self.by_tuned_model == 1 else "rows were"
        lines = [f"{self.by_tuned_model:,} {rows} written by a tuned model, {self.share:.0%} of all"]
        older = sum(self.judges.values()) - self.judges[JUDGE_VERSION] - self.judges[UNJUDGED]
        if older:
            lines.append(
                f"{number_of(older, 'usable row')} of a judge older than version {JUDGE_VERSION}: "
                "-e finrisk_judge_again=true judges those whose prompt holds the sources"
            )
        return lines


@dataclass(frozen=True)
class Summary:
    """What became of the export's rows."""

    total: int
    valid: int
    train: int
    validation: int
    apart: str
    users_on_both_sides: int
    conflicts: int  # answers to a question that another row answers otherwise
    origins: Origins
    kinds: tuple[int, int]  # of examples, by company, topic, length and language: in the sets, and of all
    pairs: int  # of preferred answers, from the training set
    tokens: int
    rejected: dict[str, int]
    redacted: dict[str, int]

    def facts(self) -> dict[str, Any]:
        """Return the numbers of the module's result."""
        return {
            "total": self.total,
            "valid": self.valid,
            "train_examples": self.train,
            "validation_examples": self.validation,
            "preference_pairs": self.pairs,
            "tokens_estimated": self.tokens,
            "rejected": self.rejected,
            "redacted": self.redacted,
        }

    def lines(self, max_examples: int) -> list[str]:
        """Return the numbers as an operator reads them."""
        others = without_duplicates(self.rejected)
        rejected = f"; rejected: {breakdown(others)}" if others else ""
        rows = number_of(self.total, "row")
        lines = [
            f"{rows}, {self.valid:,} usable{rejected}",
            *duplicates_told(self.rejected),
            *conflicts_told(self.conflicts),
        ]
        if self.redacted:
            lines.append(f"redacted: {breakdown(self.redacted)}")
        lines += self.origins.lines()
        if self.train + self.validation < self.valid:
            used, known = self.kinds
            left = self.valid - self.train - self.validation
            lines.append(
                f"{left:,} are left out (finrisk_max_examples is {max_examples:,}); of the {known:,} kinds "
                f"by company, topic, length and language {used:,} are kept, by their best"
            )
        lines.append(
            f"{self.train:,} to train on (about {self.tokens:,} tokens), {self.validation:,} to validate "
            f"with, kept apart by their {self.apart}; "
            f"{number_of(self.users_on_both_sides, 'user')} on both sides"
        )
        if self.pairs:
            lines.append(
                f"{number_of(self.pairs, 'preference pair')}: corrections, and ratings of one prompt"
            )
        return lines
