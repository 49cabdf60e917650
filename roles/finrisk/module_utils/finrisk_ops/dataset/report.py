"""The page that shows what a dataset is made of, and its figures, as the metadata names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from finrisk_rules import prompt
from finrisk_rules.figures import RECOMMENDED, TARGET

from ..counts import number_of
from ..report.bins import Bins
from ..report.blocks import (
    Bar,
    Bars,
    Excerpt,
    Excerpts,
    Plot,
    Plots,
    Section,
    Table,
    Tile,
    Tiles,
    Track,
)
from ..report.page import render
from ..report.plots import histogram
from .portrait import SIDES, Portrait
from .summary import Summary

_SOURCES_MAX = 6_000  # characters of a prompt that are shown

_PLOTS = {
    "quality": ("Quality", "scores of the examples, 0 to 1"),
    "analysis_chars": ("Length of the answers", "characters"),
    "strategy_chars": ("Length of the questions", "characters"),
    "tokens": ("Tokens", "of an example with its sources, estimated"),
}


def figures(portrait: Portrait, summary: Summary) -> dict[str, Any]:
    """Return what the page shows beside the counts that the metadata has anyway.

    Tokens of a single example follow from its characters, in the proportion that the training set has.
    """
    training, validation = portrait.lengths
    train_chars = _sum(training.example)
    rate = summary.tokens / train_chars if train_chars else 0.0
    lengths = training + validation
    tokens: Counter[int] = Counter()
    for chars, count in lengths.example.items():
        tokens[round(chars * rate)] += count
    return {
        "sides": {name: _side(portrait, side, rate) for side, name in enumerate(SIDES)},
        **portrait.content(),
        "histograms": {
            "quality": Bins.of(portrait.scores[0] + portrait.scores[1], 0.01).content(),
            "analysis_chars": Bins.of(lengths.analysis, 10).content(),
            "strategy_chars": Bins.of(lengths.strategy, 10).content(),
            "tokens": Bins.of(tokens, 10).content(),
        },
        "readiness": {"target": TARGET, "recommended": list(RECOMMENDED), "missing": _missing(summary.train)},
    }


def _side(portrait: Portrait, side: int, rate: float) -> dict[str, Any]:
    scores, lengths = portrait.scores[side], portrait.lengths[side]
    return {
        "examples": lengths.example.total(),
        "by_reviewers": portrait.by_reviewers[side],
        "quality_mean": round(sum(scores.elements()) / scores.total(), 4) if scores else None,
        "strategy_chars_mean": _mean(lengths.strategy),
        "analysis_chars_mean": _mean(lengths.analysis),
        "tokens_estimated": round(rate * _sum(lengths.example)),
    }


def _sum(counts: Mapping[int, int]) -> int:
    return sum(value * count for value, count in counts.items())


def _mean(counts: Counter[int]) -> float:
    return round(_sum(counts) / counts.total(), 1) if counts else 0.0


def _missing(examples: int) -> int:
    return max(0, TARGET - examples)


def page(metadata: Mapping[str, Any], excerpts: Sequence[tuple[str, dict[str, Any]]]) -> bytes:
    """Return the page of a dataset's metadata, with examples (side, Vertex AI's JSON) to read."""
    source = metadata["source"]
    return render(
        "Dataset report",
        f"{source['file']}, exported {metadata['created_at'][:16].replace('T', ' ')} UTC. "
        f"SHA-256 of the export: {source['sha256']}",
        [
            _readiness(metadata),
            _rows(metadata),
            _examples(metadata),
            _contents(metadata),
            _split(metadata),
            _excerpts(excerpts),
        ],
    )


def _readiness(metadata: Mapping[str, Any]) -> Section:
    examples, readiness = metadata["train_examples"], metadata["readiness"]
    target, (low, high) = readiness["target"], readiness["recommended"]
    if readiness["missing"]:
        lead = (
            f"{readiness['missing']:,} more training examples make the {target:,} that tuning should have; "
            f"{low:,} to {high:,} give the best results."
        )
    elif examples < low:
        lead = f"Enough to tune. {low - examples:,} more give the best results: {low:,} to {high:,}."
    elif examples <= high:
        lead = f"In the range that gives the best results: {low:,} to {high:,}."
    else:
        lead = (
            f"More than the {high:,} that give the best results: -e finrisk_max_examples={high} "
            "keeps the best of every kind."
        )
    tuned = metadata["made_by_tuned_model"]
    tiles = [
        Tile("Training", f"{examples:,}", f"examples, about {metadata['tokens_estimated']:,} tokens"),
        Tile("Validation", f"{metadata['validation_examples']:,}", "examples"),
        Tile("Usable", f"{metadata['valid']:,}", f"of {number_of(metadata['total'], 'row')}"),
        Tile("Preference pairs", f"{metadata['preference_pairs']:,}", "corrections and ratings"),
        Tile("By a tuned model", f"{tuned['share']:.1%}", f"{number_of(tuned['rows'], 'row')} of the export"),
    ]
    marks = [(target, "enough to tune"), (low, "best from here"), (high, "up to here")]
    return Section("Readiness", lead, [Track(examples, marks, (low, high)), Tiles(tiles)])


def _rows(metadata: Mapping[str, Any]) -> Section:
    duplicates = metadata["duplicates"]
    told = {
        "the same question on the same sources": duplicates["same"],
        "nearly the same, with the same figures": duplicates["near"],
        "nearly a row of the validation set": duplicates["near_validation"],
        "another answer than the one before": duplicates["conflicts"],
    }
    judges = ", ".join(
        f"{count:,} without verdicts" if name == "none" else f"{count:,} by version {name}"
        for name, count in metadata["judge_versions"].items()
    )
    return Section(
        "Rows of the export",
        f"{metadata['valid']:,} of {number_of(metadata['total'], 'row')} can be used. Judged: {judges}.",
        [
            _counts("Not used, by reason", metadata["rejected"], "rows", "Every row can be used."),
            _counts("Duplicates", told, "rows", "No question was asked twice."),
            _counts("Verdicts on figures", metadata["verdicts"], "figures", "No row has verdicts."),
            _counts("Redacted, by kind", metadata["redacted"], "values", "Nothing had to be redacted."),
        ],
    )


def _counts(title: str, counts: Mapping[str, int], noun: str, empty: str) -> Bars:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    bars = [Bar(name.replace("_", " "), [count]) for name, count in ordered if count]
    return Bars(title, bars, [noun], empty)


def _examples(metadata: Mapping[str, Any]) -> Section:
    plots = []
    for name, (title, note) in _PLOTS.items():
        bins = Bins.read(metadata["histograms"][name])
        if not bins.counts:
            continue
        if bins.beyond:
            note = f"{note}; {bins.beyond:,} more above {bins.borders[-1]:,g}"
        plots.append(Plot(title, histogram(title, bins), note))
    return Section("Examples", "How many examples of both sets lie in each range.", [Plots(plots)])


def _contents(metadata: Mapping[str, Any]) -> Section:
    blocks = [
        _names("Topics", metadata["topics"], "topic", "without a heading"),
        _names("Companies", metadata["companies"], "company", "without a company"),
        _names("Languages", metadata["languages"], "language", "not told"),
    ]
    return Section(
        "What they speak of",
        "The topic is the first heading of an answer that text stands under; an example counts for every "
        "company of its sources.",
        blocks,
    )


def _names(title: str, counts: Mapping[str, Any], noun: str, unnamed: str) -> Bars:
    bars = [Bar(each["name"], [each[side] for side in SIDES]) for each in counts["named"]]
    rest = {f"others ({counts['others']['names']:,})": counts["others"], unnamed: counts["unnamed"]}
    for label, each in rest.items():
        parts = [each[side] for side in SIDES]
        if any(parts):
            bars.append(Bar(label, parts, is_rest=True))
    return Bars(title, bars, SIDES, f"No example has a {noun}.")


def _split(metadata: Mapping[str, Any]) -> Section:
    sides = [metadata["sides"][side] for side in SIDES]
    total = sum(side["examples"] for side in sides)
    rows = [
        ("examples", *(f"{side['examples']:,}" for side in sides)),
        ("share", *(f"{side['examples'] / total:.1%}" for side in sides)),
        ("written by reviewers", *(f"{side['by_reviewers']:,}" for side in sides)),
        (
            "quality, mean",
            *(_score(side["quality_mean"]) for side in sides),
        ),
        ("characters of a question, mean", *(f"{side['strategy_chars_mean']:,.0f}" for side in sides)),
        ("characters of an answer, mean", *(f"{side['analysis_chars_mean']:,.0f}" for side in sides)),
        ("tokens, estimated", *(f"{side['tokens_estimated']:,}" for side in sides)),
    ]
    split = metadata["split"]
    lead = (
        f"Kept apart by their {split['apart']}; {number_of(split['users_on_both_sides'], 'user')} on both "
        f"sides. finrisk_train_split asks for {metadata['train_split']:.1%} to train on."
    )
    return Section("Split", lead, [Table("Balance", ["", *SIDES], rows)])


def _score(mean: float | None) -> str:
    return "-" if mean is None else f"{mean:.3f}"


def _excerpts(examples: Sequence[tuple[str, dict[str, Any]]]) -> Section:
    lead = f"{number_of(len(examples), 'example')} at random, the same every time, redacted as in the sets."
    return Section(
        "To read", lead, [Excerpts([_excerpt(number, *each) for number, each in enumerate(examples, 1)])]
    )


def _excerpt(number: int, side: str, example: Mapping[str, Any]) -> Excerpt:
    sent, answer = (turn["parts"][0]["text"] for turn in example["contents"])
    turn = prompt.parse(sent)
    question = _shortened(sent if turn is None else turn.question)
    folded = None
    if turn is not None and turn.sources:
        texts = "\n\n".join(f"{source.title}\n{source.text}" for source in turn.sources)
        folded = (number_of(len(turn.sources), "source"), _shortened(texts))
    return Excerpt(f"{number}, {side}", [("Question", question), ("Answer", answer)], folded)


def _shortened(text: str) -> str:
    left = len(text) - _SOURCES_MAX
    return text if left <= 0 else f"{text[:_SOURCES_MAX]} … ({left:,} more characters)"
