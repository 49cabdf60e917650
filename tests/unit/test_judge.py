"""The verdict on a figure: one readable case for each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import WRONG, JudgedSource
from tests.grounds.judged import OTHER, REPORT, SOURCES, names, source, verdicts


@pytest.mark.parametrize(
    "answer",
    [
        "Revenue was $4,502 million in 2023 [1].",
        "In fiscal 2023, revenue amounted to 4,502 [1].",
        "Revenue of $4.5 billion was reported for FY2023 [1].",
        "Revenue rose from $4,310 million in 2022 to $4,502 million in 2023 [1].",
        "Revenue came to $4,502 million in 2023, against $4,310 million in 2022 [1].",
        "Revenue and cost of sales were $4,502 million and $2,850 million in 2023, respectively [1].",
        "In 2023 and 2022, revenue was $4,502 million and $4,310 million, respectively [1].",
        "R&D expenses came to $395 million in 2023 [1].",
        "The operating loss was $48 million in 2022 [1].",
        "The operating margin was 13.6% in 2023 [1].",
        "Diluted EPS: $1.84 in 2023 [1].",
        "The backlog of the Marine segment stood at $958 million at the end of 2023 [1].",
        "The northern region contributed 71,230 thousand in 2023 [2].",
        "The northern region contributed $71.2 million in 2023 [Source 2].",
        "Revenue was $4,502 million in 2023 [1, 2].",
        "Revenue was $4,502 million in 2023 [1][2].",
        "## Revenue\n- 2023: $4,502 million [1]\n- 2022: $4,310 million [1]",
        "| $ million | 2023 | 2022 |\n|---|---|---|\n| Revenue | 4,502 | 4,310 |\n"
        "| Cost of sales | 2,850 | 2,700 |\n\n[1]",
    ],
)
def test_a_figure_that_its_source_says_is_stated(answer: str) -> None:
    figures = verdicts(answer)

    assert figures
    assert [each.verdict for each in figures] == ["stated"] * len(figures), figures


@pytest.mark.parametrize(
    ("answer", "verdict", "says"),
    [
        ("Revenue was $4,310 million in 2023 [1].", "misattributed", "4502"),
        ("Revenue was $2,850 million in 2023 [1].", "misattributed", "4502"),
        ("Revenue was $4,502 million in 2023 [2].", "misattributed", "4502"),
        ("Revenue was $4,871 million in 2023 [1].", "unsupported", "4502"),
        ("Revenue was 2019 million in 2023 [1].", "unsupported", "4502"),
        ("Revenue Was 9999 [1].", "unsupported", "4502"),
        ("Revenue was [99] million in 2023 [1].", "unsupported", "4502"),
        ("In Q3 2023, revenue was $4,502 million [1].", "misattributed", "4502"),
        ("Revenue was $4,502 billion in 2023 [1].", "wrong_scale", "4502"),
        ("Revenue was $4.5 million in 2023 [1].", "wrong_scale", "4502"),
        (
            "The backlog of the Marine segment stood at $17 million at the end of 2023 [1].",
            "misattributed",
            "958",
        ),
    ],
)
def test_a_figure_that_its_source_does_not_say_is_wrong(answer: str, verdict: str, says: str) -> None:
    (figure,) = verdicts(answer)

    assert figure.verdict == verdict
    assert says in figure.source_says


@pytest.mark.parametrize(
    ("answer", "figures"),
    [
        ("Revenue was 999\u20131,001 in 2023 [1].", ["999", "1,001"]),
        ("Revenue fell from 4,310 in 2022 to 998 in 2023 [1].", ["4,310", "998"]),
        ("Days sales outstanding were 999 days [1].", ["999"]),
    ],
)
def test_large_numbers_of_ranges_and_spans_are_figures(answer: str, figures: list[str]) -> None:
    said = verdicts(answer)

    assert [each.text for each in said] == figures
    assert said[-1].verdict in WRONG


def test_numbers_in_characters_are_figures() -> None:
    table = "| 百万円 | 2023年3月期 |\n|---|---|\n| 売上高 | 32 |\n| 費用 | 17 |\n"
    page = source(f"{table}\nこの表は当社の業績を示している。")
    (right,) = verdicts("2023年3月期の売上高は三千二百万円であった [1]。", "", [page])
    (wrong,) = verdicts("2023年3月期の売上高は三千三百万円であった [1]。", "", [page])

    assert (right.text, right.verdict, wrong.verdict) == ("三千二百万円", "stated", "unsupported")


def test_the_figure_of_a_year_is_none_of_its_quarter() -> None:
    quarters = source(REPORT + "\nThe third quarter was the best.\n")

    assert names("At the end of Q4 2023, revenue was $4,502 million [1].") == ["stated"]
    assert verdicts("In Q3 2023, revenue was $4,502 million [1].", "", [quarters])[0].verdict == "stated"
    assert names("Revenue was $4,502 million in the first half of 2023 [1].") == ["misattributed"]


def test_of_two_swapped_figures_both_are_misattributed() -> None:
    answer = "Revenue rose from $4,502 million in 2022 to $4,310 million in 2023 [1]."

    assert names(answer) == ["misattributed", "misattributed"]


def test_the_words_must_say_what_the_figures_do() -> None:
    answer = "Revenue fell from $4,310 million in 2022 to $4,502 million in 2023 [1]."

    assert names(answer) == ["stated", "wrong_direction"]
    assert names(answer.replace("fell", "did not rise")) == ["stated", "wrong_direction"]


def test_a_figure_that_only_the_question_brings_is_asked() -> None:
    question = "What would a shock of $777 million mean for revenue?"

    assert names("A shock of $777 million would weigh on it [1].", question) == ["asked"]


@pytest.mark.parametrize(
    "answer",
    [
        "No figure at all [1].",
        "An extract of 6 statements from 3 sources [1].",
        "## 2 kinds of risk\n1. Credit risk [1].\n2. Market risk [1].",
        "IFRS 16 and IAS 38 apply; the Form 20-F of 31 December covers 24 months and 3 segments [1].",
        "See Section 404, Level 3 and Tier 1 [1].",
        "Notes 101\u2013105 are for people aged 18\u201364 whose loans are 181-360 days overdue [1].",
    ],
)
def test_numbers_of_names_dates_spans_and_counts_are_no_figures(answer: str) -> None:
    assert verdicts(answer) == []


def test_the_place_is_row_and_column() -> None:
    (figure,) = verdicts("Revenue was $4,502 million in 2023 [1].")

    assert figure.as_dict() == {
        "text": "$4,502 million",
        "verdict": "stated",
        "source": 1,
        "place": {"row": "Revenue", "column": "Year ended December 31, 2023"},
        "source_says": None,
    }


def test_the_place_in_prose_is_the_sentence() -> None:
    (figure,) = verdicts("The pension plan was funded to 87.5% [1].")

    assert figure.place is not None
    assert figure.place.sentence == "The pension plan was funded to 87.5%."


def test_what_another_language_says_is_unread_but_its_value_is_checked() -> None:
    right = "Der Umsatz der Firma belief sich im Jahr 2023 auf 4.502 Millionen Dollar und ist gestiegen [1]."

    assert names(right) == ["unread"]
    assert names(right.replace("4.502", "4.517")) == ["unsupported"]


def test_statements_without_figures_are_counted() -> None:
    result = judge(
        "",
        "Litigation costs were paid to former suppliers [1].\nZebras gallop over frozen lakes [1].",
        SOURCES,
    )

    assert (result.statements, result.supported, result.unread) == (2, 1, 0)


def test_a_table_without_a_unit_has_one_unit() -> None:
    page = source("| | 2023 | 2022 |\n|---|---|---|\n| Grain | 8,120 | 7,900 |\n| Fruit | 515 | 498 |\n")
    answer = "Grain: 8,120 thousand in 2023 [1]. Fruit: 515 thousand in 2023 and 498 thousand in 2022 [1]."

    assert [each.verdict for each in verdicts(answer, sources=[page])] == ["stated"] * 3
    wrong = answer.replace("8,120 thousand", "8,120 million")
    assert [each.verdict for each in verdicts(wrong, sources=[page])] == ["wrong_scale", "stated", "stated"]


def test_a_year_that_no_place_of_the_figure_has_is_wrong() -> None:
    assert names("Revenue was $4,502 million in 2017 [1].") == ["misattributed"]


def test_a_sign_that_the_source_does_not_have_is_wrong() -> None:
    assert names("Revenue was -$4,502 million in 2023 [1].") == ["unsupported"]


def test_a_heading_names_the_row_of_its_bullets() -> None:
    right = "## Revenue\n- 2023: $4,502 million [1]"

    assert names(right) == ["stated"]
    assert names(right.replace("Revenue", "Cost of sales")) == ["misattributed"]


def test_a_table_whose_rows_are_years_is_read_by_its_columns() -> None:
    page = source("| | Grain | Fruit |\n|---|---|---|\n| 2023 | 8,120 | 515 |\n| 2022 | 7,900 | 498 |\n")

    assert [each.verdict for each in verdicts("Grain came to 8,120 in 2023 [1].", sources=[page])] == [
        "stated"
    ]
    for wrong in ("515", "7,900", "498"):
        said = verdicts(f"Grain came to {wrong} in 2023 [1].", sources=[page])
        assert [each.verdict for each in said] == ["misattributed"], wrong


def test_a_minus_between_two_figures_is_no_sign() -> None:
    assert names("Result = $4,502 [1] − $4,310 [1] = $192 [1].") == ["stated", "stated", "computed"]


def test_a_figure_of_another_firm_is_misattributed() -> None:
    pages = [JudgedSource("", REPORT, None, "Tolvane Group"), JudgedSource("", OTHER, None, "Brackmere plc")]
    right = "Tolvane Group had revenue of $4,502 million in 2023 [1]."

    assert [each.verdict for each in verdicts(right, sources=pages)] == ["stated"]
    wrong = right.replace("Tolvane Group", "Brackmere plc")
    assert [each.verdict for each in verdicts(wrong, sources=pages)] == ["misattributed"]


ACCOUNTS = source("""Interest income increased by $16.9 million in fiscal 2024.
Interest expense increased $10.9 million in fiscal 2024, compared to the same period a year ago.

