"""The page of an evaluation, for a browser: what the verdict rests on, and how it came about over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ..counts import number_of
from ..gate import anchors, reviews
from ..gate.rules import HIGHER_IS_BETTER
from ..gate.stages import FEWEST_USERS
from ..gate.verdict import ARMS
from ..gate.words import NAMES, UNCOMPARED, size
from ..report.blocks import Bar, Bars, Plot, Plots, Section, Table, Tile, Tiles
from ..report.page import render
from ..report.plots import curves
from ..status.gate import VERDICTS
from . import words

_ANSWERS = {
    "errors": "failed",
    "unanswered": "unanswered",
    "slow": "slower than 2 s, or given up",
    "wrong_figures": "with a wrong figure",
    "feedback": "rated down",
}


def report(content: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the page of an evaluation; ``earlier`` are those before it, the oldest first.

    Only those of the same experiment count.
    """
    own = content["inputs"]["experiment"]
    past = [each for each in earlier if each["inputs"].get("experiment") == own]
    return render(
        f"FinRisk {content['environment']}: {VERDICTS[content['verdict']][0]}",
        f"{content['reason']} Evaluated {_moment(content['at'])} UTC; SHA-256 of the inputs: "
        f"{content['sha256']}",
        [
            Section("Where it stands", "", [_tiles(content)]),
            Section(
                "Comparison",
                _lead(content),
                [_metrics(content)],
            ),
            _over_time([*past, content]),
            _arms(content),
            Section("Success", "", [_success(content)]),
            Section("Verdicts", "The newest first, of this experiment.", [_verdicts([*past, content])]),
        ],
    )


def _tiles(content: Mapping[str, Any]) -> Tiles:
    needed, ratio, rules = content["needed"], content["sample_ratio"], content["inputs"]["rules"]
    days = "nobody asks" if needed["days"] is None else f"{needed['days']:g} days at the present rate"
    lack = (f"{needed['requests']:,}", f"requests, {days}")
    if content["reason"] in UNCOMPARED:
        lack = ("-", "one arm gets nobody")
    drawn = (
        []
        if ratio is None
        else [
            Tile(
                "Users on the tuned arm",
                f"{ratio['observed']:.1%}",
                f"{words.percent(ratio['expected'])} were drawn in {words.drawn_in(content)}",
            )
        ]
    )
    return Tiles(
        [
            Tile("Verdict", VERDICTS[content["verdict"]][0], content["inputs"]["running"]["revision"]),
            *drawn,
            Tile("Tuned arm", f"{content['exposure']['tuned']['requests']:,}", "requests in this stage"),
            Tile("Still needed", *lack),
            Tile(
                "May be wrong",
                words.percent(rules["alpha_promote"]),
                f"promotions; {words.percent(rules['alpha_roll_back'])} of rollbacks",
            ),
        ]
    )


def _lead(content: Mapping[str, Any]) -> str:
    lead = f"Means over users, {words.compared(content)}. An interval holds at all looks together."
    said = [reviews.told(content["reviews"])] if "reviews" in content else []
    if of := content["inputs"].get("anchors"):
        said.append(f"judge: {anchors.told(of)}")
    return " ".join([lead, *(f"{each[0].upper()}{each[1:]}." for each in said)])


def _metrics(content: Mapping[str, Any]) -> Table:
    head, *rows = words.comparison(content["metrics"])
    return Table("Tuned against base", head, rows, is_wide=True)


def _over_time(evaluations: Sequence[Mapping[str, Any]]) -> Section:
    begin = datetime.fromisoformat(evaluations[0]["at"])
    plots = []
    for metric, of_now in evaluations[-1]["metrics"].items():
        sign = -1 if metric in HIGHER_IS_BETTER else 1
        scale = 1 if metric in HIGHER_IS_BETTER else 100
        points: dict[str, list[tuple[float, float]]] = {"difference": [], "low": [], "high": [], "margin": []}
        for each in evaluations:
            told = each["metrics"].get(metric)
            if told is None or told["interval"] is None:
                continue
            hours = (datetime.fromisoformat(each["at"]) - begin).total_seconds() / 3600
            figures = (told["difference"], *told["interval"], sign * told["margin"])
            for name, figure in zip(points, figures, strict=True):
                points[name].append((round(hours, 2), round(scale * figure, 4)))
        if len({hours for hours, _ in points["difference"]}) > 1:
            unit = "of quality" if metric in HIGHER_IS_BETTER else "in points"
            note = f"tuned less base, {unit}; hours; margin {size(metric, of_now['margin'])}"
            plots.append(Plot(NAMES[metric].capitalize(), curves(NAMES[metric], points), note))
    return Section(
        "Differences over time", _lead_of_plots(evaluations, plots), [Plots(plots)] if plots else []
    )


