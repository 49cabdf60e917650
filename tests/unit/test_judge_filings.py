"""Kinds of statement on pages as filings have them, and a readable case of each rule that they asked for."""

import pytest

from benchmarks.judge_filings import HALVES, RIGHT_ANSWER, SETS, outcomes, told_faults
from benchmarks.judge_kinds import Outcome
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.latex import without_latex
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored, style_of_page
from tests.grounds.repository import FINQA

RESULTS = """Consolidated income statement (in millions of dollars)

| | 2023 | 2022 |
|---|---|---|
| Revenue | 4,820 | 5,290 |
| Operating profit (EBIT) | 1,553 | 1,281 |
| Administrative costs | (304) | (287) |
| Share of results of associates | (25) | 34 |
| Impairment losses | - | (81) |
| Provisions | 310 | 290 |
"""
MOVES = """Provisions, in millions of dollars

| | Warranties | Restructuring |
|---|---|---|
| Balance at 1 January 2023 | 143 | 89 |
| Additions | 61 | 22 |
| Balance at 31 December 2023 | 142 | 35 |
"""
PROSE = (
    "The combined ratio was 94.8% in 2023 (2022: 97.1%). Churn fell to 1.1 % per month from 1.4 %. "
    "The book holds 2.63 million fibre lines (2022: 2.17 million). Selling, general and administrative "
    "expenses were $241.9 million, or 18.8% of net revenue, compared with $233.0 million, or 19.6%, in 2022. "
    "Orders reached €870.5 million (prior year: €802.1 million). "
    "Sales fell by $322 million, or 5%, in 2023 compared to 2022."
)


def source(text: str) -> JudgedSource:
    return JudgedSource("Report 2023", text, stored(facts_of(text)), "Halden Marine Corp.", 2023)


def verdicts(answer: str, *texts: str) -> list[str]:
    """Return the verdicts on the figures of an answer on these pages."""
    return [each.verdict for each in judge("What does it say?", answer, list(map(source, texts))).figures]


@pytest.mark.parametrize(
    ("cases", "half", "right", "wrong"),
    [
        ("filings", "seen", 0.9, 0.09),
        ("filings", "unseen", 0.82, 0.2),
        ("ledgers", "seen", 0.86, 0.1),
        ("ledgers", "unseen", 0.81, 0.17),
        ("reports", "seen", 0.77, 0.16),
        ("reports", "unseen", 0.76, 0.19),
        ("dispatches", "seen", 0.7, 0.16),
        ("dispatches", "unseen", 0.66, 0.18),
    ],
)
def test_filings(cases: str, half: str, right: float, wrong: float) -> None:
    results = list(outcomes(half, SETS[cases]))
    of_right = [each.is_kept for fault, each in results if fault == RIGHT_ANSWER]
    of_wrong = [each.is_kept for fault, each in results if fault != RIGHT_ANSWER]
    assert sum(of_right) >= right * len(of_right)
    assert sum(of_wrong) <= wrong * len(of_wrong)
    assert half in HALVES


@pytest.mark.finqa
@pytest.mark.skipif(not FINQA.is_dir(), reason="needs ../shared/data/finqa_mix")
@pytest.mark.parametrize(
    ("cases", "half", "right", "wrong"),
    [
        ("answers", "seen", 0.8, 0.16),
        ("answers", "unseen", 0.62, 0.18),
        ("replies", "seen", 0.3, 0.12),
        ("replies", "unseen", 0.2, 0.05),
        ("briefs", "unseen", 0.42, 0.16),
        ("notes", "unseen", 0.49, 0.14),
    ],
)
def test_answers_to_real_pages(cases: str, half: str, right: float, wrong: float) -> None:
    results = list(outcomes(half, SETS[cases], FINQA))
    of_right = [each.is_kept for fault, each in results if fault == RIGHT_ANSWER]
    of_wrong = [each.is_kept for fault, each in results if fault != RIGHT_ANSWER]
    assert sum(of_right) >= right * len(of_right)
    assert sum(of_wrong) <= wrong * len(of_wrong)


def right_figures(results: list[tuple[str, Outcome]]) -> float:
    """Return which share of the figures of right answers is judged right."""
    verdicts = [figure.verdict for _, each in results if each.is_right for figure in each.judgement.figures]
    return sum(map(RIGHT.__contains__, verdicts)) / len(verdicts)


def told_share(results: list[tuple[str, Outcome]]) -> float:
    """Return which share of the faults costs figures."""
    faults = [fault for fault, _ in results if fault != RIGHT_ANSWER]
    return len(list(told_faults(results))) / len(faults)


