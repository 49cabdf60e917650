"""ingest.yml, run as an operator runs it."""

from __future__ import annotations

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
