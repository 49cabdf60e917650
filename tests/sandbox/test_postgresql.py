"""The sandbox's PostgreSQL: started by `python -m sandbox up`, kept, recovered, and closed to strangers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process, SandboxError, is_running, wait_until_gone
from tests.grounds.repository import REPOSITORY


def sandbox(var: Path, *arguments: str, code: int = 0, **settings: str) -> str:
    answer = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments, "--var", str(var)],
        cwd=REPOSITORY,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert answer.returncode == code, answer.stdout + answer.stderr
    return answer.stdout + answer.stderr


def held(var: Path) -> dict[str, Any]:
    return dict(json.loads((var / "sandbox.json").read_text()))


def query(url: str, statement: str) -> Any:
    with psycopg.connect(url, autocommit=True) as session:
        cursor = session.execute(statement.encode())
        return cursor.fetchone() if cursor.description else None


def new_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="finrisk-sandbox-"))  # not tmp_path: under root that is closed
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    folder = new_folder()
    sandbox(folder, "up")
    yield folder
    sandbox(folder, "down")
    shutil.rmtree(folder)


def launched(var: Path, connection: connections.Connection) -> Process:
    found: list[Process] = []
    postgresql.launch(var, connection, found.append)
    return found[0]


def test_a_second_up_changes_nothing_and_says_so(var: Path) -> None:
    before = (var / "sandbox.json").read_bytes()
    assert sandbox(var, "up").count("already running") == 2
    assert (var / "sandbox.json").read_bytes() == before


def test_status_and_connection_describe_what_runs(var: Path) -> None:
    status = json.loads(sandbox(var, "status", "--json"))
    assert status["postgresql"]["running"]
    assert status["gemini"]["running"]
    printed = json.loads(sandbox(var, "connection"))
    assert set(printed) == {
        "api_url",
        "ops_url",
        "api_key",
        "gemini_url",
        "storage_url",
        "credentials_file",
        "database_url",
    }
    assert query(printed["database_url"], "select 1") == (1,)
    assert Path(printed["credentials_file"]).is_file()


def kill(var: Path) -> None:
    process = Process(**held(var)["processes"]["postgresql"])
    os.kill(process.pid, signal.SIGKILL)
    assert wait_until_gone(process, 10)


def test_status_says_why_a_server_that_nobody_stopped_ended(var: Path) -> None:
    log = var / "logs" / "postgresql.log"
    kill(var)
    with log.open("a") as file:
        file.write('2026-11-30 UTC [7] PANIC:  could not write to file "pg_wal/1": No space left on device\n')
    told = sandbox(var, "status", code=1).splitlines()[0]
    assert told == (
        "postgresql  down, it ended by itself: could not write to file "
        f'"pg_wal/1": No space left on device (log: {log})'
    )
    sandbox(var, "up")
    kill(var)
    assert sandbox(var, "status", code=1).splitlines()[0].endswith(f"by itself: see {log}")
    sandbox(var, "up")


def test_the_user_owns_the_database_and_is_no_superuser(var: Path) -> None:
    url = held(var)["database_url"]
    owner = "select pg_get_userbyid(datdba), current_database() from pg_database where datname = 'finrisk_db'"
    assert query(url, owner) == ("finrisk_user", "finrisk_db")
    assert query(url, "select rolsuper from pg_roles where rolname = current_user") == (False,)
    assert query(url, "select current_setting('server_encoding'), datcollate from pg_database limit 1") == (
        "UTF8",
        "C.UTF-8",
    )


def test_the_server_listens_on_loopback_tcp_alone(var: Path) -> None:
    pid = held(var)["processes"]["postgresql"]["pid"]
    inodes = {os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()}
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                listening.append(fields[1].split(":")[0])
    assert listening == ["0100007F"]
    assert not list((var / "postgres").rglob(".s.PGSQL*"))


def test_a_wrong_password_is_refused_and_the_right_one_is_proved_by_scram(var: Path) -> None:
    url = held(var)["database_url"]
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(url.replace(password, "wrong"), "select 1")
    with pytest.raises(psycopg.OperationalError):
        query(url.replace(f"finrisk_user:{password}", "postgres"), "select 1")
    rules = (var / "postgres" / "data" / "pg_hba.conf").read_text()
    active = [line for line in rules.splitlines() if line and not line.startswith("#")]
    assert active == ["host all all 127.0.0.1/32 scram-sha-256"]


def test_the_password_is_in_the_private_sandbox_file_and_nowhere_else(var: Path) -> None:
    password = held(var)["database_url"].split(":")[2].split("@")[0].encode()
    with_password = [
        path.name
        for path in [*var.glob("*"), *(var / "logs").glob("*"), *(var / "postgres").rglob("*")]
        if path.is_file() and password in path.read_bytes()
    ]
    assert with_password == ["sandbox.json"]
    assert stat.S_IMODE((var / "sandbox.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((var / "postgres" / "data").stat().st_mode) == 0o700


def test_data_port_and_password_survive_down_and_up(var: Path) -> None:
    before = held(var)
    query(before["database_url"], "create table kept as select 42 as answer")
    server = Process(**before["processes"]["postgresql"])
    assert sandbox(var, "down").count("stopped") == 2
    assert not is_running(server)
    assert sandbox(var, "down").count("was not running") == 2
    assert "not up" in sandbox(var, "connection", code=1)
    assert "postgresql  down" in sandbox(var, "status", code=1)
    sandbox(var, "up")
    after = held(var)
    assert {**after, "processes": 0} == {**before, "processes": 0}
    assert query(after["database_url"], "select answer from kept") == (42,)


def test_up_after_a_killed_server_recovers_what_was_committed(var: Path) -> None:
    before = held(var)
    query(before["database_url"], "create table crashed as select 7 as answer")
    with psycopg.connect(before["database_url"]):  # a backend at work when its postmaster dies
        os.kill(before["processes"]["postgresql"]["pid"], signal.SIGKILL)
    assert (var / "postgres" / "data" / "postmaster.pid").exists()
    sandbox(var, "status", code=1)
    assert sandbox(var, "up").count("already running") == 1
    assert held(var)["database_url"] == before["database_url"]
    assert query(before["database_url"], "select answer from crashed") == (7,)


def test_an_old_pid_file_with_the_pid_of_a_stranger_does_not_stop_up(var: Path) -> None:
    sandbox(var, "down")
    pid_file = var / "postgres" / "data" / "postmaster.pid"
    account = postgresql.server(var).account  # a process that the server could signal, or it is no obstacle
    sleeper = subprocess.Popen(["/bin/sleep", "60"], user=account.uid if account else None)
    try:
        pid_file.write_text(f"{sleeper.pid}\n{pid_file.parent}\n1\n1\n\n127.0.0.1\n0\nready\n")
        sandbox(var, "up")
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()
    assert query(held(var)["database_url"], "select 1") == (1,)


def test_a_running_server_that_was_never_recorded_is_taken_over(var: Path) -> None:
    path = var / "sandbox.json"
    before = held(var)
    server = Process(**before["processes"].pop("postgresql"))
    path.write_text(json.dumps(before))
    sandbox(var, "up")
    assert not is_running(server)
    assert query(held(var)["database_url"], "select 1") == (1,)


def test_a_lost_sandbox_file_gives_a_new_password_and_the_same_data(var: Path) -> None:
    before = held(var)
    query(before["database_url"], "create table found_again as select 3 as answer")
    sandbox(var, "down")
    (var / "sandbox.json").unlink()
    sandbox(var, "up")
    after = held(var)
    assert after["database_url"] != before["database_url"]
    assert query(after["database_url"], "select answer from found_again") == (3,)


def test_an_up_that_is_killed_at_any_moment_can_be_run_again() -> None:
    for seconds in (0.2, 0.35, 0.5):
        folder = new_folder()
        try:
            first = subprocess.Popen(
                [sys.executable, "-m", "sandbox", "up", "--var", str(folder)],
                cwd=REPOSITORY,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(seconds)
            first.kill()
            first.wait()
            connection = connections.read(folder) or connections.new(folder)
            process = launched(folder, connection)
            assert query(connection.database_url, "select 1") == (1,)
            assert postgresql.halt(folder, process)
        finally:
            sandbox(folder, "down")
            shutil.rmtree(folder)


def test_a_taken_port_is_replaced_when_the_server_is_down() -> None:
    folder = new_folder()
    try:
        connection = connections.new(folder)
        (folder / "logs").mkdir()
        process = launched(folder, connection)
        other = replace(connection, postgresql_port=connections.free_ports(0)[0])
        assert postgresql.halt(folder, process)
        assert not is_running(process)
        process = launched(folder, other)
        assert query(other.database_url, "select current_setting('port')") == (str(other.postgresql_port),)
        assert postgresql.halt(folder, process)
    finally:
        shutil.rmtree(folder)


def test_a_folder_that_the_account_may_not_enter_is_named_and_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only under root does PostgreSQL run as another account")
    folder = new_folder()
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    try:
        with pytest.raises(SandboxError, match=rf"nobody.*may not enter {closed};.*chmod o\+x {closed}"):
            postgresql.server(closed)
        shutil.copytree(postgresql.server(folder).programs, closed / "bin", symlinks=True)
        monkeypatch.setenv("FINRISK_PG_BIN", str(closed / "bin"))
        with pytest.raises(SandboxError, match=rf"may not enter {closed};.*FINRISK_PG_BIN"):
            postgresql.server(folder)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        shutil.rmtree(folder)


def test_a_binary_folder_without_postgresql_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FINRISK_PG_BIN", str(tmp_path))
    with pytest.raises(SandboxError, match=rf"{tmp_path} has no initdb \(FINRISK_PG_BIN={tmp_path}\)"):
        postgresql.server(tmp_path)
