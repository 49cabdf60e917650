"""A figure that is an operand of a written calculation, and is also said of another year."""

import pytest

from benchmarks.judge_kinds import source_of
from finrisk_rules.judge.judgement import judge

PAGE = source_of(
    {
        "title": "Halden Marine annual report 2019",
        "company": "Halden Marine",
        "year": 2019,
        "text": "|  | 2019 | 2018 | 2017 |\n| --- | --- | --- | --- |\n"
        "| Net income ($ millions) | 1,887.8 | 1,227.0 | 1,151.5 |\n"
        "| Diluted net income per share | $4.24 | $2.77 | $2.67 |\n",
    }
)
SHARE = "Diluted net income per share"


def verdicts(answer: str) -> list[str]:
    return [figure.verdict for figure in judge("", answer, [PAGE]).figures]


@pytest.mark.parametrize(
    "answer",
    [
        f"{SHARE} went from $4.24 in 2018 to $4.24 in 2019, a change of 4.24 - 4.24 = 0.00 [1]",
        f"{SHARE} rose from $2.67 in 2018 to $4.24 in 2019, a change of 4.24 - 2.67 = 1.57 [1]",
        f"{SHARE} was $4.24 in 2018 and $4.24 in 2019, an average of (4.24 + 4.24) / 2 = 4.24 [1]",
    ],
)
def test_a_calculation_does_not_make_its_operand_right_in_another_year(answer: str) -> None:
    assert verdicts(answer)[0] == "misattributed"


@pytest.mark.parametrize(
    "answer",
    [
        f"{SHARE} rose from $2.77 in 2018 to $4.24 in 2019, a change of 4.24 - 2.77 = 1.47 [1]. It is 1.47.",
        f"{SHARE} was (4.24 + 2.77) / 2 = 3.505 on average [1]. So the average of 3.505 is above 2018 [1].",
    ],
)
def test_a_result_may_be_repeated(answer: str) -> None:
    assert set(verdicts(answer)) <= {"stated", "computed"}
