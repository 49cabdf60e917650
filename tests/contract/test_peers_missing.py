"""Without the peers a test says so: it is skipped, and fails where CI=true."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract import peer_processes


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_a_missing_peer_is_skipped_with_a_sentence_and_fails_in_ci(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(peer_processes, "VENV", tmp_path)
    with pytest.raises(outcome, match="run `make peers`"):
        peer_processes.require_peers()
