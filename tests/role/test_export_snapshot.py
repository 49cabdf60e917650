"""An export is of one moment and whole, or is not there: writers, cut connections, no database."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from finrisk_ops.dataset import export, rows
from finrisk_ops.dataset.rows import usable
from finrisk_ops.errors import FinriskError
from tests.grounds.exports import ask, exported
from tests.grounds.postgresql import cut_connections
from tests.grounds.relay import relay
from tests.grounds.training_rows import insert, row


def test_a_server_that_dies_in_the_middle_leaves_no_half_file_and_the_next_run_writes_it_whole(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(database_url, 0, *(row(number, session_id="s" * 40_000) for number in range(500)))
    read: list[object] = []

    def usable_until_it_dies(*given: Any) -> Any:
        read.append(given)
        if len(read) == 3:  # of 20 MB, far more than may be on its way
            cut_connections(database_url)
        return usable(*given)

    monkeypatch.setattr(rows, "usable", usable_until_it_dies)
    with pytest.raises(FinriskError, match=r"^the database at .* said: .*; run it again"):
        export.run(ask(database_url, tmp_path), check_mode=False)
    assert 3 <= len(read) < 500
    assert list(tmp_path.iterdir()) == []
    assert len(exported(export.run(ask(database_url, tmp_path), check_mode=False))) == 500


@pytest.mark.parametrize("block", [1, 40, 400])
def test_a_port_forward_that_is_cut_in_the_middle_leaves_no_file_and_a_new_one_brings_all(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    insert(database_url, 0, *(row(number, session_id="s" * 40_000) for number in range(400)))
    server = urlsplit(database_url)
    with relay(str(server.hostname), server.port or 5432) as forward:
        url = database_url.replace(f":{server.port}/", f":{forward.port}/")
        read: list[object] = []

        def usable_until_the_cut(*given: Any) -> Any:
            read.append(given)
            if len(read) == block:
                forward.cut()
            return usable(*given)

        monkeypatch.setattr(rows, "usable", usable_until_the_cut)
        with pytest.raises(FinriskError, match=r"^the database at .* said: .*; run it again"):
            export.run(ask(url, tmp_path), check_mode=False)
    assert block <= len(read)  # what was on its way may have arrived, all of it and the end not
    assert list(tmp_path.iterdir()) == []
    assert len(exported(export.run(ask(database_url, tmp_path), check_mode=False))) == 400


WRITE = """
insert into training_data (id, created_at, strategy, analysis, quality_score, model, finetuned_model_used,
    latency_ms, session_id)
select gen_random_uuid(), now(), 'Too short?', repeat('x', 900), 1, '', false, 1, %s
from generate_series(1, %s)"""
BATCH, BATCHES, WRITERS = 10, 500, 4


def write_at_once(database_url: str, writer: int, begun: threading.Barrier) -> None:
    """Write 5,000 rows, ten a transaction, each transaction under a name of its own."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        begun.wait()
        for number in range(BATCHES):
            connection.execute(WRITE, (f"{writer}-{number}", BATCH))


def test_an_export_during_20_000_inserts_is_of_one_moment(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 50)
    begun = threading.Barrier(WRITERS + 1)
    writers = [
        threading.Thread(target=write_at_once, args=(database_url, number, begun))
        for number in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    begun.wait()
    results = []
    while any(writer.is_alive() for writer in writers):
        results.append(export.run(ask(database_url, tmp_path), check_mode=False))
    totals = []
    for result in results:
        written = exported(result)
        metadata = json.loads(Path(result["metadata_file"]).read_text())
        batches = Counter(
            each["session_id"] for each in written if not each["session_id"].startswith("session")
        )
        assert set(batches.values()) <= {BATCH}, "a transaction was seen in part"
        assert len({each["id"] for each in written}) == len(written) == 50 + BATCH * len(batches)
        assert metadata["total_examples"] == result["total_examples"] == len(written)
        totals.append(len(written))
    assert any(50 < total < 50 + BATCH * BATCHES * WRITERS for total in totals)
    assert export.run(ask(database_url, tmp_path), check_mode=True)["total_examples"] == 20_050


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "finrisk_database_url is empty"),
        ("finrisk:hidden-word@host", "is not a database address"),
        ("postgresql://u:hidden-word@127.0.0.1:9/d", "cannot connect to PostgreSQL at 127.0.0.1:9/d as u"),
        ("postgresql://u:hidden-word@127.0.0.1:notaport/d", "is not a database address"),
        ("postgresql://u:hidden-word@127.0.0.1:9/d?nonsense=1", "cannot connect to PostgreSQL"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_the_password(
    tmp_path: Path, url: str, message: str
) -> None:
    with pytest.raises(FinriskError) as refused:
        export.run(ask(url, tmp_path), check_mode=False)
    assert message in refused.value.message
    assert "hidden-word" not in refused.value.message + repr(refused.value.detail)
    assert "hidden-word" not in repr(ask(url, tmp_path))


def test_a_database_without_tables_says_what_to_run(
    new_database: Callable[[bool], str], tmp_path: Path
) -> None:
    with pytest.raises(FinriskError, match=r"the tables are missing: run playbooks/site\.yml"):
        export.run(ask(new_database(False), tmp_path), check_mode=False)


def test_a_wrong_password_is_an_error_that_does_not_repeat_it(database_url: str, tmp_path: Path) -> None:
    wrong = database_url.replace("finrisk_user:", "finrisk_user:not-it-")
    with pytest.raises(FinriskError, match="password authentication failed") as refused:
        export.run(ask(wrong, tmp_path), check_mode=False)
    assert "not-it-" not in refused.value.message
