"""An offline evaluation as one page of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..counts import breakdown, number_of
from ..gate.comparison import BETTER, NOT_WORSE, WORSE
from ..status.page import block
from ..status.text import BAD, DOUBT, GOOD, WIDTH, Line, plain, table, wrap
from . import shadows, words

COMPARISONS = {
    "tuned_base": ("Tuned, base", "tuned", "base"),
    "tuned_prompted": ("Tuned, prompt", "tuned", "prompted"),
    "prompted_base": ("Prompt, base", "prompted", "base"),
    "users": ("Asked by users", "tuned", "base"),
}
COLOURS = {WORSE: BAD, BETTER: GOOD, NOT_WORSE: GOOD}


def lines(content: Mapping[str, Any], evidence: Path, page: Path) -> list[Line]:
    """Return the lines of the page with their colours; ``evidence`` and ``page`` are where files lie."""
    verdict = words.VERDICTS[content["verdict"]]
    parts = [
        (
            "Verdict",
            plain(wrap(f"{verdict}: {content['reason']}"), COLOURS.get(content["verdict"], DOUBT)),
        ),
        ("Models", plain([line for each in models(content) for line in wrap(each)])),
        *(
            (COMPARISONS[name][0], plain(table(comparison(name, told), right=(1, 2, 3, 4, 5))))
            for name, told in content["comparisons"].items()
        ),
        ("Answers", plain([line for each in answers(content) for line in wrap(each)])),
        ("Evidence", plain([str(evidence), f"SHA-256: {content['sha256']}", str(page)])),
    ]
    title = f"FinRisk {content['environment']}, offline evaluation"
    result = [Line(f"{title}{content['at'][:19].rjust(WIDTH - len(title))}")]
    for name, told in parts:
        result += [Line(""), *block(name, told)]
    return result


def models(content: Mapping[str, Any]) -> list[str]:
    """Return which models were compared on what."""
    examples = content["rules"]["examples"]
    told = [f"tuned: {content['name']} ({content['model']})", f"base: {content['base_model']}"]
    if examples:
        told.append(
            f"prompt: base with the {number_of(examples, 'nearest training example')} before the prompt"
        )
    dataset = content["dataset"]
    asked = number_of(len(content["questions"]), "question")
    told.append(f"{asked} of {dataset['validation_examples']:,} in {dataset['validation_file']}")
    if content["asked"]:
        told.append(f"asked by users: {of_users(content)}")
    return told


def of_users(content: Mapping[str, Any]) -> str:
    """Return how many questions of users both models answered, and what that is good for."""
    people = number_of(shadows.people(content["asked"]), "user")
    questions = number_of(len(content["asked"]), "question")
    return (
        f"{questions} of {people}, the newest that both answered; each user weighs alike, nothing is decided"
    )


def comparison(name: str, told: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return rows of text, a metric each, below a row of their columns' names."""
    _, first, second = COMPARISONS[name]
    decides = name != "users"
    head = ("metric", first, second, "difference", "its interval", "questions" if decides else "users")
    rows = [
        (
            words.LABELS[each["metric"]],
            words.value(each["metric"], each["first"]),
            words.value(each["metric"], each["second"]),
            words.signed(each["metric"], each["difference"]),
            words.interval(each["metric"], each["interval"]),
            f"{each['pairs']:,}",
        )
        for each in told
    ]
    if not decides:
        return [head, *rows]
    proven = [words.STATES.get(each["state"], "") for each in told]
    return [(*head, "proven"), *((*row, state) for row, state in zip(rows, proven, strict=True))]


def answers(content: Mapping[str, Any]) -> list[str]:
    """Return how each column's calls ended, and what they took."""
    return [
        f"{column}: {breakdown(told['outcomes']) or 'none'}"
        + (f"; {number_of(told['failed'], 'call')} failed" if told["failed"] else "")
        + f"; {told['prompt_tokens']:,} tokens of prompts, {told['answer_tokens']:,} of answers"
        for column, told in content["columns"].items()
    ]
