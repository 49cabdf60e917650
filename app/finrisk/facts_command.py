"""``finrisk facts``: what is understood of a page, as a table, for people who wonder."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from finrisk.db import session
from finrisk_rules.page_facts import PageFacts, facts_of
from finrisk_rules.passages import pages_of

_SCALES = {
    2: "hundred", 3: "thousand", 4: "ten thousand", 5: "lakh", 6: "million", 7: "crore", 8: "hundred million",
    9: "billion", 12: "trillion",
}  # fmt: skip
_LONGEST = 48
_PLACE = ("document_id", "title", "company", "year", "page")
_INDEX = """
select d.id, d.title, d.company, d.year, coalesce(p.sheet, p.number), s.text, s.facts
from documents d join pages p on p.document_id = d.id join passages s on s.page_id = p.id
where s.facts is not null and d.labels = '{}' order by d.id, p.number, s.number"""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "facts", help="show what is understood of a page: each figure with its unit and its words"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", type=Path, help="a text or Markdown file, as ingest.yml takes it")
    source.add_argument(
        "--index", action="store_true", help="of every document without labels in DATABASE_URL, as JSON Lines"
    )
    parser.set_defaults(run=_facts)


def _facts(arguments: argparse.Namespace) -> None:
    if arguments.index:
        _print_index()
        return
    try:
        text = arguments.file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"finrisk: {arguments.file} cannot be read as UTF-8 text: {error}") from None
    for number, page in pages_of(text):
        rows = list(_rows(page, facts_of(page)))
        sys.stdout.write(f"page {number}: {len(rows)} figures\n")
        for figure, unit, words, where in rows:
            sys.stdout.write(f"  {figure:>16}  {unit:<22} {_cut(words):<{_LONGEST}}  {_cut(where)}\n")


def _print_index() -> None:
    """Print what each row of a table and each sentence of the index is about, a line each."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit("finrisk: DATABASE_URL is empty: set it to the connection string of PostgreSQL")
    try:
        wanted = session.settings(url, {})
        given = {**session.keywords("finrisk-facts"), "connect_timeout": 10, "autocommit": True}
        with psycopg.connect(url, **given) as connection:
            session.settle(connection, wanted)
            with connection.transaction(), connection.cursor("facts") as cursor:
                for *place, text, facts in cursor.execute(_INDEX):
                    _print_passage(dict(zip(_PLACE, place, strict=True)), text, json.loads(facts))
    except session.UnreadableAddressError as error:
        raise SystemExit(f"finrisk: {error}") from None
    except psycopg.Error as error:
        raise SystemExit(f"finrisk: the index cannot be read: {session.first_line(error, url)}") from None


def _print_passage(document: dict[str, Any], text: str, facts: dict[str, list[Any]]) -> None:
    for told in _told(text, facts):
        sys.stdout.write(json.dumps(document | told, ensure_ascii=False) + "\n")


def _told(text: str, facts: dict[str, list[Any]]) -> Iterator[dict[str, Any]]:
    for _, heads, rows, figures in facts["t"]:
        told: dict[int, list[dict[str, str]]] = {}
        for row, column, value, *_ in figures:
            told.setdefault(row, []).append({"head": heads[column], "value": value})
        for row, values in told.items():
            yield {"label": rows[row][0], "section": rows[row][1], "figures": values}
    for start, end, *_ in facts["s"]:
        yield {"sentence": " ".join(text[start:end].split())}


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
