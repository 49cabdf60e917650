"""A database that answers without the tables that this release needs counts as away, until they are back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import psycopg
import pytest

from finrisk.db import condition as conditions
from finrisk.db.condition import Condition, needed
from finrisk.db.migration import migrate, migrations
from finrisk.db.pool import Database
from tests.grounds.service import PAGE, RunningService


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
    execute(url, "drop schema public cascade", "create schema public")


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
            "where table_schema = 'public' and table_name <> 'schema_migrations' group by 1"
        ).fetchall()
    assert needed(migrations()) == {table: set(columns) for table, columns in rows}


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
    newest = migrations()[-1]
    found = look("delete from schema_migrations where version = (select max(version) from schema_migrations)")
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
