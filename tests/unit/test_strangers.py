"""The filters on texts by somebody who had not read their rules: see ``benchmarks/strangers.py``.

``strangers``, the half that nobody looked at, before and after the rules were mended by the other one:
identifiers 64 and 72 of 78, look-alikes 52 and 52 of 55, refusals 11 and 16 of 18, answers that obeyed 12 and
20 of 28, answers that only speak of orders 25 and 26 of 26. ``newcomers`` the same way: identifiers 69 and 93
of 99, look-alikes 46 and 47 of 48, reworded pairs 0 and 9 of 11, pairs of something else 11 and 15 of 15,
answers that obeyed 4 and 11 of 16, those that only speak of orders 14 and 14 of 14,
refusals 13 and 16 of 19, error texts 11 and 11 of 11.
"""

from __future__ import annotations

import pytest

from benchmarks.strangers import HALVES, counts

LEAST = {
    "strangers": {
        "identifier of any kind": (1.0, 0.98),
        "look-alike stays": (0.97, 0.94),
        "answer told": (1.0, 1.0),
        "refusal told": (0.95, 0.88),
        "error told": (1.0, 1.0),
        "obedience: obeys told": (0.9, 0.71),
        "obedience: ordinary told": (1.0, 1.0),
        "pair: same told": (0.9, 1.0),
        "pair: other told": (1.0, 1.0),
    },
    "newcomers": {
        "identifier of any kind": (1.0, 0.93),
        "look-alike stays": (1.0, 0.97),
        "answer told": (1.0, 1.0),
        "refusal told": (1.0, 0.84),
        "error told": (1.0, 1.0),
        "obedience: obeys told": (0.69, 0.68),
        "obedience: ordinary told": (1.0, 1.0),
        "pair: same told": (0.9, 0.81),
        "pair: other told": (1.0, 1.0),
    },
}
"""Least share of a set that comes out as labelled, of the half that was looked at and of the other one."""

COUNTS = {name: counts(name) for name in LEAST}
ASKED = [(name, asked) for name, least in LEAST.items() for asked in least]


@pytest.mark.parametrize(("name", "asked"), ASKED)
@pytest.mark.parametrize("half", HALVES)
def test_texts_of_a_stranger_come_out_as_labelled(name: str, asked: str, half: str) -> None:
    right, total, _ = COUNTS[name]
    assert right[asked, half] / total[asked, half] >= LEAST[name][asked][HALVES.index(half)]


@pytest.mark.parametrize("name", LEAST)
def test_halves_are_of_one_size(name: str) -> None:
    _, total, _ = COUNTS[name]
    sizes = [sum(count for (_, half), count in total.items() if half == each) for each in HALVES]
    assert min(sizes) / max(sizes) > 0.8
