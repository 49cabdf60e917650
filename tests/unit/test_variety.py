"""What an example has in common with others of its kind."""

import time

import pytest

from finrisk_ops.dataset.variety import Traits


@pytest.mark.parametrize(
    ("answer", "topic"),
    [
        ("No heading at all.", ""),
        ("## Liquidity risk\nCash fell. [1]", "Liquidity risk"),
        ("# Answer on Corvane Bank\n\n## Liquidity risk\n\n- Cash fell. [1]", "Liquidity risk"),
        ("Cash fell.\n\n### Credit risk\n\n| a | b |\n|---|---|\n", "Credit risk"),
        ("# Only a heading", ""),
        ("# One\n## Two\n### Three\n   indented text\n## Four\nmore", "Three"),
    ],
)
def test_the_topic_is_the_first_heading_that_text_stands_under(answer: str, topic: str) -> None:
    assert Traits.of([], answer).topic == topic


@pytest.mark.parametrize(
    "piece",
    ["# a\n", "# a" + "\n" * 50, "# ", "#\n", "# a\n \t", "#" + " " * 14_990 + "a\n", "#" + " " * 29_999],
)
def test_headings_without_end_cost_little(piece: str) -> None:
    began = time.process_time()
    assert Traits.of([], piece * (30_000 // len(piece))).topic == ""
    assert time.process_time() - began < 0.3
