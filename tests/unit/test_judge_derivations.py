"""Sums, differences, means, multiples and shares that no page states, of the lines that a sentence names."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, FigureVerdict, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import settled_seconds

SEGMENTS = """Segment information (in millions)

| Year ended December 31, | 2024 | 2023 | 2022 |
|---|---|---|---|
| Net sales: | | | |
| Industrial | $ 2,410.5 | $ 2,288.1 | $ 2,105.9 |
| Energy | 1,789.3 | 1,512.7 | 1,330.2 |
| Consumer | 1,204.6 | 1,251.3 | 1,260.8 |
| Total net sales | 5,404.4 | 5,052.1 | 4,696.9 |
| Operating income | 663.0 | 567.9 | 491.2 |
| Interest expense | 127.5 | 108.4 | 71.3 |
| Capital expenditures | 290.0 | 254.0 | 230.0 |
"""
MATURITIES = """Debt maturities (in millions)

| Year | Senior notes | Term loans | Total |
|---|---|---|---|
| 2025 | 250.0 | 40.0 | 290.0 |
| 2026 | 300.0 | 40.0 | 340.0 |
| 2027 | - | 60.0 | 60.0 |
| 2028 | 500.0 | 310.0 | 810.0 |
| 2029 | 400.0 | - | 400.0 |
| Thereafter | 750.0 | - | 750.0 |
| Total | 2,200.0 | 450.0 | 2,650.0 |
"""
TWO_HEADS = """In millions

| | 2024 | 2023 |
|---|---|---|
| Net sales | | |
| Asia | 310.0 | 290.0 |
| Europe | 420.0 | 400.0 |
| Operating profit | | |
| Asia | 31.0 | 30.0 |
| Europe | 44.0 | 39.0 |
"""


STAGES = """Credit exposures (EUR million)

