"""A mirror removes what is gone from its folder; a killed run goes on with the rest."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from finrisk_ops.documents import ingestion
from finrisk_ops.errors import FinriskError
from tests.grounds import training_rows
from tests.grounds.library import IDS, bring, counts, held, mirrored


def answer_of(database_url: str, documents: list[object]) -> str:
    """Insert an answer of today that was not good enough to collect, and return its id."""
    name = "01900000-0000-7000-8000-0000000000ff"
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into analyses (id, created_at, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
               outcome, latency_ms, redaction_version, skip_reason, documents)
               values (%s, now(), 0, 'request', '', 0, 'base', 'ok', 1, '', 'quality_below_threshold', %s)""",
            (name, documents),
        )
    return name


def test_a_mirror_removes_what_is_gone_previews_it_and_says_who_cited_it(
    api_url: str, database_url: str, filings: Path
) -> None:
    for number in range(6):
        (filings / f"note-{number}.txt").write_text(f"Note {number}.")
    assert mirrored(api_url, filings)["added"] == 10
    source = {"document_id": "filings/2025/meridia", "company": "Meridia", "year": 2025}
    today, long_ago = datetime.now(UTC), datetime.now(UTC) - timedelta(days=91)
    training_rows.insert(
        database_url,
        0,
        training_rows.row(1, sources=[source], created_at=today),
        training_rows.row(2, sources=[source], created_at=long_ago),
    )
    answered = answer_of(database_url, [source["document_id"], "filings/2026/meridia"])
    (filings / "2025" / "meridia.md").unlink()
    (filings / "note-0.txt").write_text("Note changed.")
    announced = mirrored(api_url, filings, check_mode=True, database_url=database_url)
    assert len(held(api_url)) == 10
    result = mirrored(api_url, filings, database_url=database_url)
    assert announced["diff"] == result["diff"]
    assert "filings/2025/meridia sha256:" in result["diff"]["before"]
    assert (result["removed"], result["updated"], result["unchanged"]) == (1, 1, 8)
    cited = {"filings/2025/meridia": sorted([answered, training_rows.row(1)["id"]])}
    assert (result["cited"], announced["cited"]) == (cited, cited)
    assert "cited by answers of the last 90 days: filings/2025/meridia by" in result["summary"][2]
    assert "filings/2025/meridia" not in held(api_url)
    assert mirrored(api_url, filings)["changed"] is False


def test_a_mirror_that_cannot_read_the_database_says_so(api_url: str, filings: Path) -> None:
    mirrored(api_url, filings)
    (filings / "2025" / "meridia.md").unlink()
    result = mirrored(api_url, filings, confirm_removal=True)
    assert result["removed"] == 1
    assert (
        "which answers cited what is gone cannot be told: finrisk_database_url is empty"
        in result["summary"][2]
    )


def test_a_mirror_never_removes_much_of_the_index_unless_that_is_confirmed(
    api_url: str, filings: Path
) -> None:
    bring(api_url, filings)
    for check_mode in (True, False):
        with pytest.raises(
            FinriskError, match=r"2 of the 4 documents of the index are not in the folder, more than 20%"
        ):
            mirrored(api_url, filings / "2025", check_mode)
    assert sorted(held(api_url)) == IDS
    assert mirrored(api_url, filings / "2025", confirm_removal=True)["removed"] == 2
    assert sorted(held(api_url)) == IDS[:2]


def test_without_a_mirror_nothing_is_removed(api_url: str, filings: Path) -> None:
    bring(api_url, filings)
    assert bring(api_url, filings / "2025")["removed"] == 0
    assert sorted(held(api_url)) == IDS


def test_a_mirror_removes_names_with_signs_of_addresses(api_url: str, filings: Path, tmp_path: Path) -> None:
    names = ["a b/c?d#e%2F", "../up", "x/../y", "ü/株"]
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as file:
        file.writelines(json.dumps({"id": name, "text": f"Text of {name}."}) + "\n" for name in names)
    bring(api_url, tmp_path / "documents.jsonl.gz")
    assert mirrored(api_url, filings, confirm_removal=True)["removed"] == len(names)
    assert sorted(held(api_url)) == IDS


def test_after_a_kill_only_the_rest_is_sent_and_progress_is_told(
    api_url: str, filings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "SENDERS", 2)

    class KilledError(Exception):
        pass

    def tell(done: int, total: int, label: str) -> None:
        told.append((done, total, label))
        if len(told) == killed_at:
            raise KilledError

    told: list[tuple[int, int, str]] = []
    killed_at = (
        7  # four files, "files read", then none sent, and the first one, while the second is under way
    )
    with pytest.raises(KilledError):
        bring(api_url, filings, batch=1, tell=tell)
    assert len(held(api_url)) == ingestion.SENDERS
    killed_at = 0
    told.clear()
    assert counts(bring(api_url, filings, batch=1, tell=tell)) == (2, 0, 2, True)
    assert told[0] == (0, 4, "files read, now meridia.md")
    assert told[-1] == (2, 2, "documents sent")
