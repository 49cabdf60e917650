"""The file that export writes, on a real PostgreSQL: its form, its metadata, what a run leaves behind."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import psycopg
import pytest

from finrisk_ops.dataset import export
from finrisk_ops.dataset.columns import SELECTED
from finrisk_ops.errors import FinriskError
from finrisk_rules.version import rules_version
from tests.grounds.exports import ask, exported
from tests.grounds.training_rows import insert, row

FIELDS = (
    "id created_at strategy analysis quality_score model finetuned_model_used latency_ms user_id session_id "
    "request_id prompt prompt_hash sources arm model_version revision quality_parts redaction_version labels "
    "provenance model_analysis"
).split()
METADATA_KEYS = (
    "exported_at environment total_examples eligible_examples min_examples filters quality oldest newest "
    "rejected file bytes sha256 erased"
).split()
NASTY = (
    'back\\slash and \\n, tab\t, line\nfeed, return\r\n, quote " and \', {"a": 1}, a;b, \\., \u2028 \u0085, '
    "emoji 😀 é, percent %s, {{ jinja }}, and a long enough rest"
)


def test_the_file_is_a_json_array_with_one_element_a_line_ordered_by_id(
    database_url: str, tmp_path: Path
) -> None:
    insert(database_url, 0, *(row(number) for number in (5, 2, 9)))
    result = export.run(ask(database_url, tmp_path), check_mode=False)
    lines = Path(result["raw_file"]).read_text().splitlines()
    assert (lines[0], lines[-1]) == ("[", "]")
    assert [json.loads(line.rstrip(","))["session_id"] for line in lines[1:-1]] == [
        "session-2",
        "session-5",
        "session-9",
    ]
    assert list(exported(result)[0]) == FIELDS
    assert exported(result)[0]["created_at"] == "2026-10-03T08:00:02+00:00"


def test_the_file_holds_the_bytes_that_the_database_makes_of_each_row(
    database_url: str, tmp_path: Path
) -> None:
    fit = {"rules_version": rules_version(), "question_digest": f"{7:016x}"}
    long, unnamed = row(3, prompt=NASTY * 3_000), row(4, **fit | {"question_digest": None})
    insert(database_url, 0, row(1), row(2, **fit), long, unnamed, row(5, **fit))
    result = export.run(ask(database_url, tmp_path), check_mode=False)
    with psycopg.connect(database_url) as connection:
        made = f"select row_to_json(r)::text from (select {SELECTED} from training_data order by id) r"  # noqa: S608
        lines = [line for (line,) in connection.execute(made.encode())]
    assert Path(result["raw_file"]).read_bytes() == ("[\n" + ",\n".join(lines) + "\n]\n").encode()


def test_every_text_comes_out_as_it_went_in(database_url: str, tmp_path: Path) -> None:
    analysis = NASTY * 2 + " \x01 control"
    insert(database_url, 0, row(1, strategy=NASTY, analysis=analysis, sources=[{"document_id": NASTY}]))
    [back] = exported(export.run(ask(database_url, tmp_path, min_examples=0), check_mode=False))
    assert (back["strategy"], back["analysis"], back["sources"]) == (
        NASTY,
        analysis,
        [{"document_id": NASTY}],
    )


def test_the_metadata_names_counts_quality_and_hash(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 4, row(7, quality_score=1.0), row(8, quality_score=0.5))
    result = export.run(ask(database_url, tmp_path), check_mode=False)
    metadata = json.loads(Path(result["metadata_file"]).read_text())
    raw = Path(result["raw_file"]).read_bytes()
    assert list(metadata) == METADATA_KEYS
    assert (metadata["total_examples"], metadata["eligible_examples"]) == (6, 5)
    assert metadata["rejected"] == {"quality_too_low": 1}
    assert metadata["quality"] == {"min": 0.5, "mean": 0.8833, "histogram": {"0.50": 1, "0.95": 5}}
    assert (metadata["bytes"], metadata["sha256"]) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert (metadata["oldest"], metadata["newest"]) == (
        "2026-10-01T08:00:00+00:00",
        "2026-10-09T08:00:08+00:00",
    )


def test_too_few_usable_rows_leave_no_file_and_say_how_many_are_missing(
    database_url: str, tmp_path: Path
) -> None:
    insert(database_url, 3, row(4, strategy="Too short?"))
    with pytest.raises(FinriskError) as refused:
        export.run(ask(database_url, tmp_path / "out", min_examples=1000), check_mode=False)
    assert "3 usable examples, finrisk_min_examples is 1,000: 997 are missing" in refused.value.message
    assert "1 strategy_too_short" in refused.value.message
    assert refused.value.detail["missing_examples"] == 997
    assert list((tmp_path / "out").iterdir()) == []


def test_the_same_data_keeps_the_newest_file_and_new_data_makes_another(
    database_url: str, tmp_path: Path
) -> None:
    insert(database_url, 3)
    first = export.run(ask(database_url, tmp_path), check_mode=False)
    assert first["changed"]
    kept = export.run(ask(database_url, tmp_path), check_mode=False)
    assert (kept["changed"], kept["raw_file"]) == (False, first["raw_file"])
    insert(database_url, 0, row(50))
    third = export.run(ask(database_url, tmp_path), check_mode=False)
    assert third["changed"]
    assert third["raw_file"] > first["raw_file"]
    assert len(list(tmp_path.iterdir())) == 4


def test_an_export_that_somebody_changed_is_not_kept(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 3)
    first = export.run(ask(database_url, tmp_path), check_mode=False)
    Path(first["raw_file"]).write_text("[]")
    assert export.run(ask(database_url, tmp_path), check_mode=False)["changed"]


def test_what_a_killed_run_left_is_removed(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 2)
    (tmp_path / ".training_data_raw.abc.part").write_text("half")
    export.run(ask(database_url, tmp_path), check_mode=False)
    assert not list(tmp_path.glob(".*"))


def test_check_mode_reads_everything_and_writes_nothing(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 3)
    folder = tmp_path / "out"
    announced = export.run(ask(database_url, folder), check_mode=True)
    assert not folder.exists()
    done = export.run(ask(database_url, folder), check_mode=False)
    assert announced["sha256"] == done["sha256"]
    assert export.run(ask(database_url, folder), check_mode=True)["changed"] is False
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
