"""What a database that answers is good for: one that is empty, half restored or older counts as away."""

from dataclasses import dataclass
from typing import Any

import psycopg

from finrisk.db.contents import columns, parts
from finrisk.db.migration import Migration, migrations, schema_version

_MISSING = """
select wanted.name || '.' || wanted.part from unnest(%s::text[], %s::text[]) as wanted (name, part)
where not exists (
    select from pg_attribute
    where attrelid = to_regclass(wanted.name) and attname = wanted.part and not attisdropped)
order by 1"""

# "offset 0": by the index, and not by whether each of PostgreSQL's own 3,000 functions is visible.
_MISSING_PARTS = """
select wanted.kind || ' ' || wanted.name
from unnest(%s::text[], %s::text[], %s::text[]) as wanted (kind, name, of)
where not case wanted.kind
    when 'constraint' then exists (
        select from pg_constraint where conrelid = to_regclass(wanted.of) and conname = wanted.name)
    when 'index' then exists (
        select from pg_index
        where indrelid = to_regclass(wanted.of) and indexrelid = to_regclass(wanted.name))
    when 'view' then exists (
        select from pg_class where oid = to_regclass(wanted.name) and relkind = 'v')
    when 'function' then exists (
        select from pg_proc where proname = wanted.name and pg_function_is_visible(oid) offset 0)
    when 'trigger' then exists (
        select from pg_trigger where tgrelid = to_regclass(wanted.of) and tgname = wanted.name)
    end
order by 1"""

_PLACE = """
select current_setting('transaction_read_only') = 'on', current_user, current_database(),
       current_setting('search_path'), to_regclass('schema_migrations') is not null"""

_NAMED_AT_MOST = 3

_OF_THE_SCHEMA = {
    "42P01": "a table is missing",
    "42703": "a column is missing",
    "42883": "a function is missing",
    "42P10": "a unique index is missing",
    "42501": "a right is missing",
    "3F000": "a schema is missing",
    "0A000": "its tables were made anew",
}
"""SQLSTATEs (PostgreSQL manual, appendix A) that name tables and rights and never speak of what was given."""

_OF_WHAT_WAS_GIVEN = ("22", "23")


@dataclass(frozen=True)
class Condition:
    """What the database is good for, as ``/readyz`` of the ops port says it.

    ``database`` is ``ok``, ``read_only`` (answers have sources, records wait), ``unusable`` (it answers, and
    counts as away) or ``down``. ``schema`` is ``current``, ``newer`` (fine), ``older``, ``empty``,
    ``incomplete`` or ``unknown``. ``problem`` is a sentence, empty when there is none.
    """

    database: str
    schema: str
    problem: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether statements of this release may be sent to it."""
        return self.database in ("ok", "read_only")


def condition(connection: psycopg.Connection[Any]) -> Condition:
    """Look at the database itself; a few milliseconds.

    Raises psycopg.Error when it cannot be asked at all.
    """
    [(read_only, user, name, path, has_versions)] = connection.execute(_PLACE).fetchall()
    try:
        version = schema_version(connection) if has_versions else 0
    except psycopg.Error as error:
        if not is_of_the_schema(error):
            raise
        problem = f"database {name} does not tell {user} the version of its schema: {what_failed(error)}"
        return Condition("unusable", "unknown", f"{problem}: grant {user} its tables, or restore them whole")
    known = migrations()
    newest = known[-1].version
    if version <= newest:
        expected = [migration for migration in known if migration.version <= (version or newest)]
        tables = columns(expected)
        missing = _missing_columns(connection, tables)
        if not has_versions and len(missing) == sum(len(each) for each in tables.values()):
            problem = f"database {name} has no tables of FinRisk for {user} in the search path {path}"
            return Condition("unusable", "empty", f"{problem}: run playbooks/site.yml, or restore a backup")
        missing = missing or _missing_parts(connection, expected)
        if missing or not version:
            return _incomplete(name, path, missing)
    if version < newest:
        behind = ", ".join(migration.name for migration in known if migration.version > version)
        problem = f"the schema of database {name} lacks {behind}: run playbooks/site.yml"
        return Condition("unusable", "older", problem)
    schema = "newer" if version > newest else "current"
    if read_only:
        problem = f"database {name} is read-only, records wait: make it writable, or name the primary server"
        return Condition("read_only", schema, problem)
    return Condition("ok", schema)


def _incomplete(name: str, path: str, missing: list[str]) -> Condition:
    named = ", ".join(missing[:_NAMED_AT_MOST]) or "the list of its migrations"
    more = f" and {len(missing) - _NAMED_AT_MOST} more" if len(missing) > _NAMED_AT_MOST else ""
    problem = f"database {name} lacks {named}{more} in the search path {path}"
    return Condition(
        "unusable", "incomplete", f"{problem}: wait for the restore that runs, or restore it whole"
    )


def _missing_columns(connection: psycopg.Connection[Any], tables: dict[str, set[str]]) -> list[str]:
    wanted = [(table, column) for table, names in tables.items() for column in names]
    rows = connection.execute(_MISSING, ([t for t, _ in wanted], [c for _, c in wanted])).fetchall()
    return [str(row[0]) for row in rows]


def _missing_parts(connection: psycopg.Connection[Any], known: list[Migration]) -> list[str]:
    wanted = sorted(parts(known))
    kinds, names, tables = ([getattr(part, field) for part in wanted] for field in ("kind", "name", "table"))
    return [str(row[0]) for row in connection.execute(_MISSING_PARTS, (kinds, names, tables)).fetchall()]


def is_of_the_schema(error: object) -> bool:
    """Whether an error names what the database lacks, and so is nobody's fault who asked."""
    return (getattr(error, "sqlstate", None) or "") in _OF_THE_SCHEMA


def counts_as_away(error: psycopg.Error) -> bool:
    """Whether the database, and not what it was given, made a statement fail."""
    if error.sqlstate is None:
        return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)
    return not error.sqlstate.startswith(_OF_WHAT_WAS_GIVEN)


def what_failed(error: psycopg.Error) -> str:
    """A statement's failure in words that hold nothing of what was given."""
    state = error.sqlstate or ""
    told = _OF_THE_SCHEMA.get(state) or type(error).__name__
    return f"{told} ({state})" if state else told
