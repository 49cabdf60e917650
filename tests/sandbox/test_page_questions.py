"""Questions that the demo makes from pages which come without any."""

from __future__ import annotations

from typing import Any

from sandbox.page_questions import LONGEST, questions_of

FIGURES = [{"head": "2023", "value": "12.5"}, {"head": "2022", "value": "-1.4"}]
ROW = {"label": "Term loan due 2026", "section": "Debt", "figures": FIGURES, "title": "Report", "year": 2023}
SENTENCE = {"sentence": "Liquidity of $96 million covered debt due within 18 months.", "title": "Note 7"}


def told(document: str, company: str | None, **more: Any) -> dict[str, Any]:
    return {"document_id": document, "company": company, "year": None, **more}


def test_a_row_and_a_sentence_are_asked_about_under_the_name_of_their_firm_or_page() -> None:
    asked = questions_of([told("a", "Varnholm", **ROW), told("b", None, **SENTENCE)])
    assert [query["gold_doc_ids"] for query in asked] == [["a"], ["b"]]
    row, sentence = (query["question_scoped"] for query in asked)
    assert row.startswith("Varnholm 2023: how much was Term loan due 2026 (Debt) under 2023")
    assert sentence.startswith("Note 7: ")
    assert "Liquidity of $96 million" in sentence
    assert all(50 <= len(query["question_scoped"]) <= 3 * LONGEST for query in asked)


def test_each_row_is_asked_for_another_column_whose_figure_is_the_answer() -> None:
    rows = [told("a", "Varnholm", **{**ROW, "label": label}) for label in ("Cash", "Debt", "Leases")]
    asked = questions_of(rows)
    assert [query["answer"] for query in asked] == ["12.5", "-1.4", "12.5"]
    assert [query["question_scoped"].split(" under ")[1].split()[0] for query in asked] == [
        "2023,",
        "2022,",
        "2023,",
    ]
    assert questions_of([told("b", None, **SENTENCE)])[0]["answer"] is None


def test_documents_take_turns_and_nothing_is_asked_twice() -> None:
    lines = [told("a", "A", **{**ROW, "label": label}) for label in ("Cash", "Debt", "12", "")]
    asked = questions_of(
        [*lines, told("a", "A", **SENTENCE), told("a", "A", **SENTENCE), told("b", "B", **ROW)]
    )
    assert [query["gold_doc_ids"][0] for query in asked] == ["a", "b", "a", "a"]


def test_pages_that_say_nothing_in_figures_give_no_question() -> None:
    assert questions_of([]) == []
