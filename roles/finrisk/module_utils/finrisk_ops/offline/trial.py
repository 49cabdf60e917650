"""An offline evaluation: what its answers prove of the tuned model, as a file holds it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from finrisk_rules.judge.verdicts import JUDGE_VERSION
from finrisk_rules.prompt import PROMPT_HASH

from ..errors import FinriskError
from ..gate.comparison import BETTER, NOT_WORSE, OPEN, UNKNOWN, WORSE
from ..gate.rules import Rules
from ..machine.files import free_stamp, read_json, stamped_files, write_json
from ..release.trial import PREFIX, PROVEN_WORSE, SUFFIX, sha256
from . import shadows, words
from .answers import ANSWERED, Answers
from .bootstrap import RESAMPLES
from .calls import BASE, PROMPTED, TUNED, Call, Models
from .comparison import LEAST_PAIRS, Difference, Row, differences, measured, tail_of

WORST = 20
"""Regressions that are shown."""
_PASSES = ("at", "sha256", "environment")


@dataclass(frozen=True)
class Subject:
    """What is evaluated: the models, by their names and as people call the tuned one, and the dataset."""

    environment: str
    models: Models
    name: str
    dataset: Mapping[str, Any]
    settings: Mapping[str, str]


def rows(calls: Sequence[Call], answers: Answers) -> list[Row]:
    """Return the questions with what was measured of the answers in each column."""
    told: dict[int, dict[str, Any]] = {}
    for call in calls:
        told.setdefault(call.line, {"line": call.line})[call.column] = measured(answers.get(call.id))
    return [told[line] for line in sorted(told)]


def evaluate(
    subject: Subject, found: Sequence[Row], rules: Rules, asked: Sequence[Row] = ()
) -> dict[str, Any]:
    """Return the evaluation of these rows, as its file gives it back; all but ``at`` follows from them.

    ``asked`` are rows of what users asked of both (``shadows``): they are told, and decide nothing.

    ``verdict`` is ``worse`` (proven), ``better``, ``not_worse``, ``open`` or ``unknown`` (too few questions).
    """
    columns = subject.models.columns
    compared = {"tuned_base": differences(found, TUNED, BASE, rules)}
    if PROMPTED in columns:
        compared["tuned_prompted"] = differences(found, TUNED, PROMPTED, rules)
        compared["prompted_base"] = differences(found, PROMPTED, BASE, rules)
    if asked:
        compared["users"] = shadows.compared(asked, rules)
    verdict = verdict_of(compared["tuned_base"])
    content = {
        "environment": subject.environment,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "model": subject.models.tuned,
        "name": subject.name,
        "base_model": subject.models.base,
        "verdict": verdict,
        "reason": words.reason(verdict, compared, found, rules),
        "comparisons": {name: [each.content() for each in told] for name, told in compared.items()},
        "columns": {column: totals(found, column) for column in columns},
        "regressions": regressions(found),
        "dataset": dict(subject.dataset),
        "settings": dict(subject.settings),
        "rules": {
            "alpha_roll_back": rules.alpha_roll_back,
            "margins": {each.metric: rules.margins.get(each.metric) for each in compared["tuned_base"]},
            "tail": tail_of(rules),
            "resamples": RESAMPLES,
            "least_pairs": LEAST_PAIRS,
            "examples": subject.models.examples,
        },
        "versions": {"judge": JUDGE_VERSION, "prompt": PROMPT_HASH},
        "questions": list(found),
        "asked": list(asked),
    }
    plain: dict[str, Any] = json.loads(json.dumps(content))
    return {**plain, "sha256": sha256(plain)}


def verdict_of(told: Sequence[Difference]) -> str:
    """Return the verdict on the first column by the states of its metrics."""
    states = [each.state for each in told if each.state]
    if WORSE in states:
        return PROVEN_WORSE
    if UNKNOWN in states:
        return UNKNOWN
    if OPEN in states:
        return OPEN
    return BETTER if BETTER in states else NOT_WORSE


def totals(found: Sequence[Row], column: str) -> dict[str, Any]:
    """Return how the calls of a column ended, what they cost in tokens, and which versions answered."""
    told = [row[column] for row in found if row[column] is not None]
    return {
        "questions": len(found),
        "failed": len(found) - len(told),
        "outcomes": dict(sorted(Counter(str(each["outcome"]) for each in told).items())),
        "prompt_tokens": sum(int(each["prompt_tokens"]) for each in told),
        "answer_tokens": sum(int(each["answer_tokens"]) for each in told),
        "model_versions": sorted({str(each["model_version"]) for each in told} - {""}),
    }


def regressions(found: Sequence[Row]) -> list[int]:
    """Return the lines of the answers that lost most quality against base, the worst first.

    One that only base answered lost all of it; of equals, one that is wrong now comes first.
    """
    losses = []
    for row in found:
        tuned, base = row[TUNED], row[BASE]
        if tuned is None or base is None or base["outcome"] != ANSWERED:
            continue
        loss = base["quality"] - (tuned["quality"] if tuned["outcome"] == ANSWERED else 0.0)
        if loss > 0:
            losses.append((-loss, not (tuned["wrong"] and not base["wrong"]), row["line"]))
    return [line for *_, line in sorted(losses)[:WORST]]


@dataclass(frozen=True)
class Kept:
    """Where an evaluation lies, and whether it had to be written."""

    path: Path
    content: Mapping[str, Any]
    is_new: bool


def keep(folder: Path, content: Mapping[str, Any], *, check: bool) -> Kept:
    """Return the file of the evaluation: an earlier one of the model when it says the same."""
    for path in reversed(stamped_files(folder, PREFIX, SUFFIX)):
        try:
            before = read_json(path)
        except FinriskError:
            continue
        if isinstance(before, dict) and before.get("model") == content["model"]:
            if _lasting(before) == _lasting(content) and before.get("sha256") == sha256(before):
                return Kept(path, before, is_new=False)
            break
    path = folder / f"{PREFIX}_{free_stamp(folder, (PREFIX, SUFFIX))}{SUFFIX}"
    if not check:
        write_json(path, content)
    return Kept(path, content, is_new=True)


def _lasting(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in _PASSES}
