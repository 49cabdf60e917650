"""What one record meets on its way to the database is no other record's business."""

from __future__ import annotations

import errno
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest

from finrisk import aside, journal, shipping
from finrisk.db import pool
from finrisk.db.pool import Database, DatabaseUnavailableError
from finrisk.journal import Journal, encoded
from finrisk.shipping import Shipper
from tests.grounds.records import analysis, rating
from tests.grounds.waiting import until

STORED = "select id::text from analyses"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    held = Database(database_url, 2)
    yield held
    held.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def shipper(folder: Path, database: Database) -> Shipper:
    return Shipper(Journal(folder), database)


def put(folder: Path, name: str, records: Iterable[dict[str, Any]]) -> None:
    (folder / f"{name}.seg").write_bytes(b"".join(map(encoded, records)))


def shipped(shipper: Shipper) -> bool:
    """Ship once; whether nothing waits after it."""
    try:
        shipper.ship()
    except (DatabaseUnavailableError, OSError):
        return False
    return True


def stored(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        return {row[0] for row in connection.execute(STORED.encode())}


def harm(url: str, action: str) -> None:
    """Let the database do something odd for each record whose revision is ``odd``."""
    with psycopg.connect(url) as connection:
        connection.execute(
            f"""create function odd() returns trigger language plpgsql as $$ begin
                    if new.revision = 'odd' then {action}; end if; return new; end $$;
                create trigger odd before insert on analyses for each row execute function odd()""".encode()
        )


def some(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [analysis(str(uuid.uuid4()), **fields) for _ in range(count)]


def ids(records: list[dict[str, Any]]) -> set[str]:
    return {record["analysis"]["id"] for record in records}


@pytest.mark.parametrize("state", ["57P01", "40001", "55000", "08P01", "57014", "XX000", "54000"])
def test_a_record_that_raises_anything_while_others_pass_is_set_aside_alone(
    folder: Path, shipper: Shipper, database_url: str, state: str
) -> None:
    harm(database_url, f"raise exception 'odd' using errcode = '{state}'")
    odd, good = some(4, revision="odd"), some(3)
    put(folder, "1", odd + good)
    assert shipped(shipper)
    assert stored(database_url) == ids(good)
    assert {entry.request_id for entry in aside.records_aside(folder)} == ids(odd)


@pytest.mark.parametrize("table", ["analyses", "exposures"])
def test_records_wait_while_an_index_is_made_of_any_table_that_they_reach(
    folder: Path, shipper: Shipper, database_url: str, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    of_a_stage = {"split_bp": 5000, "judge_version": "1", "prompt_version": "1", "index_version": "1"}
    records = some(3, **of_a_stage)
    put(folder, "1", records)
    monkeypatch.setitem(pool._SESSION, "statement_timeout", 300)
    impatient = Database(database_url, 2)
    with psycopg.connect(database_url) as connection:
        connection.execute(f"lock table {table} in share mode".encode())  # as create index does
        assert not shipped(Shipper(Journal(folder), impatient))
    impatient.close()
    assert aside.count(folder) == 0
    assert shipped(shipper)
    assert stored(database_url) == ids(records)


def test_a_record_that_costs_the_connection_is_set_aside_alone(
    folder: Path, shipper: Shipper, database_url: str
) -> None:
    harm(database_url, "perform pg_terminate_backend(pg_backend_pid())")
    odd, good = some(1, revision="odd"), some(3)
    put(folder, "1", odd + good)
    assert shipped(shipper)
    assert stored(database_url) == ids(good)
    assert aside.count(folder) == 1


@pytest.mark.parametrize("state", ["53100", "53200", "58030", "42P01", "42703", "42501", "42P10"])
def test_records_that_find_no_room_or_no_table_wait_and_hold_up_no_other(
    folder: Path, shipper: Shipper, database_url: str, state: str, caplog: pytest.LogCaptureFixture
) -> None:
    harm(database_url, f"raise exception 'odd' using errcode = '{state}'")
    odd, good = some(7, revision="odd"), some(3)
    put(folder, "1", odd + good)
    assert not shipped(shipper)
    assert stored(database_url) == ids(good)
    assert aside.count(folder) == 0
    assert f"records wait though PostgreSQL answers: {'DiskFull' if state == '53100' else ''}" in caplog.text
    with psycopg.connect(database_url) as connection:
        connection.execute(b"drop trigger odd on analyses")
    assert shipped(shipper)
    assert stored(database_url) == ids(odd + good)


def test_a_right_that_is_missing_is_told_and_not_asked_for_again_and_again(
    folder: Path, shipper: Shipper, database: Database, database_url: str
) -> None:
    records = some(3)
    put(folder, "1", records)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("revoke insert on analyses from current_user")
        for _ in range(2):  # the second time each record is tried alone
            put(folder, "2", [rating(str(uuid.uuid4()))])
            began = time.monotonic()
            assert not shipped(shipper)
            assert time.monotonic() - began < 2, "it rests"
        assert "a right is missing (42501)" in database.condition().problem
        connection.execute("grant insert on analyses to current_user")
    until(lambda: shipped(shipper))
    assert stored(database_url) == ids(records)
    assert aside.count(folder) == 0


def no_room(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_on_a_full_disk_what_cannot_be_set_aside_waits_and_the_rest_gives_its_room_back(
    folder: Path, shipper: Shipper, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = some(4, bucket=-1)
    first, second, third = some(2), some(2), some(2)
    put(folder, "1", odd[:3] + first)
    put(folder, "2", second)
    put(folder, "3", odd[3:] + third)
    with monkeypatch.context() as full:
        full.setattr(shipping, "set_aside", no_room)
        full.setattr(journal, "write_sealed", no_room)
        assert not shipped(shipper)
    assert stored(database_url) == ids(first + second + third)
    assert {path.name for path in folder.glob("*.seg")} == {"1.seg", "3.seg"}
    assert shipped(shipper)
    assert {entry.request_id for entry in aside.records_aside(folder)} == ids(odd)
    assert not list(folder.glob("*.seg"))


@pytest.mark.parametrize(
    ("days", "last"), [(100, 1), (0, -1)], ids=["a clock that was ahead", "shipped out of order"]
)
def test_of_two_ratings_the_later_counts_unless_it_comes_from_the_future(
    folder: Path, shipper: Shipper, database_url: str, days: int, last: int
) -> None:
    identifier, now = str(uuid.uuid4()), datetime.now(UTC)
    first = rating(identifier, created_at=(now + timedelta(days=days)).isoformat())
    second = rating(identifier, created_at=(now - timedelta(seconds=1)).isoformat(), rating=1)
    for name, record in (("1", first), ("2", second)):
        put(folder, name, [record])
        assert shipped(shipper)
    with psycopg.connect(database_url) as connection:
        assert connection.execute(b"select rating from feedback").fetchall() == [(last,)]


def test_two_shippers_and_a_retry_at_once_store_each_record_once(
    folder: Path, database: Database, database_url: str
) -> None:
    records = some(200)
    for number in range(20):
        put(folder, str(number), records[number * 10 : number * 10 + 10])
    odd = some(20, analysis="a\x00b")
    put(folder, "odd", odd)
    shippers = [Shipper(Journal(folder), database) for _ in range(2)]

    def work(step: Callable[[], object]) -> None:
        for _ in range(20):
            step()

    steps: list[Callable[[], object]] = [lambda each=each: shipped(each) for each in shippers]  # type: ignore[misc]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, [*steps, lambda: aside.retry(folder, None)]))
    while not (shipped(shippers[0]) and not aside.retry(folder, None)):
        pass
    assert stored(database_url) == ids(records + odd)
    assert aside.count(folder) == 0