| In $ million | 2024 | 2023 |
|---|---|---|
| Revenue | 1,234 | 1,100 |
| Gross profit | 434 | 400 |
| Net income (loss) | 112 | (95) |
| Earnings (loss) per share | $0.84 | $(0.71) |
| Accounts receivable | 76.4 | 70.2 |
| Accounts receivable, net | 60.3 | 58.1 |
""")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The firm made a $112 million profit in 2024 [1].", ["stated"]),
        ("The firm made a gross profit of $112 million in 2024 [1].", ["misattributed"]),
        ("Revenue was $112 million in 2024 [1].", ["misattributed"]),
        (
            "Earnings per share were $0.84 in 2024, after a loss per share of $0.71 [1].",
            ["stated", "stated"],
        ),
        ("Accounts receivable were $60.3 million in 2024 [1].", ["stated"]),
        ("Accounts receivable were $58.1 million in 2024 [1].", ["misattributed"]),
        ("Net accounts receivable were $76.4 million in 2024 [1].", ["misattributed"]),
        (
            "According to the filing, interest income increased by $16.9 million in fiscal 2024 [1].",
            ["stated"],
        ),
        (
            "According to the filing, interest income increased by $10.9 million in fiscal 2024 [1].",
            ["misattributed"],
        ),
        ("The table of the filing shows 112 [1].", ["stated"]),
        ("The report values it at $10.9 million [1].", ["stated"]),
    ],
)
def test_what_a_row_is_called_and_how_an_answer_speaks_of_it(answer: str, expected: list[str]) -> None:
    assert [each.verdict for each in verdicts(answer, sources=[ACCOUNTS])] == expected
