"""What decides on which side an example goes, and what is measured of a million of them."""

from __future__ import annotations

import random

from finrisk_ops.dataset.digests import DigestCount, DigestIndex
from finrisk_ops.dataset.sizes import Sizes
from finrisk_ops.dataset.split import Tie, Ties


def passage(number: int) -> str:
    """A text of a hundred words that no other number gives."""
    return " ".join(f"word{at}of{number}" for at in range(100))


def test_the_primary_source_decides_alone_and_a_single_user_is_split_by_strategy() -> None:
    shared = Ties()
    for number in range(100):
        shared.add(Tie.of([f"d{number % 20}", "everybody-cites-it"], f"user-{number}", f"s{number}", ""))
    validation, apart = shared.validation(range(100), 0.9)
    assert 5 <= len(validation) <= 20
    assert apart == "primary source documents"
    assert not {number % 20 for number in validation} & {n % 20 for n in range(100) if n not in validation}
    single = Ties()
    for number in range(100):
        single.add(Tie.of([], "only", f"s{number}", ""))
    validation, apart = single.validation(range(100), 0.9)
    assert 5 <= len(validation) <= 50
    assert apart == "strategies"


def test_rows_without_sources_go_by_what_they_quote_then_by_their_question_then_by_their_user() -> None:
    ties = Ties()
    for number in range(300):
        ties.add(Tie.of([], f"user-{number}", f"what does case {number} say? {passage(number // 3)}", ""))
    for number in range(300):
        ties.add(Tie.of([], f"other-{number}", f"question {number // 3}", ""))
    for number in range(300):
        ties.add(Tie.of([], f"user-of-three-{number // 3}", f"once {number}", ""))
    validation, _ = ties.validation(range(900), 0.8)
    for start in (0, 300, 600):
        sides = [{row in validation for row in range(at, at + 3)} for at in range(start, start + 300, 3)]
        assert all(len(side) == 1 for side in sides)
        assert 5 <= sum(True in side for side in sides) <= 40


def test_users_with_rows_on_both_sides_are_counted() -> None:
    ties = Ties()
    for number in range(6):
        ties.add(Tie.of([f"d{number}"], f"user-{number % 3}" if number else None, f"s{number}", ""))
    assert ties.users_on_both_sides(range(6), {3, 4}) == 1


def test_validation_never_has_more_than_5000_examples() -> None:
    ties = Ties()
    for number in range(60_000):
        ties.add(Tie.of([], f"u{number // 3}", f"s{number}", ""))
    validation, _ = ties.validation(range(60_000), 0.8)
    assert 4_990 <= len(validation) <= 5_000


def test_a_large_group_validates_only_where_no_smaller_ones_do() -> None:
    """Whatever its hash: one document of a third of the rows among many, then three of a third each."""
    for number in range(40):
        ties = Ties()
        for row in range(120):
            document = f"large-{number}" if row < 40 else f"small-{number}-{row}"
            ties.add(Tie.of([document], None, f"s{row}", ""))
        validation, apart = ties.validation(range(120), 0.9)
        assert 6 <= len(validation) <= 24
        assert not validation & set(range(40))
        assert apart == "primary source documents"
        thirds = Ties()
        for row in range(120):
            thirds.add(Tie.of([f"{number}-{row % 3}"], None, f"s{row}", ""))
        assert len(thirds.validation(range(120), 0.9)[0]) == 40


def test_an_index_of_digests_numbers_each_once() -> None:
    dice = random.Random(5)  # noqa: S311 - repeatable
    values = [dice.getrandbits(64) or 1 for _ in range(20_000)]
    index = DigestIndex()
    assert [index.number(value) for value in values] == list(range(20_000))
    assert [index.number(value) for value in reversed(values)] == list(range(19_999, -1, -1))
    assert len(index) == 20_000


def test_a_count_of_digests_counts_each_once() -> None:
    dice = random.Random(6)  # noqa: S311 - repeatable
    values = [dice.getrandbits(64) for _ in range(20_000)]
    count = DigestCount()
    for value in (*values, 0, 2**64 - 1, *values[::3]):
        count.add(value)
    assert count.different() == 20_002
    assert DigestCount().different() == 0


def test_sizes_are_those_of_the_sorted_list() -> None:
    assert Sizes.of(range(1, 101)) == Sizes(1, 50.5, 95, 100)
    assert Sizes.of([]) == Sizes(0, 0.0, 0, 0)
