"""The reasons of a verdict, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from ..counts import number_of
from .comparison import BETTER, NOT_WORSE, OPEN, UNKNOWN, WORSE, Comparison
from .needs import Needs
from .rules import HIGHER_IS_BETTER, Rules
from .sample_ratio import SampleRatio

NAMES = {
    "errors": "failed requests",
    "unanswered": "unanswered questions",
    "slow": "slow answers",
    "wrong_figures": "answers with a wrong figure",
    "quality": "quality",
    "feedback": "negative ratings",
}

LABELS = {
    "errors": "errors",
    "unanswered": "unanswered",
    "slow": "slow",
    "wrong_figures": "a wrong figure",
    "quality": "quality",
    "feedback": "feedback",
}
"""The metrics as a table names them: the share of answers that have it, of quality the mean."""

STATES = {
    BETTER: "better",
    NOT_WORSE: "not worse",
    WORSE: "worse",
    OPEN: "not yet",
    UNKNOWN: "too few users",
}

NO_EVIDENCE = "No request was answered in the stage that runs: no evidence is no good evidence."
NOBODY = "Nobody gets the tuned model: there is nothing to promote or to take back."
EVERYBODY = "Everybody gets the tuned model already, and no harm is proven."
UNCOMPARED = (NOBODY, EVERYBODY)
"""Reasons to hold under which no number of requests proves anything: one arm gets none."""


def harm(worse: Sequence[Comparison], rules: Rules) -> str:
    """Say by what the tuned model is proven worse."""
    told = "; ".join(f"{_figures(each)} (margin {size(each.metric, each.margin)})" for each in worse)
    chance = f"At most {100 * rules.alpha_roll_back:g}% of models that are as good as base end so"
    return f"The tuned model is proven worse: {told}. {chance}."


def missing_users(ratio: SampleRatio) -> str:
    """Say that users of one arm are lost."""
    shares = f"{ratio.observed:.1%} of the users where {ratio.expected:.1%} were drawn"
    return (
        f"In {ratio.revision} the tuned arm has {shares}: users are missing, so the arms cannot be compared. "
        "Find out where their requests are lost (journal, proxy, clients), then begin a new stage."
    )


def moved_judge(anchors_told: str) -> str:
    """Say that the judge is another one than it was."""
    return (
        f"The judge moved: {anchors_told}. What differs between the arms may be the judge's. Restore "
        "finrisk_rules of this checkout (git status), or raise JUDGE_VERSION with the anchors and begin a "
        "new stage."
    )


def few(exposure: Mapping[str, Mapping[str, int]], rules: Rules) -> str | None:
    """Say which arm has too little of this stage to be judged; None where both have enough."""
    short = [
        f"{arm} {each['requests']:,} requests of {each['users']:,} users"
        for arm, each in exposure.items()
        if each["requests"] < rules.requests or each["users"] < rules.users
    ]
    if not short:
        return None
    needed = f"each arm needs {rules.requests:,} requests of {rules.users:,} users"
    return f"Too little in this stage: {', '.join(short)}; {needed}."


def stale(age: timedelta, rules: Rules) -> str:
    """Say that nothing came for too long, or that nobody knows for how long: ``age`` is below 0."""
    if age < timedelta():
        return (
            f"The last request came {number_of(round(-age.total_seconds() / 60), 'minute')} later than the "
            "database's clock says that it is now: the clock was set back. Set it right, then evaluate again."
        )
    old = f"{number_of(round(age.total_seconds() / 60), 'minute')} old, {rules.fresh_minutes:g} is the most"
    return (
        f"The last request is {old}: stale evidence is no good evidence. Look at status.yml whether the "
        "service collects, then evaluate again."
    )


def young(lacking: Needs, rules: Rules) -> str:
    """Say that the experiment has not seen a whole week, or what stands for it."""
    age = f"the experiment is younger than {rules.days:g} days"
    return f"Proven not worse, but {age}: {lacking.young_days:.1f} more are due."


def unproven(metrics: Sequence[Comparison], lacking: Needs) -> str:
    """Say what is not proven yet, and how long it takes."""
    told = "; ".join(f"{_figures(each)} (margin {size(each.metric, each.margin)})" for each in metrics)
    days = "nobody asks at present" if lacking.days is None else f"{lacking.days:.1f} days"
    more = f"about {number_of(lacking.requests, 'more request')} ({days})"
    return f"Not proven yet: {told}. If both arms are alike, {more}."


def proven(metrics: Sequence[Comparison]) -> str:
    """Say that nothing is worse, and what is better."""
    told = "The tuned model is proven not worse than base by more than the margins"
    better = [NAMES[each.metric] for each in metrics if each.state == BETTER]
    return f"{told}; better: {', '.join(better)}." if better else f"{told}."


def interval(comparison: Comparison) -> str:
    """Return the difference's interval as people read it."""
    if comparison.interval is None:
        return "not known"
    return " to ".join(_signed(comparison.metric, end) for end in comparison.interval)


def value(metric: str, share: float | None) -> str:
    """Return one arm's figure as people read it."""
    if share is None:
        return "not known"
    return f"{share:.3f}" if metric in HIGHER_IS_BETTER else f"{share:.1%}"


def size(metric: str, margin: float) -> str:
    """Return a margin as people read it."""
    return f"{margin:g}" if metric in HIGHER_IS_BETTER else f"{100 * margin:g} points"


def _figures(comparison: Comparison) -> str:
    name = NAMES[comparison.metric]
    if comparison.difference is None:
        return f"{name}: nobody knows of both arms"
    tuned, base = (value(comparison.metric, each) for each in (comparison.tuned, comparison.base))
    told = (
        "too few users for an interval"
        if comparison.interval is None
        else f"difference {interval(comparison)}"
    )
    return f"{name} {tuned}, base {base}, {told}"


def _signed(metric: str, difference: float) -> str:
    if metric in HIGHER_IS_BETTER:
        return f"{difference:+z.3f}"
    return f"{100 * difference:+z.1f}"
