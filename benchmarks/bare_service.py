"""The floor of a benchmark: Flask and google-genai under Gunicorn, which hand a prompt on and a text back."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
from flask import Flask, request
from flask.typing import ResponseReturnValue
from google import genai
from google.genai import types

from finrisk_rules.prompt import SYSTEM_INSTRUCTION
from sandbox.connection import LOOPBACK, free_ports
from sandbox.process import SandboxError

_REPOSITORY = Path(__file__).resolve().parents[1]
_START_SECONDS = 60.0
_WORKERS = 2


@dataclass(frozen=True)
class BareService:
    """Where it listens, and its first process."""

    port: int
    pid: int


def app() -> Flask:
    """The application: ``POST /ask`` with a prompt gives the model's text."""
    # A connection for every thread: by default 100, of which 20 are kept.
    connections = httpx2.Limits(max_connections=None, max_keepalive_connections=None)
    options = types.HttpOptions(
        base_url=os.environ["BARE_MODEL_URL"],
        api_version="v1beta",
        timeout=30_000,
        client_args={"limits": connections},
    )
    client = genai.Client(vertexai=False, api_key="any", http_options=options)
    config = types.GenerateContentConfig(system_instruction=SYSTEM_INSTRUCTION, max_output_tokens=2048)
    flask = Flask(__name__)

    @flask.post("/ask")
    def ask() -> ResponseReturnValue:
        prompt = request.get_json()["prompt"]
        answer = client.models.generate_content(model="gemini", contents=prompt, config=config)
        usage = answer.usage_metadata
        tokens = {"answer": usage.candidates_token_count if usage else None}
        return {"analysis": answer.text, "metadata": {"tokens": tokens}}

    @flask.get("/")
    def ready() -> ResponseReturnValue:
        return {}

    return flask


@contextmanager
def bare_service(model: str, threads: int) -> Iterator[BareService]:
    """Start one before the model at this address, with two workers of so many threads; stop it after.

    Raises:
        SandboxError: it did not start.
    """
    [port] = free_ports(0)
    serving = "-b {}:{} -w {} -k gthread --threads {} --no-control-socket --log-level warning"
    options = serving.format(LOOPBACK, port, _WORKERS, threads).split()
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.bare_service:app()"]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{_REPOSITORY}:{_REPOSITORY / 'app'}:{_REPOSITORY / 'rules'}",
        "BARE_MODEL_URL": model,
    }
    with subprocess.Popen(command, cwd=_REPOSITORY, env=environment) as process:
        try:
            _wait(port)
            yield BareService(port, process.pid)
        finally:
            process.terminate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise SandboxError(f"the bare service did not listen on port {port} within {_START_SECONDS:g} s")
