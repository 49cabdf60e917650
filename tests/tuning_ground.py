"""What the tuning tests stand on: a simulator process of their own, and a prepared dataset."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from finrisk_rules.prompt import SYSTEM_INSTRUCTION, Source, render

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = "finrisk-sandbox"
LOCATION = "us-central1"
BUCKET = "finrisk-sandbox"


LIMITS = {
    "tokens_per_example": 131_072,
    "file_bytes": 1 << 30,
    "training_examples": 1_000_000,
    "validation_examples": 5_000,
}


@dataclass(frozen=True)
class Wire:
    """A running simulator."""

    url: str
    var: Path

    @property
    def credentials_file(self) -> Path:
        return self.var / "service-account.json"

    def fault(self, **rule: Any) -> None:
        self._call("POST", "/_sandbox/faults", rule)

    def clear(self) -> None:
        self._call("DELETE", "/_sandbox/faults")

    def requests(self, path: str = "", method: str = "") -> list[dict[str, Any]]:
        found = self._call("GET", "/_sandbox/requests?limit=2000")["requests"]
        return [e for e in found if re.search(path, e["path"]) and method in ("", e["method"])]

    def forget_requests(self) -> None:
        self._call("DELETE", "/_sandbox/requests")

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs that the simulator has on disk, oldest first."""
        records = [json.loads(path.read_text()) for path in (self.var / "gemini/jobs").glob("*/job.json")]
        return [record["job"] for record in sorted(records, key=lambda record: record["created"])]

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)  # noqa: S310 - loopback only
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback only
            return json.load(answer)


@contextmanager
def wire(var: Path, tuning_seconds: float = 1.0, bucket_location: str = LOCATION) -> Iterator[Wire]:
    """Start a simulator and stop it at the end."""
    command = [sys.executable, "-m", "sandbox.gemini", "--var", str(var), "--port", "0"]
    command += ["--tuning-seconds", str(tuning_seconds), "--latency-ms", "1", "1"]
    command += ["--location", bucket_location]
    var.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Wire(json.loads(process.stdout.readline())["url"], var)
        finally:
            process.terminate()
            process.wait(timeout=20)


def dataset(
    folder: Path, training: int = 120, validation: int = 13, seed: str = "a", padding: int = 0
) -> Path:
    """Write a small dataset as prepare.yml does; return its metadata file.

    ``padding`` adds so many letters to each training example's source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = "20261101_120000"
    files = {
        f"training_set_{stamp}.jsonl": _lines(seed, 0, training, padding),
        f"validation_set_{stamp}.jsonl": _lines(seed, training, validation),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    metadata = folder / f"dataset_metadata_{stamp}.json"
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    counts = {"train_examples": training, "validation_examples": validation}
    metadata.write_text(json.dumps({"files": hashes, "total": training + validation, **counts}))
    return metadata


def _lines(seed: str, start: int, number: int, padding: int = 0) -> str:
    return "".join(
        json.dumps(_example(f"{seed}{n}", n, padding)) + "\n" for n in range(start, start + number)
    )


def _example(name: str, n: int, padding: int = 0) -> dict[str, Any]:
    firm = f"Firm {name}"
    text = (
        f"{firm} invoiced {20 + n % 60} percent of its sales in US dollars in 2025. "
        f"A fall of the dollar by 10 percent would lower operating profit by ${n + 1}.4 million. "
        "The board reviews the hedging policy twice a year. The canteen was renovated."
        + (" " + "x" * padding if padding else "")
    )
    source = Source(f"doc-{name}", f"{firm}, annual report 2025", text)
    prompt = render(
        f"What does {firm} say about the currency risk of its sales in US dollars in 2025?", [source]
    )
    answer = (
        f"## Market risk\n\n{firm} invoiced {20 + n % 60} percent of its sales in US dollars in 2025 [1]. "
        f"A fall of the dollar by 10 percent would lower operating profit by ${n + 1}.4 million [1]."
    )
    return {
        "systemInstruction": {"role": "system", "parts": [{"text": SYSTEM_INSTRUCTION}]},
        "contents": [
            {"role": "user", "parts": [{"text": prompt}]},
            {"role": "model", "parts": [{"text": answer}]},
        ],
    }


def options(ground: Wire, output_dir: Path, database_url: str = "", **more: Any) -> dict[str, Any]:
    """Return the options of finrisk_tuning_job for the simulator."""
    return {
        "project": PROJECT,
        "location": LOCATION,
        "credentials_file": str(ground.credentials_file),
        "base_url": ground.url,
        "storage_url": ground.url,
        "bucket": BUCKET,
        "environment_name": "test",
        "base_model": "gemini-3.5-flash-lite",
        "tunable_models": ["gemini-3.5-flash-lite", "gemini-3.5-flash"],
        "replaced_models": {"gemini-1.5-flash": "gemini-3.5-flash-lite"},
        "output_dir": str(output_dir),
        "database_url": database_url,
        "patience": 15,
        "request_timeout": 5,
        "limits": dict(LIMITS),
    } | more


def place(given: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options that finrisk_tuning_job_info takes."""
    names = (
        "project",
        "location",
        "credentials_file",
        "base_url",
        "output_dir",
        "database_url",
        "request_timeout",
    )
    return {name: given[name] for name in (*names, "max_dropped_share") if name in given}


