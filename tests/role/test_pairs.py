"""Rows and pairs of rows by somebody who had not read prepare's rules: see ``benchmarks/pairs.py``."""

from __future__ import annotations

import pytest

from benchmarks.pairs import HALVES, cases, counts, measured

LEAST = {
    "conflict": (6, 5),
    "empty words": (11, 7),
    "finished": (9, 6),
    "form": (16, 15),
    "good words": (7, 5),
    "no conflict": (3, 3),
    "other": (46, 43),
    "same": (56, 53),
    "split": (12, 8),
    "split without sources": (1, 1),
    "unfinished": (10, 8),
}
"""Cases of each half that come out as expected, as first measured or better since."""

pytestmark = pytest.mark.slow


def test_no_less_is_right_than_before() -> None:
    found = counts(measured())
    for kind, least in LEAST.items():
        right = tuple(found[kind][half][0] for half in HALVES)
        assert all(now >= before for now, before in zip(right, least, strict=True)), (kind, right)


def test_every_change_of_a_variant_changes_something() -> None:
    for line in cases():
        for case in line:
            texts = [(row["strategy"], row["analysis"]) for row in case.rows]
            assert case.kind == "same: exact" or len({str(text) for text in texts}) == len(texts), case.kind
