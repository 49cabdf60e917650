"""The five troubles of the old manual, brought about for real: status.yml names each and how to mend it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest

from finrisk_ops.process import gunicorn
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.analysts import Reply, Strategy
from tests.grounds.checkout import Checkout, checkout
from tests.grounds.datasets import dataset
from tests.grounds.repository import REPOSITORY
from tests.grounds.tuning import tuned_model
from tests.grounds.waiting import until

TROUBLESHOOTING = (REPOSITORY / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
STRATEGY = "Which liquidity and refinancing risks does Corvane Bank name, and with which figures?"

# The sections of docs/troubleshooting.md.
COLLECTION = "Data collection does not work"
TUNING = "A tuning job fails"
AB_TEST = "A/B testing does not work"
SLOWER = "The tuned model is slower than base"
WORSE = "The tuned model's answers are worse"


def strategies(count: int, users: int) -> list[Strategy]:
    """Questions of so many users, in turn."""
    names = (f"user-{number % users}" for number in range(count))
    return [Strategy(name, f"session-{name}", STRATEGY, frozenset()) for name in names]


def shape(text: str) -> str:
    """A text without what differs from run to run: figures, names of models, the folder, line ends."""
    text = re.sub(r"r\d{4}-[0-9a-f]{8}|finrisk-v\d+-[0-9a-f]{8}", "NAME", text)
    text = re.sub(r"got the (base|tuned) model", "got the SAME model", text)
    text = re.sub(r"released by \S+ at \S+", "released by WHO", text)
    text = re.sub(r"\d[\d,.]*", "N", text.replace("\\\n", ""))
    return re.sub(r"\s+", " ", text).strip()


def documented(title: str) -> list[str]:
    """The findings that a section of docs/troubleshooting.md shows, each up to its command."""
    section = TROUBLESHOOTING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert section, title
    shown = "\n".join(re.findall(r"```text\n(.*?)```", section, re.DOTALL))
    return [shape(each) for each in re.split(r"^\d+\. ", shown, flags=re.MULTILINE) if each.strip()]


def named(place: Checkout, title: str, *wanted: tuple[str, str]) -> list[dict[str, Any]]:
    """The findings about this with these words: in the JSON of status.yml, on its page, and as documented."""
    text, data = place.status()
    found = text.partition("\nFindings")[2].partition("\nReleases")[0]
    shown = [shape(each) for each in re.split(r"(?:^|\n)\s*\d+\. ", found)]
    named = []
    for about, words in wanted:
        fitting = [each for each in data["findings"] if each["about"] == about and words in each["what"]]
        assert len(fitting) == 1, data["findings"]
        (printed,) = (each for each in shown if shape(fitting[0]["what"]) in each)
        assert shape(fitting[0]["command"]) in printed
        assert printed in documented(title), printed
        named += fitting
    return named


def a_day_passes(place: Checkout) -> None:
    """What was asked so far is older than the 24 hours that status looks at."""
    place.execute("update analyses set created_at = created_at - interval '25 hours'")


@pytest.fixture(scope="module")
def started() -> Iterator[Checkout]:
    """An environment with documents, where nobody has asked anything yet."""
    with checkout() as place:
        place.playbook("ingest.yml")
        yield place


@pytest.fixture
def place(started: Checkout) -> Iterator[Checkout]:
    """The environment a day after the last trouble, with everybody on base and no fault on the wire."""
    a_day_passes(started)
    yield started
    started.wire.clear()


@pytest.fixture
def tuned(place: Checkout) -> Checkout:
    """The environment with a tuned model."""
    if not any(json.loads(file.read_text())["state"] == "ACTIVE" for file in job_files(place)):
        place.wire.fault(kind="job_slow", seconds=0.3)
        tuned_model(place.wire, place.training_data, place.database_url)
    return place


@pytest.fixture
def half(tuned: Checkout) -> Checkout:
    """The environment with half of the users on its tuned model."""
    if (tuned.settings["AB_TEST_TRAFFIC_SPLIT"], tuned.settings["AB_TEST_UNIT"]) != ("0.5", "user"):
        tuned.playbook("deploy.yml -e finrisk_ab_ratio=50")
    return tuned


def job_files(place: Checkout) -> list[Path]:
    return list(place.training_data.glob("finetuning_job_*.json"))


def test_no_requests_at_all_are_named(place: Checkout) -> None:
    (found,) = named(place, COLLECTION, ("collection", "No analysis was asked for in the last 24 hours"))
    assert "/api/v1/analyze" in found["command"]


def test_answers_that_are_all_below_the_threshold_are_named(place: Checkout) -> None:
    place.playbook("site.yml -e finrisk_data_collection_quality=1.0")
    place.ask(strategies(3, 3))
    (found,) = named(place, COLLECTION, ("collection", "None of the 3 answers"))
    assert "finrisk_data_collection_quality=0.8" in found["command"]
    assert place.count("training_data") == 0


def test_collection_that_is_off_is_named_and_the_command_mends_it(place: Checkout) -> None:
    place.playbook("site.yml -e finrisk_enable_data_collection=false")
    place.ask(strategies(2, 2))
    (found,) = named(place, COLLECTION, ("collection", "Data collection is off"))
    place.command(found["command"])
    place.ask(strategies(1, 1))
    until(lambda: place.count("training_data") == 1)


def test_a_database_that_is_down_is_named_and_the_command_mends_it(place: Checkout) -> None:
    held = connections.read(place.var)
    assert held
    postgresql.halt(place.var, held.processes["postgresql"])
    (found,) = named(place, COLLECTION, ("collection", "The database cannot be read from here"))
    place.command(found["command"])
    until(lambda: place.ask(strategies(1, 1))[0].metadata["approach"] == "rag_base")


def test_a_service_starts_and_deploys_while_the_database_is_down_and_says_what_was_not_checked(
    place: Checkout,
) -> None:
    held = connections.read(place.var)
    assert held
    postgresql.halt(place.var, held.processes["postgresql"])
    gunicorn.stop(place.place)
    for line in ("site.yml --check", "site.yml", "deploy.yml --check -e finrisk_ab_ratio=0"):
        said = place.playbook(line).told
        assert "DATABASE NOT CHECKED: at 127.0.0.1" in said
        assert "run site.yml again then" in said
    reply = place.analysts().ask(strategies(1, 1)[0])
    assert (reply.status, reply.metadata["approach"]) == (200, "ungrounded")
    place.command("python -m sandbox up")
    assert "NOT CHECKED" not in place.playbook("site.yml").output
    until(lambda: place.ask(strategies(1, 1))[0].metadata["approach"] == "rag_base")


def test_a_database_that_refuses_stops_a_site(place: Checkout) -> None:
    wrong = place.database_url.replace(place.database_url.split(":")[2].split("@")[0], "a-wrong-word")
    done = place.shell(
        f"{sys.executable} -m ansible playbook playbooks/site.yml -e finrisk_database_url={wrong}"
    )
    assert done.code == 2
    assert "password authentication failed" in done.output
    assert "a-wrong-word" not in done.output


def test_a_failed_job_is_named_with_the_providers_message_and_can_be_tried_again(place: Checkout) -> None:
    message = "Dataset is not valid JSONL: row 3 has no contents."
    dataset(place.training_data)
    place.wire.fault(kind="job_slow", seconds=0.3)
    place.wire.fault(kind="job_fail", message=message, times=1)
    tuned = place.shell(f'PATH="{place.folder}/.venv/bin:$PATH" ansible-playbook playbooks/tune.yml')
    assert tuned.code == 2
    assert f"FAILED {message}" in tuned.stdout
    (found,) = named(place, TUNING, ("tuning", message.rstrip(".")))
    assert found["causes"] == ["the training data is not what the service expects"]
    again = found["command"].rpartition("&& ")[2]  # nothing was exported here that could be prepared again
    assert "\nACTIVE projects/" in place.command(again).stdout


def test_flags_that_are_off_are_named_and_the_command_mends_it(tuned: Checkout) -> None:
    (found,) = named(tuned, AB_TEST, ("A/B test", "Nobody gets the tuned model"))
    assert "ENABLE_FINETUNING=false, ENABLE_AB_TESTING=false, AB_TEST_TRAFFIC_SPLIT=0" in found["what"]
    tuned.command(found["command"])
    assert tuned.settings["AB_TEST_TRAFFIC_SPLIT"] == "0.25"


def test_one_single_user_is_named_also_after_others_asked_before_the_release(tuned: Checkout) -> None:
    tuned.ask(strategies(6, 6))
    tuned.playbook("deploy.yml -e finrisk_ab_ratio=40")
    replies = tuned.ask([replace(each, user_id="test_user") for each in strategies(10, 1)])
    assert len({reply.metadata["arm_assigned"] for reply in replies}) == 1
    (found,) = named(tuned, AB_TEST, ("A/B test", "All 10 requests came from one user"))
    assert "one user always gets the same model" in found["causes"][0]
    tuned.command(found["command"])
    replies = tuned.ask([replace(each, user_id="test_user") for each in strategies(40, 1)])
    assert {reply.metadata["arm_assigned"] for reply in replies} == {"base", "tuned"}


def by_arm(replies: list[Reply]) -> dict[str, list[Reply]]:
    arms: dict[str, list[Reply]] = {"base": [], "tuned": []}
    for reply in replies:
        arms[reply.metadata["arm_assigned"]].append(reply)
    assert min(map(len, arms.values())) >= 30, "too few of one arm to be compared"
    return arms


def test_a_slow_tuned_model_is_named(half: Checkout) -> None:
    half.wire.fault(kind="latency", ms=2100, arm="tuned")
    half.ask(strategies(40, 40))
    (found,) = named(half, SLOWER, ("latency", "is proven worse: slow answers"))
    assert found["command"].endswith("rollback.yml")


def test_bad_ratings_of_the_tuned_model_are_named(half: Checkout) -> None:
    arms = by_arm(half.ask(strategies(180, 180)))
    analysts = half.analysts()
    given = [(-1 if arm == "tuned" else 1, reply) for arm, replies in arms.items() for reply in replies]
    Random(1).shuffle(given)  # noqa: S311  users of both arms rate side by side
    for rating, reply in given:
        body = {"request_id": reply.metadata["request_id"], "rating": rating}
        assert analysts.call("/api/v1/feedback", body)[0] == 200
    until(lambda: unrated(half) == 0)
    (found,) = named(half, WORSE, ("quality", "is proven worse: negative ratings"))
    assert found["command"].endswith("rollback.yml")


def unrated(place: Checkout) -> int:
    """How many analyses of today have no rating yet."""
    with psycopg.connect(place.database_url) as connection:
        row = connection.execute(
            "select count(*) from analyses where rating is null and created_at > now() - interval '24 hours'"
        ).fetchone()
    assert row
    return int(row[0])


def test_a_tuned_model_that_refuses_to_answer_or_fails_is_named_and_rolled_back(half: Checkout) -> None:
    half.wire.fault(kind="safety", arm="tuned")
    half.wire.fault(kind="status", code=500, arm="tuned", probability=0.4, seed=1)
    by_arm(half.ask(strategies(320, 320)))
    refusing, *_ = named(
        half,
        WORSE,
        ("unanswered", "is proven worse: unanswered questions"),
        ("errors", "is proven worse: failed requests"),
    )
    half.command(refusing["command"])
    assert half.settings["ENABLE_FINETUNING"] == "false"
