"""The file of keys: what is taken, what is left out, and the commands on it."""

from __future__ import annotations

import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from finrisk import api_keys, cli
from finrisk.http.errors import ApiError
from finrisk.http.keys import KeyRing

NOW = datetime(2027, 3, 1, tzinfo=UTC)
GOOD: dict[str, Any] = {"id": "a1", "name": "desk", "sha256": "ab" * 32, "roles": ["analyze"]}


def written(folder: Path, *entries: object) -> Path:
    path = folder / "api_keys.json"
    path.write_text(json.dumps(entries))
    return path


@pytest.mark.parametrize(
    "entry",
    [
        {},
        None,
        "a1",
        ["a1"],
        GOOD | {"id": 5},
        GOOD | {"id": "a-1"},
        GOOD | {"id": "x" * 33},
        GOOD | {"id": "a2\n"},
        GOOD | {"name": None},
        GOOD | {"sha256": "frk_a2_" + "s" * 43},
        GOOD | {"sha256": "AB" * 32},
        GOOD | {"roles": "analyze"},
        GOOD | {"roles": None},
        GOOD | {"roles": [{}]},
        GOOD | {"expires": "soon"},
        GOOD | {"expires": 20270101},
        GOOD | {"expires": {}},
        GOOD | {"expire": "2027-01-01"},
        GOOD | {"frk_a2_" + "s" * 43: ""},
    ],
)
def test_an_entry_that_cannot_be_used_costs_the_others_nothing(tmp_path: Path, entry: object) -> None:
    held = api_keys.read(written(tmp_path, GOOD | {"id": "before"}, entry, GOOD | {"id": "after"}))
    assert list(held.keys) == ["before", "after"]
    [problem] = held.problems
    assert problem.startswith("entry 2")
    assert "sss" not in problem
    assert "\n" not in problem


def test_of_two_entries_with_one_id_the_first_holds(tmp_path: Path) -> None:
    held = api_keys.read(written(tmp_path, GOOD, GOOD | {"sha256": "cd" * 32, "roles": ["admin"]}))
    assert held.keys["a1"].roles == {"analyze"}
    assert held.problems == ["entry 2 (a1) is left out: an entry before it has the same id"]


def test_a_key_in_place_of_a_role_is_not_repeated(tmp_path: Path) -> None:
    held = api_keys.read(written(tmp_path, GOOD | {"roles": ["frk_a1_" + "s" * 43]}))
    assert held.problems == ["entry 1 (a1): no role is called a word of another form; it allows nothing"]


def test_a_role_that_is_not_known_allows_nothing_and_takes_nothing(tmp_path: Path) -> None:
    held = api_keys.read(written(tmp_path, GOOD | {"roles": ["analyze", "audit"]}))
    assert "analyze" in held.keys["a1"].roles
    assert held.problems == ["entry 1 (a1): no role is called 'audit'; it allows nothing"]


def request_with(key: str) -> Request:
    return Request(EnvironBuilder(headers=[("Authorization", f"Bearer {key}")]).get_environ())


def test_a_file_that_stays_unreadable_keeps_the_keys_and_is_logged_once_until_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, said = [1000.0], list[str]()
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("finrisk.http.keys.log", lambda *line, **_: said.append(line[1]))
    key = "frk_a1_" + "s" * 43
    good = GOOD | {"sha256": api_keys.key_hash(key)}
    path = written(tmp_path, good)
    ring = KeyRing(path)
    for content in ("[", json.dumps([good]), "[", "{}"):
        assert ring.key_of(request_with(key)).id == "a1"
        path.write_text(content)
        for _ in range(3):
            now[0] += 1.1
            assert ring.key_of(request_with(key)).id == "a1"
    assert (
        said
        == [f"{path}: the file cannot be read (it is no JSON list in UTF-8): the keys known before stay"] * 2
    )
    path.unlink()
    for _ in range(3):
        now[0] += 1.1
        with pytest.raises(ApiError, match="not known"):
            ring.key_of(request_with(key))
    assert said[2:] == [f"{path}: the file is not there: no key is known"]


@pytest.mark.parametrize("text", ["{}", "[", "\xff", "7", "[" * 100_000])
def test_what_is_no_list_is_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "api_keys.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"list|JSON|decode|Expecting|nested"):
        api_keys.read(path)


@pytest.mark.parametrize(
    ("expires", "state"),
    [
        ("2027-03-01", "expired"),
        ("2027-03-02", "valid"),
        ("2027-03-01T00:00:00", "expired"),
        ("2027-03-01T00:00:01Z", "valid"),
        ("2027-03-01T01:00:00+02:00", "expired"),
        ("2027-02-28T23:30:00-02:00", "valid"),
        (None, "valid"),
    ],
)
def test_a_key_is_good_until_the_moment_it_expires(expires: str | None, state: str) -> None:
    assert api_keys.ApiKey.model_validate(GOOD | {"expires": expires}).state(NOW) == state


