"""erase.yml, run as an operator runs it."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg

from finrisk_rules.identity import keyed_hash
from tests.grounds.playground import USER_HASH_KEY, Playground
from tests.grounds.training_rows import insert, row

USER = "jane roe"


def test_erase_announces_what_it_does_does_it_once_and_never_shows_whom(
    playground: Playground, database_url: str
) -> None:
    playground.sandbox(database_url=database_url, user_hash_key=USER_HASH_KEY)
    told = {"user_id": keyed_hash(USER_HASH_KEY, USER), "arm": "base"}
    own = [row(number, **told, sources=[{"document_id": "corvane-2025"}]) for number in (40, 41)]
    insert(database_url, 40, *own)
    exported = playground.run("export", MIN_EXAMPLES="1")
    assert exported.code == 0, exported.output
    traced = playground.run("status", "-e", "finrisk_format=json", "-e", f'{{"finrisk_trace": "{USER}"}}')
    assert json.loads(traced.stdout)["exports"] == {exported.last_lines[-2]: 2}, traced.output
    prepared = playground.run("prepare")
    assert prepared.code == 0, prepared.output
    [training] = [Path(line) for line in prepared.last_lines if "training_set_" in line]
    line = f"{training.name}:{len(training.read_text().splitlines())}"
    traced = playground.run("status", "-e", f"finrisk_trace={line}")
    assert traced.stdout.startswith("1 request\n"), traced.output
    assert "  base  gemini-3.5-flash-lite  collected  sources: corvane-2025\n" in traced.stdout
    assert f"training_set:{line.rpartition(':')[2]}" in traced.stdout
    arguments = ("-e", f'{{"finrisk_user": "{USER}"}}', "-vvv")
    announced = playground.run("erase", "--check", "--diff", *arguments)
    assert (announced.code, announced.changed) == (0, 1), announced.output
    done = playground.run("erase", *arguments)
    assert (done.code, done.changed) == (0, 1), done.output
    gone = ["2 rows of training_data", f"2 rows of {exported.last_lines[-2]}"]
    assert announced.last_lines[1:3] == done.last_lines[1:3] == gone
    [stale] = done.last_lines[3:]
    assert "dataset_metadata_" in stale
    assert announced.last_lines[3:] == [stale]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from training_data").fetchone() == (40,)
    traced = playground.run("status", "-e", f"finrisk_trace={own[0]['id']}")
    asked, holding = traced.stdout.splitlines()
    assert asked == "0 requests"
    assert stale.partition(" ")[0] in holding, "the dataset has it until it is made anew"
    again = playground.run("erase", *arguments)
    assert not [run for run in (announced, done, again) if USER in run.stdout]
    assert (again.code, again.changed) == (0, 0), again.output


def test_production_asks_first(playground: Playground) -> None:
    run = playground.run("erase", "-e", "finrisk_user=a", "-e", "finrisk_confirm_required=true")
    assert run.code == 2
    assert "-e finrisk_confirm=local" in run.output


def test_without_the_key_nobody_is_looked_for(playground: Playground) -> None:
    run = playground.run("erase", "-e", "finrisk_user=a", USER_HASH_KEY="")
    assert run.code == 2
    assert "set USER_HASH_KEY" in " ".join(run.output.split())
