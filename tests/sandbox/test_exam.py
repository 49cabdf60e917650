"""The exam of the demo: which questions it keeps back, and what it counts."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.analysts import Reply, Strategy, by_arm, strategies_of
from sandbox.exam import results, split
from sandbox.gold import gives, gold_of


def strategy(text: str, *gold: str) -> Strategy:
    return Strategy("u", "s", text, frozenset(), gold)


def reply(analysis: str, *verdicts: str, gold: tuple[str, ...] = (), status: int = 200) -> Reply:
    body = {
        "analysis": analysis,
        "figures": [{"verdict": verdict} for verdict in verdicts],
        "metadata": {"arm_assigned": "base", "quality_score": 0.9},
    }
    return Reply(strategy("q", *gold), status, 0.1, body if status == 200 else {})


def test_the_exam_is_a_fifth_of_the_questions_by_their_text_alone() -> None:
    every = [strategy(f"How much was item {number}?") for number in range(1000)]
    questions, exam = split(every)
    assert {each.text for each in questions} | {each.text for each in exam} == {each.text for each in every}
    assert len(questions) + len(exam) == len(every)
    assert 150 <= len(exam) <= 250
    assert split(every[::-1])[1] == exam[::-1]


def test_figures_that_are_wrong_and_answers_that_hold_the_known_one_are_counted_by_model() -> None:
    base = [
        reply("It was 12.5 [1]", "stated", "misattributed", gold=("12.5",)),
        reply("It was 9 [1]", "stated", "computed", gold=("12.5",)),
        reply("", status=503),
    ]
    head, row = results({"base": base})
    assert dict(zip(head, row, strict=True)) == {
        "": "base",
        "questions": "2",
        "wrong figures": "25.0 %",
        "answers with one": "50.0 %",
        "gold answer given": "50.0 % of 2",
    }


def test_without_known_answers_and_without_figures_nothing_is_said_of_them() -> None:
    assert results({"tuned": [reply("Words.")]})[1] == ["tuned", "1", "-", "0.0 %"]


def test_the_table_by_arm_tells_the_share_of_wrong_figures() -> None:
    head, row = by_arm([reply("a", "stated", "wrong_scale", "asked", "unread")])
    assert row[head.index("wrong")] == "25.0 %"


@pytest.mark.parametrize(
    ("query", "gold"),
    [
        ({"answer_text": "13.2%", "answer": 0.13228}, ("13.2%",)),
        ({"answer_text": None, "answer": ["$1.1 million", "Sterling"]}, ("$1.1 million", "Sterling")),
        ({"answer": -291}, ("-291",)),
        ({"answer": 5.5, "turns": [{"program": "ans = 9362.2 - 9263.4"}, {"program": "ans = 1"}]}, ("98.8",)),
        ({"answer": 5.5, "turns": [{"program": "ans = 1 / 3"}]}, ("0.3333",)),
        ({"answer": 5.5, "turns": [{"program": "ans = 1 / 0"}]}, ()),
        ({"answer": 5.5, "turns": [{"program": "x0 = 1 / 3; ans = x0 + 1"}]}, ()),
        ({"answer": 2}, ()),  # stands in many an answer by chance
        ({"answer": ["-"]}, ()),
        ({}, ()),
    ],
)
def test_the_known_answer_is_that_of_the_question_that_is_asked(
    query: dict[str, Any], gold: tuple[str, ...]
) -> None:
    assert gold_of(query) == gold
    (read,) = strategies_of([{"question_scoped": "q", "gold_doc_ids": [], **query}])
    assert read.gold == gold


@pytest.mark.parametrize(
    ("answer", "gold", "holds"),
    [
        ("Sales, 2023: $1,486 million [2]", ("1486",), True),
        ("Sales, 2023: (1,486) [2]", ("-1486",), True),
        ("a change of 7 / 9 = 77.78%", ("0.7778",), True),
        ("rose by 14.2%", ("14.16",), True),
        ("rose by 14", ("14.16",), False),
        ("rose by 14.3%", ("14.16",), False),
        ("Sales were 14,861 [2]", ("1486",), False),
        ("Sales [1486] are told", ("1486",), False),
        ("in sterling, and in US-Dollar", ("Sterling", "US Dollar"), True),
        ("in sterling", ("Sterling", "US Dollar"), False),
        ("", ("1486",), False),
    ],
)
def test_an_answer_holds_figures_as_exact_as_written_and_words_in_their_order(
    answer: str, gold: tuple[str, ...], holds: bool
) -> None:
    assert gives(answer, gold) is holds
