"""ingest.yml, run as an operator runs it."""

from __future__ import annotations

from pathlib import Path

from tests.grounds import papers
from tests.grounds.library import LIBRARIAN, held, library
from tests.grounds.playground import Playground


def test_a_service_that_does_not_run_and_a_wrong_folder_are_named_and_the_key_is_kept(
    playground: Playground,
) -> None:
    (playground.folder / "filings").mkdir()
    (playground.folder / "filings" / "page.md").write_text("# Corvane Bank\nThe ratio fell to 118 % in 2024.")
    key = "frk_abc_" + "x" * 40
    run = playground.run(
        *("ingest", "-e", f"finrisk_documents={playground.folder / 'filings'}"),
        *("-e", "finrisk_api_port=9", "-vvv"),
    )
    assert run.code == 2
    assert "cannot reach the service at http://127.0.0.1:9: connection refused" in " ".join(
        run.output.split()
    )
    assert key not in run.output
    run = playground.run("ingest", "-e", "finrisk_documents=nowhere")
    assert run.code == 2
    assert "nowhere, which does not exist" in " ".join(run.output.split())


def test_production_asks_for_a_confirmation_before_anything_is_sent(playground: Playground) -> None:
    given = ("-i", "inventory/production", "-e", f"finrisk_documents={playground.folder}")
    run = playground.run("ingest", *given, FINRISK_API_KEY="frk_abc_" + "x" * 40)
    assert run.code == 2
    assert "-e finrisk_confirm=production" in " ".join(run.output.split())


def test_a_folder_as_people_have_it_is_brought_into_the_index_and_mirrored(
    playground: Playground, database_url: str, tmp_path: Path
) -> None:
    filings = tmp_path / "filings"
    (filings / "2026").mkdir(parents=True)
    story = [papers.prose(" ".join(papers.sentences("S", 40))) for _ in range(60)]
    papers.write(filings / "2026" / "report.pdf", story)
    (filings / "page.html").write_text("<h1>Corvane Bank</h1><p>The ratio fell.</p>")
    (filings / "picture.png").touch()
    for number in range(8):
        (filings / f"note-{number}.txt").write_text(f"Note {number}.")
    with library(database_url, tmp_path) as url:
        given = [
            *("ingest", "-e", f"finrisk_documents={filings}", "-e", f"finrisk_api_url={url}"),
            *("-e", f"finrisk_api_key={LIBRARIAN}", "-e", "finrisk_documents_mode=mirror"),
        ]
        run = playground.run(*given)
        assert run.code == 0, run.output
        assert "10 documents: 10 new and 0 changed sent to" in run.output
        assert "left out: 1 .png (picture.png)" in run.output
        assert "1 document took the year of their folder" in run.output
        assert " of 10 files read, now report.pdf, page " in run.output
        (filings / "note-0.txt").unlink()
        run = playground.run(*given, "-e", f"finrisk_database_url={database_url}", "--check", "--diff")
        assert run.code == 0, run.output
        assert "1 document would be removed from the index: " in run.output
        assert "no answer of the last 90 days cited what is gone" in run.output
        assert LIBRARIAN not in run.output
        assert len(held(url)) == 10
        assert playground.run(*given, "-e", "finrisk_documents_mode=both").code == 2
