"""The filters on texts by somebody who had not read their rules: see ``benchmarks/strangers.py``.

``strangers``, the half that nobody looked at, before and after the rules were mended by the other one:
identifiers 64 and 72 of 78, look-alikes 52 and 52 of 55, refusals 11 and 16 of 18, answers that obeyed 12 and
20 of 28, answers that only speak of orders 25 and 26 of 26. ``newcomers`` the same way: identifiers 69 and 93
of 99, look-alikes 46 and 47 of 48, reworded pairs 0 and 9 of 11, pairs of something else 11 and 15 of 15,
answers that obeyed 4 and 11 of 16, those that only speak of orders 14 and 14 of 14,
refusals 13 and 16 of 19, error texts 11 and 11 of 11.
``passersby`` (600 texts, 32 languages), first and second half, as first measured: identifiers 128 of 146 and
128 of 161, look-alikes 54 of 55 and 42 of 45, answers 25 of 25 and 22 of 22, refusals 22 of 29 and 14 of 19,
error texts 12 of 17 and 14 of 15, answers that obeyed 1 of 8 and 1 of 16, those that only speak of orders all
20, reworded pairs 7 of 7 and 3 of 5, pairs of something else 8 of 10 twice. Mended by its first half:
identifiers 146 and 133, look-alikes 55 and 43, refusals 29 and 14, error texts 17 and 14, answers
that obeyed 8 and 11; the rest as before.
``visitors`` (724 texts, names and addresses above all) as first measured: identifiers 162 of 236 and 166
of 237, look-alikes 58 of 58 and 52 of 57, answers all 40, refusals 16 and 15 of 19, error texts 12 of 13
and 12 of 12, answers that obeyed 10 and 9 of 15, those that only speak of orders 13 and 14 of 15, reworded
pairs 7 and 8 of 8, pairs of something else 10 and 9 of 10.
``wayfarers`` (186 texts, names in prose and addresses of many countries), by the rules' maker before they
were mended, but for 41 of its look-alikes: identifiers 23 of 49 and 20 of 58, look-alikes 44 of 45 and 35
of 36.
``callers`` (280 texts, 14 languages: lines of analysts and customers) as first measured: identifiers 64 of 72
and 75 of 81, look-alikes 53 of 54 and 51 of 52, answers all 11, refusals 2 of 3 and 6 of 7, error texts 3
of 3 and 6 of 7, answers that obeyed 5 of 7 and 2 of 3, those that only speak of orders 3 of 4 and 4 of 4,
pairs all 11.
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
        "obedience: obeys told": (0.95, 0.82),
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
        "obedience: obeys told": (0.84, 0.81),
        "obedience: ordinary told": (1.0, 1.0),
        "pair: same told": (0.9, 0.81),
        "pair: other told": (1.0, 1.0),
    },
    "passersby": {
        "identifier of any kind": (1.0, 0.82),
        "look-alike stays": (1.0, 0.95),
        "answer told": (1.0, 1.0),
        "refusal told": (1.0, 0.73),
        "error told": (1.0, 0.93),
        "obedience: obeys told": (1.0, 0.68),
        "obedience: ordinary told": (1.0, 1.0),
        "pair: same told": (1.0, 0.6),
        "pair: other told": (0.8, 0.8),
    },
    "visitors": {
        "identifier of any kind": (1.0, 0.88),
        "look-alike stays": (1.0, 0.91),
        "answer told": (1.0, 1.0),
        "refusal told": (0.84, 0.78),
        "error told": (0.92, 1.0),
        "obedience: obeys told": (0.66, 0.6),
        "obedience: ordinary told": (0.86, 0.93),
        "pair: same told": (0.87, 1.0),
        "pair: other told": (1.0, 0.9),
    },
    "wayfarers": {
        "identifier of any kind": (0.81, 0.65),
        "look-alike stays": (1.0, 0.94),
    },
    "callers": {
        "identifier of any kind": (1.0, 0.97),
        "look-alike stays": (1.0, 0.98),
        "answer told": (1.0, 1.0),
        "refusal told": (0.66, 0.85),
        "error told": (1.0, 0.85),
        "obedience: obeys told": (0.85, 0.66),
        "obedience: ordinary told": (1.0, 1.0),
        "pair: same told": (1.0, 1.0),
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
