"""No record stops or loses another: what the database refuses is set aside alone, and comes back mended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import psycopg
import pytest

from finrisk.journal import encoded
from tests.grounds.odd import Odd, body, in_pieces, parts
from tests.grounds.records import analysis, rating
from tests.grounds.service import STRATEGY, RunningService
from tests.grounds.wire import Wire


def put(service: RunningService, *records: Any) -> None:
    """Leave records in the journal as a worker that died would."""
    folder = service.var / "journal"
    new = folder / f"dead-{uuid.uuid4().hex}.new"
    new.write_bytes(b"".join(map(encoded, records)))
    new.rename(new.with_suffix(".seg"))


def command(service: RunningService, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "finrisk", "journal", *arguments],
        env=os.environ | {"FINRISK_VAR_DIR": str(service.var)},
        capture_output=True,
        text=True,
        check=False,
    )


def stored(service: RunningService, identifiers: list[str]) -> set[str]:
    query = "select id::text from analyses where id = any(%s::uuid[])"
    return {str(row[0]) for row in service.rows(query, identifiers)}


def journal(service: RunningService) -> dict[str, Any]:
    told: dict[str, Any] = service.call("GET", "/readyz", port=service.ops_port).json["journal"]
    return told


@pytest.fixture
def clean(service: RunningService) -> RunningService:
    command(service, "drop", "--all")
    return service


ENDED: dict[str, Any] = {"finish": "STOP", "modelVersion": "odd-1"}
OddService = tuple[RunningService, list[str]]
"""A service and what its model says, piece by piece."""


@pytest.fixture(scope="module")
def odd_service(
    tmp_path_factory: pytest.TempPathFactory, gemini: Wire, new_database: Callable[[bool], str]
) -> Iterator[OddService]:
    said: list[str] = []

    def answers(streams: bool) -> Iterable[bytes]:
        if not streams:
            return body(False, parts("".join(said), **ENDED))
        *first, last = said
        return body(True, *map(parts, first), parts(last, **ENDED))

    with Odd(in_pieces(answers)) as model:
        service = RunningService(tmp_path_factory.mktemp("odd"), gemini, new_database(True))
        service.configure(GEMINI_BASE_URL=model.url)
        service.start()
        try:
            yield service, said
        finally:
            service.stop()


POISON = {
    "a half pair": {"analysis": "cash \ud83d"},
    "NUL": {"analysis": "cash\x00"},
    "a number that no column holds": {"prompt_tokens": 1 << 70},
    "a value of another type": {"latency_ms": {"odd": 1}},
    "a value that a constraint forbids": {"bucket": 1_000_000},
    "no value where one must be": {"outcome": None},
    "NaN in its parts": {"quality_parts": {"grounding": float("nan")}},
}


@pytest.mark.parametrize("fields", POISON.values(), ids=POISON.keys())
def test_a_record_that_cannot_be_stored_is_set_aside_alone(
    clean: RunningService, fields: dict[str, Any]
) -> None:
    bad = str(uuid.uuid4())
    good = [str(uuid.uuid4()) for _ in range(6)]
    put(clean, *(analysis(each) for each in good[:3]), analysis(bad, **fields), analysis(good[3]))
    put(clean, *(analysis(each) for each in good[4:]))
    clean.wait_until(lambda: stored(clean, good) == set(good), 20)
    clean.wait_until(lambda: journal(clean)["set_aside"] == 1, 20)
    assert stored(clean, [bad]) == set()
    assert bad in command(clean, "list").stdout


@pytest.mark.parametrize(
    "record",
    [{"analysis": "no row"}, {"analysis": None}, {"correction": {"id": "x"}}, {"feedback": {"rating": 9}}],
    ids=["a row that is none", "null", "a kind of a newer release", "a rating without its request"],
)
def test_a_record_of_an_odd_shape_is_set_aside_alone(clean: RunningService, record: dict[str, Any]) -> None:
    good = str(uuid.uuid4())
    put(clean, record, analysis(good))
    clean.wait_until(lambda: stored(clean, [good]), 20)
    clean.wait_until(lambda: journal(clean)["set_aside"] == 1, 20)


def test_retry_mends_text_and_brings_the_record_into_the_database(clean: RunningService) -> None:
    bad, worse = str(uuid.uuid4()), str(uuid.uuid4())
    put(clean, analysis(bad, analysis="cash\x00 \ud83d"), analysis(worse, bucket=-1))
    clean.wait_until(lambda: journal(clean)["set_aside"] == 2, 20)
    told = command(clean, "retry", "--all")
    assert told.stdout.startswith("1 of 2 are in the database\n")
    assert f"{worse} was refused again: CheckViolation" in told.stdout
    assert told.returncode == 1
    assert clean.rows("select analysis from analyses where id = %s", bad) == [("cash \ufffd",)]
    assert command(clean, "drop", worse).stdout == "1 deleted\n"
    assert journal(clean)["set_aside"] == 0
    assert "nothing set aside" in command(clean, "drop", worse).stderr


def test_a_record_set_aside_by_an_older_release_is_listed_and_comes_back(clean: RunningService) -> None:
    identifier = str(uuid.uuid4())
    line = {"reason": "DataError 22P05", "record": analysis(identifier, analysis="a\x00b")}
    (clean.var / "journal" / "1-abc.bad").write_bytes(encoded(line))
    assert json.loads(command(clean, "list", "--json").stdout)["set_aside"][0]["request_id"] == identifier
    assert command(clean, "retry", identifier).stdout == "1 of 1 are in the database\n"


def test_ratings_on_rows_of_another_release_stop_no_other_and_still_count(clean: RunningService) -> None:
    odd = (
        {"grounding": 1},
        {"grounding": 10**400},
        {**dict.fromkeys(("grounding", "citations"), "x")},
        [1],
        "text",
        {"new": {"a": 1}},
    )
    identifiers = [str(uuid.uuid4()) for _ in odd]
    put(clean, *(analysis(each, quality_parts=parts) for each, parts in zip(identifiers, odd, strict=True)))
    put(clean, *(rating(each) for each in identifiers))
    good = str(uuid.uuid4())
    put(clean, analysis(good), rating(good))
    query = "select count(*) from analyses where rating = -1 and id = any(%s::uuid[])"
    clean.wait_until(lambda: clean.rows(query, [*identifiers, good]) == [(len(odd) + 1,)], 20)


def test_a_rating_that_cannot_be_applied_is_noted_and_the_others_are_applied(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service()
    first, second = sorted(str(uuid.uuid4()) for _ in range(2))
    with psycopg.connect(service.database_url) as connection:
        connection.execute(
            f"""create function refuse() returns trigger language plpgsql as $$ begin
                    if new.id = '{first}' then raise exception 'odd'; end if; return new; end $$;
                create trigger refuse before update on analyses
                    for each row execute function refuse()""".encode()
        )
    put(service, analysis(first), analysis(second), rating(first), rating(second))
    applied = "select applied_at is not null, problem from feedback where request_id = %s"
    service.wait_until(lambda: service.rows(applied, second) == [(True, None)], 20)
    service.wait_until(lambda: service.rows(applied, first) == [(False, "RaiseException P0001")], 20)


@pytest.mark.parametrize(
    ("harm", "cure"),
    [
        ("alter table analyses rename to gone", "alter table gone rename to analyses"),
        (
            "revoke insert on analyses from current_user",
            "grant insert on analyses to current_user",
        ),
        (
            "alter database {name} set default_transaction_read_only = on",
            "set transaction read write; alter database {name} reset default_transaction_read_only",
        ),
        (
            "create function full_disk() returns trigger language plpgsql as $$ begin "
            "raise exception 'no space left' using errcode = '53100'; end $$; "
            "create trigger full_disk before insert on analyses execute function full_disk()",
            "drop trigger full_disk on analyses",
        ),
    ],
    ids=["without its table", "without the right", "read-only", "full"],
)
def test_while_the_database_takes_nothing_everything_waits(
    new_service: Callable[..., RunningService], harm: str, cure: str
) -> None:
    service = new_service(WORKERS=1)
    name = service.database_url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(service.database_url) as connection:
        connection.execute(harm.format(name=name).encode())
    with psycopg.connect(service.database_url, autocommit=True) as connection:
        connection.execute(
            b"select pg_terminate_backend(pid) from pg_stat_activity "
            b"where datname = current_database() and pid <> pg_backend_pid()"
        )
    identifiers = [str(uuid.uuid4()) for _ in range(3)]
    put(service, *map(analysis, identifiers), analysis(str(uuid.uuid4()), analysis="\ud83d"))
    service.wait_until(lambda: journal(service)["oldest_seconds"] > 4, 20)
    assert journal(service)["set_aside"] == 0
    with psycopg.connect(service.database_url) as connection:
        connection.execute(cure.format(name=name).encode())
    service.wait_until(lambda: stored(service, identifiers) == set(identifiers), 30)
    service.wait_until(lambda: journal(service)["set_aside"] == 1, 30)


def test_a_file_that_cannot_be_read_stops_no_other(clean: RunningService) -> None:
    odd = clean.var / "journal" / "0-0.seg"
    odd.mkdir()
    good = str(uuid.uuid4())
    try:
        put(clean, analysis(good))
        clean.wait_until(lambda: stored(clean, [good]), 20)
    finally:
        odd.rmdir()


ODD_ANSWERS = {
    "half a pair": (["Cash was 12 \ud83d [1]."], "Cash was 12 \ufffd [1]."),
    "a pair cut over two chunks": (["Cash was 12 \ud83d", "\ude00 [1]."], "Cash was 12 \U0001f600 [1]."),
    "NUL": (["Cash\x00 was", "\x00 12 [1]."], "Cash was 12 [1]."),
    "half a pair at the end": (["Cash was 12 [1]. ", "\ud83d"], "Cash was 12 [1]. \ufffd"),
}


@pytest.mark.parametrize(("pieces", "text"), ODD_ANSWERS.values(), ids=ODD_ANSWERS.keys())
@pytest.mark.parametrize("streams", [False, True])
def test_what_a_model_says_is_made_storable_before_the_reply_and_the_journal(
    odd_service: OddService, pieces: list[str], text: str, streams: bool
) -> None:
    service, said = odd_service
    said[:] = pieces
    headers = {"Accept": "text/event-stream"} if streams else {}
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY}, headers=headers)
    assert answer.status == 200
    events = answer.body.decode()
    told = json.loads(events.rpartition("event: done\ndata: ")[2]) if streams else answer.json
    assert told["analysis"] == text
    assert told["metadata"]["recorded"] is True
    query = "select analysis, model_version from analyses where id = %s"
    found = service.wait_until(lambda: service.rows(query, told["metadata"]["request_id"]), 20)
    assert found == [(text, "odd-1")]
    assert journal(service)["set_aside"] == 0
