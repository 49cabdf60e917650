"""promote.yml copies what staging runs and proved, and production is changed on purpose alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster import accounts
from tests.cluster.operation import Operated
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY

RELEASE_FILE = REPOSITORY / "inventory" / "production" / "group_vars" / "finrisk" / "release.yml"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Production's release file, as it is in the repository."""
    return Path(shutil.copy(RELEASE_FILE, tmp_path / "release.yml"))


def promote(operated: Operated, file: Path, *arguments: str, **shell: str) -> Run:
    given = ("-e", f"finrisk_promote_file={file}", *arguments)
    return operated.environment.try_to_play("promote", *given, **shell)


def test_the_release_that_staging_proved_is_written_once_as_a_diff(operated: Operated, file: Path) -> None:
    """By an operator: the role of the templates is enough for it, as test_runbook.py says of the others."""
    environment = operated.environment
    operator = accounts.operator(environment.cluster, environment.namespace, "operator", file.parent)
    before, repository = file.read_text(), RELEASE_FILE.read_text()
    announced = promote(operated, file, "--check", "--diff")
    assert announced.code == 0, announced.output
    assert file.read_text() == before
    done = promote(operated, file, "--diff", KUBECONFIG=str(operator))
    assert (announced.changed, done.changed, promote(operated, file).changed) == (1, 1, 0)
    held = yaml.safe_load(file.read_text())
    (current,) = environment.objects("secret", "finrisk.io/current=true")
    assert held["finrisk_model"].startswith("projects/")
    assert held["finrisk_image"] == yaml.safe_load(environment.variables.read_text())["finrisk_image"]
    assert held["finrisk_dataset_sha256"]
    assert "ratio" not in file.read_text().replace("The ratio is not here", "")
    assert f'+finrisk_model: "{held["finrisk_model"]}"' in done.stdout
    assert current["metadata"]["labels"]["finrisk.io/proven"] == "true"
    assert RELEASE_FILE.read_text() == repository
    for words in ("# Proved by staging as r0", "# Model: finrisk-v", "# Figures: ", "# Promoted 20"):
        assert words in file.read_text()


def newest(operated: Operated) -> dict[str, Any]:
    """What status.yml shows as the newest release, which has to be by who asks."""
    environment = operated.environment
    shown = json.loads(environment.play("status", "-e", "finrisk_format=json").stdout)["releases"][0]
    assert shown["who"] == environment.cluster.kubectl(
        "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"
    )
    return dict(shown)


def test_status_shows_who_promoted_as_the_cluster_knows_them(operated: Operated, file: Path) -> None:
    """The table is in the cluster too, and every playbook reaches it through the API server."""
    assert promote(operated, file, "-e", json.dumps({"finrisk_why": "step 25, RISK-4711"})).changed == 1
    shown = newest(operated)
    assert (shown["action"], shown["outcome"], shown["reason"]) == ("promote", "done", "step 25, RISK-4711")
    pending = operated.environment.objects("configmap", "finrisk.io/record")
    assert pending == [], "all of it is in the table"


def test_what_staging_does_not_run_is_not_promoted_and_who_mends_it_is_shown(
    operated: Operated, file: Path
) -> None:
    before, environment = file.read_text(), operated.environment
    environment.kubectl("set", "image", "deployment/finrisk-api", "api=localhost/finrisk/by-hand:1")
    try:
        refused = promote(operated, file)
        assert refused.code != 0
        assert "by kubectl" in " ".join(refused.output.split())
        assert file.read_text() == before
    finally:
        environment.play("deploy", "-e", "finrisk_ab_ratio=25", "-e", "finrisk_force_conflicts=true")
    shown = newest(operated)
    assert (shown["action"], shown["outcome"]) == ("deploy", "done")


def test_production_is_changed_only_when_it_is_named(operated: Operated) -> None:
    generation = operated.generation
    for playbook in ("site", "deploy", "rollback"):
        refused = _in_production(operated, playbook)
        assert refused.code != 0
        assert "This changes production. Look at it with --check --diff first" in " ".join(
            refused.output.split()
        )
    assert _in_production(operated, "deploy", "-e", "finrisk_confirm=staging").code != 0
    assert operated.generation == generation
    assert _in_production(operated, "rollback", "-e", "finrisk_confirm=production", "--check").code == 0


def _in_production(operated: Operated, playbook: str, *arguments: str) -> Run:
    """Play with the inventory of production, which this cluster stands in for."""
    return operated.environment.try_to_play(
        playbook, "-i", "inventory/production", "--limit", "production", *arguments
    )
