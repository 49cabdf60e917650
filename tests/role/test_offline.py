"""A tuned model is compared with base before users meet it, and deploy asks what came of it."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from finrisk_ops.offline.answers import Answers
from finrisk_ops.offline.calls import Call
from finrisk_ops.offline.questions import Question
from finrisk_ops.offline.report import report
from finrisk_rules.judge.verdicts import JUDGE_VERSION
from tests.grounds.datasets import dataset
from tests.grounds.modules import run_module, start_module
from tests.grounds.offline import ANSWERED, BASE, offline, tuned
from tests.grounds.records import analysis
from tests.grounds.waiting import until
from tests.grounds.wire import Wire

ANALYSIS = "insert into analyses select * from jsonb_populate_record(null::analyses, %s::jsonb)"
SHADOW = """
insert into shadows (request_id, arm, model, outcome, upstream_ms, quality, refused, wrong_figures,
                     judge_version, answer_tokens)
values (%s, 'tuned', %s, 'ok', 100, 0.8, false, %s, %s, 50)"""

QUESTIONS, CALLS = 40, 120
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def trained(service: Wire, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A tuned model, and a folder with its job and its dataset."""
    folder = tmp_path_factory.mktemp("trained")
    return tuned(service, folder, QUESTIONS), folder


@pytest.fixture
def data(trained: tuple[str, Path], ground: Wire, tmp_path: Path) -> Path:
    """The folder as a test's own."""
    ground.forget_requests()
    return Path(shutil.copytree(trained[1], tmp_path / "data"))


def compare(ground: Wire, data: Path, check: bool = False, **more: Any) -> dict[str, Any]:
    return run_module("finrisk_offline", offline(ground, data, **more), check)


def asked(ground: Wire) -> int:
    return len(ground.requests(ANSWERED))


def written(data: Path) -> list[Path]:
    return list(data.parent.rglob("offline_*"))


def plan(data: Path, model: str, **more: Any) -> dict[str, Any]:
    """What a deploy of the first stage says of it."""
    given = {
        "output_dir": str(data),
        "evaluation_dir": str(data.parent / "evaluations"),
        "model": model,
        "ratio": 25,
        "running": {},
        "base_model": BASE,
        "gate_rules": {},
        "inventories": ["inventory/staging"],
    }
    return run_module("finrisk_deployment_plan", given | more)


def test_a_good_model_is_not_worse_costs_are_shown_first_and_nothing_is_asked_twice(
    trained: tuple[str, Path], ground: Wire, data: Path
) -> None:
    model = trained[0]
    prices = {BASE: {"prompt": 100, "answer": 400}}
    announced = compare(ground, data, check=True, prices=prices)
    assert (announced["changed"], announced["calls"], asked(ground), written(data)) == (True, CALLS, 0, [])
    assert "120 calls, about " in announced["report"]["text"][1]
    assert "of answers: about $" in announced["report"]["text"][1]
    assert "was not compared with base: ansible-playbook" in plan(data, model)["summary"][-1]

    first = compare(ground, data)
    assert (first["changed"], first["verdict"], asked(ground)) == (True, "not_worse", CALLS), first
    evidence = Path(first["evaluation_file"])
    content = json.loads(evidence.read_text("utf-8"))
    assert (content["model"], content["base_model"], len(content["questions"])) == (model, BASE, QUESTIONS)
    assert content["dataset"]["is_tuned_on"]
    assert "Firm" not in evidence.read_text("utf-8"), "evidence holds no text"
    assert evidence.stat().st_mode & 0o077 == Path(first["report_file"]).stat().st_mode & 0o077 == 0

    ground.forget_requests()
    again, check = compare(ground, data), compare(ground, data, check=True)
    for told in (again, check):
        assert (told["changed"], told["evaluation_file"]) == (False, first["evaluation_file"])
    assert compare(ground, data, limit=10)["changed"], "fewer questions are another evaluation"
    assert asked(ground) == 0
    said = plan(data, model)
    assert said["summary"][-1].startswith("Before traffic: ")
    assert (
        said["gate"]["before_traffic"]["sha256"]
        == json.loads(Path(said["gate"]["before_traffic"]["file"]).read_text())["sha256"]
    )


