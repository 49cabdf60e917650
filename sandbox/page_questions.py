"""Questions made from what pages say, for documents that come without any."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

LONGEST = 90
"""Characters of a label or of the beginning of a sentence in a question."""

_WORDS = re.compile(r"[^\W\d_]{3,}")


def questions_of(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a question for each row of a table and each sentence, as a ``queries.jsonl.gz`` has them.

    ``told`` are the lines of ``finrisk facts --index``. Documents take turns, so that any first part of the
    questions is of all of them; one that is asked already is not asked again.
    """
    by_document: dict[str, dict[str, None]] = defaultdict(dict)
    for each in told:
        if question := _question(each):
            by_document[each["document_id"]].setdefault(question)
    return [
        {"question_scoped": question, "gold_doc_ids": [name]}
        for name, question in _turns(by_document)
        if question
    ]


def _turns(by_document: dict[str, dict[str, None]]) -> Iterator[tuple[str, str | None]]:
    for turn in zip_longest(*by_document.values()):
        yield from zip(by_document, turn, strict=True)


def _question(told: dict[str, Any]) -> str | None:
    who = f"{told['company']} {told['year'] or ''}".strip() if told["company"] else str(told["title"])
    about = _cut(told.get("label") or told.get("sentence") or "")
    if not _WORDS.search(about):
        return None
    if "sentence" in told:
        return (
            f"{who}: what does the filing report where it says that {about}, and what follows for its risk?"
        )
    where = f" ({_cut(told['section'])})" if told["section"] else ""
    return f"{who}: how much was {about}{where}, in each of the periods that the filing shows?"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]
