"""A release that fails or is killed on its way: what runs then, what is told, how the next one goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from tests.grounds.process_releases import Trusting, deploy, roll_back, stored, told

pytestmark = pytest.mark.slow  # each test starts a Gunicorn


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
