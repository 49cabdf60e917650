"""A tuning job that fails, is cancelled, does not answer or cannot be seen, and what a look at it says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.cloud import gemini, patience
from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning.table import Table
from tests.grounds.datasets import dataset
from tests.grounds.postgresql import cut_connections
from tests.grounds.tuning import look, of_spec, options, place, submit, wait
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

pytestmark = pytest.mark.slow


def test_a_failed_job_stops_the_run_with_the_services_own_message_until_told_to_retry(
    ground: Wire, folder: Path, database_url: str
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="job_fail", message="Training example 7 is not valid.", times=1)
    first = submit(given)
    ended = wait(given)
    assert (ended["job"]["state"], ended["job"]["error"]) == ("FAILED", "Training example 7 is not valid.")
    assert ended["summary"][0] == "FAILED Training example 7 is not valid."
    stopped = submit(given)
    assert stopped["failed"] is True
    assert "Training example 7 is not valid." in stopped["msg"]
    assert "finrisk_tune_retry=true" in stopped["msg"]
    assert len(of_spec(ground, first)) == 1

    ground.fault(kind="job_slow", seconds=12, times=1)
    retried = submit(given | {"retry": True})
    assert (retried["changed"], retried["action"]) == (True, "submit")
    assert [job["labels"]["finrisk-attempt"] for job in of_spec(ground, first)] == ["1", "2"]
    assert retried["job"]["display_name"] == first["job"]["display_name"]
    assert submit(given | {"retry": True})["action"] == "adopt"
    assert wait(given)["job"]["state"] == "ACTIVE"
    assert submit(given)["action"] == "reuse"


def test_a_cancelled_job_is_failed_and_cancelling_twice_changes_nothing(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=600, times=1)
    submit(given)
    pretended = submit(place(given) | {"state": "cancelled"}, check=True)
    assert pretended["changed"] is True
    name = f"{pretended['job']['job_name']} ({pretended['job']['display_name']})"
    assert re.fullmatch(
        rf"Would cancel {re.escape(name)}, which is (PENDING|RUNNING)", pretended["summary"][0]
    )
    assert not ground.requests(":cancel$")
    asked = submit(place(given) | {"state": "cancelled"})
    assert asked["changed"] is True
    assert asked["summary"][0].startswith(f"Asked to cancel {name}, which is ")
    assert "to watch it" not in asked["summary"][0]
    assert wait(given)["job"]["provider_state"] == "JOB_STATE_CANCELLED"
    again = submit(place(given) | {"state": "cancelled"})
    assert again["changed"] is False
    assert again["summary"] == [f"{name} is over (CANCELLED): nothing was cancelled", again["path"]]
    assert "the job was cancelled; run again with -e finrisk_tune_retry=true if" in submit(given)["msg"]


def test_the_newest_job_is_cancelled_though_another_machine_submitted_it(
    ground: Wire, folder: Path, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given = options(ground, folder, database_url)
    ground.fault(kind="job_slow", seconds=30, times=2)
    mine = submit(given)["job"]["job_name"]
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    dataset(elsewhere, seed="elsewhere")
    newest = submit(options(ground, elsewhere, database_url))["job"]["job_name"]
    assert submit(place(given) | {"state": "cancelled"})["changed"] is True
    states_now = {job["name"]: job["state"] for job in ground.jobs()}
    assert "CANCEL" in states_now[newest]
    assert "CANCEL" not in states_now[mine]


def test_a_connection_that_is_lost_with_the_lock_hides_no_error(database_url: str) -> None:
    def lose_both(table: Table) -> None:
        with table.lock():
            cut_connections(database_url)
            raise FinriskError("the job is named")

    with Table.open(database_url) as table, pytest.raises(FinriskError, match="the job is named"):
        lose_both(table)


def test_a_proxys_page_in_another_character_set_is_no_traceback() -> None:
    def unreadable() -> None:
        "für".encode("latin-1").decode()

    with pytest.raises(patience.UnreachableError, match="cannot list jobs: the answer cannot be read"):
        gemini.ask("list jobs", unreadable)


def test_a_job_that_is_over_by_now_is_not_cancelled(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    name = submit(given)["job"]["job_name"]
    until(lambda: {job["name"]: job["state"] for job in ground.jobs()}[name] == "JOB_STATE_SUCCEEDED")
    for check, said in ((True, "would be"), (False, "was")):
        left = submit(place(given) | {"state": "cancelled"}, check)
        assert left["changed"] is False
        assert left["summary"][0].endswith(f" is over (SUCCEEDED): nothing {said} cancelled")
    assert not ground.requests(":cancel$")


def test_a_look_survives_a_server_error_and_a_lost_connection(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    submit(given)
    for rule in ({"kind": "status", "code": 503}, {"kind": "drop"}):
        ground.fault(path=r"/tuningJobs/\d+$", times=1, **rule)
        seen = look(given)
        assert (seen["reachable"], seen["job"]["state"]) == (False, "CREATING")
        assert seen["problem"]
    assert wait(given)["job"]["state"] == "ACTIVE"


def test_a_job_whose_endpoint_does_not_answer_is_not_active(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    submit(given)
    ground.fault(kind="status", arm="tuned", code=503)
    until(lambda: look(given)["job"]["provider_state"] == "JOB_STATE_SUCCEEDED")
    seen = look(given)
    assert seen["job"]["state"] == "CREATING"
    assert "does not answer yet" in seen["job"]["error"]
    assert json.loads(Path(seen["path"]).read_text())["smoke_test"]["ok"] is False
    ground.clear()
    assert wait(given)["job"]["error"] is None


def test_progress_counts_finished_epochs(ground: Wire, folder: Path) -> None:
    given = options(ground, folder)
    ground.fault(kind="job_slow", seconds=12, times=1)
    submit(given)
    seen: list[dict[str, Any]] = []

    def half_done() -> bool:
        seen.append(look(given)["progress"])
        return bool(seen[-1]["total"] == 5 and 2 <= seen[-1]["done"] < 5)

    until(half_done)
    assert seen[-1]["label"] == f"RUNNING, epoch {seen[-1]['done']} of 5 finished"
    assert wait(given)["progress"] == {"done": 1, "total": 1, "label": "ACTIVE"}
