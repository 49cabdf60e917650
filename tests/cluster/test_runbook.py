"""The cluster lines of docs/runbook.md do what they say, by people who have the documented rights alone."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from sandbox.analysts import Strategy, strategies_of
from tests.cluster import accounts
from tests.cluster.environment import Environment
from tests.grounds import plays
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.runbook import RUNBOOK, rows
from tests.grounds.training_rows import insert
from tests.grounds.waiting import until

ROWS = 520
LONGEST_SECONDS = 300.0

# What a command prints, by words of the command; the first that fits counts.
PLAUSIBLE = (
    ("svc/postgres-service", r"^Forwarding from 127\.0\.0\.1:\d+ -> 5432"),
    ("svc/finrisk-api-service", r"^Forwarding from 127\.0\.0\.1:\d+ -> 8000"),
    ("psql ", r"^ +5\d\d$"),
    ("export.yml", r"5\d\d examples, 5\d\d of them usable[\s\S]*/export_metadata_\d{8}_\d{6}\.json"),
    ("export GOOGLE", r"^$"),
    ("finrisk_ab_ratio=25", r"2 of 2 pods: every pod runs it[\s\S]*Traffic: 25 % tuned, 75 % base"),
    (
        "grep -E '(AB_TEST|FINETUNING)'",
        r'^ +AB_TEST_TRAFFIC_SPLIT: "0\.25"$[\s\S]*^ +ENABLE_FINETUNING: "true"$',
    ),
    ("grep DATA_COLLECTION", r'^ +DATA_COLLECTION_QUALITY: "0\.9"$'),
    ("grep AB_TEST", r"^ +AB_TEST_UNIT: user$"),
    ("model|fine", r'"message": ?"model [^"]*, fine-tuned (true|false)"'),
    ("collecting|training", r"collecting training example"),
    ("a/b|testing", r"A/B testing (enabled|disabled): "),
    ("app=finrisk-api -f", r'"event": ?"'),
    ("rollout restart", r"deployment.apps/finrisk-api restarted"),
    ("rollback.yml", r"Traffic: 0 % tuned, 100 % base"),
    ("-L finrisk.io/current", r"^finrisk-config-r\d{4}-\w{8} .* true +true$"),
    ("jq '.database", r'"from_the_service": "ok"[\s\S]*\n5\d\d\n'),
    (".pods[]", r"^finrisk-api-\S+ [01](\.\d+)?$"),
    ("get deployment,pods", r"^deployment.apps/finrisk-api +2/2[\s\S]*^pod/postgres-0 +1/1"),
)


def commands() -> list[str]:
    """The commands that are for a cluster, each once."""
    return list(dict.fromkeys(each for row in rows() for each in row.cluster))


@dataclass(frozen=True)
class Shell:
    """The shell of an operator who has the Role of docs/runbook.md, and nothing else, by playbooks."""

    environment: Environment
    bin: Path
    operator: Path
    strategies: list[Strategy]

    def type(self, command: str, expected: str = "") -> Run:
        """Run a line of the documentation, which names the namespace, ports and folder of its readers.

        One that does not end by itself is ended when it has printed what is expected.
        """
        line = command.replace("finrisk-ai", self.environment.namespace)
        line = re.sub(r" \d+:(\d+)$", r" :\1", line)  # any free port of this machine
        if "kubectl logs" in line:  # a roll-out before has taken the pods that had answered
            self.ask()
        if line.endswith(" -f") or "port-forward" in line:
            return self._watch(line, expected)
        return plays.shell(line, REPOSITORY, self._variables, LONGEST_SECONDS)

    def ask(self) -> None:
        """Let users ask, so that there is something to read in the logs."""
        for number, each in enumerate(self.strategies * 2):
            assert self.environment.analyze(f"{each.user_id}-{number}", each.text).status == 200

    @property
    def _variables(self) -> dict[str, str]:
        return {**self.environment.shell, "PATH": f"{self.bin}:{self.environment.shell['PATH']}"}

    def _watch(self, line: str, expected: str) -> Run:
        output = self.bin.with_name("output")
        with (
            output.open("wb") as file,
            subprocess.Popen(
                ["bash", "-c", line],
                cwd=REPOSITORY,
                env=self._variables,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                until(lambda: re.search(expected, output.read_text(), re.MULTILINE), log=output.read_text)
            finally:
                os.killpg(process.pid, signal.SIGTERM)
        return Run(0, output.read_text(), "")


@pytest.fixture(scope="module")
def builder(environment: Environment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A kubeconfig of somebody who has the ClusterRole of docs/kubernetes.md, and nothing else."""
    name = f"builder-{environment.namespace}"
    kubectl = environment.cluster.kubectl
    kubectl("create", "-f", "-", stdin=accounts.cluster_role(name, accounts.documented_rules()))
    account = f"--serviceaccount={accounts.HOME}:{name}"
    kubectl("create", "clusterrolebinding", name, f"--clusterrole={name}", account)
    yield accounts.account(environment.cluster, name, tmp_path_factory.mktemp("builder"))
    kubectl("delete", "clusterrolebinding,clusterrole", name)
    kubectl("-n", accounts.HOME, "delete", "serviceaccount", name)


