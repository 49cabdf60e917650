"""tune.yml as an operator runs it: a real ansible-playbook against the simulator and PostgreSQL."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.grounds.datasets import dataset
from tests.grounds.packages import CALLBACKS
from tests.grounds.tune_playbook import describe, end_orphans, start
from tests.grounds.waiting import until
from tests.grounds.wire import CREATE, UPLOAD, Wire, wire

FORK_INTERRUPTED = """
import os, signal
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = "name: interrupt\\ntype: aggregate\\nshort_description: Ctrl-C falls on the fork of a task"

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "interrupt"
    waiting = False

    def v2_playbook_on_start(self, playbook):
        self.process = os.getpid()
        os.register_at_fork(after_in_parent=self.interrupt)

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.waiting = {task!r} in task.get_name()

    def interrupt(self):
        if self.waiting and os.getpid() == self.process:
            self.waiting = False
            os.kill(self.process, signal.SIGINT)
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with wire(tmp_path_factory.mktemp("wire"), tuning_seconds=4.0) as running:
        yield running


@pytest.fixture
def ground(service: Wire, database_url: str) -> Iterator[Wire]:
    """The simulator, described in sandbox.json as ``python -m sandbox up`` does it."""
    service.clear()
    service.forget_requests()
    describe(service, database_url)
    yield service
    end_orphans(service.var)
    service.clear()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dataset(tmp_path / "data", seed=tmp_path.name)
    return tmp_path / "data"


