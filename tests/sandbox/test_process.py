"""A background process is known by pid and start time together, and only that process is ever stopped."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import __main__ as commands
from sandbox import connection as connections
from sandbox.process import Process, SandboxError, is_running, log_tail, start, start_time, stop
from tests.grounds.waiting import until

Start = Callable[[str], Process]


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Start]:
    started: list[Process] = []

    def run(code: str) -> Process:
        log = tmp_path / "daemon.log"
        command = [sys.executable, "-u", "-c", code]
        started.append(start(command, log, cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}))
        return started[-1]

    yield run
    for process in started:
        stop(process, first=signal.SIGKILL)


def wait_for(log: Path, word: str) -> None:
    until(lambda: word in log_tail(log), 10, log=lambda: log_tail(log))


def test_a_started_process_runs_detached_and_writes_its_log(daemon: Start, tmp_path: Path) -> None:
    process = daemon("import time; print('ready'); time.sleep(60)")
    wait_for(tmp_path / "daemon.log", "ready")
    assert is_running(process)
    assert os.getsid(process.pid) == process.pid != os.getsid(0)
    assert stat.S_IMODE((tmp_path / "daemon.log").stat().st_mode) == 0o600


def test_the_start_time_is_field_22_of_the_process_table() -> None:
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    assert start_time(os.getpid()) == int(fields[22 - 3])


def test_a_process_with_the_same_pid_but_another_start_time_is_not_ours_and_lives_on(daemon: Start) -> None:
    process = daemon("import time; time.sleep(60)")
    stranger = replace(process, start_time=process.start_time - 1)
    assert not is_running(stranger)
    assert stop(stranger) is False
    assert is_running(process)


def test_a_process_that_ignores_sigterm_is_killed_after_the_bound(daemon: Start, tmp_path: Path) -> None:
    process = daemon(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    )
    wait_for(tmp_path / "daemon.log", "deaf")
    began = time.monotonic()
    assert stop(process, seconds=0.3) is True
    assert 0.3 <= time.monotonic() - began < 5
    assert not is_running(process)


def test_a_process_gets_the_chance_to_end_in_order(daemon: Start, tmp_path: Path) -> None:
    code = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit(print('bye')))\n"
    process = daemon(code + "print('ready'); time.sleep(60)")
    wait_for(tmp_path / "daemon.log", "ready")
    assert stop(process) is True
    assert "bye" in log_tail(tmp_path / "daemon.log")


def test_a_zombie_does_not_count_as_running(daemon: Start) -> None:
    process = daemon("pass")
    until(lambda: not is_running(process), 10)
    assert stop(process) is False


def test_a_program_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="cannot start /no/such/program"):
        start(["/no/such/program"], tmp_path / "log", cwd=tmp_path, env={})


def test_a_taken_port_is_replaced_and_a_free_one_kept() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        (chosen,) = connections.free_ports(port)
        assert chosen != port
    assert connections.free_ports(port, 0)[0] == port


def test_the_service_moves_from_a_port_that_a_stranger_took_while_the_sandbox_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sandbox.postgresql.running", lambda *_: Process(1, 1))
    monkeypatch.setattr("sandbox.simulator.running", lambda *_: Process(1, 1))
    held = connections.new(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        chosen = commands._with_usable_ports(tmp_path, replace(held, api_port=port))
    assert (chosen.api_port != port, chosen.gemini_port) == (True, held.gemini_port)
    commands._tell_ports(replace(held, api_port=port), replace(chosen, ops_port=held.ops_port))
    where = f"service     at http://127.0.0.1:{chosen.api_port}, ops at http://127.0.0.1:{held.ops_port}"
    assert capsys.readouterr().out == f"{where}, since {port} is taken\n"
    commands._tell_ports(chosen, chosen)
    assert "taken" not in capsys.readouterr().out, "a later run takes the ports as they are"
    usual = replace(held, api_port=connections.API_PORT, ops_port=connections.OPS_PORT)
    commands._tell_ports(usual, usual)
    assert capsys.readouterr().out == ""


def test_ports_chosen_together_all_differ() -> None:
    assert len(set(connections.free_ports(*[0] * 50))) == 50


def test_the_sandbox_file_is_private_and_read_back_as_written(tmp_path: Path) -> None:
    written = connections.new(tmp_path).with_process("gemini", Process(4711, 99))
    connections.write(tmp_path, written)
    path = tmp_path / "sandbox.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert connections.read(tmp_path) == written
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["sandbox.json"]


def test_the_sandbox_file_has_every_key_that_the_other_rooms_read(tmp_path: Path) -> None:
    connections.write(tmp_path, connections.new(tmp_path))
    held = json.loads((tmp_path / "sandbox.json").read_text())
    strings = {
        "database_url gemini_url storage_url credentials_file project location bucket api_key api_key_id",
        "api_key_sha256 user_hash_key",
    }
    assert all(isinstance(held[key], str) and held[key] for key in " ".join(strings).split())
    assert isinstance(held["api_port"], int)
    assert isinstance(held["ops_port"], int)
    assert held["api_port"] != held["ops_port"]
    assert held["processes"] == {}


def test_an_api_key_has_a_public_id_and_43_secret_characters(tmp_path: Path) -> None:
    key = connections.new(tmp_path).api_key
    prefix, name, secret = key.split("_", 2)
    assert prefix == "frk"
    assert name == connections.new(tmp_path).with_process("x", None).api_key_id or len(name) == 8
    assert len(secret) == 43
    assert connections.new(tmp_path).api_key != key


def test_no_secret_shows_in_the_representation_of_a_connection(tmp_path: Path) -> None:
    held = connections.new(tmp_path)
    for secret in (held.api_key, held.database_password, held.user_hash_key):
        assert secret not in repr(held)


def test_a_broken_sandbox_file_is_named_and_the_way_out_said(tmp_path: Path) -> None:
    (tmp_path / "sandbox.json").write_text('{"database_url": "postgresql://')
    with pytest.raises(SandboxError, match=r"sandbox\.json is not a sandbox file.*up. again"):
        connections.read(tmp_path)
