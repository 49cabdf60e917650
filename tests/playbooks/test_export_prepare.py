"""export.yml and prepare.yml, run as an operator runs them."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.grounds.playground import Playground
from tests.grounds.training_rows import insert


def files(playground: Playground) -> dict[str, str]:
    folder = playground.folder / "training_data"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_export_and_prepare_announce_what_they_do_do_it_once_and_leave_private_files(
    playground: Playground, database_url: str
) -> None:
    insert(database_url, 130)
    password = str(urlsplit(database_url).password)
    folder = playground.folder / "training_data"

    announced = playground.run("export", "--check", "--diff")
    assert (announced.code, announced.changed) == (0, 1), announced.output
    assert not folder.exists()
    first = playground.run("export", "-vvv")
    assert (first.code, first.changed) == (0, 1), first.output
    assert announced.last_lines[0] == first.last_lines[0]
    assert first.last_lines[0].startswith("130 examples, 130 of them usable")
    raw, metadata = (Path(line) for line in first.last_lines[-2:])
    assert raw.is_file()
    assert json.loads(metadata.read_text())["total_examples"] == 130
    second = playground.run("export")
    assert (second.code, second.changed) == (0, 0), second.output
    assert second.last_lines[-2:] == first.last_lines[-2:]

    announced = playground.run("prepare", "--check", "--diff")
    assert (announced.code, announced.changed) == (0, 1), announced.output
    assert set(files(playground)) == {raw.name, metadata.name}
    done = playground.run("prepare", "-vvv")
    assert (done.code, done.changed) == (0, 1), done.output
    assert [line for line in announced.last_lines if line != "would write:"] == [
        line for line in done.last_lines if line != "wrote:"
    ]
    assert all(Path(line).is_file() for line in done.last_lines[-3:])
    before = files(playground)
    again = playground.run("prepare")
    assert (again.code, again.changed) == (0, 0), again.output
    assert files(playground) == before

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    for run in (announced, first, second, done, again):
        assert password not in run.output


def test_too_few_rows_stop_the_export_with_what_is_missing(playground: Playground, database_url: str) -> None:
    insert(database_url, 7)
    run = playground.run("export", MIN_EXAMPLES="10")
    assert run.code == 2
    assert "7 usable examples, finrisk_min_examples is 10: 3 are missing" in " ".join(run.output.split())
    assert not list((playground.folder / "training_data").glob("*"))
    assert playground.run("export", "-e", "finrisk_min_examples=7", MIN_EXAMPLES="10").code == 0


def test_malformed_lines_of_an_export_are_set_aside_with_the_reason(
    playground: Playground, database_url: str
) -> None:
    insert(database_url, 40)
    exported = playground.run("export", MIN_EXAMPLES="1")
    raw = Path(exported.last_lines[-2])
    lines = raw.read_bytes().split(b"\n")
    lines[3] = lines[3][:100] + b","
    lines[5] = b'{"strategy": "caf\xe9"},'
    raw.write_bytes(b"\n".join(lines))
    run = playground.run("prepare")
    assert run.code == 0, run.output
    assert "1 not_json, 1 not_utf8" in run.stdout
    path = next(Path(line) for line in run.last_lines if Path(line).name.startswith("rejected_"))
    rejected = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(each["row"], each["reason"]) for each in rejected] == [(4, "not_json"), (6, "not_utf8")]


@pytest.mark.parametrize(
    ("playbook", "setting", "message"),
    [
        ("prepare", "finrisk_train_split=0.9", "run playbooks/export.yml first"),
        ("prepare", "finrisk_train_split=1.5", "finrisk_train_split is '1.5': expected a number from 0 to 1"),
        ("export", "finrisk_min_examples=many", "finrisk_min_examples"),
        ("export", "finrisk_since=yesterday", "finrisk_since is 'yesterday': expected a day or moment"),
    ],
)
def test_a_wrong_value_or_a_missing_export_is_named_with_what_to_do(
    playground: Playground, playbook: str, setting: str, message: str
) -> None:
    run = playground.run(playbook, "-e", setting)
    assert run.code == 2
    assert message in " ".join(run.output.split())
    assert not list((playground.folder / "training_data").glob("*"))


def test_a_database_that_does_not_answer_is_reported_without_its_password(playground: Playground) -> None:
    playground.sandbox(database_url="postgresql://finrisk_user:s3cret-pass@127.0.0.1:9/finrisk_db")
    run = playground.run("export", "-vvv")
    assert run.code == 2
    assert "cannot connect to PostgreSQL at 127.0.0.1:9/finrisk_db as finrisk_user" in run.output
    assert "s3cret-pass" not in run.output
