"""erase.yml, run as an operator runs it."""

from __future__ import annotations

import json

import psycopg

from finrisk_rules.identity import keyed_hash
from tests.grounds.playground import USER_HASH_KEY, Playground
from tests.grounds.training_rows import insert, row

USER = "jane roe"


def test_erase_announces_what_it_does_does_it_once_and_never_shows_whom(
    playground: Playground, database_url: str
) -> None:
    playground.sandbox(database_url=database_url, user_hash_key=USER_HASH_KEY)
    own = [row(number, user_id=keyed_hash(USER_HASH_KEY, USER)) for number in (40, 41)]
    insert(database_url, 40, *own)
    exported = playground.run("export", MIN_EXAMPLES="1")
    assert exported.code == 0, exported.output
    traced = playground.run("status", "-e", "finrisk_format=json", "-e", f'{{"finrisk_trace": "{USER}"}}')
    assert json.loads(traced.stdout)["exports"] == {exported.last_lines[-2]: 2}, traced.output
    arguments = ("-e", f'{{"finrisk_user": "{USER}"}}', "-vvv")
    announced = playground.run("erase", "--check", "--diff", *arguments)
    assert (announced.code, announced.changed) == (0, 1), announced.output
    done = playground.run("erase", *arguments)
    assert (done.code, done.changed) == (0, 1), done.output
    gone = ["2 rows of training_data", f"2 rows of {exported.last_lines[-2]}"]
    assert announced.last_lines[1:] == done.last_lines[1:] == gone
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select count(*) from training_data").fetchone() == (40,)
    traced = playground.run("status", "-e", f"finrisk_trace={own[0]['id']}")
    assert traced.stdout.splitlines() == ["0 requests"], traced.output
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