def run_module(name: str, given: dict[str, Any], check: bool = False) -> dict[str, Any]:
    """Run a module of the role in this process; return what it prints."""
    from ansible.module_utils.testing import patch_module_args

    path = REPOSITORY / "roles" / "finrisk" / "library" / f"{name}.py"
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    printed = io.StringIO()
    with (
        patch_module_args({**given, "_ansible_check_mode": check}),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        module.main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


def submit(given: dict[str, Any], check: bool = False) -> dict[str, Any]:
    """Bring about the job of these options; return what finrisk_tuning_job prints."""
    return run_module("finrisk_tuning_job", given, check)


def look(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Look at the job once; return what finrisk_tuning_job_info prints."""
    return run_module("finrisk_tuning_job_info", place(given) | more)


def wait(given: dict[str, Any], *words: str, seconds: float = 90) -> dict[str, Any]:
    """Look until the provider says one of the words, or until the job is over when none is given."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look(given)
        assert "failed" not in seen, seen
        job = seen["job"]
        if job["provider_state"] in words or (not words and job["state"] != "CREATING"):
            return seen
        time.sleep(0.2)
    raise AssertionError(f"the job is not {' or '.join(words) or 'over'} within {seconds} s")


def of_spec(ground: Wire, result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the simulator's jobs of the same spec as a module's result."""
    wanted = result["job"]["spec_id"]
    return [job for job in ground.jobs() if job.get("labels", {}).get("finrisk-spec") == wanted]


def row(database_url: str, spec_id: str) -> dict[str, Any]:
    """Return the job as the table has it."""
    with psycopg.connect(database_url) as connection:
        found = connection.execute("select job from tuning_jobs where spec_id = %s", [spec_id]).fetchone()
    assert found is not None
    return dict(found[0])


def end_orphans(var: Path) -> None:
    """Kill what runs on a var folder of a test: Ansible's workers outlive a killed ansible-playbook."""
    wanted = f"FINRISK_VAR_DIR={var}".encode()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), signal.SIGKILL)


def start_module(
    name: str, given: dict[str, Any], environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Run a module in a process of its own, to be killed, or in an environment of its own."""
    command = [sys.executable, "-m", "tests.tuning_ground", name, json.dumps(given)]
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


if __name__ == "__main__":
    import ansible.module_utils

    ansible.module_utils.__path__.append(str(REPOSITORY / "roles" / "finrisk" / "module_utils"))
    print(json.dumps(run_module(sys.argv[1], json.loads(sys.argv[2]))))  # noqa: T201 - this is the answer
