"""Questions made from what pages say, for documents that come without any."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

LONGEST = 90
"""Characters of a label, a head or the beginning of a sentence in a question."""

_WORDS = re.compile(r"[^\W\d_]{3,}")


def questions_of(told: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a question for each row of a table and each sentence, as a ``queries.jsonl.gz`` has them.

    ``told`` are the lines of ``finrisk facts --index``. A row is asked for one of its figures, each row for
    that of another column, and the figure is the known answer. Documents take turns, so that any first part
    of the questions is of all of them; one that is asked already is not asked again.
    """
    by_document: dict[str, dict[str, str | None]] = defaultdict(dict)
    for each in told:
        asked = by_document[each["document_id"]]
        if question := _question(each, len(asked)):
            asked.setdefault(*question)
    return [
        {"question_scoped": asked[0], "gold_doc_ids": [name], "answer": asked[1]}
        for name, asked in _turns(by_document)
        if asked
    ]


def _turns(
    by_document: dict[str, dict[str, str | None]],
) -> Iterator[tuple[str, tuple[str, str | None] | None]]:
    for turn in zip_longest(*(asked.items() for asked in by_document.values())):
        yield from zip(by_document, turn, strict=True)


def _question(told: dict[str, Any], number: int) -> tuple[str, str | None] | None:
    """The question on a row or a sentence, with its answer; the number of it chooses the column."""
    who = f"{told['company']} {told['year'] or ''}".strip() if told["company"] else str(told["title"])
    about = _cut(told.get("label") or told.get("sentence") or "")
    if not _WORDS.search(about):
        return None
    if "sentence" in told:
        risk = "and what follows for its risk?"
        return f"{who}: what does the filing report where it says that {about}, {risk}", None
    where = f" ({_cut(told['section'])})" if told["section"] else ""
    figure = told["figures"][number % len(told["figures"])]
    head = f" under {_cut(figure['head'])}" if figure["head"] else ""
    return f"{who}: how much was {about}{where}{head}, as the table of the filing shows it?", figure["value"]


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0]
