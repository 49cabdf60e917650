"""``finrisk status``: the key goes to the service of this environment, or to nobody."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from finrisk import own_service
from tests.grounds.service import RunningService, key


def status(var: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"FINRISK_VAR_DIR": str(var), "FINRISK_API_KEY": key("all"), **environment}
    command = [sys.executable, "-m", "finrisk", "status", *options]
    return subprocess.run(command, env=os.environ | given, capture_output=True, text=True, check=False)


@contextmanager
def stranger() -> Iterator[tuple[str, list[str | None]]]:
    """A server of somebody else, and the keys that it was sent."""
    keys: list[str | None] = []

    class Reply(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

    with HTTPServer(("127.0.0.1", 0), Reply) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}", keys
        server.shutdown()


def test_without_an_address_the_service_of_the_folder_is_asked_where_it_listens(
    service: RunningService,
) -> None:
    with stranger() as (proxy, keys):
        told = status(service.var, http_proxy=f"http://{proxy}")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["configuration"]
    assert keys == []


def test_a_stranger_on_the_usual_port_is_named_and_gets_no_key(tmp_path: Path) -> None:
    with stranger() as (address, keys):
        told = status(tmp_path, FINRISK_BIND=address)
        assert (told.returncode, told.stdout, keys) == (1, "", [])
        assert f"no service of {tmp_path} runs" in told.stderr
        assert f"Nothing was sent to {Path('/proc/self/comm').read_text().strip()}" in told.stderr
        assert f"(process {os.getpid()}), which listens on {address}" in told.stderr
        assert status(tmp_path, "--url", f"http://{address}").returncode == 0
    assert keys == [f"Bearer {key('all')}"]


@pytest.mark.parametrize(
    ("pid", "told"),
    [("", "names no process"), ("99999999", "has ended"), (str(os.getpid()), "is not the service of")],
    ids=["empty", "ended", "another's"],  # two processes of a tier have to collect the same names
)
def test_a_pidfile_that_names_no_service_of_the_folder_proves_nothing(
    tmp_path: Path, pid: str, told: str
) -> None:
    (tmp_path / "gunicorn.pid").write_text(pid)
    with stranger() as (address, keys):
        done = status(tmp_path, FINRISK_BIND=address)
    assert (done.returncode, keys) == (1, [])
    assert told in done.stderr
    assert "--url" in done.stderr


def test_a_folder_that_another_checkouts_pidfile_was_copied_to_is_not_its_service(
    service: RunningService, tmp_path: Path
) -> None:
    (tmp_path / "gunicorn.pid").write_bytes((service.var / "gunicorn.pid").read_bytes())
    assert f"is not the service of {tmp_path}" in status(tmp_path).stderr


def test_a_service_that_was_bound_to_localhost_is_asked_where_gunicorn_listens_then(tmp_path: Path) -> None:
    """The name is two addresses, and a stranger may have the other one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        given = {"FINRISK_VAR_DIR": str(tmp_path), "FINRISK_BIND": f"localhost:{listener.getsockname()[1]}"}
        waits = [sys.executable, "-c", "print(flush=True); input()"]
        with subprocess.Popen(
            waits,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | given,
            pass_fds=(listener.fileno(),),
        ) as service:
            assert service.stdout
            assert service.stdout.readline()  # before it /proc may show no environment yet
            (tmp_path / "gunicorn.pid").write_text(str(service.pid))
            assert own_service.address(tmp_path) == f"http://127.0.0.1:{listener.getsockname()[1]}"
            service.communicate(b"\n")
