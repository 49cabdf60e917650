"""The judge computes: results that an answer calculates from figures of its sources."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.judged import names, source, verdicts


@pytest.mark.parametrize(
    "answer",
    [
        "Revenue grew by $192 million in 2023 ($4,502 million - $4,310 million = $192 million) [1].",
        "Revenue and cost of sales differ by 4,502 − 2,850 = 1,652 in 2023 [1].",
    ],
)
def test_the_result_of_a_written_calculation_is_computed(answer: str) -> None:
    said = names(answer)

    assert set(said) == {"stated", "computed"}, verdicts(answer)
    assert "computed" not in names(answer.replace("192", "197").replace("1,652", "1,662"))


def test_a_rise_to_less_than_the_year_before_is_a_wrong_direction() -> None:
    assert names("Revenue rose to $4,502 million in 2023 [1].") == ["stated"]
    assert names("Revenue fell to $4,502 million in 2023 [1].") == ["wrong_direction"]


@pytest.mark.parametrize(
    ("answer", "figure", "verdict"),
    [
        ("(1,250 - 1,000) / 1,000 x 100 = 25.0% [1].", "25.0%", "computed"),
        ("1,250 - 1,000 = 250 [1]. 250 / 1,000 = 0.25 [1].", "250", "computed"),
        ("1,250 - 8 = 1,242 [1].", "1,242", "computed"),
        ("1,250 - 1,000 = 25 [1].", "25", "unsupported"),
        ("1,250 / 1,000 = 8 [1].", "8", "unsupported"),
        ("1,250 + 1,000 = 40 [1].", "40", "unsupported"),
        ("1,250 - 1,111 = 139 [1].", "139", "unsupported"),
    ],
)
def test_the_result_of_a_formula_is_computed_or_wrong(answer: str, figure: str, verdict: str) -> None:
    text = "| | 2019 | 2018 |\n|---|---|---|\n| Sales | 1,250 | 1,000 |\n| Plants | 8 | 40 |"
    source = JudgedSource("Report", text, stored(facts_of(text)))
    verdicts = {each.text: each.verdict for each in judge("What changed by 1,111?", answer, [source]).figures}
    assert verdicts[figure] == verdict
    if verdict == "computed":
        assert set(verdicts.values()) <= {"stated", "computed"}


def test_a_formula_behind_its_result_is_computed_though_its_words_are_those_of_the_result() -> None:
    page = (
        "| In $ million | 2023 | 2022 |\n| --- | --- | --- |\n| Net sales | 1,486 | 1,402 |\n"
        "| Gross profit | 585 | 522 |\n| Net income | 112 | 87 |\n"
    )
    source = JudgedSource("Orvane Corp 2023", page, stored(facts_of(page)))
    margin = judge("", "Gross margin was 39.4 % (585 / 1,486) in 2023 [1].", [source])
    assert [figure.verdict for figure in margin.figures] == ["computed", "stated", "stated"]
    of_another_row = judge("", "Net margin was 39.4 % (585 / 1,486 = 39.4 %) in 2023 [1].", [source])
    assert [figure.verdict for figure in of_another_row.figures][1] == "misattributed"


LEASES = source("""Obligations (in millions)

| | 2023 | 2022 |
|---|---|---|
| Operating results | 101 | 96 |
| Total deferred | 358 | 135 |
| Current provision | 1,407 | 1,206 |
| Associates | 2,461 | 1,823 |
| Leases | 137 | 133 |
| Aid | (45.2) | 45.2 |

The firm has four mills and 44 plants.
""")


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("The result is -25.9% [1], from ((1,823 [1] - 2,461) / 2,461 [1]) * 100.", "-25.9%"),
        ("The total is 2,613: 1,407 and 1,206 [1].", "2,613"),
        ("From 2,461 to 1,823 [1] this is growth of -25.92%.", "-25.92%"),
        ("The gap between 137 and 133 is 4 [1].", "4"),
        ("The figure was 137 and before that 133 [1]. The change is 4.", "4"),
        ("4 + 44 [1] = 48 [1].", "48"),
        ("Calculation: ((133 x 4) + 137) / 5 is 133.8 [1].", "133.8"),
        ("7.4% of the 1,823 came from it (135) [1].", "7.4%"),
        ("2,461 - (1,407 + 96) = 958 [1].", "958"),
        ("The result is 137.0 [1], from (137 + 137) / 2.", "137.0"),
    ],
)
def test_a_result_is_computed_whatever_words_stand_by_its_operands(answer: str, result: str) -> None:
    figures = verdicts(answer, sources=[LEASES])

    assert RIGHT.issuperset(each.verdict for each in figures), figures
    assert "computed" in [each.verdict for each in figures if each.text == result], figures


@pytest.mark.parametrize(
    "answer",
    [
        "The total is 2,614: 1,407 and 1,206 [1].",
        "From 1,823 to 2,461 [1] this is growth of -25.92%.",
        "5 + 44 [1] = 49 [1].",
        "Calculation: ((133 x 4) + 137) / 6 is 111.5 [1].",
        "2,461 - (1,407 - 96) = 958 [1].",
    ],
)
def test_a_result_that_does_not_follow_is_wrong(answer: str) -> None:
    assert judge("", answer, [LEASES]).is_wrong


def test_a_coarse_figure_is_no_chance_sum_of_those_before_it() -> None:
    page = source(
        "Lease obligations totaled $2.3 billion.\n\n| In $ million | 2024 | 2023 |\n|---|---|---|\n"
        "| Bonds | 607 | 340 |\n| Notes | 351 | 202 |\n"
    )
    before = "Bonds came to $607 million in 2024 [1]. Notes were $351 million in 2024 [1]. "

    kept = judge("", before + "The total was $958 million [1].", [page])
    wrong = judge("", before + "Lease obligations totaled $1.0 billion [1].", [page])
    assert [each.verdict for each in kept.figures] == ["stated", "stated", "computed"]
    assert wrong.is_wrong
