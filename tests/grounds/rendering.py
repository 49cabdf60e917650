"""Every object of an environment as its templates render it.

``python -m tests.grounds.rendering`` refreshes tests/golden.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.grounds.repository import REPOSITORY

PLAY = Path(__file__).with_suffix(".yml")
GOLDEN = REPOSITORY / "tests" / "golden"
ENVIRONMENTS = ("local", "staging", "production")
OFF = "off"
"""The folder of golden objects that no shipped inventory asks for."""
SECRETS = {
    "DATABASE_URL": "postgresql://finrisk_user:canary-database@database.example.com/finrisk_db",
    "POSTGRES_PASSWORD": "canary-postgres",
    "GEMINI_API_KEY": "canary-gemini",
    "USER_HASH_KEY": "canary-user-hash",
    "FINRISK_API_KEY": "canary-api-key",
}
"""Values that no rendered object may hold."""
OTHER_CHOICES: dict[str, Any] = {
    "finrisk_autoscaling": False,
    "finrisk_postgresql": "embedded",
    "finrisk_postgresql_volume": "emptydir",
    "finrisk_journal_volume": "emptydir",
    "finrisk_ingress_host": "",
    "finrisk_act_schedule": "* * * * *",
    "finrisk_act_image": "registry.example.com/finrisk/finrisk-ops:0.1.0",
    "finrisk_operators": [],
    "finrisk_image_pull_secrets": [{"name": "registry"}],
    "finrisk_api_clients": [],
    "finrisk_monitoring_clients": [],
    "finrisk_additional_egress": [
        {
            "to": [{"podSelector": {"matchLabels": {"app": "gemini"}}}],
            "ports": [{"port": 8080, "protocol": "TCP"}],
        }
    ],
}
"""What a site of a cluster may choose instead of what staging and production chose."""
_IGNORED = ("KUBECONFIG", "BASE_MODEL", "GOOGLE_APPLICATION_CREDENTIALS", "OUTPUT_DIR", "ANSIBLE_CONFIG")


def rendered_text(environment: str, **variables: Any) -> dict[str, str]:
    """Return what each template renders for an environment, by the template's name; variables win."""
    with tempfile.TemporaryDirectory(prefix="finrisk-rendering-") as folder:
        out = Path(folder, "objects.json")
        kept = {name: value for name, value in os.environ.items() if name not in _IGNORED}
        done = subprocess.run(
            [
                *(sys.executable, "-m", "ansible", "playbook", str(PLAY)),
                *("-i", str(REPOSITORY / "inventory" / environment), "-e"),
                json.dumps(
                    {"finrisk_rendered": str(out), "finrisk_repository": str(REPOSITORY), **variables}
                ),
            ],
            cwd=REPOSITORY,
            env={**kept, **SECRETS, "FINRISK_VAR_DIR": folder, "ANSIBLE_LOCAL_TEMP": f"{folder}/ansible"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)
        found: dict[str, str] = json.loads(out.read_text())
        return dict(sorted(found.items()))


def rendered(environment: str, **variables: Any) -> dict[str, dict[str, Any]]:
    """Return the objects of an environment by the names of their templates."""
    return {name: yaml.safe_load(text) for name, text in rendered_text(environment, **variables).items()}


def golden_text(manifest: dict[str, Any]) -> str:
    """Return an object as it stands in tests/golden: block style, keys as the template orders them."""
    return yaml.dump(manifest, Dumper=_Plain, sort_keys=False, explicit_start=True, width=110)


class _Plain(yaml.SafeDumper):
    """A dumper that writes a repeated value again instead of an alias."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def refresh() -> None:
    """Write tests/golden anew from the templates and inventories as they are."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    shipped = {environment: rendered(environment) for environment in ENVIRONMENTS}
    for folder, objects in {**shipped, OFF: off(shipped)}.items():
        (GOLDEN / folder).mkdir(parents=True)
        for name, manifest in objects.items():
            (GOLDEN / folder / f"{name}.yml").write_text(golden_text(manifest))


def off(shipped: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the objects that none of the shipped inventories has, by ``OTHER_CHOICES``."""
    there = {name for objects in shipped.values() for name in objects}
    chosen = rendered("production", **OTHER_CHOICES)
    return {name: manifest for name, manifest in chosen.items() if name not in there}


if __name__ == "__main__":
    refresh()
    sys.stdout.write(f"{GOLDEN}: look at `git diff tests/golden`\n")
