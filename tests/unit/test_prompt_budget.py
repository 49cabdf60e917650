"""A prompt stays within its budget, whatever the index holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from finrisk.prompt_budget import FRAME_TOKENS, within_budget
from finrisk.retrieval import RankedPassage
from finrisk_rules.tokens import estimate


def passages(sizes: list[int]) -> list[RankedPassage]:
    return [
        RankedPassage(n, f"d{n}", 1, "Title", None, None, (), "word " * size, None, 1.0)
        for n, size in enumerate(sizes, start=1)
    ]


def test_what_fits_stays_as_it_is() -> None:
    assert within_budget(passages([100, 50, 200]), "Why?", 12_000) == passages([100, 50, 200])


def test_the_longest_stay_out_and_the_rest_keeps_its_order() -> None:
    kept = within_budget(passages([90, 9_000, 50, 20_000, 70]), "Why?", 2_000)
    assert [(passage.n, passage.document_id) for passage in kept] == [(1, "d1"), (2, "d3"), (3, "d5")]


@given(st.lists(st.integers(0, 5_000), max_size=12), st.integers(0, 3_000), st.integers(1_000, 20_000))
def test_question_and_passages_never_pass_the_budget(sizes: list[int], asked: int, budget: int) -> None:
    question = "why " * asked
    kept = within_budget(passages(sizes), question, budget)
    used = sum(estimate(passage.text) + FRAME_TOKENS for passage in kept)
    assert not kept or used + estimate(question) <= budget
    assert [passage.n for passage in kept] == list(range(1, len(kept) + 1))
