"""``finrisk audit verify``: whether the chain of releases is whole."""

import argparse
import json
import os
import sys
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from finrisk.db import session
from finrisk_rules.chain import Content, Link, first_break, whole_lines

_RELEASES = "select * from releases"
_LINKS = "select number, release::text as release, hash from release_links order by number"


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="who released what: is the record whole?")
    actions = parser.add_subparsers(required=True)
    verify = actions.add_parser(
        "verify", help="check the chain of releases; ends with 1 at the first broken link"
    )
    verify.add_argument(
        "--file", type=Path, help="the copy beside the environment: audit.jsonl of its var folder"
    )
    verify.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> None:
    contents, copy = _copy(arguments.file) if arguments.file else ([], [])
    if contents and (broken := first_break(contents, copy)):
        raise SystemExit(f"finrisk: in {arguments.file} {broken.sentence()}")
    releases, links = _chain()
    if broken := first_break(releases, links, copy):
        raise SystemExit(f"finrisk: {broken.sentence()}")
    if not links:
        told = f"no link yet: the next release gives links to {len(releases)} earlier ones"
    else:
        told = f"whole: {len(links)} links, the last {links[-1].hash}"
    sys.stdout.write(f"{told}; compared with {len(copy)} links of a copy\n")


def _chain() -> tuple[list[Content], list[Link]]:
    """The releases and their links, as one moment has them."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit("finrisk: DATABASE_URL is empty: set it to the connection string of PostgreSQL")
    try:
        wanted = session.settings(url, {})
        given = {**session.keywords("finrisk-audit"), "connect_timeout": 10, "autocommit": True}
        with psycopg.connect(url, **given) as connection:
            session.settle(connection, wanted)
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
                links = [Link(**row) for row in cursor.execute(_LINKS)]
                return list(cursor.execute(_RELEASES)), links
    except session.UnreadableAddressError as error:
        raise SystemExit(f"finrisk: {error}") from None
    except psycopg.Error as error:
        raise SystemExit(f"finrisk: the releases cannot be read: {session.first_line(error, url)}") from None


def _copy(file: Path) -> tuple[list[Content], list[Link]]:
    """The releases of a copy, and their links."""
    try:
        lines = [json.loads(line) for line in whole_lines(file.read_text("utf-8")).splitlines()]
        links = [Link(int(line["number"]), str(line["release"]), str(line["hash"])) for line in lines]
        contents = {str(line["content"]["id"]): line["content"] for line in lines}
        return list(contents.values()), links
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"finrisk: {file} cannot be read as a copy of the chain: {error!r}") from None
