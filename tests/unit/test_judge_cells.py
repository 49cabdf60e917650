"""What the judge makes of cells in words, of other units than their table's, and of some months of a year."""

import json
from dataclasses import replace

import pytest

from benchmarks.judge_kinds import source_of
from finrisk_rules.judge.judgement import judge
from finrisk_rules.page_facts import facts_of, stored

QUESTION = "What is told?"
LIMITS = (
    "| | 2024 | Covenant |\n|---|---|---|\n| Interest cover | 3.1x | at least 2.50x |\n"
    "| Loan to value | 48 % | below 60 % |\n| Remaining term | 2.1 years | 2.4 years |\n"
    "| Return on equity | n/m (2023: 14 %) | |\n"
)
UNITS = (
    "All amounts in € million\n\n| | 2024 | Price €/MWh | Change bps |\n|---|---|---|---|\n"
    "| Power sales | 10.5 | 85.2 | |\n| Earnings a share (in cents) | 45.2 | | |\n"
    "| Net interest margin (%) | 2.31 | | 13 |\n"
)
MONTHS = (
    "| $ million | Nine months 2024 | Nine months 2023 | Year 2023 | LTM |\n|---|---|---|---|---|\n"
    "| Sales | 310.5 | 289.4 | 401.2 | 422.3 |\n\n"
    "| $ million | H1 FY25 | Q4 FY24 |\n|---|---|---|\n| Net debt | 77.5 | 81.5 |\n"
)


def verdicts(answer: str, page: str, question: str = QUESTION) -> list[str]:
    source = source_of({"title": "Trestle report 2024", "company": "Trestle", "year": 2024, "text": page})
    return [figure.verdict for figure in judge(question, answer, [source]).figures]


@pytest.mark.parametrize(
    ("answer", "page"),
    [
        ("Interest cover was 3.1x, against a covenant of at least 2.50x [1].", LIMITS),
        ("Loan to value must stay below 60 % [1].", LIMITS),
        ("The remaining term was 2.1 years [1].", LIMITS),
        ("Return on equity was 14 % in 2023 [1].", LIMITS),
        ("The price was €85.2/MWh [1].", UNITS),
        ("Earnings a share were 45.2 cents [1].", UNITS),
        ("Earnings a share were €0.45 [1].", UNITS),
        ("Net interest margin rose by 13 basis points to 2.31% [1].", UNITS),
        ("Sales were $401.2 million in 2023 [1].", MONTHS),
        ("In the first nine months of 2024 sales were $310.5 million [1].", MONTHS),
        ("LTM sales were $422.3 million [1].", MONTHS),
        ("Net debt was $81.5 million in FY24 [1].", MONTHS),
    ],
)
def test_what_cells_say_is_stated(answer: str, page: str) -> None:
    assert set(verdicts(answer, page)) == {"stated"}


@pytest.mark.parametrize(
    ("answer", "page", "verdict"),
    [
        ("The covenant demands interest cover of at most 2.50x [1].", LIMITS, "misattributed"),
        ("Loan to value must be above 60 % [1].", LIMITS, "misattributed"),
        ("Interest cover was 2.50x in 2024 [1].", LIMITS, "misattributed"),
        ("Return on equity was 14 % in 2024 [1].", LIMITS, "misattributed"),
        ("The price was €85.2 million per MWh [1].", UNITS, "wrong_scale"),
        ("Earnings a share were €45.2 [1].", UNITS, "wrong_scale"),
        ("Earnings a share were €4.52 [1].", UNITS, "unsupported"),
        ("Net interest margin rose by 13 % [1].", UNITS, "wrong_scale"),
        ("Sales in 2023 were $289.4 million [1].", MONTHS, "misattributed"),
        ("Sales in 2024 were $310.5 million [1].", MONTHS, "misattributed"),
        ("Sales in the last twelve months were $310.5 million [1].", MONTHS, "misattributed"),
        ("Net debt in FY25 was $77.5 million [1].", MONTHS, "misattributed"),
    ],
)
def test_another_bound_unit_or_time_is_wrong(answer: str, page: str, verdict: str) -> None:
    assert set(verdicts(answer, page)) == {verdict}


def test_a_year_may_stand_for_the_months_of_which_question_or_answer_speak() -> None:
    answer = "Sales in 2024 were $310.5 million [1]."
    assert verdicts(answer, MONTHS, "How were sales in the first nine months?") == ["stated"]
    assert verdicts(f"{answer} All figures are of nine months.", MONTHS)[0] == "stated"


def test_facts_of_before_bounds_are_judged_too() -> None:
    facts = json.loads(stored(facts_of(LIMITS)))
    assert facts.pop("b") == [[[0, 2, "above"], [1, 2, "below"]]]
    source = source_of({"title": "Report", "company": "Trestle", "year": 2024, "text": LIMITS})
    old = replace(source, facts=json.dumps(facts))
    [figure] = judge(QUESTION, "The covenant is at most 2.50x [1].", [old]).figures
    assert figure.verdict == "stated"
