"""Numbers by reason, in words."""

from finrisk_ops.counts import breakdown


def test_reasons_are_told_the_most_frequent_first_and_equal_ones_by_name() -> None:
    assert breakdown({"refusal": 3, "duplicate": 1200, "cut": 3}) == "1,200 duplicate, 3 cut, 3 refusal"


def test_nothing_to_count_is_nothing_to_tell() -> None:
    assert breakdown({}) == ""
