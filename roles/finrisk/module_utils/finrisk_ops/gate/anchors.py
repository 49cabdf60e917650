"""Whether the judge has moved: it judges a fixed set of answers, the anchors, again at every evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

NAMED = 3
"""Anchors that a sentence names."""


def moved(evidence: Mapping[str, Any]) -> bool:
    """Say whether the judge is another one than its version says, by the ``anchors`` of the evidence.

    They are {judge, number, others}: the judge's version, how many anchors it judged, and those that it
    judged otherwise than its version does. The judge has no dice, so one of them is proof: a difference
    of quality may then be the judge's, and not the model's.
    """
    return bool(evidence.get("anchors", {}).get("others"))


def told(anchors: Mapping[str, Any]) -> str:
    """Return in words what the anchors say."""
    others, number, judge = anchors["others"], anchors["number"], anchors["judge"]
    if not others:
        return f"all {number} anchors as version {judge} of the judge has them: it has not moved"
    named = "; ".join(others[:NAMED])
    more = f"; and {len(others) - NAMED} more" if len(others) > NAMED else ""
    return f"{len(others)} of {number} anchors are not what version {judge} of the judge says: {named}{more}"
