"""``finrisk facts``: what is understood of a file, and of the index."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from finrisk import documents
from finrisk.documents import Document

PAGE = """Net debt (in millions)

|  | 2024 | 2023 |
| --- | --- | --- |
| Term loan | $12.5 | (1.4) |

Margin was 4.1% in 2024.
"""


def facts(*arguments: str, database_url: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "finrisk", "facts", *arguments],
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_is_shown_as_a_table_of_figures_units_and_words(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(PAGE)
    lines = [" ".join(line.split()) for line in facts(str(file)).stdout.splitlines()]
    assert lines == [
        "page 1: 3 figures",
        "12.5 $ million Term loan 2024",
        "-1.4 million Term loan 2023",
        "4.1 percent Margin was 4.1% in 2024. 2024",
    ]


def test_a_file_that_is_not_there_and_an_empty_address_are_told_in_a_sentence(tmp_path: Path) -> None:
    missing = facts(str(tmp_path / "none.md"))
    assert (missing.returncode, "cannot be read" in missing.stderr) == (1, True)
    assert "DATABASE_URL is empty" in facts("--index").stderr


def test_the_index_is_told_line_by_line_without_labelled_documents(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        hidden = Document("hidden", "Hidden", PAGE, "Hidden", 2024, None, ("desk: equities",))
        documents.ingest(connection, [Document("a", "Annual report", f"\f{PAGE}", "Acme", 2024), hidden])
    told = [json.loads(line) for line in facts("--index", database_url=database_url).stdout.splitlines()]
    place = {"document_id": "a", "title": "Annual report", "company": "Acme", "year": 2024, "page": 2}
    figures = [{"head": "2024", "value": "12.5"}, {"head": "2023", "value": "-1.4"}]
    assert told == [
        {**place, "label": "Term loan", "section": "", "figures": figures},
        {**place, "sentence": "Margin was 4.1% in 2024."},
    ]
