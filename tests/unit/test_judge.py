"""The verdict on a figure: one readable case for each rule."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules.judge.claims import MOST_FIGURES
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, WRONG, FigureVerdict, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import cpu_seconds

REPORT = """Consolidated results (in millions, except per share amounts)

| | Year ended December 31, 2023 | Year ended December 31, 2022 |
|---|---|---|
| Revenue | $4,502 | $4,310 |
| Cost of sales | 2,850 | 2,700 |
| Operating income (loss) | 612 | (48) |
| Research and development expenses | 395.4 | 388.1 |
| Operating margin | 13.6% | (1.1)% |
| Diluted earnings per share | $1.84 | $0.12 |

The backlog of the Marine segment stood at $958 million at the end of 2023. Litigation costs of $17 million
were paid to former suppliers in 2022. The pension plan was funded to 87.5%.
"""
OTHER = """Segments (in thousands)

| | 2023 |
|---|---|
| Northern region | 71,230 |
| Southern region | 66,415 |
"""


def source(text: str, title: str = "Annual report") -> JudgedSource:
    return JudgedSource(title, text, stored(facts_of(text)))


SOURCES = [source(REPORT), source(OTHER, "Segments")]


def verdicts(answer: str, question: str = "", sources: list[JudgedSource] = SOURCES) -> list[FigureVerdict]:
    return list(judge(question, answer, sources).figures)


def names(answer: str, question: str = "") -> list[str]:
    return [each.verdict for each in verdicts(answer, question)]


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


HOSTILE = [
    "",
    "[1]" * 2000,
    "1 " * 15_000,
    "$1,234.5 million in 2023, " * 1000,
    "|" * 30_000,
    "| 1 | 2 |\n" * 3000,
    "(" * 30_000,
    "\ud800\udfff" * 1000,
    "\u202e4,502 \u0633\u0646\u0629 2023 [1]" * 500,
    "9" * 30_000,
    "[1-99]" * 3000,
    "Revenue " * 4000,
    "rose " * 6000,
    "1.1.1.1" * 4000,
    "2023 " * 6000,
    "\n" * 30_000,
    "売上高は4,502百万円。" * 2000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_a_text_holds_raises(text: str) -> None:
    judge("", text, SOURCES)
    judge(text, "Revenue was 4,502 in 2023 [1].", SOURCES)
    judge("", "Revenue was 4,502 in 2023 [1].", [source(text)])


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


def test_a_table_without_a_unit_has_one_unit() -> None:
    page = source("| | 2023 | 2022 |\n|---|---|---|\n| Grain | 8,120 | 7,900 |\n| Fruit | 515 | 498 |\n")
    answer = "Grain: 8,120 thousand in 2023 [1]. Fruit: 515 thousand in 2023 and 498 thousand in 2022 [1]."

    assert [each.verdict for each in verdicts(answer, sources=[page])] == ["stated"] * 3
    wrong = answer.replace("8,120 thousand", "8,120 million")
    assert [each.verdict for each in verdicts(wrong, sources=[page])] == ["wrong_scale", "stated", "stated"]


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


def test_time_is_linear_in_the_figures_of_one_sentence() -> None:
    text = "| | 2019 | 2018 |\n|---|---|---|\n| Sales | 1,250 | 1,000 |"
    source = JudgedSource("Report", text, stored(facts_of(text)))

    def seconds(times: int) -> float:
        wall = "+".join(map(str, range(100, 120))) * times
        return cpu_seconds(lambda: judge("", wall, [source]))

    seconds(1)
    assert seconds(160) < 8 * seconds(40) + 0.02


def test_of_a_wall_of_figures_the_first_ones_are_judged_and_the_others_never_pass() -> None:
    wall = "1234 " * 6000
    told = [each.verdict for each in verdicts(wall, wall, [source(wall)])]
    first_unread = told.index("unread")
    assert 0 < first_unread <= MOST_FIGURES
    assert told == ["stated"] * first_unread + ["unread"] * (6000 - first_unread)


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


def test_without_facts_a_source_is_read_as_it_stands() -> None:
    page = [JudgedSource("Annual report", REPORT, None)]

    assert [each.verdict for each in verdicts("Revenue was $4,502 million in 2023 [1].", sources=page)] == [
        "stated"
    ]


TEXTS = st.text(st.sampled_from("0123456789.,%$()|[]- \nabR\ud800\u0661年"), max_size=200)


@given(answer=TEXTS, page=TEXTS, question=TEXTS)
def test_no_text_raises_and_what_no_source_has_is_never_right(answer: str, page: str, question: str) -> None:
    judge(question, answer, [source(page)])
    absent = f"Revenue was $7,340,519,286.25 in 2023 [1]. {answer}"

    assert judge(question, absent, [source(page)]).figures[0].verdict not in RIGHT


def test_a_table_of_ten_thousand_rows_and_ragged_ones_are_read() -> None:
    rows = "\n".join(f"| Branch {n} | {n * 37 + 1_000_003:,} |{'|' * (n % 3)}" for n in range(10_000))
    page = [source(f"| | 2023 |\n|---|---|\n{rows}\n")]

    assert [each.verdict for each in verdicts("Branch 4711 had 1,174,310 in 2023 [1].", sources=page)][
        -1
    ] == "stated"


def test_a_minus_between_two_figures_is_no_sign() -> None:
    assert names("Result = $4,502 [1] − $4,310 [1] = $192 [1].") == ["stated", "stated", "computed"]


def test_a_figure_of_another_firm_is_misattributed() -> None:
    pages = [JudgedSource("", REPORT, None, "Tolvane Group"), JudgedSource("", OTHER, None, "Brackmere plc")]
    right = "Tolvane Group had revenue of $4,502 million in 2023 [1]."

    assert [each.verdict for each in verdicts(right, sources=pages)] == ["stated"]
    wrong = right.replace("Tolvane Group", "Brackmere plc")
    assert [each.verdict for each in verdicts(wrong, sources=pages)] == ["misattributed"]


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


def test_facts_of_before_index_version_4_are_judged_alike() -> None:
    def old(facts: str) -> str:
        kept = json.loads(facts)
        return json.dumps({"t": kept["t"], "s": kept["s"]})

    new = [replace(each, facts=stored(facts_of(each.text))) for each in SOURCES]
    former = [replace(each, facts=old(each.facts or "")) for each in new]
    for answer in (
        "Revenue rose from $4,310 million in 2022 to $4,502 million in 2023 [1].",
        "Revenue was $4,310 million in 2023 [1].",
        "Der Umsatz von 4.502 Mio. $ wurde im Jahr 2023 nicht mehr so wie im Jahr zuvor erreicht [1].",
    ):
        assert verdicts(answer, sources=former) == verdicts(answer, sources=new)
    assert verdicts(answer, sources=new)[0].verdict == "unread"


def test_what_a_release_of_before_reads_of_facts_has_the_shape_that_it_knows() -> None:
    """Its pods run beside ours during a roll-out, and alone after a rollback; its judge takes no other."""
    kept = json.loads(stored(facts_of(SOURCES[0].text)))
    assert kept["t"]
    assert kept["s"]
    assert {len(table) for table in kept["t"]} == {len(statement) for statement in kept["s"]} == {4}
