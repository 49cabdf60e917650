"""Grounding of figures: in a source, or following from a calculation that is written out."""

from __future__ import annotations

import pytest

from finrisk_rules.grounding import grounding

SOURCE = (
    "Revenue was $1,234.5 million in 2024 (2023: 1,117.0). "
    "Goodwill 40,118; receivables 79,364; margin 12.5 %."
)


@pytest.mark.parametrize(
    "answer",
    [
        "Revenue was 1,234.5 million [1].",
        "Revenue was $1234.5 million [1].",
        "The margin was 12.5% [1].",
        "Goodwill to receivables: 40,118 / 79,364 = 0.505 [1].",
        "40,118 ÷ 79,364 = 50.5% [1].",
        "Growth: (1,234.5 - 1,117.0) / 1,117.0 = 10.5% [1].",
        "The change was 1,234.5 − 1,117.0 = 117.5 [1], that is 117.5 million.",
        "No figure at all.",
        "Extract of 6 statements from 3 sources [1].",
        "## 2 kinds of risk\n1. Revenue 1,234.5 [1].\n2. Goodwill 40,118 [1].",
    ],
)
def test_these_answers_are_grounded(answer: str) -> None:
    assert grounding(answer, [SOURCE]).missing == ()
    assert grounding(answer, [SOURCE]).share == 1.0


@pytest.mark.parametrize(
    ("answer", "missing"),
    [
        ("Revenue was 1,243.5 million [1].", "1,243.5 million"),
        ("Debt was $99 [1].", "99"),
        ("The ratio is 0.505 [1].", "0.505"),
        ("40,118 / 79,364 = 0.605 [1].", "0.605"),
        ("40,118 / 80,000 = 0.501 [1].", "80,000"),
        ("Losses of 7 million [1].", "7 million"),
        ("It rose by 5% [1].", "5%"),
    ],
)
def test_these_figures_are_not_grounded(answer: str, missing: str) -> None:
    found = grounding(answer, [SOURCE])
    assert any(missing in each for each in found.missing), found
    assert found.share < 1.0


def test_figures_of_the_question_count_neither_way() -> None:
    found = grounding(
        "Under a shock of 200 basis points revenue was 1,234.5 [1].", [SOURCE], "a shock of 200 basis points"
    )
    assert (found.figures, found.grounded) == (1, 1)


def test_the_year_of_a_source_is_grounded_and_another_year_is_not() -> None:
    assert grounding("In 2024 [1].", [SOURCE]).share == 1.0
    assert grounding("In 2019 [1].", [SOURCE]).missing == ("2019",)


@pytest.mark.parametrize(
    "text", ["", "1" * 5000, "((((((1" * 500 + " = 1", "1/0 = 0", "= = = 5", "😀 ١٢٣ ½", "1e400 = 5"]
)
def test_hostile_text_is_judged_and_never_raises(text: str) -> None:
    assert 0.0 <= grounding(text, [text, SOURCE], text).share <= 1.0
