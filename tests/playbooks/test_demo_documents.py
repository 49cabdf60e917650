"""``make demo DOCUMENTS=DIR`` on a folder as people have it: PDFs, web pages, texts, and no questions."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox import connection as connections
from sandbox.analysts import Analysts
from tests.grounds import packages
from tests.grounds.checkout import fresh_checkout, own_ports
from tests.grounds.filings import FIRMS, LAST_ROWS, write_folder

SECONDS = 900  # with both cores busy otherwise
pytestmark = [pytest.mark.long, pytest.mark.timeout(SECONDS + 120)]  # test_demo.py has the demo


@dataclass(frozen=True)
class Told:
    """What the demo of a folder of filings printed, which then stayed up."""

    output: str
    sources: list[dict[str, Any]]
    """What an answer about the last page of a PDF cites."""


@pytest.fixture(scope="module", name="told")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    filings = write_folder(tmp_path_factory.mktemp("documents") / "filings", FIRMS[:2])
    with fresh_checkout() as checkout:
        own_ports(checkout / "var" / "local")
        try:
            yield Told(
                _demo(checkout, filings),
                _sources(checkout, f"What is the exposure to {LAST_ROWS[0]}?", FIRMS[0], 2025),
            )
        finally:
            subprocess.run(["make", "down"], cwd=checkout, env=_shell(checkout), check=False, timeout=120)


def _demo(checkout: Path, documents: Path) -> str:
    typed = ["make", "demo", f"DOCUMENTS={documents}", "KEEP=1"]
    done = subprocess.run(
        typed,
        cwd=checkout,
        env=_shell(checkout),
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _sources(checkout: Path, question: str, company: str, year: int) -> list[dict[str, Any]]:
    held = connections.read(checkout / "var" / "local")
    assert held is not None
    service = Analysts(f"http://127.0.0.1:{held.api_port}", held.api_key)
    filters = {"company": company, "year": year}
    status, answer = service.call("/api/v1/analyze", {"strategy": question, "filters": filters})
    assert status == 200, answer
    sources: list[dict[str, Any]] = answer["sources"]
    return sources


def _shell(checkout: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in packages.INHERITED}
    return {"PATH": os.environ["PATH"], "HOME": str(checkout), "LANG": "C.UTF-8", **kept}


def test_filings_without_questions_go_through_the_whole_loop(told: Told) -> None:
    assert "12 documents: 12 new and 0 changed" in told.output
    assert "left out: 1 .png (logo.png)" in told.output
    assert "the questions are made from what their pages say" in told.output
    assert "requests that failed: 0" in told.output
    playbooks = re.findall(r"\$ ansible-playbook playbooks/(\w+)\.yml", told.output)
    assert playbooks == (
        ["site", "ingest", "export", "prepare", "tune", "deploy", "deploy", "status", "rollback"]
    )


def test_the_last_row_of_a_table_over_pages_is_cited_with_its_page(told: Told) -> None:
    cited = told.sources[0]
    assert (cited["document_id"], cited["page"]) == ("filings/2025/firm-0.pdf", 3)
