"""evaluate.yml that acts on its verdict: harm that is proven takes everybody back to base, once."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.evaluation.evaluation import recompute
from finrisk_ops.process import gunicorn
from finrisk_ops.process.ledger import FileLedger
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import history
from finrisk_ops.release.revision import at_base, next_number
from sandbox.connection import free_ports
from tests.grounds.calls import call
from tests.grounds.experiment_rows import Met, insert
from tests.grounds.playground import API_KEY, Playground, connection_of_service
from tests.grounds.plays import Run
from tests.grounds.repository import REPOSITORY
from tests.grounds.tuning import tuned_model
from tests.grounds.waiting import until
from tests.grounds.wire import Wire, wire

ACT = ("-e", "finrisk_act=true")
PROMOTE = ("-e", "finrisk_act_promote=true")
YOUNG = ("-e", '{"finrisk_least_exposure": {"days": 0}}')
MISSING = "users are missing, so the arms cannot be compared"
QUESTION = "Which currency risk does the firm name for its sales in dollars?"


@dataclass(frozen=True)
class World:
    """An environment of this machine whose users are on both arms."""

    playground: Playground
    ground: Wire
    place: gunicorn.Place
    database_url: str

    @property
    def evaluations(self) -> Path:
        """Where evaluations are kept."""
        return self.playground.folder / "evaluations"

    def evaluate(self, *arguments: str) -> Run:
        """Run evaluate.yml, which has to succeed."""
        folder = ("-e", f"finrisk_evaluation_dir={self.evaluations}")
        done = self.playground.run("evaluate", *folder, *YOUNG, *arguments)
        assert done.code == 0, done.output
        return done

    def type(self, line: str) -> Run:
        """Run a command as it was printed; it has to succeed."""
        _, command = line.split("ansible-playbook ", 1)
        words = shlex.split(command)
        [playbook] = [word for word in words if word.startswith("playbooks/")]
        words.remove(playbook)
        done = self.playground.run(Path(playbook).stem, *words)
        assert done.code == 0, done.output
        return done

    def begin(self, ratio: int) -> None:
        """Give the model to a share of the users, as if nobody had been asked before."""
        self.ground.clear()
        with psycopg.connect(self.database_url) as connection:
            connection.execute("truncate analyses, exposures, stages cascade")
        deployed = self.playground.run("deploy", "-e", f"finrisk_ab_ratio={ratio}")
        assert deployed.code == 0, deployed.output

    def meet(self, base: int, tuned: int, failing: int = 2) -> None:
        """Let so many users of each arm ask in the stage that runs; of tuned so many in 100 unanswered."""
        running = gunicorn.readiness(self.place)["revision"]
        config = self.place.var_dir / "revisions" / running / "config.json"
        stage = {
            "experiment": json.loads(config.read_text())["data"]["AB_EXPERIMENT"],
            "revision": running,
            "split_bp": round(self.split * 10_000),
        }
        arms = (Met("base", base, **stage), Met("tuned", tuned, failing, **stage))
        insert(self.database_url, *arms)

    @property
    def split(self) -> float:
        """As every worker says it."""
        told = gunicorn.readiness(self.place)
        [split] = {worker["split"] for worker in told["workers"]}
        return float(split)

    def ask(self, users: int) -> None:
        """Send a question of each user, who gets an answer; wait until the database has all of them."""
        before = self.rows()
        for number in range(before, before + users):
            body = {"strategy": QUESTION, "user_id": f"user-{number}"}
            head = {"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"}
            answer = call(self.place.api_url, "POST", "/api/v1/analyze", body, head, seconds=30)
            assert answer.status == 200, answer.body
        until(lambda: self.rows() == before + users, 60)

    def rows(self) -> int:
        """How many requests the database has."""
        [[count]] = self.query("select count(*) from analyses")
        return int(count)

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute(text.encode()).fetchall()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[bool], str]) -> Iterator[World]:
    """Half of the users have the tuned model."""
    folder = tmp_path_factory.mktemp("act")
    playground, database_url = Playground(folder), new_database(False)
    with wire(folder / "var", tuning_seconds=1.0) as ground:
        api, ops = free_ports(0, 0)  # not before: the simulator takes a port of the same range
        playground.sandbox(**connection_of_service(ground, database_url, api, ops))
        place = gunicorn.Place(folder / "var", REPOSITORY, api, ops)
        try:
            assert playground.run("site").code == 0
            tuned_model(ground, folder / "training_data", database_url)
            deployed = playground.run("deploy", "-e", "finrisk_ab_ratio=50")
            assert deployed.code == 0, deployed.output
            yield World(playground, ground, place, database_url)
        finally:
            gunicorn.stop(place)


def words(done: Run) -> str:
    """What a run printed, on one line."""
    return " ".join(done.stdout.replace("\\\n", "").split())


def test_what_cannot_be_meant_is_refused(world: World) -> None:
    for arguments, said in (
        ((*ACT, "-e", "finrisk_expect=hold"), "leave out finrisk_evidence and finrisk_expect"),
        ((*ACT, "-e", "finrisk_evidence=x.json"), "leave out finrisk_evidence and finrisk_expect"),
        (PROMOTE, "add -e finrisk_act=true"),
        ((*ACT, "-e", "finrisk_confirm_required=true"), "-e finrisk_confirm=local"),
        ((*ACT, "-e", "finrisk_database_url=postgresql://a@127.0.0.1:1/b"), "Ask the gate: "),
    ):
        done = world.playground.run("evaluate", *arguments)
        assert done.code == 2, done.output
        assert said in done.stderr
        assert world.split == 0.5


def test_harm_that_is_proven_takes_everybody_back_once_with_its_evidence(world: World) -> None:
    """A tuned model that answers nobody costs no user an error, and is gone as soon as it is proven."""
    world.ground.fault(kind="status", code=500, arm="tuned")
    world.ask(200)
    announced = world.evaluate(*ACT, "--check")
    assert "would change: [local] Release base" in announced.stdout
    assert "this run takes everybody back to base, without --check" in words(announced)
    assert (world.split, world.evaluations.exists()) == (0.5, False)

    done = world.evaluate(*ACT, *PROMOTE)  # promotion is no way around
    assert world.split == 0
    assert "Verdict         roll back: " in done.stdout
    assert "this run takes everybody back to base" in words(done)
    assert "playbooks/rollback.yml" not in done.stdout, "it is done"
    assert "Traffic: 0 % tuned, 100 % base" in done.stdout
    [file] = world.evaluations.glob("*.json")
    [record] = world.query(
        "select outcome, ratio_before, ratio_after, reason, figures->'gate' from releases "
        "order by id desc limit 1"
    )
    *ends, reason, gate = record
    assert ends == ["done", 50, 0]
    assert reason.startswith("evaluate.yml: The tuned model")
    kept = json.loads(file.read_text())
    assert (gate["mode"], gate["verdict"], gate["file"]) == ("act", "roll_back", str(file))
    assert gate["sha256"] == kept["sha256"]
    copy = world.playground.folder / "copy.json"
    copy.write_text(json.dumps(gate["evaluation"]))  # the record alone decides again, when the file is gone
    assert recompute(copy) == kept
    audit = history.audit(FileLedger(world.place.var_dir), world.database_url)
    assert (audit.problem, len(audit.links)) == (None, world.query("select count(*) from releases")[0][0])

    again = world.evaluate(*ACT, *PROMOTE)
    assert (again.changed, world.split) == (0, 0)
    assert "Nobody gets the tuned model" in again.stdout
    assert len(list(world.evaluations.glob("*.json"))) == 1


def test_a_way_back_that_broke_off_is_gone_to_its_end(world: World) -> None:
    """Killed before a worker read it: base is asked for, and users still have the model."""
    world.begin(50)
    target = ProcessTarget(world.place)
    running = target.read(target.current())
    broken_off = at_base(running, running.release, next_number(target.names()))
    target.store(broken_off)
    target.make_current(broken_off.name)
    assert world.split == 0.5

    announced = world.evaluate(*ACT, "--check")
    assert "would change: [local] Release base" in announced.stdout
    assert world.split == 0.5
    assert "; this run takes everybody back to base" in words(world.evaluate(*ACT))
    assert (world.split, target.current()) == (0, broken_off.name)
    [[reason, figures]] = world.query("select reason, figures from releases order by id desc limit 1")
    assert f"did not come to its end: {broken_off.name}" in reason
    assert "gate" not in (figures or {}), "the evidence is of the release that broke off"
    assert world.evaluate(*ACT).changed == 0


def test_a_good_model_climbs_the_stages_with_the_second_switch_alone(world: World) -> None:
    world.begin(25)
    world.meet(18_000, 6000)
    held = world.evaluate(*ACT)
    assert "Verdict         promote: " in held.stdout
    assert "playbooks/deploy.yml -e finrisk_next=true" in words(held), "it is promoted by whoever types it"
    assert (held.changed, world.split) == (0, 0.25)

    done = world.evaluate(*ACT, *PROMOTE, "-e", "finrisk_model=another", "-e", "finrisk_ab_ratio=100")
    assert world.split == 0.5, done.output
    assert "this run goes on to bring the model to its next stage" in words(done)
    [[reason, gate]] = world.query("select reason, figures->'gate' from releases order by id desc limit 1")
    assert reason == "evaluate.yml: finrisk_next: the stage after 25"
    assert (gate["mode"], gate["verdict"], gate["evaluation"]["verdict"]) == ("require", "promote", "promote")
    again = world.evaluate(*ACT, *PROMOTE)
    assert (again.changed, world.split) == (0, 0.5), "nobody has asked in this stage"

    world.meet(2000, 2000)
    world.evaluate(*ACT, *PROMOTE)
    assert world.split == 0.75


def test_lost_users_block_promotion_and_every_command_runs_as_it_is_printed(world: World) -> None:
    """Also where the inventory wants to be confirmed, as production's does."""
    world.begin(50)
    world.meet(6000, 4000)
    own = {"finrisk_confirm_required": True, "finrisk_gate": "require"}
    own |= {"finrisk_evaluation_dir": str(world.evaluations), "finrisk_least_exposure": {"days": 0}}
    inventory = world.playground.folder / "own inventory.json"
    inventory.write_text(json.dumps({"finrisk": {"vars": own}}))
    there = ("-i", "inventory/local", "-i", str(inventory))
    confirmed = ("-e", "finrisk_confirm=local")

    held = world.playground.run("evaluate", *there, *ACT, *PROMOTE, *confirmed)
    assert MISSING in " ".join(held.stdout.split()), held.output
    assert (held.code, held.changed, world.split) == (0, 0, 0.5)
    refused = world.playground.run("deploy", *there, "-e", "finrisk_next=true", *confirmed)
    assert (refused.code, world.split) == (2, 0.5), refused.output
    now, evidence, override = refused.last_lines[-3:]
    assert world.type(now).changed == 0
    assert MISSING in " ".join(world.type(evidence).stdout.split())
    assert world.type(override).changed > 0
    assert world.split == 0.75

    world.meet(1000, 3000, failing=40)
    told = world.playground.run("evaluate", *there).stdout
    [back] = re.findall(r"\$ (ansible-playbook .*rollback.*)", told.replace("\\\n", ""))
    assert world.type(back).changed > 0
    assert world.split == 0
