"""Gunicorn for FinRisk. HUP reads this file again, and with it the revision that ``current`` points to.

On one machine the rendered ConfigMap, Secret and credentials are files in the var folder; in a pod they are
the environment already, and none of these files is there.
"""

import contextlib
import gc
import json
import math
import os
import queue
import shutil
import signal
import time
from pathlib import Path
from typing import Any

_VAR = Path(os.environ.get("FINRISK_VAR_DIR", "var/local")).resolve()
_VAR.mkdir(parents=True, exist_ok=True, mode=0o700)


def _settings() -> dict[str, str]:
    """The keys of the current revision and of the credentials, as the environment wants them."""
    found: dict[str, str] = {}
    current = _VAR / "current"
    for path, section in (
        (current / "config.json", "data"),
        (current / "secrets.json", "stringData"),
        (_VAR / "credentials.json", "stringData"),
    ):
        if path.exists():
            found.update(json.loads(path.read_text("utf-8"))[section])
    if current.exists():
        found["FINRISK_REVISION"] = current.resolve().name
    return found


_SETTINGS = _settings()
_metrics = _VAR / "metrics"


def _number(key: str, default: int) -> int:
    """A setting that Gunicorn itself needs; the service checks its range."""
    text = _SETTINGS.get(key) or os.environ.get(key) or str(default)
    try:
        return math.ceil(float(text))
    except ValueError:
        raise SystemExit(f"{key}={text!r} cannot be used: give a number, such as {default}") from None


_START_SECONDS = 20.0
"""How long a reload waits for its new workers; then the old ones end, and requests wait for the new."""

_ENDS = frozenset((signal.SIGTERM, signal.SIGINT, signal.SIGQUIT))

_limit = _number("MAX_IN_FLIGHT", 64)

raw_env = [f"{key}={value}" for key, value in _SETTINGS.items()]
raw_env += [f"FINRISK_VAR_DIR={_VAR}"]
bind = [
    os.environ.get("FINRISK_BIND", "127.0.0.1:8000"),
    os.environ.get("FINRISK_OPS_BIND", "127.0.0.1:9090"),
]
pidfile = str(_VAR / "gunicorn.pid")
workers = _number("WORKERS", 2)
worker_class = "finrisk.http.worker.Worker"
threads = _limit + max(8, _limit // 2)  # spare threads, so that refusals do not queue behind the accepted
keepalive = 75
timeout = 60
graceful_timeout = _number("REQUEST_DEADLINE_SECONDS", 30) + 5  # a reload waits for what is being answered
preload_app = False  # settings, pools and clients are made after fork
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
errorlog = "-"
loglevel = "warning"
proc_name = "finrisk"


def on_starting(server: Any) -> None:
    """Begin with no metrics, workers and farewell of an earlier life."""
    del server
    (_VAR / "farewell").unlink(missing_ok=True)
    for folder in (_metrics, _VAR / "workers"):
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(OSError):  # a full disk: its workers do without
            folder.mkdir(parents=True, mode=0o700)
    if "FINRISK_REVISION" not in _SETTINGS:  # a pod, which is replaced and never reloaded
        _import_what_takes_long()


def _import_what_takes_long() -> None:
    """Import once for all workers libraries and rules, and compile what an ordinary answer asks of them."""
    gc.disable()  # nothing of it is garbage
    import flask  # noqa: F401 - for the workers to come
    import google.auth.transport.requests  # noqa: F401 - for the workers to come
    import psycopg_pool  # noqa: F401 - for the workers to come
    import pydantic_settings  # noqa: F401 - for the workers to come
    import urllib3  # noqa: F401 - for the workers to come

    from finrisk.rehearsal import rehearse

    rehearse()
    gc.freeze()
    gc.enable()


def when_ready(server: Any) -> None:
    """Take the SIGTERM that came while the service started: `finrisk serve` blocks it until here."""
    del server
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def on_reload(server: Any) -> None:
    """Let the old workers answer until the new ones can: Gunicorn would end them as soon as it has forked."""
    old = set(server.WORKERS)

    def manage_workers() -> None:
        del server.manage_workers  # from here on the server's own
        until = time.monotonic() + _START_SECONDS
        come: list[int] = []
        while time.monotonic() < until and any(map(_starts, set(server.WORKERS) - old)):
            with contextlib.suppress(queue.Empty):
                come.append(server.SIG_QUEUE.get(timeout=0.02))
            if come and come[-1] in _ENDS:
                break
        for number in come:  # the master's loop heeds them
            server.SIG_QUEUE.put(number)
        server.manage_workers()

    server.manage_workers = manage_workers  # which the reload calls when it has forked


def _starts(pid: int) -> bool:
    """Whether a worker does not answer yet, and has not ended."""
    listed = (_VAR / "workers" / f"{pid}.json").exists()
    return not listed and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def post_fork(server: Any, worker: Any) -> None:
    """Let a worker end that is told so before it has begun: Gunicorn tells it once, and would wait for it."""
    del worker
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    with contextlib.suppress(queue.Empty):
        while True:
            if server.SIG_QUEUE.get_nowait() == signal.SIGTERM:
                os._exit(0)
    from finrisk import metric_files

    metric_files.share(_metrics)


def worker_exit(server: Any, worker: Any) -> None:
    """Let the worker end in good order."""
    del server, worker
    import sys

    module = sys.modules.get("finrisk.wsgi")
    if module is not None:
        module.close()


def child_exit(server: Any, worker: Any) -> None:
    """Forget a worker that ended."""
    del server
    from finrisk import metric_files

    metric_files.forget(_metrics, worker.pid)
    (_VAR / "workers" / f"{worker.pid}.json").unlink(missing_ok=True)
