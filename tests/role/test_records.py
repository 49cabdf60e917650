"""Every release leaves a record: first where it is made, then one row in the table, never changed."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from finrisk_ops.machine import identity, locks
from finrisk_ops.process import gunicorn
from finrisk_ops.process.ledger import FileLedger
from finrisk_ops.release import history, records
from finrisk_ops.status import releases
from sandbox.connection import free_ports
from tests.grounds.modules import run_module, start_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until

pytestmark = pytest.mark.slow  # each test starts a Gunicorn

MODEL = "projects/p/locations/us-central1/endpoints/1"
NOWHERE = "postgresql://finrisk:pass-word@127.0.0.1:9/finrisk"
SETTINGS = {
    "GEMINI_PROVIDER": "vertex",
    "BASE_MODEL": "gemini-3.5-flash-lite",
    "GEMINI_BASE_URL": "http://127.0.0.1:9",
    "GOOGLE_CLOUD_PROJECT": "p",
    "GOOGLE_CLOUD_LOCATION": "us-central1",
    "WORKERS": "1",
    "MAX_IN_FLIGHT": "4",
}


@dataclass(frozen=True)
class Place:
    """An environment on this machine, and its database."""

    var_dir: Path
    ports: tuple[int, int]
    database_url: str

    @property
    def ledger(self) -> FileLedger:
        return FileLedger(self.var_dir)

    @property
    def waiting(self) -> list[records.Record]:
        found: list[records.Record] = self.ledger.records()
        return found

    def options(self, ratio: int, database_url: str | None, settings: dict[str, str]) -> dict[str, Any]:
        api, ops = self.ports
        return {
            "config_map": {
                "kind": "ConfigMap",
                "metadata": {"name": "finrisk-config"},
                "data": SETTINGS | settings,
            },
            "secret": {
                "kind": "Secret",
                "metadata": {"name": "finrisk-secrets"},
                "stringData": {"FINETUNED_MODEL_NAME": ""},
            },
            "model": MODEL,
            "ratio": ratio,
            "experiment": "e",
            "image": "registry.example/finrisk:1",
            "why": "for the committee",
            "environment_name": "local",
            "database_url": self.database_url if database_url is None else database_url,
            "timeout": 20,
            "place": {
                "process": {
                    "var_dir": str(self.var_dir),
                    "repository": str(REPOSITORY),
                    "api_port": api,
                    "ops_port": ops,
                }
            },
        }

    def deploy(
        self, ratio: int = 0, *, check: bool = False, database_url: str | None = None, **settings: str
    ) -> dict[str, Any]:
        return run_module("finrisk_release", self.options(ratio, database_url, settings), check)

    def roll_back(self, database_url: str | None = None) -> dict[str, Any]:
        options = self.options(0, database_url, {}) | {"rollback_to": "base", "model": "", "experiment": ""}
        return run_module("finrisk_release", options)

    def rows(self) -> list[dict[str, Any]]:
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute("select * from releases order by id").fetchall()


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Iterator[Place]:
    """An environment with credentials and nothing deployed; its service is stopped at the end."""
    google = {"type": "authorized_user", "client_id": "i", "client_secret": "s", "refresh_token": "t"}
    (tmp_path / "google.json").write_text(json.dumps(google))
    values = {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "google.json"), "USER_HASH_KEY": "00" * 32}
    (tmp_path / "credentials.json").write_text(json.dumps({"stringData": values}))
    (tmp_path / "api_keys.json").write_text("[]")
    api, ops = free_ports(0, 0)
    yield Place(tmp_path, (api, ops), database_url)
    gunicorn.stop(gunicorn.Place(tmp_path, REPOSITORY, api, ops))


def test_each_release_is_one_row_with_who_when_and_why(place: Place) -> None:
    assert place.deploy(check=True)["changed"]
    assert (place.waiting, place.rows()) == ([], []), "a check records nothing"
    first, half = place.deploy(), place.deploy(50)
    assert not place.deploy(50)["changed"]
    base = place.roll_back()
    rows = place.rows()
    assert place.waiting == []
    assert [(row["action"], row["outcome"]) for row in rows] == [
        ("deploy", "done"),
        ("deploy", "done"),
        ("rollback", "done"),
    ], "what changed nothing leaves no row"
    assert [(row["ratio_before"], row["ratio_after"]) for row in rows] == [(None, 0), (0, 50), (50, 0)]
    assert [row["revision_after"] for row in rows] == [each["revision"] for each in (first, half, base)]
    assert [row["revision_before"] for row in rows] == ["", first["revision"], half["revision"]]
    assert {(row["account"], row["reason"], row["model"]) for row in rows} == {
        (identity.who(), "for the committee", MODEL)
    }
    assert all(row["identity"] is None for row in rows), "no cluster says who that was"


def test_a_release_that_the_service_refuses_is_recorded_with_its_reason(place: Place) -> None:
    assert place.deploy(DATA_COLLECTION_QUALITY="2")["failed"]
    (row,) = place.rows()
    assert (row["outcome"], row["revision_after"]) == ("refused", "")
    assert "DATA_COLLECTION_QUALITY" in row["message"]


def test_a_release_that_somebody_came_before_is_recorded(place: Place) -> None:
    with locks.file(place.var_dir / "release.lock", "deploy at 25 %"):
        assert place.deploy(50)["failed"]
    (row,) = place.rows()
    assert row["outcome"] == "refused"
    assert "another release is under way" in row["message"]


def test_a_release_that_does_not_come_to_run_is_recorded_as_failed(place: Place) -> None:
    with socket.create_server(("127.0.0.1", place.ports[0])):
        failed = place.deploy(50)
    (row,) = place.rows()
    assert row["outcome"] == "failed"
    assert row["revision_after"].startswith("r0001-")
    assert row["message"] == failed["msg"][: records.LONGEST]


def test_without_a_database_a_release_waits_for_nobody_and_its_record_is_taken_over_once(
    place: Place,
) -> None:
    place.deploy(0, database_url=NOWHERE)
    place.deploy(25, database_url="")
    assert [record.outcome for record in place.waiting] == ["done", "done"]
    assert place.rows() == []
    for path in (place.ledger.folder, *place.ledger.folder.iterdir()):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is open to others"
        assert "pass-word" not in (path.read_text() if path.is_file() else "")
    kept = [path.read_bytes() for path in place.ledger.folder.iterdir()]
    place.roll_back()
    assert [row["ratio_after"] for row in place.rows()] == [0, 25, 0]
    for number, content in enumerate(kept):  # as a run leaves it that was killed after the commit
        (place.ledger.folder / f"{number}.json").write_bytes(content)
    by_hand = json.loads(kept[0]) | {"id": str(records.identifier()), "outcome": "by hand"}
    written_by_hand = records.from_content(by_hand)
    assert written_by_hand
    place.ledger.write(written_by_hand)
    history.take_over(place.ledger, place.database_url, time.time())
    assert len(place.rows()) == 3
    assert [record.outcome for record in place.waiting if record.id == by_hand["id"]] == ["by hand"]


def test_no_row_is_changed_or_taken_away(place: Place) -> None:
    place.deploy()
    with psycopg.connect(place.database_url, autocommit=True) as connection:
        for statement in ("update releases set account = ''", "delete from releases", "truncate releases"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                connection.execute(statement)
    assert len(place.rows()) == 1


def test_a_run_that_was_killed_is_told_as_one_that_did_not_end(place: Place) -> None:
    place.deploy(25, database_url="")
    options = place.options(50, "", {"WORKERS": "2"})
    with start_module("finrisk_release", options) as process:
        until(lambda: len(place.waiting) == 2, 20)
        shown = releases.known(place.ledger, "", time.time())
        assert [each["outcome"] for each in shown] == ["begun", "done"]
        os.kill(process.pid, 9)
    place.roll_back()
    assert [row["outcome"] for row in place.rows()] == ["done", "did_not_end", "done"]
    assert place.waiting == []


def test_status_shows_what_waits_and_what_is_in_the_table_once(place: Place) -> None:
    place.deploy(0)
    place.deploy(25, database_url="")
    shown = releases.known(place.ledger, place.database_url, time.time())
    assert [(each["ratio_before"], each["ratio_after"]) for each in shown] == [(0, 25), (None, 0)]
    assert len(place.waiting) == 1, "whoever only looks takes nothing over"
    text = "\n".join(releases.lines(shown, is_read=True))
    assert "0 -> 25 %" in text
    assert f"by {identity.who()}: for the committee" in text


def test_a_record_that_cannot_be_written_is_said_and_stops_no_release(place: Place) -> None:
    place.ledger.folder.write_text("in the way")
    done = place.deploy(25)
    assert done["changed"]
    assert place.rows() == []
    assert "this deploy could not be recorded" in str(done["warnings"])


def test_a_deploy_that_its_plan_refuses_is_recorded_where_somebody_asks_for_it(place: Place) -> None:
    given = place.options(0, "", {})
    options: dict[str, Any] = {
        "output_dir": str(place.var_dir),
        "running": {},
        "base_model": "m",
        "gate_rules": {},
        "model": "",
        "ratio": 150,
        "place": given["place"],
    }
    record = {"environment_name": "local", "action": "deploy", "why": "for the committee"}
    refused = run_module("finrisk_deployment_plan", options)
    assert refused["failed"]
    assert place.waiting == []
    run_module("finrisk_deployment_plan", options | {"record": record}, check=True)
    assert place.waiting == []
    run_module("finrisk_deployment_plan", options | {"record": record})
    (found,) = place.waiting
    assert (found.outcome, found.reason, found.ratio_after) == ("refused", "for the committee", None)
    assert found.message == refused["msg"]


def test_what_the_gate_said_is_in_the_record_and_an_override_on_the_page(place: Place) -> None:
    said = {"mode": "override", "verdict": "hold", "reason": "Not proven yet.", "at": ""}
    run_module("finrisk_release", place.options(50, None, {}) | {"gate": said})
    (row,) = place.rows()
    assert (row["figures"]["gate"], row["reason"]) == (said, "for the committee")
    shown = releases.known(place.ledger, place.database_url, time.time())
    text = " ".join(" ".join(releases.lines(shown, is_read=True)).split())
    assert "for the committee (gate overridden, it said hold)" in text


def test_who_agreed_is_in_the_record_in_the_chain_and_on_the_page(place: Place) -> None:
    agreed = [{"principal": "anna@bank.example", "key": "SHA256:+s", "text": "ratio: 50\n", "signature": "S"}]
    run_module("finrisk_release", place.options(50, None, {}) | {"approvals": agreed})
    (row,) = place.rows()
    assert row["figures"] == {"approvals": agreed}
    shown = releases.known(place.ledger, place.database_url, time.time())
    assert "for the committee (approved by anna@bank.example)" in " ".join(
        " ".join(releases.lines(shown, is_read=True)).split()
    )
    with psycopg.connect(place.database_url) as connection:
        connection.execute("alter table releases disable trigger user")
        connection.execute("""update releases set figures = replace(figures::text, 'anna', 'dora')::jsonb""")
    problem = history.audit(place.ledger, place.database_url).problem
    assert problem is not None
    assert "the release was changed" in problem.sentence()


def answered(database_url: str, arm: str, outcome: str = "ok") -> None:
    """Two hundred new users of one arm came in two minutes, one by one, and were answered or were not."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into analyses (id, created_at, experiment, revision, split_bp, unit_kind, unit_hash,
                   user_hash, bucket, arm_assigned, arm_served, outcome, arm_error, latency_ms, quality_score,
                   redaction_version, judge_version, prompt_version, index_version)
               select gen_random_uuid(), now() - n * interval '0.6 s', 'e', runs.revision_after, 2500,
                   'user', of.user, of.user, 1, %(arm)s, %(arm)s, %(outcome)s, nullif(%(outcome)s, 'ok'),
                   500, 0.95, '1', '3', 'p', '3'
               from (select revision_after from releases where action = 'deploy') as runs,
                   generate_series(1, 200) n, lateral (select gen_random_uuid()::text || n as user) as of""",
            {"arm": arm, "outcome": outcome},
        )


def test_the_figures_on_which_a_step_was_decided_stand_beside_it(place: Place) -> None:
    place.deploy(25)
    for arm in ("base", "tuned"):
        answered(place.database_url, arm)
    place.deploy(50)
    first, second = place.rows()
    assert first["figures"] is None, "nobody had met the tuned arm"
    assert {name: arm["users"] for name, arm in second["figures"]["arms"].items()} == {
        "base": 200,
        "tuned": 200,
    }


def test_a_release_with_a_finding_against_its_model_is_not_promoted_and_that_is_recorded(
    place: Place,
) -> None:
    place.deploy(25)
    for arm in ("base", "tuned"):
        answered(place.database_url, arm)
    file = place.var_dir / "release.yml"
    options = {
        "environment_name": "local",
        "promote_to": "production",
        "file": str(file),
        "output_dir": str(place.var_dir),
        "database_url": place.database_url,
        "why": "for the committee",
        "gate_rules": {},
        "place": place.options(0, None, {})["place"],
    }
    assert run_module("finrisk_promotion", options)["changed"]
    assert not run_module("finrisk_promotion", options)["changed"]
    assert "# Figures: tuned: 200 users" in file.read_text()
    file.write_bytes("finrisk_model: Häuser".encode("utf-16"))
    assert f"{file} is UTF-16, expected UTF-8" in run_module("finrisk_promotion", options)["msg"]
    file.unlink()
    answered(place.database_url, "base")
    answered(place.database_url, "tuned", "upstream_error")
    refused = run_module("finrisk_promotion", options)
    assert "has a finding against" in refused["msg"]
    assert MODEL in refused["msg"]
    assert not file.exists()
    assert [(row["action"], row["outcome"]) for row in place.rows()[1:]] == [
        ("promote", "done"),
        ("promote", "refused"),
        ("promote", "refused"),
    ]
    assert place.rows()[-1]["message"] == refused["msg"]
    away = options | {"database_url": "postgresql://nobody@127.0.0.1:1/none"}
    unread = run_module("finrisk_promotion", away, check=True)
    assert unread["changed"]
    assert any("does worse than base is not known" in str(warning) for warning in unread["warnings"])
