"""docs/runbook.md does what it says: each of its commands that can run on this machine runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from finrisk_ops.process import gunicorn
from tests.grounds.checkout import Checkout, checkout
from tests.grounds.modules import run_module
from tests.grounds.plays import TIMED_OUT, Run
from tests.grounds.repository import SHARED
from tests.grounds.runbook import RUNBOOK, blocks, code, rows
from tests.grounds.training_rows import insert
from tests.grounds.tuning import tuned_model

MANUAL = SHARED / "facts" / "phase3.md"
ROWS = 520  # the manual's example asks for 500

# What a command prints, by words of the command; the first that fits counts.
PLAUSIBLE = (
    ("psql ", r"^ +520\n"),
    ("make -s connection", r'"api_key": "frk_'),
    ("export.yml", r"520 examples, 520 of them usable[\s\S]*/export_metadata_\d{8}_\d{6}\.json"),
    ("prepare.yml", r"rows, \d+ usable\n[\s\S]*/dataset_metadata_\d{8}_\d{6}\.json"),
    ("tune.yml --check", r"price unknown[\s\S]*changed=2"),
    ("tune.yml", r"\nACTIVE projects/\S+/endpoints/\d+\n\S+/finetuning_job_\d{8}_\d{6}\.json"),
    ("jq -r .state", r"^ACTIVE$"),
    ("jq -r '.tuning", r"^ACTIVE$"),
    ("jq . ", r'"tuned_model_name": "projects/'),
    ("--tags plan", r"finrisk-v\d+-\w{8} +ACTIVE .*<- would be deployed at \d+ %"),
    ("finrisk_offline=true", r"answers: \d+ calls[\s\S]*^Verdict +\w[\s\S]*/offline_\d{8}_\d{6}\.json"),
    ("finrisk_ab_ratio=50", r"Traffic: 50 % tuned, 50 % base"),
    ("AB_TEST_RATIO=75", r"Ratio: 75 % tuned, 25 % base \(AB_TEST_RATIO"),
    ("AB_TEST_RATIO=100", r"Traffic: 100 % tuned, 0 % base"),
    ("finrisk_next=true --check --diff", r"Ratio: \d+ % tuned"),
    ("deploy.yml", r"Ratio: \d+ % tuned, \d+ % base \((finrisk_next|the first of|the running)"),
    ("rollback.yml", r"Traffic: 0 % tuned, 100 % base"),
    ("site.yml --check --diff", r"^\+.*AB_TEST_UNIT.*request"),
    ("finrisk_ab_test_unit=request", r"changed=1 "),
    ("site.yml", r"changed=\d"),
    ("jq .configuration", r'"AB_TEST_TRAFFIC_SPLIT": "[\d.]+"'),
    ("jq .data var/local/current", r'"ENABLE_AB_TESTING": "(true|false)"'),
    ("jq '.collection'", r'"quality_threshold": 0\.\d+'),
    ("jq '.database", r'"from_the_service": "ok"[\s\S]*\n520\n'),
    ("jq '.tuning'", r'"state": "ACTIVE"'),
    ("AB_TEST_TRAFFIC_SPLIT, .traffic", r'"requests": \d+|^\{\}$'),  # nobody asked in this experiment yet
    ("status.yml", r"Collection +\[[#.]+\] \d+ of 1,000 examples[\s\S]*\nFindings "),
    ("model|fine", r'"message": ?"model gemini-3.5-flash-lite, fine-tuned false"'),
    ("tail -f", r'"event": ?"'),
    ("healthz", r"ok|alive"),
    ("collecting|training", r"collecting training example"),
    ("a/b|testing", r"A/B testing (enabled|disabled): "),
)


def week() -> list[str]:
    """The commands of a normal week."""
    section = RUNBOOK.partition("## A normal week")[2].partition("\n## ")[0]
    typed = [each for each in code(section) if each.startswith("ansible-playbook")]
    return [*typed, *(block.strip() for block in blocks(section))]


def commands() -> list[str]:
    """Every command of the tables and of a normal week, each once."""
    here = [each for row in rows() for each in row.here]
    return list(dict.fromkeys([*here, *week()]))


def manual_commands(text: str) -> list[str]:
    """The manual's command lines, each with its continuation lines in one."""
    found: list[str] = []
    for block in blocks(text):
        pending = ""
        for line in block.splitlines():
            if not pending and (not line.strip() or line.lstrip().startswith("#")):
                continue
            pending = f"{pending} {line.strip()}".strip()
            loop = pending.startswith("for ") and not pending.endswith("done")
            if pending.endswith("\\"):
                pending = pending[:-1].strip()
            elif pending.count("'") % 2 == 0 and not loop:
                found.append(re.sub(r" +", " ", pending))
                pending = ""
        assert not pending, pending
    return found