def test_a_model_with_wrong_figures_is_refused_before_any_user_meets_it(
    trained: tuple[str, Path], ground: Wire, data: Path
) -> None:
    model = trained[0]
    ground.fault(kind="wrong_figures", arm="tuned", probability=0.6, seed=3)
    told = compare(ground, data)
    assert told["verdict"] == "worse", told
    assert "Answers with a wrong figure" in told["reason"]
    assert "A prompt with examples beats tuning, for nothing" in told["reason"]
    assert "Worst regressions" in Path(told["report_file"]).read_text("utf-8")
    content = json.loads(Path(told["evaluation_file"]).read_text("utf-8"))
    assert 0 < len(content["regressions"]) <= 20

    assert compare(ground, data, limit=10)["verdict"] == "unknown", "fewer questions take nothing back"
    refused = plan(data, model)
    assert "is proven worse than base before any user met it" in refused["msg"]
    assert "Nothing was changed" in refused["msg"]
    assert [line.partition(":")[0] for line in refused["summary"]] == ["another model", "25 % all the same"]
    listed = plan(data, model, list_only=True)
    assert any("25 % all the same" in line for line in listed["report"]["text"])
    advised = plan(data, model, gate="advise")
    assert advised["gate"]["before_traffic"]["verdict"] == "worse"
    assert "proven worse" not in str(plan(data, model, gate="off").get("summary"))
    overridden = plan(data, model, gate="override", why="RISK-4711")
    assert (overridden["gate"]["mode"], overridden["gate"]["before_traffic"]["verdict"]) == (
        "override",
        "worse",
    )
    assert plan(data, model, gate="override")["failed"], "without a reason"
    assert not plan(data, model, ratio=0).get("failed"), "to base goes unasked"

    path = Path(told["evaluation_file"])
    path.write_text(path.read_text("utf-8").replace('"verdict": "worse"', '"verdict": "better"'))
    assert "was changed since it was written" in plan(data, model)["msg"]


def test_a_run_that_was_killed_goes_on_where_it_ended(ground: Wire, data: Path) -> None:
    ground.fault(kind="latency", ms=250, path="enerateContent")
    process = start_module("finrisk_offline", offline(ground, data))
    until(lambda: asked(ground) > 20)
    process.kill()
    process.wait()
    assert asked(ground) < CALLS, "it was killed too late to tell"
    ground.clear()
    told = compare(ground, data)
    assert told["verdict"] == "not_worse"
    assert asked(ground) < CALLS + 20, "only what was under way when it was killed is asked again"
    [answers] = data.glob("offline_answers_*.jsonl")
    names = [json.loads(line)["id"] for line in answers.read_bytes().splitlines()]
    assert len(names) == len(set(names)) == CALLS


def test_a_model_that_does_not_answer_is_named_and_what_was_answered_is_kept(
    ground: Wire, data: Path
) -> None:
    ground.fault(kind="status", code=500, arm="tuned", message="broken for good")
    told = compare(ground, data)
    assert "does not answer, 8 calls in a row failed: 500" in told["msg"]
    assert "broken for good" in told["msg"]
    assert not (data.parent / "evaluations").exists()
    ground.clear()
    [answers] = data.glob("offline_answers_*.jsonl")
    kept = len(answers.read_bytes().splitlines())
    ground.forget_requests()
    assert compare(ground, data)["verdict"] == "not_worse"
    assert (kept > 0, asked(ground)) == (True, CALLS - kept)


def test_one_call_that_fails_again_is_measured_by_all_calls_to_its_model(ground: Wire, data: Path) -> None:
    compare(ground, data)
    [path] = data.glob("offline_answers_*.jsonl")
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    ground.fault(kind="status", code=500)
    told = compare(ground, data)
    assert told["verdict"] == "not_worse", told


def test_a_model_that_leaves_half_unanswered_is_worse_and_the_rest_is_said_to_be_compared(
    ground: Wire, data: Path
) -> None:
    ground.fault(kind="blocked_prompt", arm="tuned", probability=0.8, seed=5)
    told = compare(ground, data, examples=0)
    assert told["verdict"] == "worse"
    assert told["reason"].startswith("Unanswered questions")
    assert "unanswered: the rest alone is compared" in told["reason"]
    assert (told["calls"], asked(ground)) == (2 * QUESTIONS, 2 * QUESTIONS), "no third column"


def test_texts_of_users_and_models_are_shown_as_they_are(ground: Wire, data: Path) -> None:
    ground.fault(kind="wrong_figures", arm="tuned", probability=0.6, seed=3)
    content = json.loads(Path(compare(ground, data)["evaluation_file"]).read_text("utf-8"))
    lines = content["regressions"]
    asking = [Question(line, f"{HOSTILE} {line}", HOSTILE, HOSTILE) for line in lines]
    calls = [
        Call(f"{column}{line}", column, line, "m", "p", [], "")
        for line in lines
        for column in ("base", "tuned")
    ]
    path = data / "answers.jsonl"
    told = {"outcome": "answered", "text": HOSTILE, "quality": 0.5, "wrong": True}
    path.write_text("".join(json.dumps({"id": call.id, **told}) + "\n" for call in calls))
    page = report(content | {"name": HOSTILE}, asking, calls, Answers(path)).decode()
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 3 * len(lines)


