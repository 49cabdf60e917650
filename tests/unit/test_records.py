"""A record of a release: in the order of time, without secrets, ended by others when its own run did not."""

from __future__ import annotations

import json
import os
import time
import uuid
from dataclasses import replace
from typing import Any

import pytest

from finrisk_ops.machine import identity
from finrisk_ops.machine.processes import start_time
from finrisk_ops.release import records
from finrisk_ops.release.records import Record, Runner
from finrisk_ops.status import releases


def begun(**known: Any) -> Record:
    made = records.begin("staging", "deploy", "for the committee", {"username": "alice", "groups": []})
    return replace(made, **known)


def test_identifiers_are_uuids_of_version_7_in_the_order_of_time() -> None:
    made = []
    for _ in range(3):
        made.append(records.identifier())
        time.sleep(0.002)
    assert made == sorted(made)
    assert {(each.version, each.variant) for each in made} == {(7, uuid.RFC_4122)}
    assert abs((made[0].int >> 80) / 1000 - time.time()) < 5


def test_a_record_says_who_it_was_as_the_cluster_knows_them_and_the_account() -> None:
    record = begun()
    assert (record.who, record.account) == ("alice", identity.who())
    assert begun(identity=None).who == identity.who()
    assert record.content()["who"] == "alice"
    assert "runner" not in record.content(), "which process it was is nobody's business later"


@pytest.mark.parametrize(
    "text",
    [
        "cannot connect to postgresql://finrisk:pass-word-1@db/finrisk: refused",
        "password=pass-word-1 was refused",
        "Authorization: Bearer pass-word-1pass-word-1pass-word-1",
    ],
)
def test_no_password_or_key_stays_in_reason_and_message(text: str) -> None:
    assert "pass-word-1" not in records.begin("e", "deploy", text, None).reason
    assert "pass-word-1" not in records.end(begun(), records.FAILED, text).message


def test_who_held_the_lock_stays_in_a_message_and_what_postgresql_cannot_hold_does_not() -> None:
    message = "another release is under way: alice@build.example.com\x00 since 2026"
    assert records.end(begun(), records.REFUSED, message).message == message.replace("\x00", "")
    assert len(records.end(begun(), records.REFUSED, "x" * 99_999).message) == records.LONGEST


def test_what_was_written_is_read_and_what_is_none_is_passed_over() -> None:
    record = records.end(begun(), records.DONE, figures={"arms": {}})
    content = json.loads(json.dumps(record.stored()))
    assert records.from_content(content) == record
    broken: list[Any] = [
        [],
        None,
        {},
        content | {"id": "../x"},
        content | {"at": "?"},
        content | {"action": "?"},
        content | {"identity": []},
    ]
    assert [records.from_content(each) for each in broken] == [None] * len(broken)


def test_what_a_newer_finrisk_says_of_a_release_is_kept_beside_what_is_known() -> None:
    content = json.loads(json.dumps(begun().stored())) | {"ticket": "RISK-4711"}
    newer = records.from_content(content)
    assert newer
    assert newer.stored() == content
    assert newer.content() == begun().content() | newer.content()
    assert "ticket" not in newer.content()


def test_a_run_whose_process_is_gone_did_not_end_and_one_of_elsewhere_is_waited_for() -> None:
    now = time.time()
    assert records.settled(begun(), now) is None, "this very process"
    gone = begun(runner=Runner(identity.machine(), os.getpid(), (start_time(os.getpid()) or 0) + 1))
    settled = records.settled(gone, now)
    assert settled
    assert settled.outcome == records.DID_NOT_END
    elsewhere = begun(runner=Runner("another machine", 1, 1))
    assert records.settled(elsewhere, now) is None
    assert records.settled(elsewhere, now + records.ABANDONED_SECONDS + 1)
    done = records.end(elsewhere, records.DONE)
    assert records.settled(done, now) == done


def test_fifty_records_wait_at_most() -> None:
    made = [begun(id=str(uuid.UUID(int=number))) for number in range(60)]
    kept = records.newest_first([*made, None])
    assert records.superfluous(kept) == [str(uuid.UUID(int=number)) for number in range(9, -1, -1)]


def test_runs_that_came_to_nothing_hide_no_release() -> None:
    ends = [records.REFUSED, records.DONE, *[records.FAILED] * 20, *[records.DID_NOT_END] * 20]
    shown = records.shown(records.end(begun(), outcome) for outcome in ends)
    told = [record.outcome for record in shown]
    assert told == [*ends[:4], *[records.DID_NOT_END] * 9]


def test_a_page_tells_the_release_and_its_reason_within_its_width() -> None:
    record = records.end(
        begun(ratio_before=25, ratio_after=50),
        records.FAILED,
        "no room " * 60,
        revision_after="r0012-ab12cd34",
    )
    head, *told = releases.lines([record.content()], is_read=True)
    assert "deploy" in head
    assert "failed" in head
    assert "25 -> 50 %" in head
    assert head.endswith("r0012-ab12cd34")
    assert told[0].startswith("   by alice: for the committee - no room")
    assert all(len(line) <= releases.WIDTH for line in (head, *told))
    assert len(told) == 2


def test_releases_that_the_database_would_tell_are_not_said_to_be_none() -> None:
    assert releases.lines([], is_read=True) == ["none is recorded"]
    unknown = "not known while the database cannot be read"
    assert releases.lines([], is_read=False) == [unknown]
    waiting = begun(ratio_before=25, ratio_after=50).content()
    assert releases.lines([waiting], is_read=False)[-1] == f"earlier ones are {unknown}"
