"""status.yml as an operator runs it, on an environment with a running service."""

from __future__ import annotations

import json
import re

from finrisk_ops.process import gunicorn
from tests.grounds.deployed import World, ask
from tests.grounds.waiting import until


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
