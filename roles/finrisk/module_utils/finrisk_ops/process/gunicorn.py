"""The Gunicorn of ``finrisk_target: process``: started, reloaded, stopped and asked what it runs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..machine import listeners
from ..machine.files import make_folder, read_json, write_json
from ..machine.processes import POLL_SECONDS, Process, collect, start_time, terminate
from ..service import log

LOOPBACK = "127.0.0.1"
STOP_SECONDS = 45.0  # Gunicorn gives requests in flight 35 s to end
OPERATOR_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Place:
    """Where a service on this machine lives: its folder, the repository and its two ports."""

    var_dir: Path
    root: Path
    api_port: int
    ops_port: int

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return f"http://{LOOPBACK}:{self.api_port}"

    @property
    def ops_url(self) -> str:
        """The address of health pages and metrics."""
        return f"http://{LOOPBACK}:{self.ops_port}"

    @property
    def record(self) -> Path:
        """The file that names the running master."""
        return self.var_dir / "service.json"

    @property
    def log(self) -> Path:
        """The log of master and workers."""
        return self.var_dir / "logs" / "service.log"


def master(place: Place) -> Process | None:
    """Return the running master: the recorded one, else the one of Gunicorn's own pidfile."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        content = json.loads(place.record.read_text(encoding="utf-8"))
        process = Process(int(content["pid"]), int(content["start_time"]))
        if process.alive:
            return process
    return _unrecorded_master(place)


def start(place: Place, *, seconds: float) -> Process:
    """Start Gunicorn apart from this process, record it, and wait until it answers on the ops port.

    Raises FinriskError with the log's own reason when it ends or does not answer in time.
    """
    make_folder(place.log.parent)
    offset = log_size(place)
    descriptor = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    command = [sys.executable, "-m", "gunicorn", "-c", str(_configuration(place)), "finrisk.wsgi:app"]
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            cwd=place.root,
            env=environment(place),
            start_new_session=True,
        )
    finally:
        os.close(descriptor)
    process = Process(child.pid, start_time(child.pid) or 0)
    record(place, process, credentials_digest(place))

    def answers() -> bool:
        child.poll()  # collects the exit status, so that an ended master is seen as gone
        return bool(readiness(place).get("workers"))

    if wait(process, answers, seconds):
        return process
    reason = log_reason(place, offset)
    if process.alive:
        terminate(process, 5.0)
        raise FinriskError(
            f"the service did not answer on {place.ops_url}/readyz within {seconds:.0f} s: {reason}"
        )
    raise FinriskError(f"the service ended while it started: {reason}")


def stop(place: Place) -> bool:
    """Stop the service and forget its record; False when none ran."""
    running = master(place)
    if running:
        terminate(running, STOP_SECONDS)
    place.record.unlink(missing_ok=True)
    return running is not None


def reload_configuration(running: Process) -> None:
    """Tell the master to read its configuration again and to replace its workers."""
    try:
        os.kill(running.pid, signal.SIGHUP)
    except ProcessLookupError:
        raise FinriskError(f"the service's master (process {running.pid}) has just ended") from None


def record(place: Place, process: Process, credentials: str) -> None:
    """Write which process is the master, and which credentials its workers have read."""
    content = {
        "pid": process.pid,
        "start_time": process.start_time,
        "api_url": place.api_url,
        "ops_url": place.ops_url,
        "credentials": credentials,
    }
    write_json(place.record, content)


