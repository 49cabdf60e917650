"""Releases on this machine: real revisions on disk, and the real service under Gunicorn."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import identity, locks, processes
from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import keeping, release
from finrisk_ops.release.release import Outcome, Rendered
from finrisk_ops.release.revision import Release, Revision, labelled, make
from sandbox.connection import free_ports
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until

pytestmark = pytest.mark.slow  # each test starts a Gunicorn

MODEL = "projects/p/locations/us-central1/endpoints/1"
SETTINGS = {
    "GEMINI_PROVIDER": "vertex",
    "BASE_MODEL": "gemini-3.5-flash-lite",
    "GEMINI_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_CLOUD_PROJECT": "p",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "WORKERS": "1",
    "MAX_IN_FLIGHT": "4",
}


def rendered(ratio: int = 0, model: str = MODEL, **settings: str) -> Rendered:
    config = {"kind": "ConfigMap", "metadata": {"name": "finrisk-config"}, "data": SETTINGS | settings}
    secret = {
        "kind": "Secret",
        "metadata": {"name": "finrisk-secrets"},
        "stringData": {"FINETUNED_MODEL_NAME": ""},
    }
    return Rendered(config, secret, Release(model=model, ratio=ratio, image="local", experiment="e"))


@pytest.fixture
def target(tmp_path: Path) -> Iterator[ProcessTarget]:
    """An environment with credentials and nothing deployed; its service is stopped at the end."""
    api, ops = free_ports(0, 0)
    google = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "t"}
    (tmp_path / "google.json").write_text(json.dumps(google))
    values = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "google.json"), "USER_HASH_KEY": "00" * 32}
    (tmp_path / "credentials.json").write_text(json.dumps({"stringData": values}))
    (tmp_path / "api_keys.json").write_text("[]")
    made = ProcessTarget(gunicorn.Place(tmp_path, REPOSITORY, api, ops), timeout_seconds=30)
    yield made
    gunicorn.stop(made.place)


def deploy(target: ProcessTarget, ratio: int = 0, *, check: bool = False, **settings: str) -> Outcome:
    return release.deploy(target, rendered(ratio, **settings), planned_on=None, check=check)


def roll_back(target: ProcessTarget, to: str = "base", *, check: bool = False) -> Outcome:
    return release.roll_back(target, to, rendered(0, model=""), check=check)


def told(target: ProcessTarget) -> tuple[str, float]:
    answer = gunicorn.readiness(target.place)
    return answer["revision"], answer["split"]


def stored(target: ProcessTarget, ratio: int, number: int, *, proven: bool = True) -> Revision:
    """Put a revision on disk without running it."""
    what = rendered(ratio)
    made = make(what.config, what.secret, what.release, number)
    made = labelled(made, "finrisk.io/proven", "true") if proven else made
    target.store(made)
    return made


def test_the_story_of_a_release(target: ProcessTarget) -> None:
    preview = deploy(target, check=True)
    assert preview.changed
    assert target.names() == []

    first = deploy(target)
    assert first.revision.name == preview.revision.name
    assert told(target) == (first.revision.name, 0.0)
    assert target.read(first.revision.name).proven
    master = gunicorn.master(target.place)

    assert not deploy(target).changed
    assert deploy(target, 50, check=True).changed
    assert told(target) == (first.revision.name, 0.0)

    half = deploy(target, 50)
    assert half.revision.name.startswith("r0002-")
    assert told(target) == (half.revision.name, 0.5)
    assert gunicorn.master(target.place) == master, "the master was reloaded, not restarted"
    assert not target.read(first.revision.name).label("finrisk.io/current")
    assert target.read(half.revision.name).label("finrisk.io/current") == "true"

    base = roll_back(target)
    assert told(target) == (base.revision.name, 0.0)
    assert base.revision.secret_settings["FINETUNED_MODEL_NAME"] == MODEL
    assert not roll_back(target).changed
    assert not deploy(target, 0).changed, "a deploy at the running ratio moves nobody"

    again = roll_back(target, half.revision.name)
    assert again.revision.name == half.revision.name
    assert told(target) == (half.revision.name, 0.5)
    for path in (target.folder, *target.folder.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"


def test_settings_that_the_service_refuses_change_nothing(target: ProcessTarget) -> None:
    with pytest.raises(FinriskError, match="DATA_COLLECTION_QUALITY"):
        deploy(target, DATA_COLLECTION_QUALITY="2")
    assert target.names() == []
    assert target.current() == ""


def test_without_credentials_a_deploy_and_its_preview_send_to_site(target: ProcessTarget) -> None:
    (target.place.var_dir / "credentials.json").unlink()
    for check in (True, False):
        with pytest.raises(FinriskError, match=r"run playbooks/site\.yml first"):
            deploy(target, check=check)
    assert deploy(replace(target, credentials_follow=True), check=True).changed


@dataclass(frozen=True)
class Trusting(ProcessTarget):
    """A target that does not ask the service beforehand, so that a broken revision gets as far as it can."""

    def preflight(self, revision: Revision) -> None:
        """Accept everything."""


def test_a_revision_that_does_not_start_is_replaced_by_the_one_before(target: ProcessTarget) -> None:
    first = deploy(target)
    trusting = Trusting(target.place, timeout_seconds=20)
    with pytest.raises(FinriskError, match=rf"{first.revision.name} .*was put back and serves"):
        deploy(trusting, 50, DATA_COLLECTION_QUALITY="2")
    assert told(target) == (first.revision.name, 0.0)
    assert target.current() == first.revision.name
    assert deploy(target, 50).revision.number == 3


def test_a_first_revision_that_does_not_start_leaves_nothing_running(target: ProcessTarget) -> None:
    trusting = Trusting(target.place, timeout_seconds=10)
    with pytest.raises(FinriskError, match="nothing runs"):
        deploy(trusting, DATA_COLLECTION_QUALITY="2")
    assert gunicorn.master(target.place) is None
    assert target.current() == ""


def test_a_release_that_fails_after_an_unreadable_one_clears_nothing_away(target: ProcessTarget) -> None:
    lost = stored(target, 0, 1)
    target.make_current(lost.name)
    Path(target.paths(lost.name)[0]).write_text("{")
    trusting = Trusting(target.place, timeout_seconds=10)
    with pytest.raises(FinriskError, match="No earlier revision can be read, so none was put back"):
        deploy(trusting, DATA_COLLECTION_QUALITY="2")
    assert target.current() != ""


def test_rollback_starts_a_service_that_is_down_with_its_database_and_model_gone(
    target: ProcessTarget,
) -> None:
    half = stored(target, 50, 1)
    target.make_current(half.name)
    outcome = roll_back(target)
    assert outcome.changed
    assert told(target) == (outcome.revision.name, 0.0)


@pytest.mark.parametrize("damage", ["edited", "broken", "gone"])
def test_rollback_renders_base_anew_when_the_running_revision_was_damaged(
    target: ProcessTarget, damage: str
) -> None:
    first = stored(target, 0, 1)
    half = stored(target, 50, 2)
    target.make_current(half.name)
    config = Path(target.paths(half.name)[0])
    if damage == "edited":
        held = json.loads(config.read_text())
        held["data"]["BASE_MODEL"] = "edited-by-hand"
        config.write_text(json.dumps(held))
    elif damage == "broken":
        config.write_text("{")
    else:
        shutil.rmtree(config.parent)
    outcome = roll_back(target, check=True)
    assert outcome.revision.settings["BASE_MODEL"] == first.settings["BASE_MODEL"]
    assert outcome.revision.settings["ENABLE_FINETUNING"] == "false"
    assert outcome.changed


def test_rollback_with_nothing_left_renders_base_from_the_inventory(target: ProcessTarget) -> None:
    outcome = roll_back(target, check=True)
    assert outcome.revision.settings["BASE_MODEL"] == SETTINGS["BASE_MODEL"]
    assert outcome.revision.release.ratio == 0


def test_rollback_keeps_the_running_model_so_that_a_plain_deploy_moves_nobody(target: ProcessTarget) -> None:
    stored(target, 50, 1)
    what = rendered(25, model="other-model")
    unproven = make(what.config, what.secret, what.release, 2)
    target.store(unproven)
    target.make_current(unproven.name)
    assert roll_back(target, check=True).revision.release.model == "other-model"


def test_an_unknown_or_edited_revision_is_not_rolled_back_to(target: ProcessTarget) -> None:
    first = stored(target, 0, 1)
    with pytest.raises(FinriskError, match=rf"r0042-00000000.*{first.name}"):
        roll_back(target, "r0042-00000000")
    config = Path(target.paths(first.name)[0])
    config.write_text(config.read_text().replace("gemini-3.5", "gemini-9.9"))
    with pytest.raises(FinriskError, match="edited by hand"):
        roll_back(target, first.name)


def test_a_run_killed_before_the_switch_leaves_a_revision_that_the_next_run_takes(
    target: ProcessTarget,
) -> None:
    stored(target, 0, 1)
    target.make_current(target.names()[0])
    left = stored(target, 50, 2, proven=False)
    assert deploy(target, 50, check=True).revision.name == left.name


def test_a_run_killed_while_it_wrote_its_revision_does_not_cost_a_number(target: ProcessTarget) -> None:
    stored(target, 0, 1)
    target.make_current(target.names()[0])
    left = stored(target, 50, 2, proven=False)
    Path(target.paths(left.name)[1]).unlink()
    assert deploy(target, 25, check=True).revision.number == 3, "another revision does not take its name"
    assert deploy(target, 50).revision.name == left.name
    assert told(target) == (left.name, 0.5)


def test_a_proven_revision_that_does_not_come_up_again_gives_way_to_no_other_ratio(
    target: ProcessTarget,
) -> None:
    stored(target, 50, 1)
    base = stored(target, 0, 2)
    target.make_current(base.name)
    path = target.place.var_dir / "credentials.json"
    held = json.loads(path.read_text())
    held["stringData"]["USER_HASH_KEY"] = ""
    path.write_text(json.dumps(held))
    trusting = Trusting(target.place, timeout_seconds=10)
    with pytest.raises(FinriskError, match=rf"USER_HASH_KEY.*Nothing was put back: {base.name} "):
        roll_back(trusting)
    assert target.current() == base.name


def test_a_run_killed_after_the_switch_is_finished_by_the_next(target: ProcessTarget) -> None:
    deploy(target)
    left = stored(target, 50, 2, proven=False)
    target.make_current(left.name)
    outcome = deploy(target, 50)
    assert outcome.changed
    assert outcome.revision.name == left.name
    assert told(target) == (left.name, 0.5)
    assert not deploy(target, 50).changed


def test_a_deploy_planned_on_another_revision_names_who_came_between(target: ProcessTarget) -> None:
    target.store(replace(stored(target, 0, 1)))
    target.make_current(target.names()[0])
    with pytest.raises(FinriskError, match="planned on r0007-00000000"):
        release.deploy(target, rendered(50), planned_on="r0007-00000000", check=False)


def test_pruning_keeps_the_newest_ten_the_current_and_the_newest_proven(target: ProcessTarget) -> None:
    names = [stored(target, number, number, proven=number == 2).name for number in range(1, 7)]
    target.make_current(names[0])
    (target.folder / "r0007-00000000").mkdir()  # as a killed run may leave it
    keeping.prune(target, newest=2)
    assert target.names() == ["r0007-00000000", names[5], names[1], names[0]]
    (target.folder / ".r0008-00000000.part").mkdir()
    stored(target, 7, 8)
    assert not list(target.folder.glob(".*")), "nor does half a revision that a killed run wrote"


@pytest.mark.parametrize("how", ["is gone", "cannot be read"])
def test_lost_credentials_come_back_with_a_rollback(target: ProcessTarget, how: str) -> None:
    deploy(target, 50)
    file = target.place.var_dir / "credentials.json"
    held = file.read_bytes()
    file.write_text('{"stri')
    if how == "is gone":
        file.unlink()
    (gone,) = target.rollback_obstacles()
    assert gone.what == f"{file} {how}: a rollback or a deploy brings it back"
    assert (gone.credentials, gone.overcome) == (True, True)
    copy = file.with_name("credentials-copy.json")
    copy.rename(copy.with_suffix(".away"))
    (lost,) = target.rollback_obstacles()
    assert (lost.credentials, lost.overcome) == (True, False)
    copy.with_suffix(".away").rename(copy)
    base = roll_back(target)
    assert told(target) == (base.revision.name, 0.0)
    assert file.read_bytes() == held
    assert target.rollback_obstacles() == []


def test_what_a_killed_run_left_is_told_until_a_release_ends(target: ProcessTarget) -> None:
    deploy(target)
    left = stored(target, 50, 2, proven=False)
    target.make_current(left.name)
    assert f"{left.name} (50 % tuned, 50 % base) is asked for" in target.unfinished()
    with target.locked("deploy at 50"):
        assert target.unfinished() == "", "one that is under way"
        (under_way,) = target.rollback_obstacles()
        assert "deploy at 50): a rollback takes over from it" in under_way.what
        assert under_way.overcome
    roll_back(target)
    assert target.unfinished() == ""


def _hold(path: Path, ready: Any, done: Any) -> None:
    with locks.file(path, "deploy at 25 % tuned, 75 % base"):
        ready.set()
        done.wait(20)


def test_a_second_release_is_refused_and_names_the_holder(target: ProcessTarget) -> None:
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    path = target.place.var_dir / "release.lock"
    holder = context.Process(target=_hold, args=(path, ready, done))
    holder.start()
    try:
        assert ready.wait(10)
        with pytest.raises(FinriskError, match=rf"process {holder.pid}.*deploy at 25 % tuned") as caught:
            deploy(target)
        assert identity.who() in caught.value.message
    finally:
        done.set()
        holder.join()
    assert target.names() == []


def test_a_rollback_that_nobody_typed_waits_for_whoever_releases_and_for_no_other_revision(
    target: ProcessTarget,
) -> None:
    """What it was decided on has to run still; by hand a rollback takes the lock over."""
    running = stored(target, 50, 1)
    target.make_current(running.name)
    with pytest.raises(FinriskError, match=rf"{running.name} is current, but this rollback was planned on"):
        release.roll_back(target, "base", rendered(0), planned_on="r0009-00000000", check=False)
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    holder = context.Process(target=_hold, args=(target.place.var_dir / "release.lock", ready, done))
    holder.start()
    try:
        assert ready.wait(10)
        with pytest.raises(FinriskError, match=rf"process {holder.pid}.*deploy at 25 % tuned"):
            release.roll_back(target, "base", rendered(0), planned_on=running.name, check=False)
        assert holder.is_alive()
    finally:
        done.set()
        holder.join()
    assert target.current() == running.name


def test_the_lock_of_a_killed_holder_is_free(target: ProcessTarget) -> None:
    context = multiprocessing.get_context("fork")
    ready, done = context.Event(), context.Event()
    path = target.place.var_dir / "release.lock"
    holder = context.Process(target=_hold, args=(path, ready, done))
    holder.start()
    assert ready.wait(10)
    holder.kill()
    holder.join()
    with locks.file(path, "next"):
        assert json.loads(path.read_text())["pid"] == os.getpid()


def test_a_service_whose_starter_was_killed_is_found_by_its_pidfile(target: ProcessTarget) -> None:
    first = deploy(target)
    master = gunicorn.master(target.place)
    target.place.record.unlink()
    assert gunicorn.master(target.place) == master
    assert not target.place.record.exists(), "whoever only looks writes nothing"
    assert target.pending(first.revision) == ""


def test_new_credentials_are_read_without_a_new_revision(target: ProcessTarget) -> None:
    deploy(target)
    before = {worker.pid for worker in processes.workers(_master(target))}
    assert target.start(check=False) == []
    path = target.place.var_dir / "credentials.json"
    path.write_text(path.read_text().replace("0000", "1111", 1))
    assert target.start(check=True)
    assert target.start(check=False)
    assert not before & {worker.pid for worker in processes.workers(_master(target))}
    assert target.start(check=False) == []


def test_a_service_on_other_ports_is_moved_to_the_new_ones(target: ProcessTarget) -> None:
    deploy(target)
    api, ops = free_ports(0, 0)
    moved = replace(target, place=replace(target.place, api_port=api))
    assert deploy(moved, check=True).changed
    assert deploy(moved).changed
    assert gunicorn.readiness(moved.place)["revision"]
    moved = replace(target, place=replace(target.place, api_port=api, ops_port=ops))
    assert moved.start(check=False)
    assert gunicorn.readiness(moved.place)
    assert not gunicorn.readiness(target.place)
    assert moved.start(check=False) == []


def test_a_stopped_service_stays_stopped_and_leaves_no_worker(target: ProcessTarget) -> None:
    deploy(target)
    left = processes.workers(_master(target))
    assert target.stop(check=True)
    assert target.stop(check=False)
    assert target.stop(check=False) == []
    until(lambda: not any(worker.alive for worker in left), 5)


def _master(target: ProcessTarget) -> processes.Process:
    running = gunicorn.master(target.place)
    assert running is not None
    return running
