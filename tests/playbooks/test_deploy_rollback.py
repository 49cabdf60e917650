"""site, deploy, rollback and status, run as an operator runs them, with clients that never stop asking."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.process import gunicorn
from sandbox.connection import free_ports
from tests.grounds.playground import API_KEY, USER_HASH_KEY, Playground, connection_of_service
from tests.grounds.plays import Run, shell
from tests.grounds.repository import REPOSITORY
from tests.grounds.signing import allowed, person
from tests.grounds.tuning import tuned_model
from tests.grounds.waiting import until
from tests.grounds.wire import Wire, wire

SECRETS = (API_KEY, USER_HASH_KEY)


@dataclass(frozen=True)
class World:
    """An environment with a simulator, a database, a tuned model and a running service."""

    playground: Playground
    ground: Wire
    place: gunicorn.Place
    model: str

    def run(self, playbook: str, *arguments: str, **environment: str) -> Run:
        """Run a playbook and look that no secret is in what it prints."""
        done = self.playground.run(playbook, *arguments, **environment)
        for secret in (*SECRETS, self.password):
            assert secret not in done.output
        return done

    def deploy(self, *arguments: str, **environment: str) -> Run:
        """Run deploy.yml, which has to succeed."""
        done = self.run("deploy", *arguments, **environment)
        assert done.code == 0, done.output
        return done

    @property
    def database_url(self) -> str:
        """The environment's database."""
        return str(json.loads((self.place.var_dir / "sandbox.json").read_text())["database_url"])

    @property
    def password(self) -> str:
        """The database's password."""
        return self.database_url.split(":")[2].split("@")[0]

    @property
    def requests(self) -> int:
        """How many the database has."""
        with psycopg.connect(self.database_url) as connection:
            [[count]] = connection.execute("select count(*) from analyses").fetchall()
        return int(count)

    @property
    def told(self) -> tuple[str, float]:
        """Revision and split as the service reports them."""
        answer = gunicorn.readiness(self.place)
        assert {(worker["revision"], worker["split"]) for worker in answer["workers"]} == {
            (answer["revision"], answer["split"])
        }
        return answer["revision"], answer["split"]


