"""Figures of another firm than the one that is asked about."""

import pytest

from benchmarks.judge_kinds import source_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource

ASKED = "What was Corvane Bank's common equity tier 1 ratio in 2023?"
IN_GERMAN = "Wie hoch war 2023 die harte Kernkapitalquote der Corvane Bank?"
IN_JAPANESE = "Corvane Bankの2023年の普通株式等Tier1比率はいくらですか。"


def page(company: str, text: str) -> JudgedSource:
    return source_of(
        {"title": f"{company} annual report 2023", "company": company, "year": 2023, "text": text}
    )


CORVANE = page(
    "Corvane Bank",
    "Our common equity tier 1 ratio of 10.9% would fall to 8.6% if we sold the portfolio.\n"
    "| Funding ($ millions) | 2023 | 2022 |\n| --- | --- | --- |\n| Time deposits | 4,470 | 2,960 |\n",
)
MARROWICK = page(
    "Marrowick Savings Group",
    "The federal funds rate was 5.33% at year end. We had 212 vendors. Marrowick employed 1,480 people.\n"
    "| Regulatory capital at December 31, 2023 | Actual | Required |\n| --- | --- | --- |\n"
    "| Common equity tier 1 ratio | 12.7% | 11.0% |\n",
)
OF_GROUP = page(
    "Halden Group",
    "Halden Group consolidates Corvane Bank.\n| Corvane | 2023 |\n| --- | --- |\n| Tier 1 ratio | 12.7% |\n",
)


def verdicts(question: str, answer: str, *sources: JudgedSource) -> list[str]:
    return [figure.verdict for figure in judge(question, answer, sources).figures]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (ASKED, "Common equity tier 1 ratio came to 12.7% in 2023 [2]"),
        (ASKED, "Its common equity tier 1 ratio was 12.7% [2]."),
        (ASKED, "The common equity tier 1 ratio of Corvane Bank was 12.7% [2]."),
        (ASKED, "| Ratio | Actual |\n|---|---|\n| Common equity tier 1 ratio | 12.7% |\n\n[2]"),
        (ASKED, "The common equity tier 1 ratio was 12.7%."),
        (ASKED, "It had 212 vendors [2]."),
        (ASKED, "It employed 1,480 people [2]."),
        (IN_GERMAN, "Common equity tier 1 ratio: 12,7 % [2]"),
        (IN_JAPANESE, "Common equity tier 1 ratio: 12.7% [2]"),
    ],
)
def test_a_figure_of_another_firm_is_no_answer_on_the_one_that_is_asked_about(
    question: str, answer: str
) -> None:
    assert verdicts(question, answer, CORVANE, MARROWICK) == ["misattributed"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (ASKED, "The common equity tier 1 ratio was 10.9% [1]."),
        (ASKED, "Marrowick had a common equity tier 1 ratio of 12.7% in 2023 [2]."),
        (ASKED, "A peer had a common equity tier 1 ratio of 12.7% [2]."),
        (ASKED, "The federal funds rate was 5.33% at year end [2]."),
        (ASKED, "Corvane Bank had 10.9% [1], Marrowick more. Its common equity tier 1 ratio was 12.7% [2]."),
        ("What was the common equity tier 1 ratio?", "The common equity tier 1 ratio was 12.7% [2]."),
        ("How does Corvane Bank stand among its peers?", "The highest ratio was 12.7% [2]."),
        ("How do Corvane and Marrowick compare?", "The common equity tier 1 ratio was 12.7% [2]."),
    ],
)
def test_a_figure_of_another_firm_may_be_named_or_be_of_all(question: str, answer: str) -> None:
    assert set(verdicts(question, answer, CORVANE, MARROWICK)) == {"stated"}


def test_another_firm_may_tell_of_the_one_that_is_asked_about() -> None:
    assert verdicts(ASKED, "The tier 1 ratio was 12.7% [2].", CORVANE, OF_GROUP) == ["stated"]
