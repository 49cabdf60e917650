"""``finrisk keys``: make an API key, list the keys of a file, end one."""

import argparse
import json
import os
import re
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from finrisk import api_keys
from finrisk.api_keys import ApiKey, key_hash
from finrisk_rules.clients import KEYS_FILE, ROLES, moment

_COLUMNS = ("ID", "STATE", "EXPIRES", "CREATED", "ROLES", "NAME")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command; ``finrisk keys --name NAME`` without ``make`` is its older spelling."""
    keys = commands.add_parser("keys", help="make an API key, list those of a file, end one")
    _take_new_key(keys, required=False)
    actions = keys.add_subparsers(metavar="{make,list,end}")
    making = actions.add_parser("make", help="make a key: for the client, and its entry for the inventory")
    _take_new_key(making, required=True)
    listing = actions.add_parser("list", help="list the keys of a file")
    ending = actions.add_parser("end", help="end a key of a file: the service refuses it within a second")
    ending.add_argument("id", help="the id of the key")
    for parser in (listing, ending):
        parser.add_argument("file", nargs="?", type=Path, default=_file(), help="default: %(default)s")
    keys.set_defaults(run=_make)
    listing.set_defaults(run=_list)
    ending.set_defaults(run=_end)


def _take_new_key(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--name", required=required, help="whose key it is")
    parser.add_argument("--roles", default="analyze,feedback", help=f"comma separated: {', '.join(ROLES)}")
    parser.add_argument(
        "--label",
        action="append",
        default=[],
        help="a label of documents that it may read; as often as needed",
    )
    parser.add_argument("--expires", help="90d, or a date or time in ISO 8601; without it, never")


def _file() -> Path:
    """The file that the service of this environment reads."""
    folder = Path(os.environ.get("FINRISK_VAR_DIR", "var/local"))
    return Path(os.environ.get("FINRISK_KEYS_FILE") or folder / KEYS_FILE)


def _make(arguments: argparse.Namespace) -> None:
    if not arguments.name:
        raise SystemExit(
            "finrisk: say what to do: finrisk keys make --name NAME | list [FILE] | end ID [FILE]"
        )
    roles = [role.strip() for role in arguments.roles.split(",")]
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise SystemExit(f"finrisk: unknown role {', '.join(unknown)}: choose from {', '.join(ROLES)}")
    now = datetime.now(UTC).replace(microsecond=0)
    identifier = secrets.token_hex(4)
    key = f"frk_{identifier}_{secrets.token_urlsafe(32)}"
    entry: dict[str, object] = {
        "id": identifier,
        "name": arguments.name,
        "sha256": key_hash(key),
        "roles": roles,
        "created": now.isoformat(),
    }
    if arguments.label:
        entry["labels"] = arguments.label
    if arguments.expires:
        entry["expires"] = _expiry(arguments.expires, now).isoformat()
    _out(json.dumps({"key": key, "entry": entry}, indent=2))


def _expiry(text: str, now: datetime) -> datetime:
    try:
        days = re.fullmatch(r"(\d{1,5})d", text)
        expires = now + timedelta(days=int(days[1])) if days else moment(text)
    except (ValueError, OverflowError):
        raise SystemExit(
            f"finrisk: --expires {text!r} cannot be used: give 90d, or a date such as 2027-06-30"
        ) from None
    if expires <= now:
        raise SystemExit(f"finrisk: --expires {text!r} is past: give a time to come")
    return expires


def _list(arguments: argparse.Namespace) -> None:
    try:
        content = api_keys.read(arguments.file)
    except (OSError, ValueError) as error:
        raise SystemExit(_unusable(arguments.file, error)) from None
    now = datetime.now(UTC)
    rows = [_COLUMNS, *(_row(key, now) for key in content.keys.values())]
    widths = [max(len(row[place]) for row in rows) for place in range(len(_COLUMNS))]
    for row in rows:
        _out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for problem in content.problems:
        sys.stderr.write(f"finrisk: {arguments.file}: {problem}\n")


def _row(key: ApiKey, now: datetime) -> tuple[str, ...]:
    expires, created = (
        when.strftime("%Y-%m-%d %H:%MZ") if when else "-" for when in (key.expires, key.created)
    )
    return key.id, key.state(now), expires, created, ",".join(sorted(key.roles)), _name(key)


def _name(key: ApiKey) -> str:
    """The name on one line, without what a terminal would act upon."""
    return "".join(sign if sign.isprintable() else " " for sign in key.name)


def _end(arguments: argparse.Namespace) -> None:
    try:
        key = api_keys.end(arguments.file, arguments.id, datetime.now(UTC))
    except KeyError:
        raise SystemExit(
            f"finrisk: {arguments.file} holds no usable key {arguments.id!r}: see finrisk keys list"
        ) from None
    except (OSError, ValueError) as error:
        raise SystemExit(_unusable(arguments.file, error)) from None
    when = key.ended.isoformat() if key.ended else ""
    _out(f"{key.id} ({_name(key)}) has ended ({when}): the service that reads {arguments.file} refuses it.")
    _out(f'site.yml keeps it so. Write it down too: ended: "{when}" in its entry of finrisk_client_keys.')


def _unusable(path: Path, error: OSError | ValueError) -> str:
    reason = getattr(error, "strerror", None) or "it is no JSON list in UTF-8"
    return (
        f"finrisk: cannot use {path}: {reason}. It is {KEYS_FILE} of the var folder; a cluster's keys are "
        "ended in the inventory: `ended` in the entry of finrisk_client_keys, then site.yml"
    )


def _out(text: str) -> None:
    sys.stdout.write(text + "\n")