def _lead_of_plots(evaluations: Sequence[Mapping[str, Any]], plots: Sequence[Plot]) -> str:
    """Return how the plots are read, or what will be there, and when."""
    curve = "The difference, between both ends of its interval (dashed), beside the margin"
    if plots:
        return (
            f"{curve}: not worse is proven once the whole interval is on the good side of the margin. Each "
            "evaluation takes in all stages up to its moment. A metric is drawn from the second evaluation "
            "with a difference on."
        )
    if any(each["interval"] for each in evaluations[-1]["metrics"].values()):
        return (
            f"{curve}, is drawn from the next evaluation on: this is the first with one, which stands above."
        )
    return (
        f"No stage has {FEWEST_USERS} users on each arm yet, so there is no difference: it is drawn from the "
        "second evaluation with one on."
    )


def _arms(content: Mapping[str, Any]) -> Section:
    stages = content["inputs"]["stages"]
    users, requests = (
        Bars(
            f"{noun.capitalize()} by stage",
            [
                Bar(
                    f"{stage['revision']}, {words.percent(stage['split'])}",
                    [stage["arms"][arm][noun] for arm in ARMS],
                )
                for stage in stages
            ],
            ARMS,
            "Nobody has asked.",
        )
        for noun in ("users", "requests")
    )
    rows = [_row(name, told, stages) for name, told in _ANSWERS.items()]
    tokens = ["tokens of an answer, mean", *(_mean(stages, arm, "answer_tokens") for arm in ARMS)]
    fallbacks = ["answered by base instead", *(f"{_sum(stages, arm, 'fallbacks'):,}" for arm in ARMS)]
    cost = (
        []
        if "cost" not in content
        else [["US dollars, 1,000 answers", *map(_dollars, content["cost"].values())]]
    )
    met = "What the requests met" if len(stages) < 2 else "What the requests met, all stages together"
    table = Table(met, ["", *ARMS], [*rows, fallbacks, tokens, *cost])
    lead = "By assignment; of its own answers. Shares of requests here, of users above."
    return Section("Arms", lead, [users, requests, table])


def _row(metric: str, told: str, stages: Sequence[Mapping[str, Any]]) -> list[str]:
    row = [told]
    for arm in ARMS:
        of = [stage["arms"][arm]["metrics"].get(metric, {}) for stage in stages]
        events, requests = (sum(each.get(key, 0) for each in of) for key in ("events", "requests"))
        row.append(f"{events / requests:.1%} of {requests:,}" if requests else "-")
    return row


def _sum(stages: Sequence[Mapping[str, Any]], arm: str, key: str) -> int:
    return sum(int(stage["arms"][arm].get(key, 0)) for stage in stages)


def _mean(stages: Sequence[Mapping[str, Any]], arm: str, key: str) -> str:
    answers = _sum(stages, arm, "answers")
    return f"{_sum(stages, arm, key) / answers:,.0f}" if answers else "-"


def _dollars(amount: float | None) -> str:
    return "not known" if amount is None else f"{amount:,.2f}"


def _success(content: Mapping[str, Any]) -> Table:
    rows = [[line["criterion"], line["state"], line["figure"], line["target"]] for line in content["success"]]
    return Table("Six lines", ["", "state", "figure", "target"], rows, is_wide=True)


def _verdicts(evaluations: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        [
            _moment(each["at"]),
            VERDICTS[each["verdict"]][0],
            (each["stage"] or {}).get("revision") or "-",
            number_of(sum(arm["requests"] for arm in each["exposure"].values()), "request"),
        ]
        for each in reversed(evaluations)
    ]
    return Table("History", ["evaluated, UTC", "verdict", "stage", "exposure"], rows, is_wide=True)


def _moment(iso: str) -> str:
    return iso[:16].replace("T", " ")
