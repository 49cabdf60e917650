"""A rollback on this machine, whatever is gone, damaged or unknown."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release.revision import make
from tests.grounds.process_releases import SETTINGS, deploy, rendered, roll_back, stored, told

pytestmark = pytest.mark.slow  # each test starts a Gunicorn


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
