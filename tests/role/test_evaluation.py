"""An evaluation: the verdict on what the database has, kept once, recomputed from its file to the byte."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from finrisk_ops.process import gunicorn
from tests.grounds.experiment_rows import BASE_MODEL, Met, deploy, insert, label
from tests.grounds.modules import run_module

Evaluate = Callable[..., dict[str, Any]]
Look = Callable[[], dict[str, Any]]
USERS = 6000
YOUNG = {"days": 0}


@pytest.fixture
def place(tmp_path: Path) -> gunicorn.Place:
    """The folder of an environment whose service is not running."""
    made = gunicorn.Place(tmp_path / "var", tmp_path, 1, 2)
    made.var_dir.mkdir()
    return made


@pytest.fixture
def evaluate(place: gunicorn.Place, tmp_path: Path, database_url: str) -> Evaluate:
    """Run the module on this environment."""

    def run(check: bool = False, rules: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        process = {"var_dir": str(place.var_dir), "repository": str(tmp_path)}
        return run_module(
            "finrisk_evaluation",
            {
                "environment_name": "local",
                "evaluation_dir": str(tmp_path / "evaluations"),
                "output_dir": str(tmp_path),
                "database_url": database_url,
                "gate_rules": YOUNG if rules is None else rules,
                "place": {"process": process},
                **options,
            },
            check=check,
        )

    return run


@pytest.fixture
def status(place: gunicorn.Place, tmp_path: Path, database_url: str) -> Look:
    """Look at this environment by the status module, as data and as a page."""

    def look() -> dict[str, Any]:
        shown: dict[str, Any] = run_module(
            "finrisk_status",
            {
                "environment_name": "local",
                "evaluation_dir": str(tmp_path / "evaluations"),
                "output_dir": str(tmp_path),
                "database_url": database_url,
                "gate_rules": YOUNG,
                "place": {"process": {"var_dir": str(place.var_dir), "repository": str(tmp_path)}},
            },
        )["report"]
        return shown

    return look


def said(result: dict[str, Any]) -> str:
    """Return the page as one line of words."""
    return " ".join(" ".join(result["report"]["text"]).split())


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "evaluations").glob("*"))


def test_an_equal_model_is_promoted_once_and_its_file_gives_the_same_bytes_again(
    evaluate: Evaluate, place: gunicorn.Place, tmp_path: Path, database_url: str
) -> None:
    revision = deploy(place)
    insert(database_url, *(Met(arm, USERS, revision=revision) for arm in ("base", "tuned")))
    announced = evaluate(check=True)
    assert (announced["changed"], written(tmp_path)) == (True, [])
    assert f"would write {announced['evaluation_file']}" in said(announced)
    first = evaluate()
    assert (first["verdict"], first["changed"]) == ("promote", True), first
    file = Path(first["evaluation_file"])
    assert max(map(len, first["report"]["text"][:-3])) <= 100
    assert "would write" not in said(first)
    page = file.with_suffix(".html").read_text()
    assert "FinRisk local: promote" in page
    assert page.count("<svg") == 0, "one evaluation is no curve"
    assert "<script" not in page
    assert {stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    content = json.loads(file.read_text())
    assert content == first["report"]["data"]
    assert (content["stage"]["revision"], content["stage"]["split"]) == (revision, 0.5)
    assert content["exposure"]["tuned"] == {"requests": USERS, "users": USERS}
    assert content["inputs"]["running"] == {"revision": revision, "split": 0.5}
    assert len(content["success"]) == 6

    before = written(tmp_path)
    again = evaluate()
    assert again["sha256"] == first["sha256"]
    assert (again["changed"], again["evaluation_file"], written(tmp_path)) == (False, str(file), before)

    recomputed = evaluate(evidence=str(file), database_url="", rules={"margins": {"errors": 0.5}}, place=None)
    assert (recomputed["changed"], recomputed["report"]["data"]) == (False, content)
    assert recomputed["report"]["text"] == first["report"]["text"]

    insert(database_url, Met("tuned", 1, experiment="e", revision=revision, hours=0))
    assert evaluate()["changed"] is True


def test_harm_is_rolled_back_and_what_was_expected_instead_fails_the_run_after_the_page(
    evaluate: Evaluate, place: gunicorn.Place, database_url: str
) -> None:
    revision = deploy(place)
    insert(
        database_url, Met("base", 1500, revision=revision), Met("tuned", 1500, failing=12, revision=revision)
    )
    result = evaluate(expect="promote")
    assert (result["failed"], result["verdict"]) == (True, "roll_back")
    assert result["msg"].startswith(
        "the verdict is roll_back, expected was promote: The tuned model is proven worse"
    )
    page = "\n".join(result["report"]["text"])
    assert "roll back: The tuned model is proven worse: failed requests 12.0%, base 2.0%" in page
    assert "ansible-playbook -i inventory/local playbooks/rollback.yml" in page
    there = "\n".join(evaluate(confirms=True)["report"]["text"])
    assert "playbooks/rollback.yml -e finrisk_confirm=local" in " ".join(there.replace("\\\n", "").split())
    assert "failed" not in evaluate(expect="roll_back")
    acting = "\n".join(evaluate(acts_on=["roll_back"])["report"]["text"])
    assert "this run takes everybody back to base" in " ".join(acting.split())
    assert "rollback.yml" not in acting, "what the run does nobody has to type"


def test_reviewers_put_the_judge_right_and_the_page_says_by_how_many_labels(
    evaluate: Evaluate, place: gunicorn.Place, database_url: str
) -> None:
    """The judge takes both models for alike; reviewers find 0.3 less in the tuned one's answers."""
    revision = deploy(place)
    insert(database_url, *(Met(arm, USERS, revision=revision) for arm in ("base", "tuned")))
    label(database_url, 3, drawn=False, less=0.5)
    assert "quality is the judge's: 0 labels drawn at random" in said(evaluate())
    label(database_url, 200, drawn=True, less=0.3)
    result = evaluate()
    content = result["report"]["data"]
    assert content["reviews"] == {
        "drawn": 400,
        "others": 6,
        "corrected": 400,
        "reviewers": 1,
        "skipped": {"base": 0, "tuned": 0},
    }
    assert content["metrics"]["quality"]["difference"] == pytest.approx(-0.3, abs=0.01)
    assert result["verdict"] == "roll_back"
    assert "400 labels drawn at random, of one reviewer" in said(result)
    assert "; 6 others are reported only" in said(result)
    file = Path(result["evaluation_file"])
    assert "Quality is corrected by 400 labels" in file.with_suffix(".html").read_text()
    assert evaluate(evidence=str(file), database_url="", place=None)["report"]["data"] == content


