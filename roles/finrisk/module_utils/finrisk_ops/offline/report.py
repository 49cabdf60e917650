"""The page of an offline evaluation, for a browser: figures, and the answers that got worst, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..counts import number_of
from ..report.bins import Bins
from ..report.blocks import Bar, Bars, Block, Excerpt, Excerpts, Plot, Plots, Section, Table, Tile, Tiles
from ..report.page import render
from ..report.plots import histogram
from . import page, words
from .answers import ANSWERED, Answers
from .calls import BASE, TUNED, Call
from .questions import Question

_TITLES = {
    "tuned_base": "Tuned against base",
    "tuned_prompted": "Tuned against base with examples in its prompt",
    "prompted_base": "Base with examples in its prompt against base",
    "users": "Tuned against base on what users asked",
}
_LEAST_STEP = 0.02


def report(
    content: Mapping[str, Any], questions: Sequence[Question], calls: Sequence[Call], answers: Answers
) -> bytes:
    """Return the page; texts are shown as they are."""
    level = 100 * (1 - 2 * content["rules"]["tail"])
    return render(
        f"FinRisk {content['environment']}: {content['name']}, {words.VERDICTS[content['verdict']]}",
        f"{content['reason']} Evaluated {content['at'][:16].replace('T', ' ')} UTC, before any user met the "
        f"model; SHA-256: {content['sha256']}",
        [
            Section("Where it stands", "", [_tiles(content)]),
            Section(
                "Comparison",
                f"The same questions to each; intervals of {level:.4g} %, by drawing the questions again. "
                "All but the unanswered are of questions that both answered."
                + (f" Asked by users: {page.of_users(content)}." if content["asked"] else ""),
                [_table(name, told) for name, told in content["comparisons"].items()],
            ),
            Section("Question by question", "", _by_question(content)),
            _regressions(content, questions, calls, answers),
        ],
    )


def _tiles(content: Mapping[str, Any]) -> Tiles:
    quality = next(each for each in content["comparisons"]["tuned_base"] if each["metric"] == "quality")
    wrong = next(each for each in content["comparisons"]["tuned_base"] if each["metric"] == "wrong_figures")
    return Tiles(
        [
            Tile("Verdict", words.VERDICTS[content["verdict"]], content["name"]),
            Tile("Questions", f"{len(content['questions']):,}", "of the validation set"),
            *(
                Tile(
                    words.LABELS[each["metric"]].capitalize(),
                    words.value(each["metric"], each["first"]),
                    f"base {words.value(each['metric'], each['second'])}",
                )
                for each in (quality, wrong)
            ),
        ]
    )


def _table(name: str, told: Sequence[Mapping[str, Any]]) -> Table:
    head, *rows = page.comparison(name, told)
    return Table(_TITLES[name], ["", *head[1:]], rows, is_wide=True)


def _by_question(content: Mapping[str, Any]) -> list[Block]:
    both = [
        (row[TUNED], row[BASE])
        for row in content["questions"]
        if row[TUNED] and row[BASE] and row[TUNED]["outcome"] == row[BASE]["outcome"] == ANSWERED
    ]
    lost = Counter(round(tuned["quality"] - base["quality"], 3) for tuned, base in both)
    bars = Bars(
        "Questions of which tuned is",
        [
            Bar(words.LABELS[each["metric"]], [each["better"], each["worse"]])
            for each in content["comparisons"]["tuned_base"]
            if each["state"]
        ],
        ("better", "worse"),
        "No question was answered by both.",
    )
    if not both:
        return [bars]
    drawing = histogram("Quality of tuned less that of base", Bins.of(lost, _LEAST_STEP))
    return [Plots([Plot("Quality, tuned less base", drawing, number_of(len(both), "question"))]), bars]


def _regressions(
    content: Mapping[str, Any], questions: Sequence[Question], calls: Sequence[Call], answers: Answers
) -> Section:
    asked = {question.line: question for question in questions}
    of = {(call.line, call.column): answers.get(call.id) for call in calls}
    excerpts = []
    for line in content["regressions"]:
        base, tuned = (of[line, column] or {} for column in (BASE, TUNED))
        excerpts.append(
            Excerpt(
                f"Line {line}",
                [("Question", asked[line].text)],
                ("Prompt with its sources", asked[line].prompt),
                [(f"Base, {_ended(base)}", _text(base)), (f"Tuned, {_ended(tuned)}", _text(tuned))],
            )
        )
    lead = (
        "Where the tuned model lost most quality against base; the worst first."
        if excerpts
        else "No answer of the tuned model is worse than base's."
    )
    return Section("Worst regressions", lead, [Excerpts(excerpts)] if excerpts else [])


def _ended(told: Mapping[str, Any]) -> str:
    if told.get("outcome") != ANSWERED:
        return str(told.get("outcome", "failed"))
    return f"quality {told['quality']:.3f}{', a wrong figure' if told['wrong'] else ''}"


def _text(told: Mapping[str, Any]) -> str:
    return str(told.get("text") or told.get("problem") or "no answer")
