"""The chain of releases: what somebody does to the table by hand is found, and the first place is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.process.ledger import FileLedger
from finrisk_ops.release import history, records
from finrisk_ops.release.records import Record
from finrisk_ops.status import audit, releases
from tests.grounds.modules import run_module


@dataclass(frozen=True)
class Desk:
    """A folder of records, and the database that takes them over."""

    ledger: FileLedger
    url: str

    @property
    def copy(self) -> Path:
        path: Path = self.ledger.var_dir / "audit.jsonl"
        return path

    def record(self, ratio: int, **known: Any) -> Record:
        made = records.begin("local", "deploy", "for the committee", None)
        figures = {"arms": {"base": {"quality": 0.9300000000000001, "requests": 1e21}}}
        made = replace(made, outcome=records.DONE, ratio_after=ratio, figures=figures, **known)
        self.ledger.write(made)
        time.sleep(0.002)
        return made

    def release(self, *ratios: int) -> list[str]:
        made = [self.record(ratio).id for ratio in ratios]
        history.take_over(self.ledger, self.url, time.time())
        assert self.ledger.records() == []
        return made

    def by_hand(self, *statements: str) -> None:
        """Do what the triggers refuse, as whoever owns the database can."""
        with psycopg.connect(self.url) as connection:
            off, on = (
                [f"alter table {table} {doing} trigger user" for table in ("releases", "release_links")]
                for doing in ("disable", "enable")
            )
            for statement in [*off, *statements, *on]:
                connection.execute(statement.encode())

    def verify(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "finrisk", "audit", "verify", *arguments],
            env={**os.environ, "DATABASE_URL": self.url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    return Desk(FileLedger(tmp_path), database_url)


def test_each_release_gets_a_link_in_the_table_and_in_the_file(desk: Desk) -> None:
    made = desk.release(0, 25) + desk.release(50)
    known = audit.known(desk.ledger, desk.url)
    assert (known["chain"], known["links"], known["problem"]) == ("whole", 3, None)
    assert [each["release"] for each in known["last"]] == made[::-1]
    lines = [json.loads(line) for line in desk.copy.read_text().splitlines()]
    assert [(line["number"], line["content"]["ratio_after"]) for line in lines] == [(1, 0), (2, 25), (3, 50)]
    assert desk.copy.stat().st_mode & 0o777 == 0o600
    told = desk.verify("--file", str(desk.copy))
    assert (
        told.stdout == f"whole: 3 links, the last {lines[-1]['hash']}; compared with 3 links of a copy\n"
    ), told


def test_links_are_append_only(desk: Desk) -> None:
    desk.release(0)
    with psycopg.connect(desk.url, autocommit=True) as connection:
        for statement in (
            "update release_links set hash = ''",
            "delete from release_links",
            "truncate release_links",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation, match="release_links is append-only"):
                connection.execute(statement.encode())


def test_records_that_arrive_late_and_twice_are_linked_once(desk: Desk) -> None:
    late = desk.record(10)
    desk.ledger.remove([late.id])
    desk.release(25)
    desk.ledger.write(late)
    history.take_over(desk.ledger, desk.url, time.time())
    desk.ledger.write(late)
    assert history.take_over(desk.ledger, desk.url, time.time()) == 1
    assert audit.known(desk.ledger, desk.url)["last"][0]["release"] == late.id
    assert audit.known(desk.ledger, desk.url)["links"] == 2


def test_what_a_newer_checkout_says_of_a_release_waits_for_one_and_is_shown_meanwhile(desk: Desk) -> None:
    newer = desk.record(25)
    file = desk.ledger.folder / f"{newer.id}.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"ticket": "RISK-4711"}))
    own = desk.record(50)
    assert history.take_over(desk.ledger, desk.url, time.time()) == 1
    assert json.loads(file.read_text())["ticket"] == "RISK-4711"
    assert [each["id"] for each in releases.known(desk.ledger, desk.url, time.time())] == [newer.id, own.id]
    assert audit.known(desk.ledger, desk.url)["chain"] == "whole"


def test_releases_are_told_in_the_order_in_which_they_were_made_whatever_the_clock_said(desk: Desk) -> None:
    hours = [records.identifier().int - (hour * 3_600_000 << 80) for hour in range(3)]  # it goes back
    made = []
    for number, identifier in enumerate(hours):
        made.append(desk.record(number, id=str(uuid.UUID(int=identifier))).id)
        if number < 2:
            history.take_over(desk.ledger, desk.url, time.time())
    told = releases.known(desk.ledger, desk.url, time.time())
    assert [each["id"] for each in told] == made[::-1]
    assert [each["release"] for each in audit.known(desk.ledger, desk.url)["last"]] == made[1::-1]


def test_releases_of_an_older_schema_get_their_links_in_order(desk: Desk) -> None:
    made = desk.release(0, 25)
    desk.by_hand("delete from release_links")
    desk.copy.unlink()
    assert "no link yet: the next release gives links to 2 earlier ones" in desk.verify().stdout
    assert audit.known(desk.ledger, desk.url)["chain"] == "whole"
    made += desk.release(50)
    assert [each["release"] for each in audit.known(desk.ledger, desk.url)["last"]] == made[::-1]


def test_an_older_checkout_records_nothing_without_a_link_and_a_newer_one_takes_it_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.release(0)
    waiting = desk.record(25)
    with monkeypatch.context() as older:
        older.setattr(history, "_append", lambda *_: None)
        with pytest.raises(FinriskError, match=f"release {waiting.id} has no link: .* update that checkout"):
            history.take_over(desk.ledger, desk.url, time.time())
    assert [each.id for each in desk.ledger.records()] == [waiting.id]
    assert audit.known(desk.ledger, desk.url)["chain"] == "whole"
    made = desk.release(50)
    assert [each["release"] for each in audit.known(desk.ledger, desk.url)["last"]][:2] == [*made, waiting.id]


INSERT = """insert into releases (id, at, environment, action, outcome)
values ('01890000-0000-7000-8000-000000000000', now(), 'local', 'deploy', 'done')"""

ANOTHER_FIGURE = "update releases set figures['arms']['base']['quality'] = '1' where id = '{2}'"


@pytest.mark.parametrize(
    ("deeds", "number", "said"),
    [
        (["update releases set reason = 'none' where id = '{1}'"], 2, "was changed"),
        (["update releases set account = '' where id = '{0}'"], 1, "was changed"),
        ([ANOTHER_FIGURE], 3, "was changed"),
        (["delete from releases where id = '{1}'"], 2, "its release was removed"),
        (
            ["delete from release_links where number = 2", "delete from releases where id = '{1}'"],
            2,
            "the link was removed",
        ),
        (
            [
                "update release_links set number = 9 where number = 1",
                "update release_links set number = 1 where number = 2",
                "update release_links set number = 2 where number = 9",
            ],
            1,
            "another one put in its place",
        ),
        ([INSERT], 4, "read its row and ask whom it names"),
        (
            ["delete from release_links where number = 3", "delete from releases where id = '{2}'"],
            3,
            "the table ends before it",
        ),
        (["delete from release_links", "delete from releases"], 1, "the table ends before it"),
    ],
    ids=["changed", "first", "figure", "removed", "with-link", "swapped", "inserted", "cut", "emptied"],
)
def test_what_somebody_does_by_hand_is_found_and_the_first_place_named(
    desk: Desk, deeds: list[str], number: int, said: str
) -> None:
    made = desk.release(0, 25, 50)
    desk.by_hand(*(deed.format(*made) for deed in deeds))
    known = audit.known(desk.ledger, desk.url)
    assert known["chain"] == "broken"
    assert f"broken at link {number} (release {known['broken_at']})" in known["problem"]
    assert said in known["problem"]
    told = desk.verify("--file", str(desk.copy))
    assert (told.returncode, told.stderr) == (1, f"finrisk: {known['problem']}\n")
    [finding] = audit.findings({"audit": known}, str)
    assert "audit verify" in finding.command
    assert said in audit.line(known)


def test_a_history_that_was_written_anew_with_all_its_hashes_is_found_by_the_copy(desk: Desk) -> None:
    desk.release(0, 25, 50)
    desk.by_hand("update releases set reason = 'none'", "delete from release_links")
    with psycopg.connect(desk.url) as connection:
        history._first_links(connection)
    assert desk.verify().returncode == 0, "the table alone is whole"
    assert "broken at link 1" in desk.verify("--file", str(desk.copy)).stderr


def test_a_copy_that_was_edited_is_told_apart_from_the_table(desk: Desk) -> None:
    desk.release(0, 25)
    desk.copy.write_text(desk.copy.read_text().replace("committee", "ommittee", 1))
    told = desk.verify("--file", str(desk.copy))
    assert told.returncode == 1
    assert f"in {desk.copy} the chain of releases is broken at link 1" in told.stderr


REMOVAL = "delete from releases where id = '{0}'"


def test_what_two_runs_wrote_into_the_copy_both_counts_once(desk: Desk) -> None:
    desk.release(0, 25)
    lines = desk.copy.read_text().splitlines(keepends=True)
    desk.copy.write_text(lines[0] + lines[1] + lines[1])
    told = desk.verify("--file", str(desk.copy))
    assert told.returncode == 0, told.stderr
    assert audit.known(desk.ledger, desk.url)["chain"] == "whole"


def test_a_release_that_was_removed_before_the_copy_had_it_keeps_no_other_back(desk: Desk) -> None:
    made = desk.release(0, 25)
    desk.copy.unlink()
    desk.by_hand(REMOVAL.format(*made))
    made += desk.release(50)
    assert [json.loads(line)["release"] for line in desk.copy.read_text().splitlines()] == made[1:]


def test_a_copy_whose_lines_are_no_links_is_told_in_a_sentence(desk: Desk) -> None:
    desk.release(0, 25)
    first, second = map(json.loads, desk.copy.read_text().splitlines())
    desk.copy.write_text("".join(json.dumps(each) + "\n" for each in (first, second | {"number": None})))
    assert "cannot be read as links" in audit.known(desk.ledger, desk.url)["problem"]
    desk.release(50)
    del second["content"]["id"]
    desk.copy.write_text("".join(json.dumps(each) + "\n" for each in (first, second)))
    assert f"finrisk: {desk.copy} cannot be read" in desk.verify("--file", str(desk.copy)).stderr


@pytest.mark.parametrize("cut", [1, 40])
def test_a_line_that_a_full_disk_or_a_kill_cut_short_is_written_anew(desk: Desk, cut: int) -> None:
    made = desk.release(0, 25)
    desk.copy.write_text(desk.copy.read_text()[:-cut])
    assert audit.known(desk.ledger, desk.url)["chain"] == "whole"
    there = 2 if cut == 1 else 1  # a line that lacks its end alone says all
    assert f"compared with {there} links of a copy" in desk.verify("--file", str(desk.copy)).stdout
    made += desk.release(50)
    assert [json.loads(line)["release"] for line in desk.copy.read_text().splitlines()] == made


def test_a_broken_copy_keeps_no_release_back_and_is_said(desk: Desk) -> None:
    desk.release(0)
    desk.copy.write_text("not JSON\n")
    desk.release(25)
    known = audit.known(desk.ledger, desk.url)
    assert (known["chain"], "audit.jsonl cannot be read" in known["problem"]) == ("unknown", True)
    desk.copy.unlink()
    desk.release(50)
    assert len(desk.copy.read_text().splitlines()) == 3, "the next run completes the copy"


def test_status_ends_with_the_chain_and_a_broken_one_is_a_finding(desk: Desk) -> None:
    desk.release(0, 25)
    folder = str(desk.ledger.var_dir)
    place = {"process": {"var_dir": folder, "repository": folder}}
    asked: dict[str, Any] = {"environment_name": "local", "output_dir": folder, "database_url": desk.url}
    asked |= {"place": place, "gate_rules": {}}
    shown = run_module("finrisk_status", asked)["report"]
    assert shown["data"]["audit"]["chain"] == "whole"
    assert "chain whole, 2 links" in shown["text"][-1]
    desk.by_hand("delete from releases where ratio_after = 25")
    data = run_module("finrisk_status", asked)["report"]["data"]
    assert "audit" in [finding["about"] for finding in data["findings"]]
