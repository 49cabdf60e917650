"""A folder in which the real ansible-playbook runs on an environment of the test's own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.connection import BUCKET, LOCATION, PROJECT
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.wire import Wire

API_KEY, USER_HASH_KEY = "frk_test_" + "k" * 43, "ab" * 32
_CLEARED = ("OUTPUT_DIR", "MIN_EXAMPLES", "ANSIBLE_CONFIG", "DATABASE_URL", "FINRISK_VAR_DIR")


@dataclass(frozen=True)
class Playground:
    """A folder with a sandbox.json, where playbooks run on inventory/local."""

    folder: Path
    before: tuple[str, ...] = ()  # a command that runs ansible-playbook, such as unshare

    def run(self, playbook: str, *arguments: str, **environment: str) -> Run:
        """Run a playbook and wait for it."""
        kept = {name: value for name, value in os.environ.items() if name not in _CLEARED}
        command = [sys.executable, "-m", "ansible", "playbook", f"playbooks/{playbook}.yml", *arguments]
        answer = subprocess.run(
            [*self.before, *command],
            cwd=REPOSITORY,
            env={
                **kept,
                "FINRISK_VAR_DIR": str(self.folder / "var"),
                "OUTPUT_DIR": str(self.folder / "training_data"),
                "ANSIBLE_LOCAL_TEMP": str(self.folder / "ansible"),
                "ANSIBLE_NOCOLOR": "1",
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        return Run(answer.returncode, answer.stdout, answer.stderr)

    def sandbox(self, **content: object) -> None:
        """Write the sandbox.json that inventory/local reads."""
        path = self.folder / "var" / "sandbox.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))


def connection(ground: Wire, **more: object) -> dict[str, Any]:
    """Return what sandbox.json says of a simulator, and more."""
    return {
        "gemini_url": ground.url,
        "storage_url": ground.url,
        "credentials_file": str(ground.credentials_file),
        "project": PROJECT,
        "location": LOCATION,
        "bucket": BUCKET,
        **more,
    }


def connection_of_service(ground: Wire, database_url: str, api_port: int, ops_port: int) -> dict[str, Any]:
    """Return what sandbox.json says of a simulator and of a service that takes ``API_KEY``."""
    return connection(
        ground,
        database_url=database_url,
        api_port=api_port,
        ops_port=ops_port,
        api_key=API_KEY,
        api_key_id="test",
        api_key_sha256=hashlib.sha256(API_KEY.encode()).hexdigest(),
        user_hash_key=USER_HASH_KEY,
    )