def credentials_digest(place: Place) -> str:
    """Return a short hash of the credentials on disk, empty when there are none."""
    try:
        return hashlib.sha256((place.var_dir / "credentials.json").read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def listens_here(place: Place) -> bool:
    """Say whether the recorded master was started with these ports."""
    try:
        content = json.loads(place.record.read_text(encoding="utf-8"))
        return bool(content["api_url"] == place.api_url and content["ops_url"] == place.ops_url)
    except (OSError, ValueError, KeyError, TypeError):
        return True


def read_credentials(place: Place) -> str:
    """Return the hash of the credentials that the workers have read, as recorded."""
    try:
        return str(json.loads(place.record.read_text(encoding="utf-8"))["credentials"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def wait(running: Process, ready: Callable[[], bool], seconds: float) -> bool:
    """Ask ``ready`` until it says yes; False when time is up or the master has ended before."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        collect(running.pid)
        if not running.alive:
            return False
        if ready():
            return True
        time.sleep(POLL_SECONDS)
    return False


def readiness(place: Place, seconds: float = 2.0) -> dict[str, Any]:
    """Return what ``/readyz`` says, ready or not; empty when nothing answers."""
    request = urllib.request.Request(f"{place.ops_url}/readyz")  # noqa: S310 - always http to this machine
    try:
        with _direct().open(request, timeout=seconds) as answer:
            content = answer.read()
    except urllib.error.HTTPError as error:
        content = error.read()
    except OSError:
        return {}
    try:
        page = json.loads(content)
    except ValueError:
        return {}
    return page if isinstance(page, dict) else {}


def fetch(url: str, seconds: float = 2.0) -> str:
    """Return the body of a page of this machine, empty when nothing answers."""
    try:
        with _direct().open(url, timeout=seconds) as answer:
            return str(answer.read().decode("utf-8", errors="replace"))
    except OSError:
        return ""


def environment(place: Place) -> dict[str, str]:
    """Return the environment of the master: nothing of the operator's but paths and language."""
    variables = {name: os.environ[name] for name in OPERATOR_VARIABLES if name in os.environ}
    return variables | {
        "FINRISK_VAR_DIR": str(place.var_dir),
        "FINRISK_BIND": f"{LOOPBACK}:{place.api_port}",
        "FINRISK_OPS_BIND": f"{LOOPBACK}:{place.ops_port}",
        "PYTHONUNBUFFERED": "1",
    }


def log_size(place: Place) -> int:
    """Return the length of the log in bytes, to read from there on later."""
    return place.log.stat().st_size if place.log.exists() else 0


def log_reason(place: Place, offset: int) -> str:
    """Return the last error of the log after ``offset``: logged, else raised, else its last line.

    An address that another program has is said with that program, and what to do about it.
    """
    try:
        with place.log.open("rb") as file:
            file.seek(offset)
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        text = ""
    address = log.address_in_use(text)
    reason = _occupied(place, *address) if address else log.last_words(text)
    return f"{reason or 'the log says nothing'} (log: {place.log})"


def in_the_way(place: Place) -> list[str]:
    """Return what a start of the service would meet: each port of the place that another program has."""
    own = set[str]()
    if master(place):
        if listens_here(place):
            return []
        own = {str(url) for url in read_json(place.record).values()}
    wanted = {place.api_url: place.api_port, place.ops_url: place.ops_port}
    ports = [port for url, port in wanted.items() if url not in own and listeners.is_taken(port)]
    return [_occupied(place, LOOPBACK, port, ", so that the service cannot start there") for port in ports]


def _occupied(place: Place, host: str, port: int, follows: str = "") -> str:
    variable = "finrisk_ops_port" if port == place.ops_port else "finrisk_api_port"
    occupant = listeners.of(port)
    by = f" by {occupant.program} (process {occupant.pid})" if occupant else ""
    return (
        f"the address {host}:{port} is in use{by}{follows}: end what listens there, or set {variable} to a "
        "free port"
    )


def _configuration(place: Place) -> Path:
    return place.root / "app" / "gunicorn.conf.py"


def _unrecorded_master(place: Place) -> Process | None:
    """Find a master whose starter was killed before it could record it, by Gunicorn's pidfile."""
    try:
        pid = int((place.var_dir / "gunicorn.pid").read_text(encoding="utf-8"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    ours = f"FINRISK_VAR_DIR={place.var_dir}".encode() in variables
    beginning = start_time(pid)
    if not ours or beginning is None or str(_configuration(place)).encode() not in command:
        return None
    return Process(pid, beginning)


def _direct() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
