"""How documents are cut into pages and passages, and into the lexemes they are searched by."""

import re

from finrisk.lexemes import query_lexemes, words
from finrisk.passages import (
    LONGEST_PAGE,
    LONGEST_PASSAGE,
    SHORTEST_PASSAGE,
    lines_of,
    pages_of,
    passages_of,
)

TABLE = "| | 2023 | 2022 |\n| --- | --- | --- |\n| Revenue | 812 | 745 |\n| Net loss | (14) | (9) |"


def sentences(count: int, words_each: int = 12) -> str:
    return " ".join(f"Sentence {n} " + "word " * (words_each - 3) + "ends." for n in range(count))


def unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_form_feeds_separate_pages_and_empty_ones_do_not_count() -> None:
    assert pages_of("first\fsecond\f \f\nthird") == ["first", "second", "third"]


def test_a_document_without_text_still_has_a_page() -> None:
    assert pages_of("") == [""]


def test_a_long_page_is_cut_where_paragraphs_end_and_nothing_is_lost() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + sentences(20) for n in range(30))
    pages = pages_of(text)
    assert len(pages) > 1
    assert all(len(page) <= LONGEST_PAGE for page in pages)
    assert all(page.startswith("Paragraph") for page in pages)
    assert unspaced("".join(pages)) == unspaced(text)


def test_a_paragraph_longer_than_a_page_is_cut_at_sentences_and_one_without_any_is_still_cut() -> None:
    pages = pages_of(sentences(1000))
    assert all(page.endswith("ends.") and len(page) <= LONGEST_PAGE for page in pages)
    assert [len(page) for page in pages_of("x" * (2 * LONGEST_PAGE + 1))] == [LONGEST_PAGE, LONGEST_PAGE, 1]


def test_a_table_is_never_cut_even_when_it_is_longer_than_a_page() -> None:
    table = "\n".join(f"| row {n} | {n * 17} | {'x' * 40} |" for n in range(600))
    pages = pages_of(f"Before.\n{sentences(100)}\n\n{table}\n\n{sentences(300)}")
    assert sum(table in page for page in pages) == 1


def test_a_table_stays_whole_and_keeps_the_line_above_it() -> None:
    passages = passages_of(lines_of(f"{sentences(8)}\nSelected figures in millions:\n\n{TABLE}\n\nAfter it."))
    tables = [passage for passage in passages if passage.kind == "table"]
    assert [passage.text for passage in tables] == [f"Selected figures in millions:\n{TABLE}"]
    assert passages[-1].text == "After it."


def test_text_becomes_groups_of_whole_sentences_of_middling_length() -> None:
    passages = passages_of(lines_of("\n".join(sentences(7) for _ in range(6))))
    sizes = [len(passage.text.split()) for passage in passages]
    assert all(SHORTEST_PASSAGE <= size <= LONGEST_PASSAGE for size in sizes)
    assert all(passage.text.endswith("ends.") for passage in passages)


def test_passages_cover_every_line_once_and_lose_no_character() -> None:
    text = f"Heading\n\n{sentences(40)}\n{TABLE}\n{TABLE}\nshort\n\n{sentences(3, 400)}\n| lonely row |"
    lines = lines_of(text)
    passages = passages_of(lines)
    covered = [n for passage in passages for n in range(passage.first_line, passage.last_line + 1)]
    assert covered == list(range(1, len(lines) + 1))
    assert unspaced("".join(passage.text for passage in passages)) == unspaced(text)


def test_words_are_lower_case_without_plural_and_stop_words_and_figures_stay_whole() -> None:
    assert words("The total LOSSES of subsidiaries were $1,234.5 in 2019; expenses, taxes and a focus.") == (
        ["total", "loss", "subsidiary", "1,234.5", "2019", "expense", "tax", "focus"]
    )


def test_ideographs_are_words_of_their_own_and_emoji_are_none() -> None:
    assert words("市場リスク 🚀 風險") == ["市", "場", "リ", "ス", "ク", "風", "險"]
    assert words("🚀 !!! & | ' <-> \\ \ud800") == []


def test_words_that_only_say_what_to_compute_weigh_less_in_a_question() -> None:
    weights = query_lexemes("What was the percentage change in goodwill impairment?")
    assert weights["percentage"] == weights["percentage change"] < weights["goodwill"]
    assert weights["goodwill"] == weights["goodwill impairment"] == weights["change goodwill"] == 1
