"""A database that answers without the tables that this release needs counts as away, until they are back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import urlsplit

import psycopg
import pytest

from finrisk.db import condition as conditions
from finrisk.db.condition import Condition
from finrisk.db.contents import columns, parts
from finrisk.db.migration import migrate, migrations
from finrisk.db.pool import Database, DatabaseUnavailableError
from tests.grounds.service import PAGE, RunningService

PARTS = """
select 'constraint', conname::text, relname::text from pg_constraint join pg_class of on of.oid = conrelid
where contype in ('p', 'u', 'f') and of.relnamespace = 'public'::regnamespace
    and relname <> 'schema_migrations'
union all
select 'index', indexrelid::regclass::text, indrelid::regclass::text from pg_index
join pg_class of on of.oid = indrelid
where of.relnamespace = 'public'::regnamespace
    and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
union all
select 'view', relname::text, '' from pg_class where relnamespace = 'public'::regnamespace and relkind = 'v'
union all
select 'function', proname::text, '' from pg_proc where pronamespace = 'public'::regnamespace
union all
select 'trigger', tgname::text, tgrelid::regclass::text from pg_trigger where not tgisinternal"""


def told(service: RunningService) -> dict[str, object]:
    health = service.call("GET", "/readyz", port=service.ops_port)
    assert health.status == 200
    return {name: health.json[name] for name in ("ready", "database", "schema", "database_problem")}


def execute(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def empty(url: str) -> None:
    """As a volume that was lost or a restore that just began: the same server, and no table."""
    gone = False
    while not gone:
        with suppress(psycopg.errors.DeadlockDetected):  # with who reads or writes just then
            execute(url, "drop schema public cascade", "create schema public")
            gone = True


def restore(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)


@pytest.fixture
def look(database_url: str) -> Callable[..., Condition]:
    def at(*statements: str) -> Condition:
        execute(database_url, *statements)
        with psycopg.connect(database_url, autocommit=True) as connection:
            return conditions.condition(connection)

    return at


def test_tables_that_vanish_under_traffic_cost_sources_and_nothing_else(service: RunningService) -> None:
    answers = [service.analyze()]
    assert answers[0].metadata["approach"] == "rag_base"
    service.wait_for_row(answers[0])
    with ThreadPoolExecutor(8) as asking:
        begun = [asking.submit(service.analyze) for _ in range(60)]
        empty(service.database_url)
        later = [asking.submit(service.analyze) for _ in range(60)]
        answers = [each.result() for each in (*begun, *later)]
    assert {answer.status for answer in answers} == {200}
    assert {answer.metadata["approach"] for answer in answers[-30:]} == {"ungrounded"}
    found = told(service)
    assert (found["ready"], found["database"], found["schema"]) == (True, "unusable", "empty")
    assert "has no tables of FinRisk" in str(found["database_problem"])
    unanswered = service.call("GET", "/api/v1/status")
    assert (unanswered.status, unanswered.json["traffic"]) == (200, None)
    assert service.call("GET", "/api/v1/documents").status == 503
    assert service.call("POST", "/api/v1/documents", {"documents": [PAGE]}).status == 503
    rating = {"request_id": answers[-1].metadata["request_id"], "rating": 1}
    assert service.call("POST", "/api/v1/feedback", rating).status == 202

    restore(service.database_url)
    ids = [answer.metadata["request_id"] for answer in answers[-60:]]
    stored = "select count(*), count(distinct id) from analyses where id = any(%s::uuid[])"
    service.wait_until(lambda: service.rows(stored, ids) == [(60, 60)])
    service.wait_until(lambda: service.rows("select count(*) from analyses where rating = 1") == [(1,)])
    service.add_page()
    service.wait_until(lambda: service.analyze().metadata["approach"] == "rag_base")
    well = {"ready": True, "database": "ok", "schema": "current", "database_problem": ""}
    service.wait_until(lambda: told(service) == well)
    assert not list((service.var / "journal").glob("*.bad"))


def test_the_columns_that_are_looked_for_are_those_of_a_migrated_database(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(
            "select table_name, array_agg(column_name::text) from information_schema.columns "
            "join information_schema.tables using (table_schema, table_name) where table_type = 'BASE TABLE' "
            "and table_schema = 'public' and table_name <> 'schema_migrations' group by 1"
        ).fetchall()
    assert columns(migrations()) == {table: set(columns) for table, columns in rows}


def test_the_parts_that_are_looked_for_are_those_of_a_migrated_database(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        rows = connection.execute(PARTS).fetchall()
    assert {(part.kind, part.name, part.table) for part in parts(migrations())} == set(rows)


@pytest.mark.parametrize(
    ("statement", "missing"),
    [
        ("alter table feedback drop constraint feedback_pkey", "constraint feedback_pkey"),
        ("alter table pages drop constraint pages_document_id_fkey", "constraint pages_document_id_fkey"),
        ("alter table terms drop constraint terms_term_key", "constraint terms_term_key"),
        ("drop index analyses_experiment", "index analyses_experiment"),
        ("drop view arm_statistics", "view arm_statistics"),
        ("drop function stage_of", "function stage_of"),
        ("drop trigger releases_stay on releases", "trigger releases_stay"),
    ],
)
def test_a_restore_whose_data_are_there_and_whose_keys_are_not_is_not_told_as_whole(
    look: Callable[..., Condition], statement: str, missing: str
) -> None:
    found = look(statement)
    assert (found.database, found.schema) == ("unusable", "incomplete")
    assert f"lacks {missing} in the search path" in found.problem


def test_a_database_that_denies_its_versions_is_unusable_and_rests(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("finrisk.db.pool._REST_SECONDS", 600.0)
    execute(database_url, "revoke select on schema_migrations from current_user")
    pool = Database(database_url, 1)
    try:
        found = pool.condition()
        assert (found.database, found.schema) == ("unusable", "unknown")
        assert "a right is missing (42501)" in found.problem
        with pytest.raises(DatabaseUnavailableError, match="schema is unknown"), pool.connection():
            pass
        execute(database_url, "grant select on schema_migrations to current_user")
        with pytest.raises(DatabaseUnavailableError, match="schema is unknown"), pool.connection():
            pass  # it rests
        pool._resting_until -= 600
        with pool.connection() as connection:
            connection.execute("select 1 from documents")
    finally:
        pool.close()


def test_what_is_missing_is_named(look: Callable[..., Condition]) -> None:
    assert look() == Condition("ok", "current")
    found = look("insert into schema_migrations (version, name) values (9999, 'later')")
    assert found == Condition("ok", "newer")
    found = look(
        "delete from schema_migrations where version = 9999", "alter table passages drop column kind"
    )
    assert (found.database, found.schema) == ("unusable", "incomplete")
    assert "lacks passages.kind" in found.problem
    found = look("alter table passages add column kind text", "drop table training_data")
    assert found.schema == "incomplete"
    assert "lacks training_data" in found.problem


def test_an_older_schema_names_what_it_lacks(look: Callable[..., Condition]) -> None:
    *before, newest = migrations()
    found = look(
        "drop schema public cascade",
        "create schema public",
        "create table schema_migrations (version integer primary key, name text)",
        *(migration.sql for migration in before),
        f"insert into schema_migrations values ({before[-1].version}, 'before')",  # noqa: S608 - a number
    )
    assert (found.database, found.schema) == ("unusable", "older")
    assert newest.name in found.problem


def test_a_read_only_database_gives_sources_and_takes_no_records(
    database_url: str, look: Callable[..., Condition]
) -> None:
    name = urlsplit(database_url).path.lstrip("/")
    found = look(f"alter database {name} set default_transaction_read_only = on")
    assert (found.database, found.schema) == ("read_only", "current")
    pool = Database(database_url, 1)
    with pool.connection() as connection:
        connection.execute("select 1 from documents")
    assert pool.condition().database == "read_only"
    pool.close()


def test_a_database_that_refuses_says_why(database_url: str) -> None:
    password = str(urlsplit(database_url).password)
    pool = Database(database_url.replace(password, "a-wrong-word"), 1)
    found = pool.condition()
    assert found.database == "down"
    assert "password authentication failed" in found.problem
    assert "a-wrong-word" not in found.problem
    pool.close()
