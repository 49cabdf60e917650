"""What long answers derive without its working: a right case and a wrong one of each kind of derivation."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Verdict
from finrisk_rules.page_facts import facts_of, stored

SEGMENTS = """Segment results (in millions)

| | Sales 2024 | Sales 2023 | Adjusted EBITDA 2024 | Adjusted EBITDA 2023 |
|---|---|---|---|---|
| Coatings (including pigments) | $ 1,450 | $ 1,400 | $ 319 | $ 294 |
| Nickel works | 640 | 710 | (58) | 172 |
| Total | $ 2,090 | $ 2,110 | $ 261 | $ 466 |

Net income was $218 million. Total debt was $1,650 million (2023: $1,480 million), EBITDAX $1,905 \
million (2023: $1,870 million). Site costs were $830 million, of which $410 million falls due in 2025; a \
year earlier they were $1,045 million. Uninsured deposits were $2,980 million at the end of 2024 and $3,244 \
million at the end of 2023.
"""
PROVISIONS = """Restoration provisions (in millions)

| | 2024 | 2023 |
|---|---|---|
| At 1 January | $ 2,410 | $ 2,300 |
| New estimates | 236 | 158 |
| Unwinding | 84 | 80 |
| At 31 December | $ 2,560 | $ 2,410 |

Revenue was $4,200 million in 2024 and $3,900 million in 2023. Gross margin was 54.2% and 57.1%.
"""
BEFORE = (
    "At December 31, 2023 liquidity reserves comprised cash of $2,613 million and bills of $4,187 million."
)
NOW = "Liquidity reserves comprise cash of $1,864 million and bills of $2,431 million."


def source(text: str, year: int) -> JudgedSource:
    return JudgedSource(f"Report {year}", text, stored(facts_of(text)), "Corvane", year)


SOURCES = [source(SEGMENTS, 2024), source(PROVISIONS, 2024), source(NOW, 2024), source(BEFORE, 2023)]


def verdict_on(figure: str, answer: str) -> Verdict:
    """Return the verdict on a figure of an answer."""
    figures = judge("What are the risks?", answer, SOURCES).figures
    return next(each.verdict for each in figures if each.text.strip("().") == figure)


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        ("Debt of $1,650 million is {} times EBITDAX [1].", "0.87", "0.91"),
        ("Net income of $218 million is {} of total debt [1].", "13.2%", "14.7%"),
        ("Due in 2025: $410 million ({}) [1].", "49%", "25%"),
        ("Coatings had sales of $1,450 million, {} of the total [1].", "69%", "66%"),
        ("Coatings made up {} of total sales in 2024 [1].", "69%", "66%"),
        ("Coatings: margin {} [1].", "22.0%", "21.0%"),
        ("| | Margin 2023 |\n|---|---|\n| Coatings | {} |\n\nAs reported [1].", "21.0%", "22.0%"),
        ("Cash was $1,864 million, down {} [3][4].", "29%", "26%"),
        ("Site costs fell by {} to $830 million [1].", "$215 million", "$240 million"),
        ("Gross margin fell {} to 54.2% [2].", "2.9 percentage points", "3.9 percentage points"),
        ("Nickel works shrank ({}) [1].", "-$70 million", "-$60 million"),
        ("Provisions rose {} to $2,560 million in 2024 [2].", "6.2%", "7.2%"),
        (
            "Both totaled {}:\n- new estimates of $236 million,\n- unwinding of $84 million [2].",
            "$320 million",
            "$330 million",
        ),
        (
            "| | 2024 |\n|---|---|\n| New estimates | $236 million |\n| Unwinding | $84 million |\n"
            "| Sum | {} |\n\nAs reported [2].",
            "$320 million",
            "$330 million",
        ),
        (
            "| | 2024 |\n|---|---|\n| New estimates / unwinding | {} |\n\nAs reported [2].",
            "2.8",
            "2.0",
        ),
    ],
)
def test_what_follows_from_amounts_that_are_named_is_computed(answer: str, right: str, wrong: str) -> None:
    """Whether it is, and another figure is not."""
    assert verdict_on(right, answer.format(right)) == "computed"
    assert verdict_on(wrong, answer.format(wrong)) not in ("computed", "stated")


def test_a_share_is_of_the_other_year_with_which_it_is_compared() -> None:
    """Whether part and whole of the year before make it."""
    answer = "Debt of $1,650 million is 0.87 times EBITDAX of $1,905 million, after {} times in 2023 [1]."
    assert verdict_on("0.79", answer.format("0.79")) == "computed"
    assert verdict_on("0.89", answer.format("0.89")) == "unsupported"


@pytest.mark.parametrize(
    ("answer", "figure"),
    [
        (
            "Uninsured deposits were $2,980 million, compared with $3,244 million at the end of 2023 [1].",
            "$2,980 million",
        ),
        ("Nickel works went from a profit of $172 million to a loss of $58 million [1].", "$172 million"),
        (
            "Provisions were $2,560 million, above the $2,410 million at the beginning of 2024 [2].",
            "$2,560 million",
        ),
    ],
)
def test_who_has_both_figures_of_a_place_in_their_order_is_right(answer: str, figure: str) -> None:
    """Whether the words that both share convict neither."""
    assert verdict_on(figure, answer) == "stated"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            "Of the $37.5 million award in August 2025, only the $10 million retention is accrued [1].",
            "stated",
        ),
        (
            "Only the $10 million retention is accrued of the $37.5 million award in August 2025 [1].",
            "misattributed",
        ),
    ],
)
def test_figures_of_a_sentence_that_tells_no_time_keep_to_its_order(answer: str, said: Verdict) -> None:
    """Whether one that its words do not lead to is right in the order of the source alone."""
    page = (
        "A jury awarded $37.5 million against us in August 2025; we have accrued our $10 million retention."
    )
    figures = judge("What are the risks?", answer, [source(page, 2025)]).figures
    assert [each.verdict for each in figures if each.text == "$37.5 million"] == [said]


@pytest.mark.parametrize(
    ("answer", "figure"),
    [
        ("Cash was raised from $2,613 million to $1,864 million [4][3].", "$1,864 million"),
        ("Revenue grew by a third to $4,200 million in 2024 [2].", "$4,200 million"),
    ],
)
def test_a_level_is_held_to_the_words_of_its_change(answer: str, figure: str) -> None:
    """Whether what was raised to less, or grew by another part, is wrong."""
    assert verdict_on(figure, answer) in ("wrong_direction", "unsupported")


def test_citations_with_nothing_between_them_are_of_the_sentences_before_them_together() -> None:
    """Whether a sentence without its own citation may be of each of them."""
    answer = "Cash was $1,864 million. It had been $2,613 million before [4][3]."
    assert verdict_on("$1,864 million", answer) == "stated"


def test_a_year_in_brackets_is_of_the_count_behind_it() -> None:
    """Whether "(2023: 4)" says nothing of the figure before the brackets."""
    assert verdict_on("84", "- Unwinding: +84 (2023: +4) [2]") == "stated"


def test_a_year_before_a_colon_is_of_what_it_parts() -> None:
    """Whether it is of the figure before it, where no brackets hold it: "was 2,560 in 2023: ..."."""
    answer = "Provisions were $2,560 million in 2023: $2,300 million and what was added [2]."
    assert verdict_on("$2,560 million", answer) == "misattributed"
