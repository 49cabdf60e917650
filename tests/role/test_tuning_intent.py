"""The mark of a creation that is on its way: in the file and the row, each aged by one clock."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

import psycopg
import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import table as tuning_table
from finrisk_ops.tuning.intent import Intent
from finrisk_ops.tuning.table import Table
from tests.grounds.datasets import dataset
from tests.grounds.modules import start_module
from tests.grounds.postgresql import cut_connections
from tests.grounds.tuning import look, of_spec, options, submit, wait
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire


def intent(folder: Path, table: Table | None) -> Intent:
    return Intent("a" * 40, "{}", "finrisk-v1-aaaaaaaa", folder, table)


def test_a_mark_is_seen_by_a_run_without_the_database_and_by_one_in_another_folder(
    database_url: str, tmp_path: Path
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    with Table.open(database_url) as table:
        assert intent(here, table).age() is None
        intent(here, table).set()
        for seen in (intent(here, table), intent(here, None), intent(elsewhere, table)):
            assert seen.age() == pytest.approx(0.0, abs=10)
        intent(here, table).clear()
        for seen in (intent(here, table), intent(here, None), intent(elsewhere, table)):
            assert seen.age() is None


def test_a_machine_whose_clock_is_wrong_does_not_take_a_mark_for_an_old_one(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    with Table.open(database_url) as table:
        monkeypatch.setattr(time, "time", lambda: now - 3600)
        intent(tmp_path, table).set()
        monkeypatch.setattr(time, "time", lambda: now + 3600)
        assert intent(tmp_path, table).age() == pytest.approx(0.0, abs=10)


def test_a_mark_that_the_lost_database_keeps_hides_no_error(database_url: str, tmp_path: Path) -> None:
    with Table.open(database_url) as table:
        intent(tmp_path, table).set()
        cut_connections(database_url)
        intent(tmp_path, table).clear()
    assert intent(tmp_path, None).age() is None


def test_a_mark_of_what_could_not_be_sent_does_not_stay(
    ground: Wire, folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Table.begin

    def lost(table: Table, *arguments: str) -> None:
        cut_connections(database_url)
        begin(table, *arguments)

    monkeypatch.setattr(Table, "begin", lost)
    assert "the database at" in submit(options(ground, folder, database_url))["msg"]
    assert not list(folder.glob(".submitting*"))
    assert not ground.requests(CREATE, "POST")


@pytest.mark.slow
@pytest.mark.parametrize("with_database", [True, False])
def test_a_mark_that_lies_in_the_future_holds_nobody_up_longer_than_a_request_may_take(
    ground: Wire, folder: Path, database_url: str, with_database: bool
) -> None:
    url = database_url if with_database else ""
    given = options(ground, folder, url, request_timeout=2)
    [spec_id] = [line.split()[-1] for line in submit(given, check=True)["plan"] if line.startswith("spec ")]
    with contextlib.ExitStack() as stack:
        table = stack.enter_context(Table.open(url)) if url else None
        Intent(spec_id, "{}", "finrisk-v1-x", folder, table).set()
        [file] = folder.glob(".submitting*")
        mark = json.loads(file.read_text()) | {"submitting_since": time.time() + 3600}
        file.write_text(json.dumps(mark))
    if url:
        with psycopg.connect(url) as connection:
            connection.execute("update tuning_jobs set job = job || %s::jsonb", [json.dumps(mark)])
    started = time.monotonic()
    assert submit(given)["action"] == "submit"
    assert time.monotonic() - started < 20


@pytest.mark.slow
def test_the_mark_of_another_attempt_outlasts_runs_that_only_find_the_failed_one(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url, request_timeout=30)
    ground.fault(kind="job_fail", message="Row 3 has no answer.", times=1)
    spec_id = submit(given)["job"]["spec_id"]
    wait(given)
    ground.fault(kind="latency", method="POST", path=CREATE, ms=6000, times=1)
    sent = start_module("finrisk_tuning_job", given | {"retry": True})
    with Table.open(database_url) as table:
        until(lambda: table.submitting_for(spec_id) is not None, 30)
        time.sleep(1)  # the creation is under way
        sent.kill()
        sent.communicate()
        assert "Row 3 has no answer." in submit(given)["msg"]
        look(given)
        assert table.submitting_for(spec_id) is not None
    assert list(folder.glob(".submitting*"))
    found = submit(given | {"retry": True})
    assert [job["labels"]["finrisk-attempt"] for job in of_spec(ground, found)] == ["1", "2"]
    assert len(ground.requests(CREATE, "POST")) == 2


def test_what_is_learned_about_a_job_leaves_the_mark_of_a_newer_attempt(database_url: str) -> None:
    spec_id, job = "b" * 40, {"job_name": "projects/p/locations/l/tuningJobs/1", "state": "CREATING"}
    with Table.open(database_url) as table:
        table.keep(spec_id, "{}", job)
        table.begin(spec_id, "{}", "finrisk-v1-bbbbbbbb")
        table.update(spec_id, job | {"state": "FAILED"})
        assert table.submitting_for(spec_id) == pytest.approx(0.0, abs=10)
        [row] = [row for row in table.contents() if row["job_name"] == job["job_name"]]
        assert row["state"] == "FAILED"
        table.settle(spec_id)
        [row] = [row for row in table.contents() if row["job_name"] == job["job_name"]]
        assert row == job | {"state": "FAILED"}


@pytest.mark.slow
def test_a_job_that_came_during_a_long_upload_is_adopted(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two machines without a database know of each other by the service's list alone."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    dataset(elsewhere, seed=folder.name)
    ground.fault(kind="job_slow", seconds=600)
    ground.fault(kind="latency", path=UPLOAD, ms=15_000, times=1)
    slow = start_module("finrisk_tuning_job", options(ground, folder))
    until(lambda: ground.requests(CREATE, "GET"), 30)  # its look before the upload
    time.sleep(1)
    quick = submit(options(ground, elsewhere))
    assert quick["action"] == "submit"
    assert slow.poll() is None
    adopted = json.loads(slow.communicate(timeout=180)[0])
    assert adopted["job"]["job_name"] == quick["job"]["job_name"]
    assert len(of_spec(ground, quick)) == 1
    assert len(ground.requests(CREATE, "POST")) == 1


def test_only_a_lock_that_is_held_is_told_as_another_run(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_table, "LOCK_WAIT", "200ms")
    with Table.open(database_url) as first, Table.open(database_url) as second, first.lock():
        with pytest.raises(FinriskError, match=r"^another tune.yml has been submitting for 200ms"):
            second.lock().__enter__()
        cut_connections(database_url)
        with pytest.raises(FinriskError, match=r"^the database at .* said: "):
            second.lock().__enter__()
