"""The ``finrisk`` command: the service, and what is done beside it."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import psycopg

from finrisk import __version__
from finrisk.checked_settings import checked_settings
from finrisk.db import session
from finrisk.db.condition import condition
from finrisk.db.migration import migrate, pending
from finrisk.db.pooling import WHAT_TO_SET, mixes_sessions
from finrisk.db.presence import does_not_answer

UNANSWERED = os.EX_TEMPFAIL
"""Exit status of ``finrisk migrate`` when PostgreSQL counts as away; playbooks read it, and the Job."""

OF_THIS_FILE = frozenset({"serve", "migrate", "status", "settings"})

EXAMPLES = """examples:
  finrisk settings                                  are the settings of this shell usable?
  finrisk migrate --plan                            what would be applied to DATABASE_URL
  finrisk keys make --name "Desk 4"                 a client's key, and its entry for the inventory
  FINRISK_API_KEY=... finrisk status                the service of this folder, or the one of --url
  finrisk journal list                              records that the database refused
"""


def _out(text: str) -> None:
    sys.stdout.write(text + "\n")


def _database_url() -> str:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        raise SystemExit("finrisk: DATABASE_URL is empty: set it to the connection string of PostgreSQL")
    return url


def _serve(_: argparse.Namespace) -> None:
    """Become Gunicorn, which takes a SIGTERM of the meantime when it can (gunicorn.conf.py)."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    configuration = os.environ.get("GUNICORN_CONFIG", str(Path(__file__).parents[1] / "gunicorn.conf.py"))
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "-c", configuration, "finrisk.wsgi:app"])  # noqa: S606  no shell


def _migrate(arguments: argparse.Namespace) -> None:
    """Apply pending migrations, or only name them with --plan.

    Ends with UNANSWERED when no PostgreSQL takes connections at the address, or one answers whose tables are
    there by half; with 1 when one refuses.
    """
    url = _database_url()
    try:
        wanted = session.settings(url, {})
        given = {**session.keywords("finrisk-migrate"), "connect_timeout": 10, "autocommit": True}
        with psycopg.connect(url, **given) as connection:
            session.settle(connection, wanted)
            found = condition(connection)
            if mixes_sessions(url):
                raise SystemExit(f"finrisk: {WHAT_TO_SET}")
            if found.schema == "incomplete":
                sys.stderr.write(f"finrisk: PostgreSQL answers, but {found.problem}\n")
                raise SystemExit(UNANSWERED)
            names = [migration.name for migration in (pending if arguments.plan else migrate)(connection)]
    except session.UnreadableAddressError as error:
        raise SystemExit(f"finrisk: DATABASE_URL cannot be used: {error}") from None
    except psycopg.Error as error:
        reason = session.first_line(error, url)
        if isinstance(error, psycopg.OperationalError) and does_not_answer(url):
            sys.stderr.write(f"finrisk: PostgreSQL does not answer: {reason}\n")
            raise SystemExit(UNANSWERED) from None
        raise SystemExit(f"finrisk: PostgreSQL refused: {reason}") from None
    result = {"applied": [] if arguments.plan else names, "pending": names if arguments.plan else []}
    if arguments.json:
        _out(json.dumps(result))
    else:
        text = ", ".join(names) or "nothing, the schema is current"
        _out(f"{'pending' if arguments.plan else 'applied'}: {text}")


def _status(arguments: argparse.Namespace) -> None:
    """Print GET /api/v1/status of a running service: the one of ``--url``, else this environment's own."""
    from urllib.error import HTTPError, URLError
    from urllib.request import ProxyHandler, Request, build_opener

    key = os.environ.get("FINRISK_API_KEY", "")
    url = arguments.url or _own_url()
    request = Request(f"{url}/api/v1/status", headers={"Authorization": f"Bearer {key}"})  # noqa: S310  as below
    opener = build_opener() if arguments.url else build_opener(ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as response:  # the operator gave the address, or it is proven
            _out(json.dumps(json.load(response), indent=2))
    except HTTPError as error:
        raise SystemExit(f"finrisk: {url} answered {error.code}: {error.read().decode()[:500]}") from None
    except URLError as error:
        raise SystemExit(f"finrisk: nothing answers at {url}: {error.reason}") from None


def _own_url() -> str:
    """The address of the service of FINRISK_VAR_DIR, or an end with a sentence: others get no key."""
    from finrisk import own_service

    try:
        return own_service.address(Path(os.environ.get("FINRISK_VAR_DIR", "var/local")))
    except own_service.StrangerError as error:
        usual = own_service.usual_address()
        port = usual.rpartition(":")[2]
        who = own_service.listener(int(port)) if port.isdecimal() else ""
        raise SystemExit(
            f"finrisk: {error}. Nothing was sent{f' to {who}, which listens on {usual}' if who else ''}: "
            "name the service that you mean with --url, or its folder in FINRISK_VAR_DIR"
        ) from None


def _settings(_: argparse.Namespace) -> None:
    """Check the settings that the environment gives, and that the credentials they name can be read."""
    settings = checked_settings()
    _out(f"settings are usable: split {settings.split:g}, base model {settings.base_model}")


def _add_others(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands that load the judge or the journal: playbooks call none of them."""
    from finrisk import (
        answer_command,
        audit_command,
        facts_command,
        journal_command,
        judge_command,
        keys_command,
    )

    keys_command.add_to(commands)
    journal_command.add_to(commands)
    facts_command.add_to(commands)
    judge_command.add_to(commands)
    answer_command.add_to(commands)
    audit_command.add_to(commands)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="finrisk",
        description="The service of FinRisk, and what is done beside it.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"finrisk {__version__}")
    commands = parser.add_subparsers(required=True)
    commands.add_parser("serve", help="run the service (Gunicorn)").set_defaults(run=_serve)
    migration = commands.add_parser("migrate", help="bring the database schema up to date")
    migration.add_argument("--plan", action="store_true", help="only name what would be applied")
    migration.add_argument("--json", action="store_true", help="print JSON")
    migration.set_defaults(run=_migrate)
    if not OF_THIS_FILE & set(given[:1]):
        _add_others(commands)
    status = commands.add_parser(
        "status", help="print the status of a running service (key in FINRISK_API_KEY)"
    )
    status.add_argument("--url", help="its address; without it, the service of FINRISK_VAR_DIR (var/local)")
    status.set_defaults(run=_status)
    commands.add_parser("settings", help="check the settings in the environment").set_defaults(run=_settings)
    options = parser.parse_args(given)
    options.run(options)
