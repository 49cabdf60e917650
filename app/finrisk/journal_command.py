"""``finrisk journal list | retry | drop | erase``: what was set aside, and how it comes back or goes."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from finrisk import aside, erasure
from finrisk.journal import backlog

_WAIT_SECONDS = 15.0
_REASONS = {
    "DataError": "a value that its column cannot hold",
    "UnicodeEncodeError": "text that is no Unicode; retry mends it",
    "UnknownKindError": "made by a newer release: retry with that one",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the command line of ``finrisk``."""
    journal = commands.add_parser(
        "journal", help="records that the database refused: list, retry, drop, erase"
    )
    actions = journal.add_subparsers(required=True)
    listing = actions.add_parser("list", help="say what waits and what was set aside, and why")
    listing.add_argument("--json", action="store_true", help="print JSON, with the records themselves")
    listing.set_defaults(run=_list)
    again = actions.add_parser("retry", help="mend their text and send them to the database again")
    again.set_defaults(run=_retry)
    gone = actions.add_parser("drop", help="delete them for good")
    gone.set_defaults(run=_drop)
    for parser in (again, gone):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("request_id", nargs="*", default=[], help="of the records, as list shows it")
        which.add_argument("--all", action="store_true", help="every record that was set aside")
    erase = actions.add_parser("erase", help="remove a user or a document, waiting records included")
    whose = erase.add_mutually_exclusive_group(required=True)
    whose.add_argument("--user", help="the keyed hash of the user's id, as the tables have it")
    whose.add_argument("--document", help="the id of the document")
    erase.add_argument(
        "--requests",
        action="store_true",
        help="read the ids of their requests, one a line, from standard input: ratings name nothing else",
    )
    erase.add_argument("--plan", action="store_true", help="only say how many records would go")
    erase.set_defaults(run=_erase)


def _folder() -> Path:
    folder = Path(os.environ.get("FINRISK_VAR_DIR", "var/local")) / "journal"
    if not folder.is_dir():
        raise SystemExit(f"finrisk: {folder} is no folder: set FINRISK_VAR_DIR to that of the service")
    return folder


def _out(text: str) -> None:
    sys.stdout.write(text + "\n")


def _list(arguments: argparse.Namespace) -> None:
    folder = _folder()
    records, waiting = aside.records_aside(folder), backlog(folder)
    if arguments.json:
        entries = [entry.content() | {"request_id": entry.request_id} for entry in records]
        _out(json.dumps({"bytes": waiting.size, "oldest_seconds": waiting.oldest, "set_aside": entries}))
        return
    _out(f"{waiting.size:,} bytes in {folder}, the oldest file unshipped for {waiting.oldest:.0f} s")
    _out(f"{len(records)} set aside")
    for entry in records:
        hint = _REASONS.get(entry.reason.partition(" ")[0])
        reason = f"{entry.reason} ({hint})" if hint else entry.reason
        _out(f"  {entry.request_id}  {entry.at or 'by an older release'}  {'+'.join(entry.kinds)}  {reason}")


def _chosen(arguments: argparse.Namespace, folder: Path) -> set[str] | None:
    if arguments.all:
        return None
    identifiers = {entry.request_id for entry in aside.records_aside(folder)}
    if missing := set(arguments.request_id) - identifiers:
        raise SystemExit(f"finrisk: nothing set aside has the request_id {', '.join(sorted(missing))}")
    return set(arguments.request_id)


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"finrisk: {folder} cannot be written: {error.strerror}; what is left stays set aside"
        raise SystemExit(message) from None


def _drop(arguments: argparse.Namespace) -> None:
    folder = _folder()
    with _room(folder):
        dropped = aside.drop(folder, _chosen(arguments, folder))
    _out(f"{len(dropped)} deleted")


def _erase(arguments: argparse.Namespace) -> None:
    folder = _folder()
    requests = frozenset(sys.stdin.read().split()) if arguments.requests else frozenset()
    subject = erasure.Subject(arguments.user, arguments.document, requests)
    with _room(folder):
        count = erasure.erase(folder, subject, plan=arguments.plan)
    _out(f"{count} {'would be deleted' if arguments.plan else 'deleted'}")


def _retry(arguments: argparse.Namespace) -> None:
    """Send records again and say what came of it, as far as a running service ships them meanwhile."""
    folder = _folder()
    with _room(folder):
        records = aside.retry(folder, _chosen(arguments, folder))
    if records and not _shipped(folder):
        _out(f"{len(records)} sent again, not shipped yet: they wait for a running service and its database")
        return
    identifiers = {entry.request_id for entry in records}
    back = [entry for entry in aside.records_aside(folder) if entry.request_id in identifiers]
    _out(f"{len(records) - len(back)} of {len(records)} are in the database")
    for entry in back:
        _out(f"  {entry.request_id} was refused again: {entry.reason}")
    if back:
        raise SystemExit(1)


def _shipped(folder: Path) -> bool:
    """Whether the service took what was sent again, within the time that it usually needs."""
    end = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < end:
        if not any(folder.glob("*retry-*.seg")):
            return True
        time.sleep(0.1)
    return False