@pytest.fixture(scope="module")
def shell(
    environment: Environment, builder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Shell]:
    """An environment with documents, examples and a tuned model: the builder made it, the operator plays."""
    folder = tmp_path_factory.mktemp("runbook")
    name = f"operator-{environment.namespace}"
    operator = accounts.account(environment.cluster, name, folder)
    subject = {"kind": "ServiceAccount", "name": name, "namespace": accounts.HOME}
    given = json.dumps({"finrisk_operators": [subject]})
    environment.play("site", "-e", given, KUBECONFIG=str(builder))
    assert environment.play("site", "-e", given, KUBECONFIG=str(builder)).changed == 0
    samples = folder / "samples"
    subprocess.run([sys.executable, "-m", "sandbox.samples", samples], cwd=REPOSITORY, check=True)
    environment.play("ingest", "-e", f"finrisk_documents={samples}", KUBECONFIG=str(operator))
    environment.tune()
    insert(database_url(environment), ROWS)
    with gzip.open(samples / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        asked = [each for each in strategies_of(map(json.loads, lines)) if "Corvane" in each.text][:4]
    yield Shell(environment, programs(environment, operator, folder / "bin"), operator, asked)
    environment.cluster.kubectl("-n", accounts.HOME, "delete", "serviceaccount", name)


def programs(environment: Environment, operator: Path, folder: Path) -> Path:
    """Put the two programs of the operator into a folder: they know this environment's place."""
    playbook = [sys.executable, "-m", "ansible", "playbook", "-e", f"@{environment.variables}"]
    lines = {
        "kubectl": shlex.join(environment.cluster.kubectl_command()),
        "ansible-playbook": f"env KUBECONFIG={shlex.quote(str(operator))} {shlex.join(playbook)}",
    }
    folder.mkdir()
    for name, line in lines.items():
        file = folder / name
        file.write_text(f'#!/bin/sh\nexec {line} "$@"\n', encoding="utf-8")
        file.chmod(0o755)
    return folder


def database_url(environment: Environment) -> str:
    """The database by its pod's address, which this machine reaches."""
    (pod,) = environment.objects("pods", "app=postgres")
    password = quote(environment.secrets.database_password, safe="")
    return f"postgresql://finrisk_user:{password}@{pod['status']['podIP']}:5432/finrisk_db"


def test_every_row_about_kubectl_says_what_to_type_on_a_cluster() -> None:
    silent = [row.old for row in rows() if any("kubectl" in old for old in row.old) and not row.cluster]
    replaced = (
        "AB_TEST_FINETUNED_RATIO",
        'ENABLE_FINETUNING","value":"true"',
    )  # by a playbook, the same everywhere
    assert [old for old in silent if not any(word in old[0] for word in replaced)] == []
    assert len(commands()) >= 18


@pytest.mark.parametrize("command", commands())
def test_a_cluster_line_of_the_runbook_runs(shell: Shell, command: str) -> None:
    if "jq" in command and not shutil.which("jq"):
        pytest.skip("jq is not installed here")
    expected = next((pattern for words, pattern in PLAUSIBLE if words in command), None)
    assert expected, f"say in PLAUSIBLE what this prints: {command}"
    done = shell.type(command, expected)
    assert done.code == 0, done.output
    assert re.search(expected, done.stdout, re.MULTILINE), done.output


def test_a_configuration_cannot_be_edited_any_more(shell: Shell) -> None:
    (current,) = shell.environment.objects("configmaps", "finrisk.io/current=true")
    patch = '[{"op":"replace","path":"/data/ENABLE_FINETUNING","value":"true"}]'
    done = shell.type(
        f"kubectl patch configmap {current['metadata']['name']} -n finrisk-ai --type=json -p='{patch}'"
    )
    assert done.code != 0
    assert "field is immutable" in done.stderr


def test_a_restart_by_kubectl_is_no_drift(shell: Shell) -> None:
    shell.type("kubectl rollout restart deployment/finrisk-api -n finrisk-ai")
    shell.type("kubectl rollout status deployment/finrisk-api -n finrisk-ai --timeout=120s")
    told = shell.type("ansible-playbook -i inventory/staging playbooks/status.yml -e finrisk_format=json")
    data = json.loads(told.stdout)
    assert data["configuration"]["drift"] == []
    assert [each for each in data["findings"] if each["about"] in ("configuration", "service")] == []


def test_the_operators_role_does_not_let_in_by_exec_and_not_build_an_environment(shell: Shell) -> None:
    refused = shell.environment.try_to_play("site", KUBECONFIG=str(shell.operator))
    assert refused.code == 2
    words = f"may not patch namespaces in namespace {shell.environment.namespace}: ask whoever administers"
    assert words in " ".join(refused.output.split())
    assert refused.changed == 0
    can = ["auth", "can-i", "create", "pods/exec", "-n", shell.environment.namespace]
    account_name = f"system:serviceaccount:default:operator-{shell.environment.namespace}"
    asked = shell.environment.cluster.kubectl_result(*can, f"--as={account_name}")
    assert asked.stdout.strip() == "no"


def test_a_backup_is_made_and_brought_back(shell: Shell, tmp_path: Path) -> None:
    block = RUNBOOK.partition("\n## Backups\n")[2].partition("```sh\n")[2].partition("```")[0]
    save, restore = block.strip().replace("finrisk_db.dump", str(tmp_path / "finrisk_db.dump")).splitlines()
    count = next(each for each in commands() if "psql " in each)
    before = shell.type(count).stdout
    assert shell.type(save).code == 0
    assert shell.type(count.replace("SELECT COUNT(*) FROM", "DELETE FROM")).code == 0
    done = shell.type(restore)
    assert done.code == 0, done.output
    assert shell.type(count).stdout == before
