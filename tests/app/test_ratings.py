"""A rating that cannot be applied at the moment stops no other."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from finrisk.db.pool import Database, DatabaseUnavailableError
from finrisk.ratings import apply_ratings

ROW = b"""
insert into analyses (id, created_at, split_bp, unit_kind, unit_hash, bucket, arm_assigned, outcome,
                      latency_ms, redaction_version, quality_parts)
values (%(id)s, now(), 0, 'user', '', 0, 'base', 'ok', 1, '1', %(parts)s)"""
PAIR = b"""
insert into training_data (id, created_at, strategy, analysis, quality_score, model, finetuned_model_used,
                           latency_ms, sources)
values (%(id)s, now(), '', '', 1, '', false, 1, '[]')"""
RATING = b"insert into feedback (request_id, rating, created_at) values (%(id)s, -1, now())"
APPLIED = b"select id::text from analyses where rating = -1"
PARTS = (
    '{"grounding": 1, "citations": 1, "relevance": 1, "structure": 1, "completeness": 1, "refused": false}'
)

NUMBERS = itertools.count(1)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(database_url, autocommit=True) as held:
        yield held


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    held = Database(database_url, 2)
    yield held
    held.close()


def rated(connection: psycopg.Connection[tuple[str]], parts: str = PARTS) -> str:
    """A stored pair and its rating, which is not applied yet; identifiers come in order."""
    identifier = str(uuid.UUID(int=next(NUMBERS)))
    for statement in (ROW, PAIR, RATING):
        connection.execute(statement, {"id": identifier, "parts": parts})
    return identifier


def applied(connection: psycopg.Connection[tuple[str]]) -> set[str]:
    return {row[0] for row in connection.execute(APPLIED)}


def test_a_training_row_that_somebody_holds_stops_no_other_rating(
    database: Database, connection: psycopg.Connection[tuple[str]], database_url: str
) -> None:
    held, *others = [rated(connection) for _ in range(4)]
    with psycopg.connect(database_url) as somebody:
        somebody.execute("select 1 from training_data where id = %s for update", (held,))
        apply_ratings(database, 0.9)
        assert applied(connection) == set(others)
    apply_ratings(database, 0.9)
    assert applied(connection) == {held, *others}


@pytest.mark.parametrize("state", ["54000", "53100", "57014", "40001"])
def test_a_rating_that_meets_an_odd_state_stops_no_other(
    database: Database, connection: psycopg.Connection[tuple[str]], state: str
) -> None:
    odd, *others = [rated(connection) for _ in range(3)]
    connection.execute(
        f"""create function refuse() returns trigger language plpgsql as $$ begin
                if new.id = '{odd}' then raise exception 'odd' using errcode = '{state}'; end if;
                return new; end $$;
            create trigger refuse before update on analyses for each row execute function refuse()""".encode()
    )
    apply_ratings(database, 0.9)
    assert applied(connection) == set(others)
    connection.execute(b"drop trigger refuse on analyses")
    apply_ratings(database, 0.9)
    assert odd in applied(connection)


def test_a_rating_waits_while_a_table_is_away(
    database: Database, connection: psycopg.Connection[tuple[str]]
) -> None:
    waiting = rated(connection)
    with database.connection():
        pass  # the schema was there a moment ago
    connection.execute("alter table training_data rename to elsewhere")
    with pytest.raises(DatabaseUnavailableError, match="a table is missing"):
        apply_ratings(database, 0.7)
    connection.execute("alter table elsewhere rename to training_data")
    apply_ratings(database, 0.7)
    assert applied(connection) == {waiting}


def test_ratings_wait_without_a_word_while_the_database_is_read_only(
    database: Database,
    connection: psycopg.Connection[tuple[str]],
    database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = rated(connection)
    name = connection.info.dbname
    connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
    with pytest.raises(DatabaseUnavailableError, match="ReadOnlySqlTransaction"):
        apply_ratings(database, 0.7)
    assert not caplog.records
    connection.execute(f"alter database {name} reset default_transaction_read_only".encode())
    writable = Database(database_url, 1)
    apply_ratings(writable, 0.7)
    writable.close()
    assert applied(connection) == {waiting}
