"""Which pairs can be training examples."""

from __future__ import annotations

import pytest

from finrisk_rules.examples import fold, problem, problem_of_figures

STRATEGY = "s" * 50
ANALYSIS = "The allowance for credit losses rose to 2.1 % of loans in 2024 [1]. " * 2


@pytest.mark.parametrize(
    ("strategy", "analysis", "code"),
    [
        (STRATEGY, ANALYSIS, None),
        ("s" * 49, ANALYSIS, "strategy_too_short"),
        ("  " + "s" * 49 + "  ", ANALYSIS, "strategy_too_short"),
        ("é" * 30_000, ANALYSIS, None),
        ("s" * 30_001, ANALYSIS, "strategy_too_long"),
        (STRATEGY, "a" * 99, "analysis_too_short"),
        (STRATEGY, ("the debt of the bank rose " * 4)[:100], None),
        (STRATEGY, "a" * 30_001, "analysis_too_long"),
        (None, ANALYSIS, "strategy_not_text"),
        (STRATEGY, 5, "analysis_not_text"),
        (STRATEGY, ANALYSIS + "\x00", "control_characters"),
        (STRATEGY + "\u202e", ANALYSIS, "control_characters"),
        (STRATEGY, ANALYSIS + "\u202d", "control_characters"),
        (STRATEGY + "\u202bx\u202c", "\u2067x\u2069" + ANALYSIS, None),
        (STRATEGY, ANALYSIS + "\ud800", "control_characters"),
        (STRATEGY, "Error: 429 RESOURCE_EXHAUSTED. You exceeded your current quota. " * 3, "error_text"),
        (
            STRATEGY,
            'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no ' * 3,
            "error_text",
        ),
        (
            STRATEGY,
            "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>" * 2,
            "error_text",
        ),
        (STRATEGY, "The proxy said:\n<title>502 Bad Gateway</title>\n" + "x " * 60, "error_text"),
        (
            STRATEGY,
            "Internal Server Error: the retrieval service did not respond in time. " * 2,
            "error_text",
        ),
        (STRATEGY, "null " * 30, "error_text"),
        (STRATEGY, "I'm sorry, but I can't help with that request. As an AI language model " * 2, "refusal"),
        (
            STRATEGY,
            "I cannot provide an analysis of this company, since no source speaks of it. " * 2,
            "refusal",
        ),
    ],
)
def test_a_pair_is_judged_by_its_first_flaw(strategy: object, analysis: object, code: str | None) -> None:
    assert problem(strategy, analysis) == code


@pytest.mark.parametrize(
    "sentence",
    [
        "Management corrected a prior-period error in the cash-flow statement.",
        "Errors in model risk were back-tested; one exception was found.",
        "A 502(b) claim and a 429 plan amendment were disclosed in the note.",
        "The covenant contains an exception for qualified acquisitions.",
        "Internal controls failed to prevent a settlement failure.",
    ],
)
def test_financial_talk_of_errors_is_no_error_text(sentence: str) -> None:
    assert problem(STRATEGY, sentence + " " + ANALYSIS) is None


def test_fold_removes_case_width_hyphens_and_white_space() -> None:
    assert fold("\uff21  Long\u2011Term\n \uff24ebt ") == fold("a long-term debt")
    assert fold("debt 2023") != fold("debt 2024")


@pytest.mark.parametrize(
    ("parts", "unread_too", "code"),
    [
        ({"verdicts": {"stated": 4, "computed": 1, "asked": 2}}, False, None),
        ({"verdicts": {"stated": 40, "misattributed": 1}}, True, "figure_not_supported"),
        ({"verdicts": {"unread": 1, "wrong_direction": 1}}, False, "figure_not_supported"),
        ({"verdicts": {"stated": 4, "unread": 1}}, False, "answer_unread"),
        ({"verdicts": {}, "unread_statements": 1}, False, "answer_unread"),
        ({"verdicts": {"unread": 1}, "unread_statements": 1}, True, None),
        ({"grounding": 0.9, "ungrounded_figures": ["7"]}, False, None),  # judged before there were verdicts
        (None, False, None),
        ("verdicts", False, None),
        ({"verdicts": ["wrong_scale"]}, False, None),
    ],
)
def test_what_the_judge_said_of_a_pair_decides_whether_it_is_learnt_from(
    parts: object, unread_too: bool, code: str | None
) -> None:
    assert problem_of_figures(parts, unread_too=unread_too) == code
