"""Plots of a page: what they count, and what a reader gets of them."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from finrisk_ops.report.bins import Bins
from finrisk_ops.report.plots import histogram


@pytest.mark.parametrize(
    ("values", "least", "bins"),
    [
        ([], 10, Bins(0, 10, ())),
        ([7], 10, Bins(0, 10, (1,))),
        ([10], 10, Bins(10, 10, (1,))),
        ([10, 19, 20, 30], 10, Bins(10, 10, (2, 2))),
        ([0.9, 0.95, 0.97, 0.99, 1.0], 0.05, Bins(0.9, 0.05, (1, 4))),
        ([*range(100, 300), 30_000], 10, Bins(100, 20, (20,) * 10, 1)),
    ],
)
def test_bins_have_round_borders_and_count_every_value(values: list[float], least: float, bins: Bins) -> None:
    assert Bins.of(Counter(values), least) == bins


@pytest.mark.parametrize("most", [1, 3, 9, 47, 1_000, 123_457])
def test_bins_of_any_range_are_twenty_at_most_and_lose_nothing(most: int) -> None:
    values = Counter(n * most // 500 for n in range(501))
    bins = Bins.of(values, 1)
    assert 1 <= len(bins.counts) <= 20
    assert sum(bins.counts) + bins.beyond == 501
    assert bins.borders[0] <= 0
    assert bins.borders[-1] >= most or bins.beyond


def test_a_plot_has_a_bar_for_each_bin_and_a_name_for_who_cannot_see_it() -> None:
    svg = str(histogram('Quality & "more"', Bins(0.9, 0.01, (3, 0, 9))))
    assert len(re.findall(r"<rect [^>]*reactive", svg)) == 3
    assert 'aria-label="Quality &amp; &quot;more&quot;"' in svg
    assert 'style="' not in svg
    assert {"script", "style", "desc"}.isdisjoint(re.findall(r"<(\w+)", svg))
