"""What a start says of a port that another program has."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine.processes import Process, start_time
from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from sandbox.connection import free_ports

CONFIGURATION = """import os
bind = [os.environ["FINRISK_BIND"], os.environ["FINRISK_OPS_BIND"]]
errorlog, loglevel = "-", "warning"
"""


def place(folder: Path, api_port: int, ops_port: int) -> gunicorn.Place:
    """Return a place whose service would bind both ports and do nothing more."""
    (folder / "app").mkdir()
    (folder / "app" / "gunicorn.conf.py").write_text(CONFIGURATION)
    return gunicorn.Place(folder / "var", folder, api_port, ops_port)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "host"),
    [("finrisk_api_port", "127.0.0.1"), ("finrisk_ops_port", "0.0.0.0")],  # noqa: S104 - as others listen
)
def test_a_port_that_is_taken_is_said_with_who_has_it_and_what_to_do(
    tmp_path: Path, variable: str, host: str
) -> None:
    free = free_ports(0)[0]
    with socket.create_server((host, 0)) as taken:
        port = taken.getsockname()[1]
        ports = (port, free) if variable == "finrisk_api_port" else (free, port)
        with pytest.raises(FinriskError) as error:
            gunicorn.start(place(tmp_path, *ports), seconds=60)
    said = error.value.message
    assert said.startswith(f"the service ended while it started: the address 127.0.0.1:{port} is in use by ")
    assert f"(process {os.getpid()}): end what listens there, or set {variable} to a free port (log: " in said


@pytest.mark.parametrize("variable", ["finrisk_api_port", "finrisk_ops_port"])
def test_a_rollback_of_a_stopped_service_would_meet_the_program_that_has_its_port(
    tmp_path: Path, variable: str
) -> None:
    free = free_ports(0)[0]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        here = place(tmp_path, *((port, free) if variable == "finrisk_api_port" else (free, port)))
        met = [each for each in ProcessTarget(here).rollback_obstacles() if not each.credentials]
        gunicorn.record(here, Process(os.getpid(), start_time(os.getpid()) or 0), "")
        moved = replace(here, ops_port=free_ports(0)[0])
        for runs in (here, moved):
            obstacles = ProcessTarget(runs).rollback_obstacles()
            assert [each for each in obstacles if not each.credentials] == [], "the service's own ports"
    [told] = met
    assert told.what.startswith(f"the address 127.0.0.1:{port} is in use by ")
    assert "so that the service cannot start there: end what listens there, or set " in told.what
    assert told.what.endswith(f"set {variable} to a free port")
    assert not told.overcome


def test_a_port_that_became_free_in_time_is_not_what_a_later_end_is_said_to_be(tmp_path: Path) -> None:
    here = place(tmp_path, 8000, 9090)
    here.log.parent.mkdir(parents=True)
    busy = "[1] [ERROR] Connection in use: ('127.0.0.1', 8000)\n"
    here.log.write_text(f"{busy}[2] [ERROR] App failed to load\n")
    assert gunicorn.log_reason(here, 0).startswith("[2] [ERROR] App failed to load (log: ")
    here.log.write_text(f"{busy}[2] [ERROR] Can't connect to ('127.0.0.1', 9090)\n")
    assert "Can't connect to ('127.0.0.1', 9090)" in gunicorn.log_reason(here, 0)
