"""Schema migrations: numbered SQL files, each applied once, in one transaction, by one process at a time."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import psycopg

_LOCK = 0x46696E5269736B  # "FinRisk"
_TABLE = """
create table if not exists schema_migrations (
    version    integer primary key,
    name       text not null,
    applied_at timestamptz not null default now()
)"""


@dataclass(frozen=True)
class Migration:
    """One numbered file of db/migrations."""

    version: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """Every migration this release knows, oldest first."""
    folder = files("finrisk.db") / "migrations"
    scripts = [
        Migration(
            int(entry.name.partition("_")[0]), entry.name.removesuffix(".sql"), entry.read_text("utf-8")
        )
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    ]
    return sorted(scripts, key=lambda migration: migration.version)


def schema_version(connection: psycopg.Connection[Any]) -> int:
    """The newest applied migration, 0 for an empty database."""
    if connection.execute("select to_regclass('schema_migrations')").fetchone() == (None,):
        return 0
    row = connection.execute("select coalesce(max(version), 0) from schema_migrations").fetchone()
    return int(row[0]) if row else 0


def pending(connection: psycopg.Connection[Any]) -> list[Migration]:
    """Migrations that the database does not have yet."""
    version = schema_version(connection)
    return [migration for migration in migrations() if migration.version > version]


def migrate(connection: psycopg.Connection[Any]) -> list[Migration]:
    """Apply what is pending and return it; a second process waits and then finds nothing to do.

    Each is committed before the next: a service that is running waits for the tables of one alone.
    """
    applied: list[Migration] = []
    while pending(connection):
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(_TABLE)
            for migration in pending(connection)[:1]:
                connection.execute(migration.sql.encode())
                connection.execute(
                    "insert into schema_migrations (version, name) values (%s, %s)",
                    (migration.version, migration.name),
                )
                applied.append(migration)
    return applied