def tune(ground: Wire, folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """Run tune.yml; return its exit status and all that it printed."""
    process = start(ground, folder, *arguments, **more)
    text, _ = process.communicate(timeout=240)
    return process.returncode, text


def changed(text: str) -> int:
    found = re.search(r"changed=(\d+)", text)
    assert found, text
    return int(found[1])


def test_check_sends_nothing_a_run_ends_active_and_a_second_run_changes_nothing(
    ground: Wire, folder: Path
) -> None:
    status, announced = tune(ground, folder, "--check", "--diff")
    assert status == 0, announced
    assert changed(announced) == 2  # the upload and the submission
    assert "120 for training" in announced
    assert "x 5 epochs" in announced
    assert "price unknown" in announced
    assert "+++ after: tuning job finrisk-v1-" in announced
    assert re.search(r"^base model   \S+ \(vertex, ", announced, re.MULTILINE)
    assert "__finrisk" not in announced, "a name that nobody typed"
    assert not ground.requests(f"{UPLOAD}|{CREATE}", "POST")
    assert not list(folder.glob("finetuning_job_*"))

    ground.fault(kind="job_slow", seconds=20, times=1)  # else a busy machine first looks when it is over
    status, text = tune(ground, folder)
    assert status == 0, text
    assert changed(text) == 2
    assert re.search(r"\[#+\.+\] +\d+ % RUNNING, epoch \d of 5 finished", text), text
    lines = text.strip().splitlines()
    assert re.fullmatch(r"ACTIVE projects/[^/]+/locations/[^/]+/endpoints/\d+", lines[-2])
    job = json.loads(Path(lines[-1]).read_text())
    assert job["state"] == "ACTIVE"
    assert f"ACTIVE {job['tuned_model_name']}" == lines[-2]
    assert text.index("120 for training") < text.index("Upload the dataset") < text.index("Submit, adopt")

    status, again = tune(ground, folder)
    assert status == 0, again
    assert changed(again) == 0
    assert again.strip().splitlines()[-2:] == lines[-2:]
    assert len([job for job in ground.jobs() if job["labels"]["finrisk-env"] == "local"]) == 1


def test_a_wait_that_was_killed_is_resumed_by_the_next_run(ground: Wire, folder: Path) -> None:
    process = start(ground, folder)
    until(lambda: list(folder.glob("finetuning_job_*")), 180)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    status, text = tune(ground, folder)
    assert status == 0, text
    assert changed(text) == 0
    assert "ACTIVE projects/" in text
    assert len(ground.requests(CREATE, "POST")) == 1


def test_ctrl_c_leaves_the_job_running_and_says_how_to_come_back(ground: Wire, folder: Path) -> None:
    ground.fault(kind="job_slow", seconds=600, times=1)
    process = start(ground, folder)
    until(lambda: ground.requests(r"/tuningJobs/\d+$", "GET"), 180)  # it waits
    os.killpg(process.pid, signal.SIGINT)
    text, _ = process.communicate(timeout=180)
    assert process.returncode == 99, text
    [path] = folder.glob("finetuning_job_*")
    name = json.loads(path.read_text())["job_name"]
    assert text.strip().splitlines()[-2:] == [
        f"The tuning job {name} runs on. Run tune.yml again to watch it; "
        "-e finrisk_tune_cancel=true cancels it.",
        str(path),
    ]
    assert "Traceback" not in text
    assert not ground.requests(":cancel$")
    status, text = tune(ground, folder, "-e", "finrisk_tune_cancel=true")
    assert (status, changed(text)) == (0, 1), text


@pytest.mark.parametrize(
    "task", ["Set the end of the wait", "Wait for the job"], ids=["before the wait", "at the wait"]
)
def test_ctrl_c_that_falls_on_a_fork_is_not_lost(
    ground: Wire, folder: Path, tmp_path: Path, task: str
) -> None:
    ground.fault(kind="job_slow", seconds=600, times=1)
    (tmp_path / "interrupt.py").write_text(FORK_INTERRUPTED.format(task=task))
    status, text = tune(ground, folder, **{CALLBACKS: f"{os.environ[CALLBACKS]}:{tmp_path}"})
    assert status == 99, text
    assert "runs on. Run tune.yml again to watch it" in text
    assert "Exception ignored" not in text
    assert not ground.requests(":cancel$")


def test_a_run_may_submit_only_and_a_job_is_cancelled_when_asked(ground: Wire, folder: Path) -> None:
    ground.fault(kind="job_slow", seconds=600, times=1)
    own = ("-e", "finrisk_epochs=3", "-e", "finrisk_adapter_size=8")
    status, text = tune(ground, folder, *own, "-e", "finrisk_tune_wait=false")
    assert status == 0, text
    again = f"run tune.yml {' '.join(own)} again to watch it"
    assert re.search(rf"^CREATING projects/.*{again}$", text, re.MULTILINE), text
    path = Path(text.strip().splitlines()[-1])
    assert json.loads(path.read_text())["state"] == "CREATING"
    status, text = tune(ground, folder, "-e", "finrisk_tune_cancel=true")
    assert (status, changed(text)) == (0, 1), text
    assert re.search(r"^Asked to cancel projects/\S+ \(finrisk-v\S+\), which is ", text, re.MULTILINE), text
    assert "to watch it" not in text


def test_a_deadline_ends_the_wait_and_leaves_the_job_running(ground: Wire, folder: Path) -> None:
    ground.fault(kind="job_slow", seconds=600, times=1)
    own = ("-e", "finrisk_epochs=7")
    status, text = tune(ground, folder, *own, "-e", "finrisk_tune_deadline_minutes=0.03")
    assert status == 2
    assert "it runs on, run tune.yml -e finrisk_epochs=7 again to watch it" in text
    assert ground.jobs()[-1]["state"] in ("JOB_STATE_PENDING", "JOB_STATE_RUNNING")


def test_a_failed_job_ends_the_run_with_the_services_message(ground: Wire, folder: Path) -> None:
    ground.fault(kind="job_fail", message="Row 3 has no answer.", times=1)
    ground.fault(kind="status", path=r"/tuningJobs/\d+$", code=503, times=1)
    status, text = tune(ground, folder)
    assert status == 2
    assert text.strip().splitlines()[-2] == "FAILED Row 3 has no answer."
    status, text = tune(ground, folder)
    assert status == 2
    assert "finrisk_tune_retry=true" in text
    assert text.strip().splitlines()[-2] == "FAILED Row 3 has no answer."
    assert len(ground.requests(CREATE, "POST")) == 1


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"BATCH_SIZE": "4"}, "EPOCHS, LEARNING_RATE_MULTIPLIER and ADAPTER_SIZE"),
        ({"LEARNING_RATE": "0.001"}, "use LEARNING_RATE_MULTIPLIER"),
        ({"BASE_MODEL": "gemini-1.5-flash-002"}, "use gemini-3.5-flash-lite instead"),
        ({"EPOCHS": "many"}, "finrisk_epochs"),
    ],
)
def test_what_the_old_manual_set_is_refused_with_its_successor(
    ground: Wire, folder: Path, variables: dict[str, str], said: str
) -> None:
    status, text = tune(ground, folder, **variables)
    assert status == 2
    assert said in " ".join(text.split())
    assert not ground.requests()


def test_too_few_examples_and_a_missing_dataset_are_refused(ground: Wire, tmp_path: Path) -> None:
    status, text = tune(ground, tmp_path)
    assert status == 2
    assert "playbooks/prepare.yml" in text
    dataset(tmp_path, training=99)
    status, text = tune(ground, tmp_path)
    assert status == 2
    assert "99 training examples, fewer than the 100" in text
    assert not ground.requests()


def test_no_credential_is_printed_at_any_verbosity(ground: Wire, folder: Path, database_url: str) -> None:
    key = "AIza-secret-of-the-developer-api"
    status, text = tune(ground, folder, "-vvv", "--diff", "-e", "finrisk_tune_wait=false", GEMINI_API_KEY=key)
    assert status == 0, text
    assert "GEMINI_API_KEY is set but not used" in text
    account = json.loads(ground.credentials_file.read_text())
    password = database_url.split(":")[2].split("@")[0]
    for secret in (key, account["private_key"][40:80], password, "ya29."):
        assert secret not in text
