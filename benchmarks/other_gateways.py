"""Gateways of others under a benchmark: LiteLLM and MLflow, as they are installed by ``make gateways``."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.environment import REPOSITORY
from benchmarks.sides import Side, prompts
from benchmarks.synthetic_pages import SyntheticPage
from sandbox.connection import LOOPBACK, free_ports
from sandbox.process import SandboxError

PROGRAMS = REPOSITORY / ".venv-gateways" / "bin"
_START_SECONDS = 300.0
_KEY = "sk-" + "benchmark" * 6  # LiteLLM does not start without one
_TYPE = {"Content-Type": "application/json"}


@contextmanager
def litellm(gemini: str, filings: list[SyntheticPage]) -> Iterator[Side]:
    """LiteLLM's proxy with one worker, before a Gemini API; stop it after.

    Raises:
        SandboxError: it did not start.
    """
    parameters = {"model": "gemini/gemini", "api_key": "any", "api_base": f"{gemini}/v1beta/models/gemini"}
    settings = {
        "model_list": [{"model_name": "gemini", "litellm_params": parameters}],
        "general_settings": {"master_key": _KEY},
    }
    options = ["--host", LOOPBACK, "--num_workers", "1", "--telemetry", "False", "--config"]
    headers = {**_TYPE, "Authorization": f"Bearer {_KEY}"}
    command, path = ["litellm", *options], "/v1/chat/completions"
    bodies = [_body(prompt, model="gemini") for prompt in prompts(filings)]
    with _running(Side("LiteLLM", _port(), path, headers, bodies, {}), command, settings) as side:
        yield side


@contextmanager
def mlflow(chat: str, filings: list[SyntheticPage]) -> Iterator[Side]:
    """MLflow's gateway with two workers, before an API like OpenAI's; stop it after.

    Its provider for Gemini asks Google's own address alone. Raises as ``litellm``.
    """
    model = {
        "provider": "openai",
        "name": "gemini",
        "config": {"openai_api_key": "any", "openai_api_base": f"{chat}/v1"},
    }
    settings = {"endpoints": [{"name": "chat", "endpoint_type": "llm/v1/chat", "model": model}]}
    command = ["mlflow", "gateway", "start", "--host", LOOPBACK, "--workers", "2", "--config-path"]
    path = "/gateway/chat/invocations"  # which names the model, so that the body must not
    bodies = [_body(prompt) for prompt in prompts(filings)]
    with _running(Side("MLflow's gateway", _port(), path, _TYPE, bodies, {}), command, settings) as side:
        yield side


def _port() -> int:
    [port] = free_ports(0)
    return port


def _body(prompt: str, **more: str) -> bytes:
    return json.dumps({**more, "messages": [{"role": "user", "content": prompt}]}).encode()


@contextmanager
def _running(side: Side, command: Sequence[str], settings: object) -> Iterator[Side]:
    """The side with its first process, while it runs."""
    var = Path(tempfile.mkdtemp(prefix="finrisk-gateway-"))
    (var / "settings.yml").write_text(json.dumps(settings), "utf-8")  # JSON is YAML
    program, *options = command
    whole = [str(PROGRAMS / program), *options, str(var / "settings.yml"), "--port", str(side.port)]
    environment = {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "HOME": str(var)}
    environment |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}  # asks nobody else
    log = var / "log"
    try:
        with (
            log.open("wb") as output,
            subprocess.Popen(whole, cwd=var, env=environment, stdout=output, stderr=output) as process,
        ):
            try:
                _wait(side, process, log)
                yield replace(side, roots={"service": process.pid})
            finally:
                process.terminate()
    finally:
        shutil.rmtree(var, ignore_errors=True)


def _wait(side: Side, process: "subprocess.Popen[bytes]", log: Path) -> None:
    url = f"http://{LOOPBACK}:{side.port}{side.path}"
    request = urllib.request.Request(url, side.bodies[0], side.headers)
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=30):  # noqa: S310 - this machine
                return
        except OSError:
            time.sleep(1)
    raise SandboxError(f"{side.name} did not answer; its log ends:\n{log.read_text('utf-8')[-2000:]}")