def test_ending_marks_one_key_and_leaves_the_rest_as_it_was(tmp_path: Path) -> None:
    entries = [GOOD | {"id": "b2", "name": "Zürich"}, {"broken": True}, GOOD]
    path = written(tmp_path, *entries)
    path.chmod(0o644)
    before = path.stat().st_ino
    key = api_keys.end(path, "a1", NOW)
    assert (key.id, key.state(NOW)) == ("a1", "ended")
    assert json.loads(path.read_text()) == [*entries[:2], GOOD | {"ended": "2027-03-01T00:00:00+00:00"}]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_ino != before
    assert os.listdir(tmp_path) == ["api_keys.json"]
    assert api_keys.end(path, "a1", NOW + timedelta(days=1)).ended == NOW


def test_ending_replaces_the_file_that_a_link_points_to(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(written(tmp_path, GOOD))
    api_keys.end(link, "a1", NOW)
    assert link.is_symlink()
    assert api_keys.read(link).keys["a1"].ended == NOW


def test_a_made_key_is_one_that_the_service_takes_and_its_entry_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["keys", "make", "--name", "Desk 4", "--roles", "analyze,feedback", "--expires", "90d"])
    made = json.loads(capsys.readouterr().out)
    key = api_keys.read(written(tmp_path, made["entry"])).keys[made["entry"]["id"]]
    form = api_keys.FORM.fullmatch(made["key"])
    assert form
    assert form["id"] == key.id
    assert key.sha256 == api_keys.key_hash(made["key"])
    assert key.created
    assert key.expires == key.created + timedelta(days=90)


def test_the_older_spelling_makes_a_key_that_never_expires(capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["keys", "--name", "Desk 4", "--roles", "documents"])
    entry = json.loads(capsys.readouterr().out)["entry"]
    assert (entry["name"], entry["roles"]) == ("Desk 4", ["documents"])
    assert "expires" not in entry


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["keys"], "finrisk keys make --name NAME"),
        (["keys", "make", "--name", "x", "--roles", "analyse"], "unknown role analyse"),
        (["keys", "make", "--name", "x", "--expires", "soon"], "'soon' cannot be used"),
        (["keys", "make", "--name", "x", "--expires", "2020-01-01"], "is past"),
        (["keys", "make", "--name", "x", "--expires", "0d"], "is past"),
        (["keys", "list", "/nowhere/api_keys.json"], "cannot use /nowhere/api_keys.json: No such file"),
        (["keys", "end", "a1", "/nowhere/api_keys.json"], "`ended` in the entry of finrisk_client_keys"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(arguments: list[str], reason: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(reason)):
        cli.main(arguments)


def test_the_list_shows_each_key_with_its_state_and_no_hash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINRISK_VAR_DIR", str(tmp_path))
    written(
        tmp_path,
        GOOD,
        GOOD | {"id": "b2", "expires": "2020-01-01", "name": "two\nlines"},
        GOOD | {"id": "c3", "created": "2026-01-02", "ended": "2026-02-03"},
        {"id": "d4"},
    )
    cli.main(["keys", "list"])
    shown = capsys.readouterr()
    head, *rows = [re.split(r"  +", line) for line in shown.out.splitlines()]
    assert head == ["ID", "STATE", "EXPIRES", "CREATED", "ROLES", "NAME"]
    assert rows == [
        ["a1", "valid", "-", "-", "analyze", "desk"],
        ["b2", "expired", "2020-01-01 00:00Z", "-", "analyze", "two lines"],
        ["c3", "ended", "-", "2026-01-02 00:00Z", "analyze", "desk"],
    ]
    assert "entry 4 (d4) is left out" in shown.err
    assert "abab" not in shown.out + shown.err


def test_ending_names_what_keeps_the_key_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINRISK_KEYS_FILE", str(written(tmp_path, GOOD)))
    cli.main(["keys", "end", "a1"])
    shown = capsys.readouterr().out
    assert "a1 (desk) has ended" in shown
    assert 'ended: "' in shown
    with pytest.raises(SystemExit, match="holds no usable key 'a2'"):
        cli.main(["keys", "end", "a2"])
    written(tmp_path, GOOD | {"name": "\x1b[2Jdesk\n"})
    cli.main(["keys", "end", "a1"])
    assert "a1 ( [2Jdesk ) has ended" in capsys.readouterr().out