def ask(place: gunicorn.Place, user: str) -> dict[str, Any]:
    """Send one question of a user."""
    content = {
        "strategy": "Which currency risk does the firm name for its sales in dollars?",
        "user_id": user,
    }
    request = urllib.request.Request(  # noqa: S310 - loopback only
        f"{place.api_url}/api/v1/analyze",
        json.dumps(content).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {API_KEY}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback only
        told: dict[str, Any] = json.load(answer)
    return told


@dataclass
class Clients:
    """Users who ask all the time, and what went wrong for them."""

    place: gunicorn.Place
    answers: list[tuple[float, str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask_all_the_time(self, first: int) -> None:
        """Ask for one user after the other until told to stop."""
        number = first
        while not self.stopping.is_set():
            number += 1
            try:
                told = ask(self.place, f"user-{number % 40}")["metadata"]
                self.answers.append((time.time(), told["revision"], told["arm_served"]))
            except (OSError, ValueError, KeyError) as error:
                self.failures.append(repr(error))
            time.sleep(0.2)

    def __enter__(self) -> Clients:
        self._threads = [threading.Thread(target=self.ask_all_the_time, args=(n * 100,)) for n in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture(scope="module")
def built(new_database: Callable[[bool], str]) -> Iterator[World]:
    """An environment on which site.yml ran; everything is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="finrisk-release-"))
    playground = Playground(folder)
    api, ops = free_ports(0, 0)
    database_url = new_database(False)
    with wire(folder / "var", tuning_seconds=1.0) as ground:
        playground.sandbox(**connection_of_service(ground, database_url, api, ops))
        where = gunicorn.Place(folder / "var", REPOSITORY, api, ops)
        try:
            first = playground.run("site", "--diff")
            assert first.code == 0, first.output
            model = tuned_model(ground, folder / "training_data", database_url)
            yield World(playground, ground, where, model)
        finally:
            gunicorn.stop(where)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(built: World) -> World:
    """The environment without faults, at the ratio at which the test before left it: most need no reset."""
    built.ground.clear()
    return built


@pytest.fixture
def base(world: World) -> World:
    """The environment with everybody on base."""
    if gunicorn.readiness(world.place).get("split") != 0:
        done = world.run("rollback")
        assert done.code == 0, done.output
    assert world.told[1] == 0
    return world


def diffs(run: Run) -> list[str]:
    """Return the lines of a run that begin like a diff's."""
    return [line for line in run.stdout.splitlines() if line.startswith(("+", "-"))]


def test_deploy_announces_what_it_does_does_it_once_and_ends_with_its_paths(base: World) -> None:
    announced = base.deploy("--check", "--diff", "-e", "finrisk_ab_ratio=50")
    assert announced.changed == 1
    assert base.told[1] == 0
    assert announced.last_lines[-3] == "would run with:"
    done = base.deploy("--diff", "-e", "finrisk_ab_ratio=50")
    assert done.changed == 1
    assert announced.changed_tasks == done.changed_tasks
    assert diffs(announced) == diffs(done)
    assert base.told[1] == 0.5
    assert "Ratio: 50 % tuned, 50 % base (finrisk_ab_ratio)" in done.last_lines
    assert re.search(r"Warm-up: 5 answers, p50 \d+ ms, max \d+ ms", done.stdout)
    assert "would" not in done.stdout
    for line in done.last_lines[-2:]:
        assert Path(line).is_file()
    again = base.deploy()
    assert again.changed == 0
    assert "the running ratio" in again.stdout


def test_rollback_announces_what_it_does_and_a_plain_deploy_afterwards_moves_nobody(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=100")
    announced = world.run("rollback", "--check", "--diff")
    assert world.told[1] == 1
    done = world.run("rollback", "--diff")
    assert (announced.changed, done.changed) == (1, 1)
    assert announced.changed_tasks == done.changed_tasks
    assert diffs(announced) == diffs(done)
    assert world.run("rollback").changed == 0
    assert world.deploy().changed == 0
    assert world.told[1] == 0


def test_the_ratio_of_the_environment_holds_unless_the_variable_is_given(world: World) -> None:
    said = world.deploy("--check", AB_TEST_RATIO="75").output
    assert "Ratio: 75 % tuned, 25 % base (AB_TEST_RATIO" in said
    said = world.deploy("--check", "-e", "finrisk_ab_ratio=30", AB_TEST_RATIO="75").output
    assert "Ratio: 30 % tuned, 70 % base (finrisk_ab_ratio, which wins over AB_TEST_RATIO)" in said


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["finrisk_ab_ratio="], {"AB_TEST_RATIO": "half"}, "AB_TEST_RATIO is 'half', expected"),
        (
            ["finrisk_target=kubernetes"],
            {"KUBECONFIG": "/nowhere"},
            "there is no kubeconfig with a context at /nowhere",
        ),
        (["finrisk_rato=25"], {}, "nothing reads finrisk_rato"),
        (["finrisk_epochs=7"], {}, "deploy.yml does not read finrisk_epochs: tune.yml does"),
        (["finrisk_base_model=gemini-3.5-flash"], {}, "finrisk_allow_base_mismatch"),
        (["finrisk_max_output_tokens=7", "finrisk_ab_ratio=0"], {}, "MAX_OUTPUT_TOKENS"),
        (["finrisk_confirm_required=true"], {}, "finrisk_confirm=local"),
    ],
)
def test_wrong_input_stops_deploy_before_anything_is_touched(
    world: World, arguments: list[str], environment: dict[str, str], message: str
) -> None:
    """One of each place that looks; what each of them refuses, the unit tests say."""
    before = world.told, sorted(os.listdir(world.place.var_dir / "revisions"))
    given = [part for argument in arguments for part in ("-e", argument)]
    done = world.run("deploy", *given, **environment)
    assert done.code == 2, done.output
    assert message in " ".join(done.output.split())
    assert (world.told, sorted(os.listdir(world.place.var_dir / "revisions"))) == before


def test_a_model_that_does_not_answer_stops_deploy_with_the_reason(base: World) -> None:
    gone = base.model[:-1] + ("1" if base.model[-1] != "1" else "2")
    done = base.run("deploy", "-e", f"finrisk_model={gone}", "-e", "finrisk_ab_ratio=50")
    assert done.code == 2
    assert f"does not answer, so nothing was deployed: cannot ask {gone}: 404" in " ".join(
        done.output.split()
    )
    assert base.told[1] == 0


def test_plan_lists_the_jobs_and_stops_there(world: World) -> None:
    before = world.told
    done = world.run("deploy", "--tags", "plan", "-e", "finrisk_ab_ratio=50")
    assert done.code == 0, done.output
    row = next(line for line in done.last_lines if line.startswith("finrisk-v1-"))
    assert re.search(
        r" ACTIVE +gemini-3.5-flash-lite +120 +[-0-9]{10} [0-9:]{5} +<- would be deployed at 50 %", row
    )
    assert any(line.startswith("The experiment at 50% promotes an equal model") for line in done.last_lines)
    assert world.told == before
    as_json = world.run("deploy", "--tags", "plan", "-e", "finrisk_format=json", "-e", "finrisk_ab_ratio=50")
    plan = json.loads(as_json.stdout)
    assert plan["plan"]["ratio"] == 50
    assert plan["gate"]["mode"] == "advise"
    assert plan["outlook"]["requests_nine_in_ten"] > 1000


def test_where_the_gate_is_required_a_ratio_without_evidence_changes_nothing(base: World) -> None:
    before = base.told
    gated = ("-e", "finrisk_gate=require", "-e", "finrisk_ab_ratio=50")
    refused = base.run("deploy", *gated)
    assert refused.code == 2
    assert "the gate does not let 50 % of the users have the tuned model: Nobody gets" in refused.output
    first, evidence, override = refused.last_lines[-3:]
    assert first.endswith("playbooks/deploy.yml -e finrisk_ab_ratio=25")
    assert evidence.endswith("playbooks/evaluate.yml")
    assert base.told == before
    without = base.run("deploy", "-e", "finrisk_gate=override", "-e", "finrisk_ab_ratio=50")
    assert "finrisk_gate is override and finrisk_why is empty" in without.output
    assert base.told == before
    words = shlex.split(override.partition(": ")[2])
    done = base.deploy(*words[words.index("playbooks/deploy.yml") + 1 :])
    assert any(line.startswith("Gate: hold (finrisk_gate: override). Nobody") for line in done.last_lines)
    assert base.told[1] == 0.5
    assert base.deploy(*gated).changed == 0, "what runs is not asked for again"
    shown = " ".join(base.run("status").stdout.split())
    assert "ticket RISK-4711, agreed with the risk desk (gate overridden, it said hold)" in shown
    base.deploy("-e", "finrisk_gate=require", "-e", "finrisk_ab_ratio=10")
    assert base.told[1] == 0.1


def test_where_the_inventory_asks_for_a_second_person_their_signature_goes_on(base: World) -> None:
    folder = base.playground.folder / "approvals"
    anna = person(folder, "anna@bank.example")
    asked = {"finrisk_approvals": 1, "finrisk_approvers": allowed(folder / "approvers.txt", [anna.allowed()])}
    inventory = folder / "inventory.yml"
    inventory.write_text(json.dumps({"finrisk": {"vars": asked}}), "utf-8")
    where = ("-i", "inventory/local", "-i", str(inventory), "-e", f"finrisk_evaluation_dir={folder}")
    before = base.told
    refused = base.run("deploy", *where, "-e", "finrisk_ab_ratio=25")
    assert refused.code == 2
    assert "local asks for 1 approval by others before 25 % of the users" in " ".join(refused.output.split())
    assert "finrisk_approvals is given by -e" in base.run("deploy", "-e", "finrisk_approvals=0").output
    assert base.told == before
    sign, then = (line.partition(": ")[2] for line in refused.last_lines[-2:])
    assert shell(sign, folder, os.environ | {"HOME": str(anna.home)}, 30).code == 0
    words = shlex.split(then)
    done = base.deploy(*where, *words[words.index("playbooks/deploy.yml") + 1 :])
    assert f"Approved by anna@bank.example ({anna.fingerprint})" in done.last_lines
    assert base.told[1] == 0.25
    assert "(approved by anna@bank.example)" in " ".join(base.run("status").stdout.split())


def test_no_request_is_lost_while_deploy_and_rollback_run(world: World) -> None:
    with Clients(world.place) as clients:
        world.deploy("-e", "finrisk_ab_ratio=100")
        tuned, _ = world.told
        deployed = time.time()
        assert world.run("rollback").code == 0
        back = time.time()
        time.sleep(2)
    assert clients.failures == []
    assert any(arm == "tuned" for _, revision, arm in clients.answers if revision == tuned)
    assert back - deployed < 120, "ten seconds on an idle machine: benchmarks/playbooks.py"
    late = {arm for moment, _, arm in clients.answers if moment > back + 0.2}
    assert late == {"base"}


def start(world: World, playbook: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a playbook in a process group of its own."""
    variables = {"FINRISK_VAR_DIR": str(world.place.var_dir), "ANSIBLE_NOCOLOR": "1"}
    variables["OUTPUT_DIR"] = str(world.playground.folder / "training_data")
    return subprocess.Popen(
        [sys.executable, "-m", "ansible", "playbook", f"playbooks/{playbook}.yml", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_of_two_deploys_at_once_one_runs_and_the_other_names_the_holder(base: World) -> None:
    both = [start(base, "deploy", "-e", f"finrisk_ab_ratio={ratio}") for ratio in (40, 60)]
    outputs = [process.communicate(timeout=240)[0] for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) == [0, 2], outputs
    refused = " ".join(outputs[codes.index(2)].split())
    assert "another release is under way: " in refused or "released it at" in refused
    assert "@" + socket.gethostname() in refused
    assert base.told[1] == (0.4, 0.6)[codes.index(0)]


@pytest.mark.parametrize(("seconds", "ratio"), [pytest.param(0.4, 21, marks=pytest.mark.long), (2.5, 23)])
def test_a_deploy_that_was_killed_and_runs_again_ends_the_same(
    world: World, seconds: float, ratio: int
) -> None:
    process = start(world, "deploy", "-v", "-e", f"finrisk_ab_ratio={ratio}")
    assert process.stdout is not None
    for line in process.stdout:
        if "Release the revision" in line:
            break
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    again = world.run("deploy", "-e", f"finrisk_ab_ratio={ratio}")
    if again.code:  # the module that outlived its ansible-playbook came first
        assert "released it at" in again.output or "another release is under way" in again.output
        world.deploy("-e", f"finrisk_ab_ratio={ratio}")
    revision, split = world.told
    assert split == ratio / 100
    assert (world.place.var_dir / "current").resolve().name == revision
    held = json.loads((world.place.var_dir / "current" / "config.json").read_text())
    assert held["metadata"]["labels"]["finrisk.io/proven"] == "true"
    assert world.deploy("-e", f"finrisk_ab_ratio={ratio}").changed == 0


def test_rollback_needs_neither_model_nor_database_nor_a_running_service(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=50")
    gunicorn.stop(world.place)
    world.ground.fault(kind="status", code=503)
    world.ground.forget_requests()
    path = world.place.var_dir / "sandbox.json"
    kept = path.read_text()
    path.write_text(kept.replace(json.loads(kept)["database_url"], "postgresql://u:nopassword@127.0.0.1:9/d"))
    try:
        done = world.playground.run("rollback")
    finally:
        path.write_text(kept)
    assert done.code == 0, done.output
    assert world.told[1] == 0
    assert not world.ground.requests("endpoints|publishers")


@pytest.mark.parametrize("gate", ["override", "{{ nobody_has_set_this }}"])
def test_rollback_begins_whatever_an_inventory_says_of_the_gate(playground: Playground, gate: str) -> None:
    more = playground.folder / "more.json"
    more.write_text(json.dumps({"finrisk": {"vars": {"finrisk_gate": gate}}}))
    begun = playground.run("rollback", "-i", "inventory/local", "-i", str(more), "-e", "finrisk_approvals=0")
    assert "the service has no credentials yet" in begun.output, begun.output
    assert playground.run("deploy", "-i", "inventory/local", "-i", str(more)).code == 2


def test_credentials_that_the_service_cannot_use_are_not_written(world: World) -> None:
    """The workers would read them at their next start, with the revision that runs."""
    held = (world.place.var_dir / "credentials.json").read_bytes()
    refused = world.run("site", "-e", "finrisk_google_credentials_file=/nowhere/account.json")
    assert (refused.code, refused.changed, refused.failed) == (2, 0, 1), refused.output
    assert "the service refuses these settings: finrisk: GOOGLE_APPLICATION_CREDENTIALS" in refused.stderr
    assert (world.place.var_dir / "credentials.json").read_bytes() == held
    assert world.run("site").changed == 0


def test_rollback_mends_a_revision_that_was_broken_by_hand(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=50")
    (world.place.var_dir / "current" / "config.json").write_text("{")
    refused = world.run("site")
    assert refused.code == 2
    assert "rollback.yml" in refused.output
    done = world.run("rollback")
    assert done.code == 0, done.output
    assert world.told[1] == 0
    assert world.run("site").changed == 0


def test_status_reads_the_running_environment_as_text_and_as_json_alone(world: World) -> None:
    world.deploy("-e", "finrisk_ab_ratio=50")
    before = world.requests
    for number in range(8):
        ask(world.place, f"test_user_{number}")
    until(lambda: world.requests >= before + 8)
    done = world.run("status")
    assert (done.code, done.changed) == (0, 0), done.output
    assert "50 % tuned, 50 % base" in done.stdout
    told = world.run("status", "-e", "finrisk_format=json")
    data = json.loads(told.stdout)
    assert data["configuration"]["revision"] == world.told[0]
    assert data["database"] == {"reachable_from_here": True, "error": None, "from_the_service": "ok"}
    assert [len(pod["workers"]) for pod in data["pods"]] == [2]
    assert data["traffic"]["requests"] >= 8
    assert data["tuning"]["jobs"][0]["state"] == "ACTIVE"
    assert data["recent"]["log_lines"]
    assert data["inventories"]
    assert all(f"-i {data['inventories'][0]} " in each["command"] for each in data["findings"])


def test_status_fails_on_a_finding_where_it_is_to_after_the_page_and_says_which(world: World) -> None:
    gunicorn.stop(world.place)
    assert world.run("status").code == 0
    done = world.run("status", "-e", "finrisk_fail_on=finding")
    assert done.code == 2, done.output
    assert "The service is not running." in done.stdout.partition("\nFindings")[2], done.stdout
    assert "the first: " in done.output
    told = world.run("status", "-e", "finrisk_fail_on=finding", "-e", "finrisk_format=json")
    assert told.code == 2
    assert json.loads(told.stdout)["findings"]
    assert world.run("status", "-e", "finrisk_fail_on=warning").code == 2
    assert world.run("site").code == 0


def test_the_page_is_in_colour_where_somebody_looks_and_plain_in_a_pipe(world: World) -> None:
    plain = world.run("status").stdout
    assert "\x1b[" not in plain
    painted = world.run("status", ANSIBLE_FORCE_COLOR="1").stdout
    assert re.search(r"\x1b\[[\d;]+mDecision +\w", painted), painted
    page = re.sub(r"\x1b\[[\d;]*m", "", painted).partition("\nDecision")[2]
    assert max(map(len, page.splitlines())) <= 100
