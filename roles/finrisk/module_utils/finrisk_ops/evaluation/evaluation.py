"""An evaluation: a pure function of its inputs, so that its file can be recomputed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..gate import (
    anchors,
    betting,
    comparison,
    labels,
    mixture,
    needs,
    reviews,
    rules,
    sample,
    sample_ratio,
    stages,
    success,
    verdict,
    words,
)
from ..machine.files import read_json
from . import prices

_DECIDING = (
    *(anchors, betting, comparison, labels, mixture, needs, reviews, rules, sample),
    *(sample_ratio, stages, success, verdict, words),
)
_OF_EVIDENCE = ("judge", "prompt", "index")


def evaluate(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the evaluation of the inputs, as its file holds it; the same inputs give the same bytes."""
    decision = verdict.decide(inputs, rules.Rules(**inputs["rules"]))
    usable, target = (inputs["collection"][key] for key in ("usable", "target"))
    stages = verdict.as_it_runs(inputs)["stages"]
    of_stage = stages[-1]["versions"] if stages else dict.fromkeys(_OF_EVIDENCE)
    return {
        "environment": inputs["environment"],
        "at": inputs["asked_at"],
        **decision.content(),
        "success": [line.content() for line in success.lines(decision, usable, target, inputs["jobs"])],
        **reviews.content(stages, inputs.get("reviewers")),
        **prices.content(inputs),
        "inputs": inputs,
        "versions": {**of_stage, "code": code_version()},
        "sha256": sha256(inputs),
    }


def recompute(path: Path) -> dict[str, Any]:
    """Return the evaluation of the inputs of a file, which the file must agree with.

    Other code than the file's may have decided it; then all but the version of the code must agree.

    Raises:
        FinriskError: No evaluation, inputs that were changed, or another evaluation than the file's.
    """
    told = read_json(path)
    try:
        inputs, digest, code = told["inputs"], told["sha256"], told["versions"]["code"]
        if sha256(inputs) != digest:
            raise FinriskError(
                f"the inputs of {path} were changed: their SHA-256 is {sha256(inputs)}, the file says "
                f"{digest}; restore the file, or evaluate anew"
            )
        anew = evaluate(inputs)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FinriskError(
            f"{path} is no evaluation ({type(error).__name__}: {error}): name an evaluation_<time>.json"
        ) from error
    if _decided(anew) != _decided(told):
        differing = [key for key in anew if key != "versions" and anew[key] != told.get(key)]
        raise FinriskError(
            f"{path} says {told.get('verdict')}, its inputs give {anew['verdict']}; they differ in "
            f"{', '.join(differing) or 'more than the inputs give'}. The file was changed, or its code "
            f"({code}) decides otherwise than this one ({anew['versions']['code']})"
        )
    return anew


def sha256(inputs: Mapping[str, Any]) -> str:
    """Return the hex SHA-256 of inputs: of their JSON with sorted keys and without blanks."""
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def code_version() -> str:
    """Return 12 hex digits of a SHA-256 over the source of all that decides."""
    content = hashlib.sha256()
    for module in _DECIDING:
        loader: Any = module.__spec__.loader if module.__spec__ else None
        content.update((loader.get_source(module.__name__) or "").encode())
    return content.hexdigest()[:12]


def _decided(content: Mapping[str, Any]) -> dict[str, Any]:
    versions = {key: value for key, value in content["versions"].items() if key != "code"}
    return {**content, "versions": versions}
