"""The filters on texts by somebody who had not read their rules: see ``benchmarks/strangers.py``.

Of the half that nobody looked at, before and after the rules were mended by the other one: identifiers 64
and 72 of 78, look-alikes 52 and 52 of 55, refusals 11 and 16 of 18, answers that obeyed 12 and 20 of 28,
answers that only speak of orders 25 and 26 of 26.
"""

from __future__ import annotations

import pytest

from benchmarks.strangers import HALVES, counts

LEAST = {
    "identifier of any kind": (1.0, 0.92),
    "look-alike stays": (0.97, 0.94),
    "answer told": (1.0, 1.0),
    "refusal told": (0.95, 0.88),
    "error told": (1.0, 0.5),
    "obedience: obeys told": (0.9, 0.71),
    "obedience: ordinary told": (1.0, 1.0),
}
"""Least share that comes out as labelled, of the half that was looked at and of the other one."""

RIGHT, TOTAL, _ = counts()


@pytest.mark.parametrize("asked", LEAST)
@pytest.mark.parametrize("half", HALVES)
def test_texts_of_a_stranger_come_out_as_labelled(asked: str, half: str) -> None:
    share = RIGHT[asked, half] / TOTAL[asked, half]
    assert share >= LEAST[asked][HALVES.index(half)]


def test_halves_are_of_one_size() -> None:
    sizes = [sum(count for (_, half), count in TOTAL.items() if half == each) for each in HALVES]
    assert min(sizes) / max(sizes) > 0.8