@pytest.mark.parametrize(("half", "right", "told"), [("seen", 0.56, 0.36), ("unseen", 0.54, 0.36)])
def test_the_figures_of_long_answers(half: str, right: float, told: float) -> None:
    results = list(outcomes(half, SETS["advice"]))
    assert right_figures(results) >= right
    assert told_share(results) >= told


@pytest.mark.finqa
@pytest.mark.skipif(not FINQA.is_dir(), reason="needs ../shared/data/finqa_mix")
@pytest.mark.parametrize(("half", "right", "told"), [("seen", 0.76, 0.48), ("unseen", 0.74, 0.49)])
def test_the_figures_of_replies_to_real_pages(half: str, right: float, told: float) -> None:
    results = list(outcomes(half, SETS["replies"], FINQA))
    assert right_figures(results) >= right
    assert told_share(results) >= told


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"$$\frac{8{,}239}{12{,}676} \times 100 = 65.0\%$$", "(8,239 / 12,676) × 100 = 65.0%"),
        (r"\[\text{Revenue}_{2023} = \$48.2\text{ million}\]", "Revenue 2023 = $48.2 million"),
        (r"Thus $\frac{5 - 3}{6} \approx 0.33$ of \$5", "Thus ((5 - 3) / 6) ≈ 0.33 of $5"),
        ("It cost $5 and $6.", "It cost $5 and $6."),
        (r"It cost $5 in C:\temp and $6.", r"It cost $5 in C:\temp and $6."),
        ("Of $1{,}842$ million", "Of 1,842 million"),
    ],
)
def test_latex_is_read_as_plain_text(latex: str, text: str) -> None:
    assert " ".join(without_latex(latex).split()) == text


def test_a_calculation_in_latex_is_computed_and_a_fall_is_no_growth() -> None:
    growth = r"\( \text{Growth} = \frac{4{,}820 - 5{,}290}{5{,}290} = %s \%% \) [1]."
    assert verdicts(growth % "-8.9", RESULTS)[-1] == "computed"
    assert verdicts(growth % "8.9", RESULTS)[-1] == "unsupported"


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("The operating margin was 32.2 % in 2023 (1,553 / 4,820) [1].", "stated"),
        ("The operating margin was 29.4 % in 2023 (1,553 / 5,290) [1].", "misattributed"),
        ("Profit less costs was 1,249 in 2023 (1,553 − 304) [1].", "stated"),
        ("Profit less costs was 1,266 in 2023 (1,553 − 287) [1].", "misattributed"),
        ("Costs of 2023 by prior-year revenue were 304 / 5,290 = 5.7 % [1].", "computed"),
    ],
)
def test_an_operand_is_of_the_year_that_the_sentence_names(answer: str, verdict: str) -> None:
    assert verdicts(answer, RESULTS)[-1] == verdict


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Figures for 2023, in million dollars [1]:\n- **Revenue:** 4,820\n", ["stated"]),
        ("Figures for 2023, in million dollars [1]:\n- **Revenue:** 5,290\n", ["misattributed"]),
        ("Figures for 2023, in billion dollars [1]:\n- **Revenue:** 4.82\n", ["stated"]),
        ("Figures for 2023, in thousand dollars [1]:\n- **Revenue:** 4,820\n", ["wrong_scale"]),
        ("Figures for 2023 [2]:\n- **Revenue:** 4,820\n", ["misattributed"]),
        ("Compared with 2022, these are the figures [1]:\n- **Revenue:** 4,820\n", ["stated"]),
    ],
)
def test_a_list_is_of_the_period_scale_and_source_of_the_line_above(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, RESULTS, MOVES) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Revenue was 4,820 in 2023 [1], while additions to warranties were 61 [2].", ["stated", "stated"]),
        ("Revenue was 4,820 in 2023 [2], while additions to warranties were 61 [1].", ["misattributed"] * 2),
        ("Revenue was 4,820 in 2023 (Source 2).", ["misattributed"]),
    ],
)
def test_a_figure_cites_what_stands_behind_it(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, RESULTS, MOVES) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The combined ratio improved by 2.3 percentage points to 94.8% in 2023 [1].", "computed"),
        ("The combined ratio improved by 3.2 percentage points to 94.8% in 2023 [1].", "unsupported"),
        ("Churn decreased 0.3 percentage points to 1.1% [1].", "computed"),
        ("Churn increased 0.3 percentage points to 1.1% [1].", "wrong_direction"),
        ("Churn decreased to 1.4% in 2023 [1].", "misattributed"),
        ("Churn changed by 0.3 percentage points from 1.1% to 1.1% [1].", "unsupported"),
        ("Orders grew by €68.4 million to €870.5 million [1].", "computed"),
        ("Orders were €802.1 million in 2023 [1].", "misattributed"),
        ("Sales fell by $322 million in 2022 [1].", "misattributed"),
        ("Fibre lines were 2.63 million in 2022 [1].", "misattributed"),
        ("2023 (vs. 2022): 2.63 million fibre lines (vs. 2.17 million) [1].", "stated"),
        ("SG&A was 18.8% of net revenue in 2023 [1].", "stated"),
    ],
)
def test_prose_tells_changes_and_which_figure_is_of_the_year_before(answer: str, expected: str) -> None:
    assert verdicts(answer, PROSE)[0] == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Impairment losses were nil in 2023, after 81 in 2022 [1].", ["stated"]),
        ("Impairment losses were nil in 2022, after 81 in 2023 [1].", ["unsupported", "misattributed"]),
        ("Provisions were nil in 2023 [1].", ["unsupported"]),
    ],
)
def test_nil_is_a_figure_that_a_row_may_deny(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, RESULTS) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "Restructuring provisions were 89 at the start of 2023 and 35 at the end of 2023 [1].",
            ["stated"] * 2,
        ),
        (
            "Restructuring provisions were 35 at the start of 2023 and 89 at the end of 2023 [1].",
            ["misattributed"] * 2,
        ),
    ],
)
def test_an_opening_balance_is_no_closing_one(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, MOVES) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Associates went from a gain of 34 in 2022 to a loss of 25 in 2023 [1].", ["stated"] * 2),
        ("Associates went from a loss of 34 in 2022 to a gain of 25 in 2023 [1].", ["unsupported"] * 2),
    ],
)
def test_a_gain_is_no_loss(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, RESULTS) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Revenue was 4,820 in 2023, 8.9% less than the 5,290 of 2022 [1].", "computed"),
        ("Revenue was 4,820 in 2023, 8.9% more than the 5,290 of 2022 [1].", "wrong_direction"),
    ],
)
def test_less_is_not_more(answer: str, expected: str) -> None:
    assert verdicts(answer, RESULTS)[1] == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            "EBIT was nearly a third of revenue (1,553 of 4,820) in 2023 [1].",
            ["computed", "stated", "stated"],
        ),
        ("EBIT was about half of revenue (1,553 of 4,820) in 2023 [1].", ["misattributed", "unsupported"]),
    ],
)
def test_a_fraction_in_words_is_that_of_the_figures_behind_it(answer: str, expected: list[str]) -> None:
    assert verdicts(answer, RESULTS) == expected


