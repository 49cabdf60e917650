"""Sample documents and strategies: risk pages of invented firms, and what analysts ask about them."""

from __future__ import annotations

from typing import Any

from sandbox.samples.firm import Firm, Page, Question, firms
from sandbox.samples.roster import Seat, seats

__all__ = ["Firm", "Page", "Question", "documents", "firms", "strategies"]


def documents() -> list[dict[str, Any]]:
    """Return every page as ``{id, title, company, year, text}``; tables in the text are Markdown."""
    return [
        {
            "id": page.document_id,
            "title": page.title,
            "company": page.company,
            "year": page.year,
            "text": page.text,
        }
        for firm in firms()
        for page in firm.pages
    ]


def strategies() -> list[dict[str, Any]]:
    """Return every question with who asks it, in the order in which they are asked.

    Each is ``{user_id, session_id, strategy, company, year, expects}``: ``expects`` names the pages that
    answer it, and company and year are those of the last of them.
    """
    questions = [question for firm in firms() for question in firm.questions]
    return [_strategy(question, seat) for question, seat in seats(questions)]


def _strategy(question: Question, seat: Seat) -> dict[str, Any]:
    return {
        "user_id": seat.user_id,
        "session_id": seat.session_id,
        "strategy": question.text,
        "company": question.company,
        "year": question.year,
        "expects": list(question.expects),
    }