@dataclass(frozen=True)
class Shell:
    """The operator's shell, after the lines that are typed once."""

    place: Checkout
    environment: dict[str, str]

    def type(self, command: str) -> Run:
        endless = " -f " in command
        done = self.place.shell(command, self.environment, 1.5 if endless else 120)
        return Run(0, done.stdout, done.stderr) if endless and done.code == TIMED_OUT else done


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """An environment with documents, enough examples, an export, a dataset and a tuned model."""
    with checkout() as place:
        place.playbook("ingest.yml")
        insert(place.database_url, ROWS)
        place.ask([each for each in place.strategies() if "Corvane" in each.text][:6])
        place.execute("delete from training_data where model_version like 'extractive%'")
        place.wire.fault(kind="job_slow", seconds=0.5)
        export = {"database_url": place.database_url, "output_dir": str(place.training_data)}
        exported = run_module("finrisk_export", export | {"environment_name": "local", "min_examples": 100})
        assert exported["changed"], exported
        tuned_model(place.wire, place.training_data, place.database_url)
        done = place.shell(f"{blocks(RUNBOOK)[0]}\nenv -0")
        assert done.code == 0, done.output
        pairs = (line.partition("=") for line in done.stdout.rstrip("\0").split("\0"))
        yield Shell(place, {name: value for name, _, value in pairs})


def test_every_row_says_what_to_type_now() -> None:
    assert len(rows()) >= 25
    for row in rows():
        assert row.old
        assert row.here or row.cluster or "](#" in row.now, row


def test_every_command_line_of_the_old_manual_has_a_row_and_no_row_is_about_nothing() -> None:
    if not MANUAL.exists():
        pytest.skip(f"the old manual is not beside the repository ({MANUAL})")
    old = manual_commands(MANUAL.read_text(encoding="utf-8"))
    assert len(old) > 40
    assert [command for command in old if not any(row.replaces(command) for row in rows())] == []
    for row in rows():
        assert any(row.replaces(command) for command in old), row.old


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_runbook_runs_here(shell: Shell, command: str) -> None:
    missing = [tool for tool in ("psql", "jq", "curl") if tool in command and not shutil.which(tool)]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed here")
    expected = next((pattern for words, pattern in PLAUSIBLE if words in command), None)
    assert expected, f"say in PLAUSIBLE what this prints: {command}"
    done = shell.type(command)
    assert done.code == 0, done.output
    assert re.search(expected, done.stdout, re.MULTILINE), done.output


def test_ten_users_are_split_and_each_keeps_the_same_model(shell: Shell) -> None:
    loop = blocks(RUNBOOK.partition("## Ten requests")[2])[0]
    if gunicorn.readiness(shell.place.place)["split"] == 0:
        shell.place.playbook("deploy.yml -e finrisk_ab_ratio=50")
    first, second = (shell.type(loop) for _ in range(2))
    assert first.code == 0, first.output
    answers = re.findall(r'Request (\d+):\n"(\w+)"\n(\w+)\n', first.stdout)
    assert [int(number) for number, *_ in answers] == list(range(1, 11))
    assert {answer[1:] for answer in answers} <= {("rag_base", "false"), ("rag_finetuned", "true")}
    assert second.stdout == first.stdout


def test_no_block_of_the_runbook_goes_untested() -> None:
    lines = [line for block in blocks(RUNBOOK) for line in block.splitlines()]
    assert {line for line in lines if line.startswith("ansible-playbook")} <= set(commands())
