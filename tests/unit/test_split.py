"""What decides on which side an example goes, and what is measured of a million of them."""

from __future__ import annotations

import random

from ansible.module_utils.finrisk_ops.dataset.digests import DigestIndex
from ansible.module_utils.finrisk_ops.dataset.sizes import Sizes
from ansible.module_utils.finrisk_ops.dataset.split import Ties


def test_rows_that_all_share_sources_are_split_by_the_best_source_and_a_single_user_by_strategy() -> None:
    shared = Ties()
    for number in range(100):
        shared.add([f"d{number % 20}", f"d{(number + 1) % 20}"], None, f"s{number}")
    validation, apart = shared.validation(range(100), 0.9)
    assert 5 <= len(validation) <= 50
    assert apart == "best source documents and users"
    assert (
        len({number % 20 for number in validation} & {n % 20 for n in range(100) if n not in validation}) == 0
    )
    single = Ties()
    for number in range(100):
        single.add([], "only", f"s{number}")
    validation, apart = single.validation(range(100), 0.9)
    assert 5 <= len(validation) <= 50
    assert apart == "strategies"


def test_validation_never_has_more_than_5000_examples() -> None:
    ties = Ties()
    for number in range(60_000):
        ties.add([], f"u{number // 3}", f"s{number}")
    validation, _ = ties.validation(range(60_000), 0.8)
    assert 4_990 <= len(validation) <= 5_000


def test_an_index_of_digests_numbers_each_once() -> None:
    dice = random.Random(5)  # noqa: S311 - repeatable
    values = [dice.getrandbits(64) or 1 for _ in range(20_000)]
    index = DigestIndex()
    assert [index.number(value) for value in values] == list(range(20_000))
    assert [index.number(value) for value in reversed(values)] == list(range(19_999, -1, -1))
    assert len(index) == 20_000


def test_sizes_are_those_of_the_sorted_list() -> None:
    assert Sizes.of(range(1, 101)) == Sizes(1, 50.5, 95, 100)
    assert Sizes.of([]) == Sizes(0, 0.0, 0, 0)


def test_a_giant_group_beside_a_tiny_one_is_split_by_the_best_source() -> None:
    """Real questions retrieve overlapping pages: nearly all rows hang together, and one stands apart."""
    ties = Ties()
    for number in range(200):
        ties.add([f"page-{number % 20}", "page-everybody-cites"], f"user-{number % 7}", f"strategy-{number}")
    ties.add(["page-alone"], "user-alone", "strategy-alone")
    validation, rule = ties.validation(range(201), 0.9)
    assert rule == "best source documents and users"
    assert 10 <= len(validation) <= 40