def test_what_users_asked_of_both_models_stands_beside_and_decides_nothing(
    trained: tuple[str, Path], ground: Wire, data: Path, database_url: str
) -> None:
    given: dict[str, Any] = {"database_url": database_url, "limit": 10, "examples": 0}
    without = compare(ground, data, **given)
    assert "users" not in without["report"]["data"]["comparisons"]
    with psycopg.connect(database_url) as connection:
        for number in range(60):  # a heavy user with half of the questions, all of them wrong
            asked_of_both(connection, f"u{max(30, number)}", trained[0], int(number <= 30))
        asked_of_both(connection, "u30", "another model", 1)
    told = compare(ground, data, **given)
    assert (told["changed"], told["verdict"]) == (True, without["verdict"])
    content = told["report"]["data"]
    wrong = next(each for each in content["comparisons"]["users"] if each["metric"] == "wrong_figures")
    assert (wrong["pairs"], wrong["state"]) == (30, "")
    assert (wrong["first"], wrong["second"]) == (pytest.approx(1 / 30, abs=1e-6), 0)
    assert {"unanswered", "length"}.isdisjoint(each["metric"] for each in content["comparisons"]["users"])
    page = " ".join(" ".join(told["report"]["text"]).split())
    assert "60 questions of 30 users, the newest that both answered" in page
    assert "Tuned against base on what users asked" in Path(told["report_file"]).read_text("utf-8")
    assert "u30" not in Path(told["evaluation_file"]).read_text("utf-8"), "evidence names nobody"
    assert not compare(ground, data, **given)["changed"]
    with psycopg.connect(database_url) as connection:
        connection.execute("drop view shadow_pairs")
    before = compare(ground, data, **given)
    assert "users" not in before["report"]["data"]["comparisons"]
    assert not before.get("warnings")


def asked_of_both(connection: psycopg.Connection[Any], user: str, tuned: str, wrong: int) -> None:
    """Let base answer a user's question, and the other model after it."""
    answer = {"arm_served": "base", "model": BASE, "judge_version": JUDGE_VERSION, "wrong_figures": 0}
    row = analysis(str(uuid.uuid4()), user_hash=user, judged_quality=0.9, **answer)["analysis"]
    connection.execute(ANALYSIS, (Jsonb(row),))
    connection.execute(SHADOW, (row["id"], tuned, wrong, JUDGE_VERSION))


@pytest.mark.parametrize(
    ("break_it", "given", "said"),
    [
        (
            lambda data: next(data.glob("validation_set*")).write_text("{}\n"),
            {},
            "was changed since it was prepared",
        ),
        (lambda data: next(data.glob("finetuning_job*")).unlink(), {}, "there is no tuning job yet"),
        (lambda data: next(data.glob("dataset_metadata*")).unlink(), {}, "no dataset_metadata_"),
        (lambda _: None, {"model": "another"}, "no tuning job made 'another'"),
        (lambda _: None, {"limit": -1}, "finrisk_offline_limit is -1"),
        (lambda _: None, {"max_cost": 1}, "the price is unknown"),
        (
            lambda _: None,
            {"max_cost": 0.01, "prices": {BASE: {"prompt": 100, "answer": 400}}},
            "more than finrisk_max_cost 0.01",
        ),
        (lambda _: None, {"credentials": {}, "config_map": {"data": {"BASE_MODEL": BASE}}}, "finrisk answer"),
    ],
)
def test_what_cannot_be_compared_ends_with_a_sentence_and_asks_nobody(
    ground: Wire, data: Path, break_it: Callable[[Path], object], given: dict[str, Any], said: str
) -> None:
    break_it(data)
    told = compare(ground, data, **given)
    assert said in told["msg"], told
    assert asked(ground) == 0
    assert "evaluations" not in {path.name for path in data.parent.iterdir()}


def test_a_dataset_without_a_validation_set_is_named(ground: Wire, tmp_path: Path) -> None:
    tuned(ground, tmp_path / "data", validation=0)
    assert "has no validation examples" in compare(ground, tmp_path / "data")["msg"]


def test_a_model_that_was_tuned_on_other_examples_is_warned_of(ground: Wire, data: Path) -> None:
    metadata = dataset(data / "other", validation=30, seed="z")
    told = compare(ground, data, check=True, dataset_metadata=str(metadata))
    assert "it may have learnt from what it is asked here" in str(told["warnings"])


def test_a_model_that_is_too_slow_eight_times_in_a_row_is_asked_all_of_it_again(
    ground: Wire, data: Path
) -> None:
    # the last of the file: the simulator notes what was given up here nine seconds after it was asked
    ground.fault(kind="latency", ms=9000, path="enerateContent")
    given = offline(ground, data)
    given["config_map"]["data"]["REQUEST_DEADLINE_SECONDS"] = "3"
    told = run_module("finrisk_offline", given)
    assert "does not answer, 8 calls in a row failed: the model did not answer in time" in told["msg"]
    [answers] = data.glob("offline_answers_*.jsonl")
    assert (answers.read_bytes(), (data.parent / "evaluations").exists()) == (b"", False)
