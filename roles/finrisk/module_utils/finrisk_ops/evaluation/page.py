"""An evaluation as one page of text, for somebody at three in the morning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..gate import anchors, reviews
from ..gate.rules import SAMPLE_RATIO_NEEDED
from ..gate.verdict import PROMOTE, ROLL_BACK
from ..status.finding import Play
from ..status.gate import VERDICTS
from ..status.page import block, success_lines
from ..status.text import BAD, COMMAND, WIDTH, Line, command, plain, shorten, table, wrap
from . import prices, words
from .files import Kept

_NEXT = {PROMOTE: "deploy.yml -e finrisk_next=true", ROLL_BACK: "rollback.yml"}

NOT_WRITTEN = "not written: nothing is done on this verdict"


def lines(content: Mapping[str, Any], play: Play, kept: Kept, deed: str = "") -> list[Line]:
    """Return the lines of the page with their colours; ``kept`` is where the evidence lies.

    ``deed`` is what this run itself does about it; without one a person is told the command.
    """
    parts = (
        ("Verdict", _verdict(content, play, deed)),
        ("Stage", plain(_stage(content))),
        ("Comparison", _comparison(content)),
        *_reviews(content),
        ("Users drawn", _sample_ratio(content)),
        ("Exposure", plain(words.exposure(content))),
        *_anchors(content["inputs"]),
        *_cost(content),
        ("Freshness", plain([words.freshness(content)])),
        ("Needed", plain(wrap(words.needed(content)))),
        ("Success", success_lines(content["success"])),
        ("Evidence", plain([_place(kept), f"SHA-256 of its inputs: {kept.sha256}"])),
    )
    title = f"FinRisk {content['environment']}, evaluation"
    result = [Line(f"{title}{content['at'][:19].rjust(WIDTH - len(title))}")]
    for name, told in parts:
        result += [Line(""), *block(name, told)]
    return result


def _place(kept: Kept) -> str:
    """Return where the evidence lies, or would."""
    return f"{'would write ' if kept.is_check else ''}{kept.path}" if kept.path else NOT_WRITTEN


def _verdict(content: Mapping[str, Any], play: Play, deed: str) -> list[Line]:
    word, colour = VERDICTS[content["verdict"]]
    told = plain(wrap(f"{word}: {content['reason']}"), colour)
    if deed:
        return told + plain(wrap(deed))
    split = (content["stage"] or {}).get("split")
    if content["verdict"] in _NEXT and not (content["verdict"] == PROMOTE and split == 1):
        told += plain(command(play(_NEXT[content["verdict"]])), COMMAND)
    return told


def _comparison(content: Mapping[str, Any]) -> list[Line]:
    told = table(words.comparison(content["metrics"]), right=(1, 2, 3, 4, 5))
    return plain([*told, *wrap(words.compared(content))])


def _reviews(content: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    """Return the part on reviewers; none where nobody reviewed."""
    return [("Reviewers", plain(wrap(reviews.told(content["reviews"]))))] if "reviews" in content else []


def _anchors(inputs: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    if "anchors" not in inputs:
        return []
    return [("Judge", plain(wrap(anchors.told(inputs["anchors"])), BAD if anchors.moved(inputs) else ""))]


def _cost(content: Mapping[str, Any]) -> list[tuple[str, list[Line]]]:
    return [("Cost", plain(wrap(prices.told(content))))] if "cost" in content else []


def _stage(content: Mapping[str, Any]) -> list[str]:
    stage, running = content["stage"], content["inputs"]["running"]
    told = [f"{running['revision']} runs at {words.percent(running['split'])}"]
    if stage:
        since = stage["since"][:16].replace("T", " ")
        told.append(
            f"last stage with requests: {stage['revision']} at {words.percent(stage['split'])}, since "
            f"{since}, of experiment {shorten(stage['experiment'])}"
        )
    return [line for each in told for line in wrap(each)]


def _sample_ratio(content: Mapping[str, Any]) -> list[Line]:
    ratio = content["sample_ratio"]
    if ratio is None:
        return [Line("nobody was drawn for two arms yet")]
    missing = ratio["e_value"] >= SAMPLE_RATIO_NEEDED
    told = (
        f"{ratio['observed']:.1%} are on the tuned arm, {words.percent(ratio['expected'])} were drawn in "
        f"{words.drawn_in(content)}: "
        f"{'users are missing' if missing else 'as drawn'} (e-value {ratio['e_value']:g}, "
        f"{SAMPLE_RATIO_NEEDED:g} says that some are missing)"
    )
    return plain(wrap(told), BAD if missing else "")