| | Gross | Allowance |
|---|---|---|
| Stage 1 | 18,400 | 46 |
| Stage 2 | 2,300 | 115 |
| Stage 3 | 540 | 216 |
| Total | 21,240 | 377 |
"""


def figures(answer: str, page: str) -> list[FigureVerdict]:
    """Return the figures of an answer on a page."""
    source = JudgedSource("Report 2024", page, stored(facts_of(page)), "Corvel Inc.", 2024)
    return list(judge("What are the risks?", answer, [source]).figures)


def is_kept(answer: str, page: str) -> bool:
    """Whether all figures of an answer are right."""
    found = figures(answer, page)
    return bool(found) and RIGHT.issuperset(each.verdict for each in found)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Industrial and Energy together generated $4,199.8 million of net sales in 2024 [1].",
            "Industrial and Consumer together generated $4,199.8 million of net sales in 2024 [1].",
        ),
        (
            "Combined, Industrial and Energy made $4.2 billion in 2024 [1].",
            "Combined, Industrial and Energy made $3.9 billion in 2024 [1].",
        ),
        (
            "Together, Industrial and Energy accounted for 78% of total net sales in 2024 [1].",
            "Together, Industrial and Energy accounted for 45% of total net sales in 2024 [1].",
        ),
        (
            "Net sales were $2,410.5 million in Industrial and $1,789.3 million in Energy in 2024, "
            "together 78% of total net sales [1].",
            "Net sales were $2,410.5 million in Industrial and $1,789.3 million in Energy in 2024, "
            "together 75% of total net sales [1].",
        ),
        (
            "Industrial' net sales exceeded those of Energy by $621.2 million in 2024 [1].",
            "Energy' net sales exceeded those of Industrial by $621.2 million in 2024 [1].",
        ),
        (
            "In 2024 Energy trailed Industrial by $621.2 million [1].",
            "In 2024 Industrial trailed Energy by $621.2 million [1].",
        ),
        (
            "The gap between Industrial and Energy narrowed from $775.4 million in 2023 to "
            "$621.2 million in 2024 [1].",
            "The gap between Industrial and Energy narrowed from $775.4 million in 2022 to "
            "$621.2 million in 2024 [1].",
        ),
        (
            "Operating income was 5.2 times interest expense in 2024 [1].",
            "Operating income was 5.2 times interest expense in 2022 [1].",
        ),
        (
            "Interest coverage (operating income to interest) was 5.2x in 2024, down from 6.9x in 2022 [1].",
            "Interest coverage (operating income to interest) was 5.2x in 2024, down from 6.9x in 2023 [1].",
        ),
        (
            "Interest cover was 5.2x in 2024 [1].",
            "Interest cover was 6.9x in 2024 [1].",
        ),
        (
            "The operating margin widened to 12.3% in 2024 from 11.2% in 2023 [1].",
            "The operating margin widened to 12.3% in 2023 from 11.2% in 2022 [1].",
        ),
        (
            "Capital expenditures averaged about $258 million a year over 2022-2024 [1].",
            "Capital expenditures averaged about $258 million a year over 2023-2024 [1].",
        ),
        (
            "Cumulative capital expenditures of 2022 through 2024 came to $774.0 million [1].",
            "Cumulative capital expenditures of 2023 through 2024 came to $774.0 million [1].",
        ),
        (
            "Interest expense climbed by $56.2 million from 2022 to 2024, or 79% [1].",
            "Interest expense climbed by $56.2 million from 2023 to 2024, or 79% [1].",
        ),
        (
            "Capital expenditures grew 26% over two years [1].",
            "Capital expenditures grew 14% over two years in 2024 [1].",
        ),
        (
            "In 2024 Energy grew 18% and Industrial 5% [1].",
            "In 2024 Energy grew 18% and Industrial 9% [1].",
        ),
        (
            "Operating income grew 16.7% in 2024 after 15.6% in 2023 [1].",
            "Operating income grew 16.7% in 2024 after 13.1% in 2023 [1].",
        ),
    ],
)
def test_what_follows_from_named_lines_is_computed(right: str, wrong: str) -> None:
    assert is_kept(right, SEGMENTS)
    assert not is_kept(wrong, SEGMENTS)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Maturities after 2027 total $1,960.0 million [1].",
            "Maturities after 2028 total $1,960.0 million [1].",
        ),
        (
            "Debt of $630.0 million falls due in 2025 and 2026 [1].",
            "Debt of $630.0 million falls due in 2026 [1].",
        ),
        (
            "Term loans due through 2027 total $140.0 million [1].",
            "Term loans due through 2026 total $140.0 million [1].",
        ),
        (
            "Over the next three years $690.0 million of debt matures [1].",
            "Over the next two years $690.0 million of debt matures [1].",
        ),
        (
            "After 2029, $750.0 million of debt falls due [1].",
            "After 2028, $400.0 million of debt falls due [1].",
        ),
        (
            "After 2028, senior notes of $1,150.0 million fall due [1].",
            "After 2028, senior notes of $500.0 million fall due [1].",
        ),
    ],
)
def test_years_of_a_ladder_are_added_up(right: str, wrong: str) -> None:
    assert is_kept(right, MATURITIES)
    assert not is_kept(wrong, MATURITIES)


def test_lines_are_of_the_section_that_the_sentence_names_and_of_no_other() -> None:
    assert is_kept("Net sales of Asia and Europe together came to $730 million in 2024 [1].", TWO_HEADS)
    assert not is_kept("Net sales of Asia and Europe together came to $75 million in 2024 [1].", TWO_HEADS)
    assert is_kept("Operating profit of Asia and Europe together came to $75 million in 2024 [1].", TWO_HEADS)


def test_nothing_is_combined_that_the_sentence_does_not_join() -> None:
    assert not is_kept("Industrial made $4,199.8 million in 2024, and Energy more [1].", SEGMENTS)
    assert not is_kept("Total net sales were $4,199.8 million in 2024 [1].", SEGMENTS)


def test_what_is_spoken_of_together_are_the_figures_before_it() -> None:
    items = (
        "Net sales of 2024 [1]:\n- Industrial: $2,410.5 million (2023: $2,288.1 million)\n"
        "- Energy: $1,789.3 million\n"
    )
    assert is_kept(f"{items}- **Together:** $4,199.8 million, or 78% of total net sales", SEGMENTS)
    assert not is_kept(f"{items}- **Together:** $4,209.8 million, or 78% of total net sales", SEGMENTS)
    assert not is_kept(f"{items}- **Together:** $4,199.8 million, or 75% of total net sales", SEGMENTS)


@pytest.mark.parametrize(
    "wrong",
    [
        "All segments other than Industrial and Energy made $4,199.8 million in 2024 [1].",
        "Except for Industrial and Energy, net sales were $4,199.8 million in 2024 [1].",
        "Industrial and Energy grew by $4,199.8 million in 2024 [1].",
        "The increase in operating income and interest expense was $790.5 million in 2024 [1].",
        "The average of Industrial and Energy was $4,199.8 million in 2024 [1].",
        "Industrial and Energy each made $4,199.8 million in 2024 [1].",
    ],
)
def test_a_sum_is_not_what_others_make_nor_a_change_nor_what_each_makes(wrong: str) -> None:
    assert not is_kept(wrong, SEGMENTS)


def test_years_are_not_added_up_for_what_falls_due_in_each_of_them() -> None:
    assert not is_kept("Senior notes of $550.0 million fall due in each of 2025 and 2026 [1].", MATURITIES)
    assert not is_kept("Senior notes of $550.0 million a year fall due in 2025 and 2026 [1].", MATURITIES)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Interest cover fell to 5.2x in 2024 from 6.9x in 2022 [1].",
            "Interest cover rose to 5.2x in 2024 from 6.9x in 2022 [1].",
        ),
        (
            "The operating margin rose to 12.3% in 2024 from 11.2% in 2023 [1].",
            "The operating margin fell to 12.3% in 2024 from 11.2% in 2023 [1].",
        ),
        (
            "Interest cover was 5.2x in 2024, and more than 3x is required [1].",
            "The lenders require interest cover of 5.2x in 2024 [1].",
        ),
        ("Interest cover was 5.2x in 2024 [1].", "EBITDA interest cover was 5.2x in 2024 [1]."),
        (
            "The operating margin was 12.3% in 2024 [1].",
            "The operating interest margin was 12.3% in 2024 [1].",
        ),
    ],
)
def test_a_ratio_is_what_its_name_says_and_moves_as_it_is_said(right: str, wrong: str) -> None:
    (verdict, *_) = (each.verdict for each in figures(right, SEGMENTS))
    assert verdict in RIGHT
    assert not is_kept(wrong, SEGMENTS)


def test_heads_that_are_named_are_looked_below_where_a_table_has_no_periods() -> None:
    assert is_kept("Stage 3 exposures were 2.5% of total gross exposures [1].", STAGES)
    assert is_kept("The allowance of Stage 3 was 57% of the total allowance [1].", STAGES)
    assert not is_kept("The allowance of Stage 3 was 2.5% of the total allowance [1].", STAGES)


def test_a_figure_within_what_comes_before_is_of_its_own_year() -> None:
    said = "of $250.0 million, the next one is $300.0 million in 2026 [1]."
    assert is_kept(f"After the 2025 maturity of senior notes {said}", MATURITIES)


def test_of_two_tables_with_the_same_lines_the_one_is_meant_whose_caption_is_said() -> None:
    head = "| In millions | 2024 | 2023 |\n|---|---|---|\n"
    page = (
        f"Revenue\n\n{head}| Retail | 812.4 | 790.1 |\n| Wholesale | 455.3 | 460.9 |\n\n"
        f"Operating profit\n\n{head}| Retail | 73.1 | 82.9 |\n| Wholesale | 40.6 | 44.1 |\n"
    )
    assert is_kept("Revenue of Retail and Wholesale together was $1,267.7 million in 2024 [1].", page)
    assert is_kept("Operating profit of Retail and Wholesale together was $113.7 million in 2024 [1].", page)
    assert not is_kept("Revenue of Retail and Wholesale together was $113.7 million in 2024 [1].", page)
    assert not is_kept(
        "Operating profit of Retail and Wholesale together was $1,267.7 million in 2024 [1].", page
    )


def test_long_figures_between_two_lines_cost_no_time() -> None:
    """The words that may join two names of a list were looked for in each way to part a blank."""
    answer = "Industrial at $1,234,567,890,123.45 Energy came to $7,777.7 million in 2024 [1]."
    assert settled_seconds(lambda: figures(answer, SEGMENTS)) < 0.3
