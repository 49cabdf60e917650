"""Which rows nearly repeat each other, and which rows quote the same passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from time import perf_counter

import pytest

from finrisk_ops.dataset.duplicates import families
from finrisk_ops.dataset.figures import SHORT_ROW, figures_digest, values_digest
from finrisk_ops.dataset.kin import Kin, differing, sharing
from finrisk_ops.dataset.likeness import is_repeated
from finrisk_ops.dataset.sketches import PLACES, pair_sketch
from finrisk_ops.dataset.spellings import evened

QUESTION = (
    "Assess the liquidity risk of Corvane Bank: how did its coverage ratio move against the prior year?"
)
ANSWER = (
    "The liquidity coverage ratio of Corvane Bank fell to 118 % in 2024 from 131 % in 2023 [1]. Management "
    "names higher funding costs and a weaker market as the causes of this change, and expects both to last."
)
PASSAGE = " ".join(f"The {word} of the group was reviewed by the board." for word in "abcdefghijklmnop")


def kin(*pairs: tuple[str, str]) -> list[int]:
    joined = families_of(*pairs)
    return [joined.of(row) for row in range(len(pairs))]


def families_of(*pairs: tuple[str, str]) -> Kin:
    figures, values = ([digest(*pair) for pair in pairs] for digest in (figures_digest, values_digest))

    def texts(rows: Iterable[int]) -> Iterator[tuple[int, str, str]]:
        return ((row, *pairs[row]) for row in rows)

    return families(range(len(pairs)), figures, values, texts, processes=1)


def test_a_few_other_words_are_a_repetition_and_other_figures_are_none() -> None:
    reworded = (QUESTION.replace("Assess", "Evaluate"), ANSWER.replace("names", "gives"))
    other_year = (QUESTION, ANSWER.replace("2024", "2025").replace("2023", "2024"))
    other_answer = (
        QUESTION,
        "Funding of 118 and 131 in 2024 and 2023 is another matter, of which little is known.",
    )
    other_question = ("Why did management say in the notes that markets were weaker than before?", ANSWER)
    assert kin((QUESTION, ANSWER), reworded, other_year, other_answer, other_question) == [0, 0, 2, 3, 4]


SHORT = ("What is the liquidity of Grange?", "Grange has $210 million of cash and $400 million undrawn [1].")


def test_a_short_text_is_repeated_however_its_words_are_moved() -> None:
    moved = (
        "Describe the liquidity of Grange.",
        "Against $400 million undrawn, Grange has cash of $210 million [1].",
    )
    other = (
        "What are the covenants of Grange?",
        "Grange may owe $210 million, and $400 million by 2030 [1].",
    )
    assert kin(SHORT, moved) == [0, 0]
    assert kin(SHORT, other) == [0, 1]


@pytest.mark.parametrize(
    ("said", "instead"),
    [("Grange", "Orange"), ("undrawn", "drawn"), ("has", "does not have"), ("$210 million", "$210 billion")],
)
def test_another_firm_measure_or_scale_in_the_same_words_is_no_repetition(said: str, instead: str) -> None:
    question, answer = SHORT
    assert kin(SHORT, (question.replace(said, instead), answer.replace(said, instead))) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Costs rose slowly by 3 % [1].", "Costs fell quickly by 3 % [1]."),
        ("Tully earns 11 %, which exceeds Penn [1].", "Penn earns 11 %, which exceeds Tully [1]."),
        ("The ratio went from 13 % to 14 % [1].", "The ratio went from 14 % to 13 % [1]."),
    ],
)
def test_the_contrary_in_the_same_words_is_no_repetition(one: str, other: str) -> None:
    assert kin(("How did it move?", one), ("How did it move?", other)) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It changed by -3.2 points to 118 [1].", "It changed by 3.2 points to 118 [1]."),
        ("The result was +412 [1].", "The result was \u2212412 [1]."),
        ("The result was $412 million [1].", "The result was €412 million [1]."),
        ("The result was A$412 million [1].", "The result was $412 million [1]."),
        ("The result was 412 million dollars [1].", "The result was 412 million euros [1]."),
        ("The result rose by 412 % [1].", "The result rose by $412 [1]."),
    ],
)
def test_another_sign_currency_or_unit_is_no_repetition(one: str, other: str) -> None:
    question = "How did the result of Corvane Bank move in 2024?"
    assert kin((question, one), (question, other)) == [0, 1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The result was $412 million [1].", "The result was USD 412 million [1]."),
        ("Margin moved by -3.2 points [1].", "Margin fell by 3.2 points [1]."),
        ("Sales were 22 % of $5 million [1].", "Sales were 22 percent of 5 million dollars [1]."),
        ("Cash was $5 million and $6 million [1].", "Cash was $5 and 6 million [1]."),
    ],
)
def test_a_sign_in_words_is_a_repetition(one: str, other: str) -> None:
    question = "How did the result of Corvane Bank move in 2024?"
    assert kin((question, one), (question, other)) == [0, 0]


def test_another_firm_in_a_text_of_any_length_is_no_repetition() -> None:
    told = " ".join(
        f"Point {each} of the plan of Corvane is on its way." for each in "abcdefghijklmnopqrst" * 12
    )
    one = (QUESTION, f"{ANSWER} {told}")
    other = (QUESTION.replace("Corvane", "Sorvane"), f"{ANSWER} {told}".replace("Corvane", "Sorvane"))
    assert len(told) > 10_000
    assert kin(one, one) == [0, 0]
    assert kin(one, other) == [0, 1]


def test_another_firm_in_a_long_text_is_no_repetition() -> None:
    told = " ".join(f"Point {each} of the plan is on its way." for each in "abcdefghijklmnopqrst" * 3)
    one = (QUESTION, f"{ANSWER} {told}")
    other = (QUESTION.replace("Corvane", "Sorvane"), f"{ANSWER.replace('Corvane', 'Sorvane')} {told}")
    assert kin(one, one) == [0, 0]
    assert kin(one, other) == [0, 1]


def test_texts_without_blanks_between_words_are_compared_too() -> None:
    question, answer = (
        "流動性リスクを評価してください。比率は前年からどのように変化しましたか。",
        "比率は前年の水準から低下しました。" * 3,
    )
    assert kin((question, answer), (question, answer.replace("水準", "値", 1)), (answer, question)) == [
        0,
        0,
        2,
    ]


def test_figures_are_equal_whatever_their_separators_and_order_and_citations_are_none() -> None:
    assert figures_digest("2024 and 2023", "1,952 [1].") == figures_digest("2023, 2024", "It is 1952 [2, 3].")
    assert figures_digest("2024", "1,952") != figures_digest("1,952", "2024")
    assert figures_digest("", "2 of 2") != figures_digest("", "2")


SALES = (
    "How far did the sales of Grange reach on 31 December 2024?",
    "On 31 December 2024 sales of Grange had reached $4,020 million and a margin of 43.10% [1].",
)


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("$4,020 million", "$4.02 billion", True),
        ("$4,020 million", "$4,020,000,000", True),
        ("$4,020 million", "$4\u202f020 million", True),
        ("43.10", "43.1", True),
        ("43.10", "\u0664\u0663.\u0661", True),
        ("31 December 2024", "December 31, 2024", True),
        ("31 December 2024", "31 Dec. 2024", True),
        ("31 December 2024", "2024-12-31", True),
        ("31 December 2024", "31.12.2024", True),
        ("31 December 2024", "12/31/2024", True),
        ("$4,020 million", "$4.02 million", False),
        ("$4,020 million", "$40.2 billion", False),
        ("$4,020 million", "-$4.02 billion", False),
        ("$4,020 million", "\u20ac4.02 billion", False),
        ("43.10", "4.31", False),
        ("43.10%", "4,310%", False),
        ("31 December 2024", "2024-12-30", False),
        ("31 December 2024", "2024-11-31", False),
        ("31 December 2024", "2024-11-30", False),
        ("31 December 2024", "2023-12-31", False),
    ],
)
def test_the_same_value_or_date_in_another_spelling_is_the_same(old: str, new: str, is_same: bool) -> None:
    again = (SALES[0].replace(old, new), SALES[1].replace(old, new))
    assert kin(SALES, again) == [0, 0 if is_same else 1]


def test_spellings_are_of_short_rows_and_words_still_tell() -> None:
    other = (SALES[0].replace("sales", "costs"), SALES[1].replace("sales", "costs").replace("43.10", "43.1"))
    assert kin(SALES, other) == [0, 1]
    rest = " It was so in all of its markets, as the board says." * 40
    assert len(SALES[1] + rest) > SHORT_ROW
    assert values_digest(SALES[0], SALES[1] + rest) == 0
    assert (
        values_digest("What came in 2024 after 2023?", "In 2024 came nothing, and 2023 was before [1].") == 0
    )


def test_what_may_be_read_in_two_ways_stays_as_it_is() -> None:
    assert evened("by 03/04/2025", "by 30/04/2025") == ("by 03/04/2025", "by 2025-04-30")
    assert evened("Quote 2024?", "Die Quote stieg um 1.250 Mio. Euro im Mai 2024, die Marge auf 4,5 %.") == (
        "Quote 2024?",
        "Die Quote stieg um EUR 1250000000 im 2024-05, die Marge auf 4.5%.",
    )


def test_spellings_are_read_in_little_time() -> None:
    for hostile in ("1 2 3 ", "1.", "31.12.", "31 Dec ", "2024-12-", "1/1/20", "\u6708 1"):
        text = hostile * (SHORT_ROW // 2 // len(hostile))
        started = perf_counter()
        values_digest(text, text)
        evened(text, text)
        assert perf_counter() - started < 0.3, hostile


def test_rows_that_share_a_value_come_together_and_in_their_order() -> None:
    assert [*sharing([0, 1, 2, 3, 5, 6], [7, 8, 9, 8, 8, 7, 8])] == [0, 5, 1, 3, 6]
    assert [*sharing([0, 1, 2, 3, 4, 5], [1, 2, 3, 3, 1, 3])] == [0, 4, 2, 3, 5]
    assert not sharing([0, 1], [5, 6])
    assert not sharing([], [])


def test_rows_of_a_value_are_told_whose_forms_differ() -> None:
    values = [7, 7, 8, 8, 8, 9, 9]
    assert [*differing([0, 1, 2, 3, 4, 5, 6], values, [1, 1, 1, 2, 1, 3, 3])] == [2, 3, 4]
    assert not differing([], values, [])


def test_a_row_that_two_others_repeat_each_in_its_way_is_in_one_group_once() -> None:
    asked, said = SALES
    again = asked.replace("How far", "Up to what amount"), said
    spelled = asked, said.replace("$4,020 million", "$4.02 billion")
    assert kin(SALES, again, spelled) == [0, 0, 0]
    assert [*families_of(SALES, again, spelled).groups()] == [[0, 1, 2]]


def test_groups_are_those_of_all_kinds_and_memory_holds_one_kind() -> None:
    sketch, other = pair_sketch(QUESTION, ANSWER), pair_sketch(ANSWER, QUESTION)
    joined = Kin(7)
    for row, kind, made in [(0, 1, sketch), (3, 1, other), (5, 1, sketch), (1, 2, sketch), (2, 2, sketch)]:
        joined.add(row, made, kind)
    assert sorted(joined.groups()) == [[0, 5], [1, 2]]
    assert len(joined._sketches) == 2, "those of the last kind"


def test_sketches_and_digests_are_the_same_in_every_process_and_release() -> None:
    """A dataset must come out of its export byte for byte, and rows keep their side."""
    sketch = pair_sketch(QUESTION, ANSWER)
    assert (len(sketch.places), sum(sketch.places)) == (2 * PLACES, 6_914_186)
    assert (len(sketch.order), sum(sketch.order)) == (31, 1_086_738)
    assert (sum(sketch.asked), sum(sketch.said)) == (457_918, 531_022)
    assert figures_digest(QUESTION, ANSWER) == 0x717B8FC6
    assert values_digest(QUESTION, ANSWER) == 0x47E01B88


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("largest", "second-largest", False),
        ("supplier", "insurer", False),
        ("before tax", "after tax", False),
        ("can be ended", "cannot be ended", False),
        ("fiscal year 2024", "FY 2024", True),
        ("Assess", "Please assess", True),
    ],
)
def test_a_word_that_question_and_answer_share_is_the_subject(old: str, new: str, is_same: bool) -> None:
    asked = (
        "Assess how the largest supplier of Corvane Solar can be ended for fiscal year 2024, before tax, "
        "and which modules, wafers, frames and inverters that delays."
    )
    said = (
        "The largest supplier delivers 78% of modules, wafers, frames and inverters in fiscal year 2024 [1]. "
        "It can be ended in March; revenue before tax would fall by $140 million when deliveries stop [2]."
    )
    pairs = ((asked, said), (asked.replace(old, new), said.replace(old, new)))
    assert is_repeated(*(pair_sketch(*pair) for pair in pairs)) == is_same
