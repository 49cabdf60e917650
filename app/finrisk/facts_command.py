"""``finrisk facts``: what is understood of a page, as a table, for people who wonder."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from finrisk.passages import pages_of
from finrisk_rules.page_facts import PageFacts, facts_of

_SCALES = {
    2: "hundred", 3: "thousand", 4: "ten thousand", 5: "lakh", 6: "million", 7: "crore", 8: "hundred million",
    9: "billion", 12: "trillion",
}  # fmt: skip
_LONGEST = 48


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "facts", help="show what is understood of a page: each figure with its unit and its words"
    )
    parser.add_argument("file", type=Path, help="a text or Markdown file, as ingest.yml takes it")
    parser.set_defaults(run=_facts)


def _facts(arguments: argparse.Namespace) -> None:
    try:
        text = arguments.file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"finrisk: {arguments.file} cannot be read as UTF-8 text: {error}") from None
    for number, page in pages_of(text):
        rows = list(_rows(page, facts_of(page)))
        sys.stdout.write(f"page {number}: {len(rows)} figures\n")
        for figure, unit, words, where in rows:
            sys.stdout.write(f"  {figure:>16}  {unit:<22} {_cut(words):<{_LONGEST}}  {_cut(where)}\n")


def _rows(page: str, facts: PageFacts) -> Iterator[tuple[str, str, str, str]]:
    """Yield figure, unit, the words of its row or sentence, and its column."""
    for table in facts.tables:
        for cell in table.cells:
            words = f"{cell.section}: {cell.label}" if cell.section else cell.label
            yield f"{cell.value.value:,}", _unit(cell.scale, cell.unit, cell.currency), words, cell.head
    for statement in facts.statements:
        sentence = " ".join(page[statement.start : statement.end].split())
        years = ", ".join(dict.fromkeys(str(period.year) for period in statement.periods if period.year))
        for figure in statement.figures:
            yield f"{figure.value:,}", _unit(figure.scale, figure.unit, figure.currency), sentence, years


def _unit(scale: int | None, unit: str, currency: str) -> str:
    return " ".join(filter(None, (currency, _SCALES.get(scale or 0, ""), unit.replace("_", " "))))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
