"""Cells of real report pages, read by a person, and what is understood of them.

``finqa_cells.jsonl`` says of each cell, by its line and column on the page, its value, the power of ten of
its unit, percent, and the years over it; a cell without a figure has the value null. The cells were drawn by
chance from the half of the pages that was looked at while the rules were written.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from finrisk_rules.page_facts import facts_of
from finrisk_rules.table_cells import without_footnote
from finrisk_rules.tables import Cell
from tests.grounds.repository import FINQA, REPOSITORY

pytestmark = [
    pytest.mark.finqa,
    pytest.mark.skipif(not FINQA.is_dir(), reason="needs ../shared/data/finqa_mix"),
]
CELLS = REPOSITORY / "tests" / "unit" / "finqa_cells.jsonl"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def understood(page: str, line: int, column: int) -> Cell | None:
    """The fact of a cell: of its row's label, in its column, whose digits stand there."""
    cells = [cell.strip() for cell in page.splitlines()[line].strip().strip("|").split("|")]
    label, digits = without_footnote(cells[0]), re.sub(r"[^\d.]", "", cells[column])
    facts = (cell for table in facts_of(page).tables for cell in table.cells)
    of_cell = [
        fact
        for fact in facts
        if fact.column == column and fact.label == label and digits.startswith(str(abs(fact.value.value)))
    ]
    return of_cell[0] if of_cell else None


def faults(truth: dict[str, Any], fact: Cell | None) -> list[str]:
    if truth["value"] is None or fact is None:
        return [] if truth["value"] is None and fact is None else ["value"]
    years = sorted({int(year) for year in _YEAR.findall(fact.head)})
    return [
        name
        for name, right in (
            ("value", fact.value.value == Decimal(truth["value"])),
            ("unit", (fact.scale, fact.unit) == (truth["scale"], truth["unit"])),
            ("head", years == truth["years"]),
        )
        if not right
    ]


def test_cells_of_real_pages_have_their_value_unit_and_head() -> None:
    with gzip.open(FINQA / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = {row["id"]: row["text"] for row in map(json.loads, lines)}
    truths = [json.loads(line) for line in CELLS.read_text("utf-8").splitlines()]
    assert len(truths) >= 190
    found = Counter[str]()
    wrong = []
    for truth in truths:
        fault = faults(truth, understood(pages[truth["document"]], truth["line"], truth["column"]))
        found.update(fault)
        wrong += [(truth, fault)] if fault else []
    assert 1 - len(wrong) / len(truths) >= 0.97, (found, wrong)
