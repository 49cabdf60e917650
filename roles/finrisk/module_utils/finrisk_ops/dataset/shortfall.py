"""What to do about an export with too few usable examples: the filter that leaves most rows out, by name."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .tally import Tally

OTHER_COMPANY = "other_company"
COMPANIES = 5
"""How many are named to whoever asked for one that is not there."""
LONGEST = 60
LOWER_LIMIT = "lower the limit with -e finrisk_min_examples=N (MIN_EXAMPLES=N in the environment)"
FILTERS = {
    "before_since": "finrisk_since",
    "from_until_on": "finrisk_until",
    "other_arm": "finrisk_arm",
    OTHER_COMPANY: "finrisk_company",
    "producer_refused": "finrisk_refused_producers",
    "made_by_tuned_model": "finrisk_tuned_rows",
    "restricted_source": "finrisk_training_labels",
    "quality_too_low": "finrisk_min_quality",
}
"""What an operator set, by the reason for which a row is not usable."""


def main_reason(tally: Tally) -> str | None:
    """Return the reason of a filter for which more than half of all rows are not usable; None without one."""
    counts = Counter(tally.reasons())
    rows = tally.total + tally.left_out.total()
    return next((reason for reason in FILTERS if counts[reason] * 2 > rows), None)


def advice(filters: Mapping[str, Any], tally: Tally, companies: Sequence[str]) -> str:
    """Return what to do; ``companies`` are those of rows that only the wish for another one leaves out.

    ``filters`` are as they stand in the metadata.
    """
    reason, told = main_reason(tally), ""
    if reason:
        count, rows = tally.reasons()[reason], tally.total + tally.left_out.total()
        told = f"{_value(filters, reason)}, and so {count:,} of {rows:,} rows are not usable"
        if reason == OTHER_COMPANY and companies:
            told += f" (there is {_nearest(filters['company'], companies)})"
        told += ". "
    if filters["arm"] == "tuned" and not filters["tuned_rows"]:
        told += (
            "finrisk_tuned_rows is false: what a tuned model wrote is left out as well, unless you add "
            "-e finrisk_tuned_rows=true. "
        )
    steps = [*(["change that filter"] if reason else []), "collect more"]
    if tally.eligible:
        steps.append(LOWER_LIMIT)
    what = ", or ".join(steps)
    return told + what[0].upper() + what[1:]


def _value(filters: Mapping[str, Any], reason: str) -> str:
    """Return the filter with its value, as an operator writes it."""
    name = FILTERS[reason]
    value = filters[name.removeprefix("finrisk_")]
    said = ",".join(value) if isinstance(value, list) else value
    return f"{name} is {str(said).lower() if isinstance(said, bool) else repr(said)}"


def _nearest(company: str, companies: Sequence[str]) -> str:
    """Return the companies that are most like this one, or else the first."""
    by_spelling = {name.lower(): name for name in companies}
    near = difflib.get_close_matches(company.lower(), list(by_spelling), n=COMPANIES)
    named = [by_spelling[each] for each in near] or list(companies[:COMPANIES])
    others = len(companies) - len(named)
    return ", ".join(repr(name[:LONGEST]) for name in named) + (f" and {others:,} more" if others else "")
