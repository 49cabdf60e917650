"""Releases on this machine in order: real revisions on disk, and the real service under Gunicorn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import processes
from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release import keeping
from sandbox.connection import free_ports
from tests.grounds.process_releases import MODEL, deploy, roll_back, stored, told
from tests.grounds.waiting import until

pytestmark = pytest.mark.slow  # each test starts a Gunicorn


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


def test_pruning_keeps_the_newest_ten_the_current_and_the_newest_proven(target: ProcessTarget) -> None:
    names = [stored(target, number, number, proven=number == 2).name for number in range(1, 7)]
    target.make_current(names[0])
    (target.folder / "r0007-00000000").mkdir()  # as a killed run may leave it
    keeping.prune(target, newest=2)
    assert target.names() == ["r0007-00000000", names[5], names[1], names[0]]
    (target.folder / ".r0008-00000000.part").mkdir()
    stored(target, 7, 8)
    assert not list(target.folder.glob(".*")), "nor does half a revision that a killed run wrote"


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
