"""A plan asks the gate by what a real database knows at this moment."""

from __future__ import annotations

import getpass
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.grounds.evaluations import keep
from tests.grounds.modules import run_module
from tests.grounds.signing import allowed, person

MODEL = "projects/p/locations/us-central1/endpoints/1"
REVISION = "r0004-00000000"
DEPLOY = f"playbooks/deploy.yml -e finrisk_model={MODEL}"
RULES = {"margins": {"errors": 0.2}, "days": 0}
RUNNING = {"revision": REVISION, "model": MODEL, "ratio": 25, "proven": True, "experiment": "spec1"}


def requests(database_url: str, failures_of_tuned: int = 0, experiment: str = "spec1") -> None:
    """Six hundred users of each arm asked once each; so many of the tuned arm's requests failed."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """insert into analyses (id, created_at, experiment, revision, split_bp, unit_kind, unit_hash,
                   user_hash, bucket, arm_assigned, arm_served, outcome, arm_error, latency_ms, arm_ms,
                   judged_quality, quality_score, wrong_figures, redaction_version, judge_version,
                   prompt_version, index_version)
               select gen_random_uuid(), now() - n * interval '0.1 s', %(experiment)s, %(revision)s, 5000,
                   'user', arm || n, arm || n, 1, arm, case when fails then 'base' else arm end, 'ok',
                   case when fails then 'upstream_error' end, 500, 500, 0.9, 0.9, 0, '1', '3', 'p', '3'
               from generate_series(1, 600) n cross join (values ('base'), ('tuned')) as arms (arm),
                   lateral (select arm = 'tuned' and n <= %(failures)s as fails) as made""",
            {"experiment": experiment, "revision": REVISION, "failures": failures_of_tuned},
        )


def plan(database_url: str, folder: Path, **options: Any) -> dict[str, Any]:
    """What the module says of a plan to go from a quarter to half of the users."""
    given: dict[str, Any] = {
        "output_dir": str(folder),
        "database_url": database_url,
        "model": MODEL,
        "ratio": 50,
        "running": RUNNING | {"ratio": 50} if options.get("ratio") == 75 else RUNNING,
        "base_model": "m",
        "gate_rules": RULES,
        "inventories": ["inventory/staging"],
    }
    return run_module("finrisk_deployment_plan", given | options)


def test_what_is_proven_not_worse_goes_on(database_url: str, tmp_path: Path) -> None:
    requests(database_url)
    done = plan(database_url, tmp_path, ratio=75)
    assert not done.get("failed"), done
    assert done["gate"]["verdict"] == "promote"
    assert done["summary"][-1].startswith("Gate: promote (finrisk_gate: require). ")


@pytest.mark.parametrize(
    ("failures", "experiment", "reason", "first"),
    [
        (0, "another", "No request was answered in the stage that runs", "25 %, the first stage"),
        (600, "spec1", "The tuned model is proven worse: failed requests", "to base"),
    ],
)
def test_what_is_not_ends_before_anything_changes(
    database_url: str, tmp_path: Path, failures: int, experiment: str, reason: str, first: str
) -> None:
    requests(database_url, failures, experiment)
    refused = plan(database_url, tmp_path)
    assert refused["failed"]
    assert reason in refused["msg"]
    assert "Nothing was changed" in refused["msg"]
    assert [line.partition(":")[0] for line in refused["summary"]] == [
        first,
        "the evidence",
        "50 % all the same",
    ]
    assert all("ansible-playbook -i inventory/staging playbooks/" in line for line in refused["summary"])
    there = plan(
        database_url, tmp_path, confirms=True, record={"environment_name": "staging", "action": "deploy"}
    )["summary"]
    assert [line.endswith(" -e finrisk_confirm=staging") for line in there] == [True, False, True]
    assert not plan(database_url, tmp_path, ratio=25).get("failed"), "what runs is repeated unasked"
    advised = plan(database_url, tmp_path, gate="advise")
    assert reason in advised["gate"]["reason"]
    assert plan(database_url, tmp_path, gate="override")["failed"]
    overridden = plan(database_url, tmp_path, gate="override", why="RISK-4711")
    assert overridden["gate"] | {"reason": "", "at": ""} == {
        "mode": "override",
        "verdict": advised["gate"]["verdict"],
        "reason": "",
        "at": "",
    }


def test_where_two_have_to_agree_the_plan_asks_for_a_signature_of_its_evaluation(
    database_url: str, tmp_path: Path
) -> None:
    requests(database_url)
    anna = person(tmp_path, "anna@bank.example")
    evaluations = tmp_path / "evaluations"
    digest = keep(evaluations, "120000", "staging", "spec1", REVISION)
    rule = {
        "number": 1,
        "approvers": allowed(tmp_path / "approvers.txt", [anna.allowed()]),
        "evaluation_dir": str(evaluations),
    }
    given: dict[str, Any] = {
        "record": {"environment_name": "staging", "action": "deploy"},
        "approvals": rule,
        "ratio": 30,
    }
    assert plan(database_url, tmp_path, **given | {"ratio": 25})["approvals"] == []
    for listed in (
        plan(database_url, tmp_path, **given, list_only=True),
        plan(database_url, tmp_path, **given),
    ):
        lines = listed.get("summary") or listed["report"]["text"]
        (text,) = (Path(line.partition(": ")[2]) for line in lines if line.startswith("to be signed: "))
        assert f"\nevidence: {digest}\n" in text.read_text("utf-8")
        assert any("finrisk_approval=" in line for line in lines)
    signed = {"approvals": rule | {"signatures": [str(anna.sign(text))]}}
    done = plan(database_url, tmp_path, **given | signed)
    assert not done.get("failed"), done
    assert [(each["principal"], each["key"]) for each in done["approvals"]] == [
        (anna.principal, anna.fingerprint)
    ]
    assert done["summary"][-1] == f"Approved by anna@bank.example ({anna.fingerprint})"
    own = person(tmp_path, f"{getpass.getuser()}@bank.example")
    allowed(Path(str(rule["approvers"])), [own.allowed()])
    own_signature = {"approvals": rule | {"signatures": [str(own.sign(text))]}}
    assert "deploys: that is one person" in plan(database_url, tmp_path, **given | own_signature)["msg"]
    assert "30, not 31" in plan(database_url, tmp_path, **given | signed | {"ratio": 31})["msg"]


def test_a_model_that_nobody_has_is_not_let_beyond_the_first_stage(database_url: str, tmp_path: Path) -> None:
    requests(database_url)
    refused = plan(database_url, tmp_path, running=RUNNING | {"ratio": 0})
    assert "Nobody gets the tuned model" in refused["msg"]


def test_a_database_that_is_away_proves_nothing(tmp_path: Path) -> None:
    away = "postgresql://finrisk:x@127.0.0.1:9/finrisk"
    refused = plan(away, tmp_path)
    assert refused["failed"]
    assert "The evidence cannot be read: The database cannot be reached" in refused["msg"]
    assert not plan(away, tmp_path, gate="advise").get("failed")
    assert not plan(away, tmp_path, ratio=10).get("failed")


def test_a_listing_says_what_the_experiment_will_need_and_what_the_gate_forbids(
    database_url: str, tmp_path: Path
) -> None:
    requests(database_url, 30)
    listed = plan(database_url, tmp_path, list_only=True, running={})
    text = "\n".join(listed["report"]["text"])
    assert "Nothing would be deployed: the gate does not let 50 %" in text
    assert "25 %, the first stage: ansible-playbook" in text
    assert "at the present 28,800 requests a day" in text, "an hour's of a service that is no older"
    assert "Smallest harm that it sees by then" in text
    assert "Supposed" not in text, "base was measured"
    data = listed["report"]["data"]
    assert data["outlook"]["requests_per_day"] == 28_800
    json.dumps(data, allow_nan=False)
    first = plan(database_url, tmp_path, list_only=True, running={}, ratio="")
    assert first["report"]["data"]["plan"]["ratio"] == 25
    assert first["report"]["data"]["outlook"]["split"] == 0.25


def test_of_an_experiment_that_runs_a_listing_says_what_the_gate_still_needs(
    database_url: str, tmp_path: Path
) -> None:
    requests(database_url, 7)
    rules = {"gate_rules": {"margins": {"errors": 0.02}, "days": 0}}
    report = plan(database_url, tmp_path, list_only=True, **rules)["report"]
    needed, told = report["data"]["needed"], report["text"][-1]
    gate = " ".join(plan(database_url, tmp_path, **rules)["msg"].split())
    assert f"about {needed['requests']:,} more requests" in gate, "one number for one decision"
    assert told == (
        f"The experiment still needs about {needed['requests']:,} more requests, {needed['days']:g} days, if "
        "both arms are alike (at present 28,800 requests of 28,800 users a day)."
    )
    assert report["data"]["outlook"] is None


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"ratio": 0, "running": RUNNING | {"ratio": 0}},
            f"25 % would be next: ansible-playbook -i inventory/staging {DEPLOY} -e finrisk_ab_ratio=25",
        ),
        ({"ratio": 100, "gate": "off"}, "At 100 % everybody gets the tuned model"),
        ({"ratio": "", "model": ""}, "There is no tuned model, so no experiment: playbooks/tune.yml"),
    ],
)
def test_where_nothing_is_compared_a_listing_says_what_would_be_next(
    database_url: str, tmp_path: Path, options: dict[str, Any], told: str
) -> None:
    report = plan(database_url, tmp_path, list_only=True, **{"running": {}} | options)["report"]
    assert told in "\n".join(report["text"])
    outlook = report["data"]["outlook"]
    assert (outlook and outlook["split"]) == (0.25 if options["ratio"] == 0 else None)