def test_a_page_of_points_before_three_digits_sets_thousands_apart() -> None:
    page = "Cuenta de resultados (miles de euros)\n\n| | 2023 | 2022 |\n|---|---|---|\n" + (
        "| Ventas | 712.430 | 668.215 |\n| Personal | 138.906 | 131.477 |\n"
    )
    [(sales, *_)] = [table.cells for table in facts_of(page).tables]
    assert sales.value.amount == 712_430


@pytest.mark.parametrize(("numbers", "style"), [("712.430 668.215", "comma"), ("1.274 1.310", "point")])
def test_ratios_of_three_decimals_are_no_thousands(numbers: str, style: str) -> None:
    assert style_of_page(f"{numbers} {numbers}") == style


def test_a_percent_column_beside_a_year_is_one_of_its_own() -> None:
    page = "| | 2023 | % | 2022 | % |\n|---|---|---|---|---|\n| Taiwan | 1,912 | 38 | 1,655 | 35 |\n"
    [table] = facts_of(page).tables
    assert [(cell.head, cell.unit) for cell in table.cells][:2] == [("2023", ""), ("2023, %", "percent")]


def test_what_a_scale_excepts_has_none() -> None:
    page = (
        "Summary (USD in billions, except margin and employees)\n\n| | 2023 |\n|---|---|\n"
        "| Net sales | 21.4 |\n| Employees | 58,300 |\n"
    )
    [table] = facts_of(page).tables
    assert [cell.scale for cell in table.cells] == [9, 0]


@pytest.mark.parametrize("name", SETS)
def test_the_cases_are_of_both_halves_but_no_rule_is_mended_on_briefs_and_notes(name: str) -> None:
    cases = SETS[name].read_text("utf-8")
    of_cases = [half for half in HALVES if f'"half": "{half}"' in cases]
    assert of_cases == (["unseen"] if name in ("briefs", "notes") else [*HALVES])
