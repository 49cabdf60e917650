"""How documents are cut into pages and passages, and into the lexemes they are searched by."""

import re

from finrisk_rules.lexemes import query_lexemes, words
from finrisk_rules.passages import (
    LONGEST_PAGE,
    LONGEST_PASSAGE,
    LONGEST_TABLE,
    SHORTEST_PASSAGE,
    lines_of,
    pages_of,
    passages_of,
)

TABLE = "| | 2023 | 2022 |\n| --- | --- | --- |\n| Revenue | 812 | 745 |\n| Net loss | (14) | (9) |"


def sentences(count: int, words_each: int = 12) -> str:
    return " ".join(f"Sentence {n} " + "word " * (words_each - 3) + "ends." for n in range(count))


def parts_of(text: str) -> list[str]:
    return [part for _, part in pages_of(text)]


def unspaced(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_form_feeds_separate_pages_and_empty_ones_do_not_count() -> None:
    assert pages_of("first\fsecond\f \f\nthird") == [(1, "first"), (2, "second"), (4, "third")]


def test_a_document_without_text_still_has_a_page() -> None:
    assert pages_of("") == [(1, "")]


def test_a_long_page_is_cut_where_paragraphs_end_and_nothing_is_lost() -> None:
    text = "\n\n".join(f"Paragraph {n}. " + sentences(20) for n in range(30))
    pages = parts_of(text)
    assert len(pages) > 1
    assert all(len(page) <= LONGEST_PAGE for page in pages)
    assert all(page.startswith("Paragraph") for page in pages)
    assert unspaced("".join(pages)) == unspaced(text)


def test_a_paragraph_longer_than_a_page_is_cut_at_sentences_and_one_without_any_is_still_cut() -> None:
    pages = parts_of(sentences(1000))
    assert all(page.endswith("ends.") and len(page) <= LONGEST_PAGE for page in pages)
    assert [len(page) for page in parts_of("x" * (2 * LONGEST_PAGE + 1))] == [LONGEST_PAGE, LONGEST_PAGE, 1]


HEAD = "Exposures in thousands\n| Item | 2022 | 2021 |\n| --- | --- | --- |\n"


def long_table(rows: int) -> list[str]:
    return [f"| Exposure to counterparty {n} in segment {n % 7} | {n * 13} | {n * 7} |" for n in range(rows)]


def test_a_table_longer_than_a_page_is_cut_between_rows_and_every_part_has_its_title_and_its_head() -> None:
    rows = long_table(2_000)
    pages = parts_of(f"Before.\n{sentences(100)}\n\n" + HEAD + "\n".join(rows) + f"\n\n{sentences(300)}")
    parts = [page for page in pages if "counterparty" in page]
    assert len(parts) > 5
    assert all(len(page) <= 1.3 * LONGEST_PAGE and HEAD in page for page in parts)
    assert [line for page in parts for line in page.splitlines() if "counterparty" in line] == rows


def test_a_long_table_of_a_page_is_cut_into_passages_that_each_have_its_title_and_its_head() -> None:
    rows = long_table(150)
    lines = lines_of(HEAD + "\n".join(rows))
    passages = passages_of(lines)
    assert len(passages) > 2
    assert all(p.text.startswith(HEAD) and len(p.text.split()) < 1.2 * LONGEST_TABLE for p in passages)
    assert [line for p in passages for line in p.text.splitlines() if "counterparty" in line] == rows
    covered = [n for p in passages for n in range(p.first_line, p.last_line + 1)]
    assert covered == list(range(1, len(lines) + 1))


def test_a_table_of_one_endless_row_and_one_without_rows_are_passages_too() -> None:
    for page in ("| " + "word " * 5_000 + "|", "| --- |", "| a |\n| --- |"):
        [passage] = passages_of(lines_of(page))
        assert (passage.kind, passage.text) == ("table", page.strip())


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