def test_what_reviewers_could_not_score_is_said_though_they_scored_nothing(
    evaluate: Evaluate, place: gunicorn.Place, database_url: str
) -> None:
    revision = deploy(place)
    insert(database_url, *(Met(arm, USERS, revision=revision) for arm in ("base", "tuned")))
    assert "reviews" not in evaluate()["report"]["data"]
    label(database_url, 3, drawn=True)
    with psycopg.connect(database_url) as connection:
        connection.execute("update reviews set label = null, labelled_at = now()")
    told = said(evaluate())
    assert "quality is the judge's: 0 labels drawn at random, and both arms need" in told
    assert "skipped: 3 of base, 3 of tuned" in told


def test_the_cost_of_an_arm_is_told_where_its_price_is_known_and_decides_nothing(
    evaluate: Evaluate, place: gunicorn.Place, database_url: str
) -> None:
    revision = deploy(place)
    insert(database_url, *(Met(arm, USERS, revision=revision) for arm in ("base", "tuned")))
    unknown = evaluate()
    assert f"no price of {BASE_MODEL} in finrisk_answer_prices" in said(unknown)
    assert unknown["report"]["data"]["cost"] == {"base": None, "tuned": None}
    known = evaluate(prices={BASE_MODEL: {"prompt": 0.1, "answer": "0.5"}})
    assert known["report"]["data"]["cost"] == {"base": 0.15, "tuned": 0.15}
    assert "base $0.15, tuned $0.15 for 1,000 answers" in said(known)
    assert known["verdict"] == unknown["verdict"] == "promote"
    for wrong in (0.1, {"prompt": 1}, {"prompt": -1, "answer": 1}):
        refused = evaluate(prices={BASE_MODEL: wrong})
        assert refused["msg"].startswith(f"finrisk_answer_prices gives {wrong!r} for {BASE_MODEL}; write US")


def test_the_page_says_that_the_judge_has_not_moved(evaluate: Evaluate, place: gunicorn.Place) -> None:
    deploy(place)
    assert "anchors as version" in said(evaluate())


