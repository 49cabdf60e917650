"""What a migrated database holds, read out of the migrations that make it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from finrisk.db.migration import Migration

_COMMENT = re.compile(r"--.*")
_TABLE = re.compile(r"^create table (\w+) \((.*?)^\)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^    (?!primary |unique |check |foreign |constraint )(\w+)\s", re.MULTILINE)
_ADDED = re.compile(r"^alter table (\w+) add column (\w+)", re.MULTILINE)
_KEY = re.compile(r"\bprimary key\b")
_UNIQUE = re.compile(r"^    unique \((.*)\)|^    (?!unique )(\w+) .*\bunique\b", re.MULTILINE)
_REFERENCE = re.compile(r"^    (\w+) .*\breferences\b", re.MULTILINE)
_DROPPED = re.compile(r"^alter table (\w+) drop constraint (\w+)", re.MULTILINE)
_INDEX = re.compile(r"^create (?:unique )?index (\w+) on (\w+)", re.MULTILINE)
_VIEW = re.compile(r"^create view (\w+) as", re.MULTILINE)
_FUNCTION = re.compile(r"^create function (\w+)\(", re.MULTILINE)
_TRIGGER = re.compile(r"^create (?:constraint )?trigger (\w+) [^;]*? on (\w+)", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Part:
    """What stands beside the columns: a ``constraint``, ``index``, ``view``, ``function`` or ``trigger``.

    ``table`` is empty for a view and a function.
    """

    kind: str
    name: str
    table: str = ""


def columns(known: Iterable[Migration]) -> dict[str, set[str]]:
    """The columns of every table that these migrations make."""
    tables: dict[str, set[str]] = {}
    for migration in known:
        for table, body in _TABLE.findall(migration.sql):
            tables[table] = set(_COLUMN.findall(body))
        for table, column in _ADDED.findall(migration.sql):
            tables[table].add(column)
    return tables


def parts(known: Iterable[Migration]) -> set[Part]:
    """What these migrations make beside columns: a restore makes these last, and the triggers last of all.

    What a table does not name itself has the name that PostgreSQL gives it (manual, CREATE TABLE). What a
    later migration drops is not among them.
    """
    found: set[Part] = set()
    for migration in known:
        sql = _COMMENT.sub("", migration.sql)
        for table, body in _TABLE.findall(sql):
            found |= {Part("constraint", name, table) for name in _constraints(table, body)}
        found -= {Part("constraint", name, table) for table, name in _DROPPED.findall(sql)}
        found |= {Part("index", name, table) for name, table in _INDEX.findall(sql)}
        found |= {Part("view", name) for name in _VIEW.findall(sql)}
        found |= {Part("function", name) for name in _FUNCTION.findall(sql)}
        found |= {Part("trigger", name, table) for name, table in _TRIGGER.findall(sql)}
    return found


def _constraints(table: str, body: str) -> set[str]:
    """Keys and references; without the checks, which are made with their table."""
    names = {f"{table}_pkey"} if _KEY.search(body) else set()
    for several, one in _UNIQUE.findall(body):
        names.add("_".join([table, *(several or one).split(", "), "key"]))
    return names | {f"{table}_{column}_fkey" for column in _REFERENCE.findall(body)}
