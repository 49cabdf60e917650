"""The words of `python -m sandbox.cluster` that start nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.cluster.__main__ import main
from sandbox.kubernetes import ladder
from sandbox.kubernetes.failure import ClusterError


@pytest.mark.parametrize("word", ["demo", "up"])
def test_other_documents_are_refused_before_anything_starts(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def started() -> None:
        raise ClusterError("it started a node")

    monkeypatch.setattr(ladder, "choose", started)
    monkeypatch.setenv("FINRISK_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("FINRISK_TEST_CLUSTER_NUMBER", "9")
    monkeypatch.setenv("DOCUMENTS", "filings")
    assert main([word]) == 1
    said = capsys.readouterr().err
    assert "DOCUMENTS=filings is for `make demo`" in said
    assert "nothing was started" in said
    assert "playbooks/ingest.yml -e finrisk_documents=filings" in said
    assert not (tmp_path / "var").exists()