@pytest.mark.parametrize(("users", "failing"), [(USERS, 2), (1500, 12), (40, 2), (0, 0)])
def test_status_gives_the_verdict_of_the_gate_in_the_same_words(
    evaluate: Evaluate, status: Look, place: gunicorn.Place, database_url: str, users: int, failing: int
) -> None:
    revision = deploy(place)
    if users:
        tuned = Met("tuned", users, failing=failing, revision=revision)
        insert(database_url, Met("base", users, revision=revision), tuned)
    said, shown = evaluate()["report"]["data"], status()["data"]
    of_now = {key: said[key] for key in shown["evaluation"]}
    assert shown["evaluation"] == of_now
    assert shown["success"][:5] == said["success"][:5]
    backs = said["verdict"] == "roll_back"
    assert [each["roll_back"] for each in shown["findings"] if each["of_tuned"]] == [True] * backs
    assert (shown["decision"]["decision"] == "roll_back") == backs, "the service is stopped: all else holds"
    assert not backs or shown["decision"]["reason"] == said["reason"]


def test_status_says_what_the_gate_said_last_and_of_which_revision(
    evaluate: Evaluate, status: Look, place: gunicorn.Place, tmp_path: Path, database_url: str
) -> None:
    def told() -> tuple[dict[str, Any] | None, str]:
        report = status()
        return report["data"]["gate"], "\n".join(report["text"])

    revision = deploy(place)
    assert told()[0] is None
    assert "Gate            never asked: playbooks/evaluate.yml" in told()[1]
    insert(database_url, *(Met(arm, 40, revision=revision) for arm in ("base", "tuned")))
    said = evaluate()
    gate, page = told()
    assert gate is not None
    assert (gate["verdict"], gate["reason"], gate["file"]) == (
        "hold",
        said["reason"],
        said["evaluation_file"],
    )
    assert gate["needed"] == said["report"]["data"]["needed"]
    needed = f"about {gate['needed']['requests']:,} more requests"
    page = " ".join(page.split())
    assert f"needed then: {needed}" in page
    assert needed in "\n".join(said["report"]["text"])
    assert 0 <= gate["age_seconds"] < 120
    assert "Gate hold, " in page
    half = {"verdict": "hold", "reason": "", "inputs": {}, "sha256": ""}
    (tmp_path / "evaluations" / "evaluation_20991231_235959.json").write_text(json.dumps(half))
    again, _ = told()
    assert again is not None, "what is no evaluation is left out"
    assert again["file"] == gate["file"]
    deploy(place, ratio=75)
    assert f"ago of {revision}, which runs no more" in told()[1].replace("\n                ", " ")


def test_too_little_holds_and_says_what_is_needed(
    evaluate: Evaluate, place: gunicorn.Place, database_url: str
) -> None:
    assert "nothing is deployed in local" in evaluate()["msg"]
    revision = deploy(place)
    assert evaluate()["reason"].startswith("No request was answered in the stage that runs")
    insert(database_url, *(Met(arm, 40, revision=revision) for arm in ("base", "tuned")))
    result = evaluate()
    assert result["verdict"] == "hold"
    assert result["report"]["data"]["needed"]["requests"] > 100
    page = "\n".join(result["report"]["text"])
    assert "tuned: 40 requests of 40 users" in page
    assert "more requests" in page
    deploy(place, ratio=0)
    result = evaluate()
    assert result["reason"].startswith("Nobody gets the tuned model")
    assert "users on both arms: now one gets nobody" in "\n".join(result["report"]["text"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda content: content["inputs"].update(asked_at="2026-11-29T12:00:00+00:00"),
            "inputs of .* were changed",
        ),
        (lambda content: content.update(verdict="promote"), "says promote, its inputs give hold"),
        (lambda content: content.pop("inputs"), "is no evaluation"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    evaluate: Evaluate,
    place: gunicorn.Place,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    sentence: str,
) -> None:
    deploy(place)
    content = evaluate()["report"]["data"]
    change(content)
    file = tmp_path / "copy.json"
    file.write_text(json.dumps(content))
    with pytest.raises(AssertionError, match=sentence):
        raise AssertionError(evaluate(evidence=str(file))["msg"])


def test_rules_that_mean_nothing_are_refused(evaluate: Evaluate, place: gunicorn.Place) -> None:
    deploy(place)
    assert "finrisk_margins names latency" in evaluate(rules={"margins": {"latency": 0.1}})["msg"]
    assert "finrisk_margins is" in evaluate(rules={"margins": {"errors": "much"}})["msg"]
    assert "finrisk_alpha_rollback is 0.5" in evaluate(rules={"alpha_rollback": 0.5})["msg"]
