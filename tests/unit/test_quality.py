"""The quality score and its parts."""

from __future__ import annotations

import pytest

from finrisk.quality import WEIGHTS, quality_parts, rescored, score

STRATEGY = "How far did the liquidity coverage ratio of Corvane Bank fall in 2024, and what caused it?"
SOURCE = (
    "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 % a year "
    "earlier, because wholesale deposits of $412 million left in the fourth quarter."
)
GOOD = (
    f"## Liquidity risk\n{SOURCE} [1]\n"
    "Deposits of $412 million left, which caused the ratio to fall to 118 % [1]. "
    "Wholesale funding is the weak point of the bank, since it leaves first [1]."
)


def judged(answer: str) -> float:
    return score(quality_parts(answer, STRATEGY, [SOURCE], ["Corvane Bank"]))


def test_a_grounded_cited_answer_passes_the_threshold() -> None:
    assert judged(GOOD) >= 0.9


@pytest.mark.parametrize(
    ("flaw", "answer"),
    [
        ("an invented figure", GOOD.replace("118 %", "108 %").replace("131 %", "141 %")),
        ("no citation", GOOD.replace(" [1]", "")),
        ("a citation of a source that is not there", GOOD.replace("[1]", "[7]")),
        (
            "another subject",
            "## Cyber risk\nThe firm of 2024 was attacked by nobody at all and has no servers [1].\n" * 3,
        ),
        ("a cut end", GOOD[: len(GOOD) // 3] + " and then the"),
        ("a refusal", "I'm sorry, but I cannot help with that. " + GOOD),
        ("an error text", "Error: 500. " + GOOD),
    ],
)
def test_an_answer_with_a_flaw_falls_below_the_threshold(flaw: str, answer: str) -> None:
    assert judged(answer) < 0.9, flaw
    assert judged(answer) < judged(GOOD)


@pytest.mark.parametrize("opening", ["I'm sorry, but I cannot help with that. ", "Error: 500. "])
def test_a_refusal_and_an_error_text_are_worth_nothing(opening: str) -> None:
    assert judged(opening + GOOD) == 0.0


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_a_thumb_down_takes_a_good_answer_below_the_threshold_and_a_thumb_up_takes_it_back() -> None:
    stored = quality_parts(GOOD, STRATEGY, [SOURCE], ["Corvane Bank"]).as_dict()
    down, parts = rescored(stored, -1)
    assert down < 0.9
    assert parts["rating"] == -1
    up, _ = rescored(parts, 1)
    assert up >= judged(GOOD) >= 0.9
    assert up <= 1.0


@pytest.mark.parametrize("text", ["", " ", "[1]" * 1000, "#" * 1000, "|-|" * 500, "\ud800", "٣" * 100])
def test_hostile_text_gets_a_score_and_never_raises(text: str) -> None:
    assert 0.0 <= score(quality_parts(text, text, [text], [text])) <= 1.0


def test_a_question_in_any_script_is_answered_by_an_answer_that_speaks_of_it() -> None:
    question = (
        "\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c\u306e2024\u5e74\u306e\u6d41\u52d5\u6027"
        "\u30ab\u30d0\u30ec\u30c3\u30b8\u6bd4\u7387\u306f\u306a\u305c\u4f4e\u4e0b\u3057\u305f\u306e\u304b\u3002"
    )
    source = (
        "\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c\u306e\u6d41\u52d5\u6027\u30ab\u30d0\u30ec\u30c3\u30b8\u6bd4\u7387\u306f2024\u5e74\u306b118%\u3078\u4f4e\u4e0b\u3057\u305f\u3002"
        "\u5927\u53e3\u9810\u91d1\u306e\u6d41\u51fa\u304c\u539f\u56e0\u3067\u3042\u308b\u3002"
    )
    firms = ["\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c"]
    right = quality_parts(source.replace("\u3002", "[1]\u3002\n"), question, [source], firms)
    other = "The six firms of the sources sold more cars and fewer phones than the year before [1].\n" * 3
    assert right.relevance > 0.8
    assert right.completeness > 0.5
    assert right.structure > 0.0
    assert quality_parts(other, question, [other], ["Six Firms"]).relevance < 0.5
    assert quality_parts(other, question, [source], firms).relevance < 0.5
