"""The clients' keys on their way from the inventory to the service."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from finrisk import api_keys, cli
from finrisk_ops.errors import FinriskError
from finrisk_ops.process.credentials import (
    are_lost,
    credential_values,
    held,
    keep,
    loss,
    restore,
    write_credentials,
)
from finrisk_ops.release import credentials

CLIENT: dict[str, Any] = {"id": "a1", "name": "desk", "sha256": "ab" * 32, "roles": ["analyze"]}
OTHER = CLIENT | {"id": "b2", "sha256": "cd" * 32}
SECRET: dict[str, Any] = {"stringData": {"DATABASE_URL": ""}}


def site(folder: Path, *clients: dict[str, Any]) -> bool:
    """Write the keys as site.yml does; say whether anything changed."""
    keys = credentials.client_keys(clients)
    announced = write_credentials(folder, SECRET, keys, check=True)
    written = write_credentials(folder, SECRET, keys, check=False)
    assert announced == written, "a check tells what a run does, and does none of it"
    return bool(written)


def states(folder: Path) -> dict[str, str]:
    held = api_keys.read(folder / "api_keys.json")
    assert not held.problems
    return {key.id: key.state(datetime.now(UTC)) for key in held.keys.values()}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2127-06-30", "2127-06-30T00:00:00+00:00"),
        (date(2127, 6, 30), "2127-06-30T00:00:00+00:00"),
        (datetime(2127, 6, 30, 12, tzinfo=UTC), "2127-06-30T12:00:00+00:00"),
        ("2127-06-30T12:00:00+02:00", "2127-06-30T10:00:00+00:00"),
        ("21270630", "2127-06-30T00:00:00+00:00"),
    ],
)
def test_a_date_of_the_inventory_is_one_moment_to_the_service(
    tmp_path: Path, written: object, read: str
) -> None:
    site(tmp_path, CLIENT | {"expires": written, "created": "2026-01-01", "ended": ""})
    [entry] = json.loads((tmp_path / "api_keys.json").read_text())
    assert (entry["expires"], entry["created"]) == (read, "2026-01-01T00:00:00+00:00")
    assert "ended" not in entry
    assert states(tmp_path) == {"a1": "valid"}


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (CLIENT | {"expires": "next year"}, r"entry 1 \(a1\): expires 'next year' is no date"),
        (CLIENT | {"expire": "2027-06-30"}, "entry 1 has"),
        ({"id": "a1"}, "entry 1 has"),
        (CLIENT | {"id": 12345678}, "the id 12345678 is no text of .* put it in quotes"),
        (CLIENT | {"id": "a-1"}, "the id 'a-1' is no text"),
        (CLIENT | {"roles": "analyze"}, r"roles is no list; write it as \[analyze, feedback\]"),
        (CLIENT | {"labels": "desk: equities"}, "labels is no list"),
        (CLIENT | {"labels": ["equities"]}, "'equities' is no label; write it in quotes"),
        (CLIENT | {"labels": [{"desk": "equities", "region": "eu"}]}, "is no label; write it in quotes"),
    ],
)
def test_an_entry_that_the_service_would_leave_out_stops_the_playbook(
    entry: dict[str, Any], reason: str
) -> None:
    with pytest.raises(FinriskError, match=reason):
        credentials.client_keys([entry])


def test_an_entry_that_keys_make_prints_is_taken_with_all_its_fields(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = ["--label", "desk: equities", "--label", "region: eu"]
    cli.main(["keys", "make", "--name", "desk", "--roles", "analyze", "--expires", "90d", *labels])
    entry = json.loads(capsys.readouterr().out)["entry"]
    site(tmp_path, entry)
    assert not site(tmp_path, entry)
    (held,) = api_keys.read(tmp_path / "api_keys.json").keys.values()
    assert held.model_dump(mode="json", exclude_none=True) == (
        api_keys.ApiKey.model_validate(entry).model_dump(mode="json", exclude_none=True)
    )
    assert held.labels == {"desk: equities", "region: eu"}
    assert credentials.shown_clients([entry])[entry["id"]]["labels"] == entry["labels"]


def test_a_label_without_quotes_is_the_label_that_was_written(tmp_path: Path) -> None:
    site(tmp_path, CLIENT | {"labels": yaml.safe_load("[desk: equities, 'region: eu']")})
    assert api_keys.read(tmp_path / "api_keys.json").keys["a1"].labels == {"desk: equities", "region: eu"}


def test_a_key_that_was_ended_stays_so_when_the_inventory_does_not_know(tmp_path: Path) -> None:
    assert site(tmp_path, CLIENT, OTHER)
    cli.main(["keys", "end", "a1", str(tmp_path / "api_keys.json")])
    assert not site(tmp_path, CLIENT, OTHER)
    assert site(tmp_path, CLIENT | {"name": "renamed"}, OTHER)
    assert states(tmp_path) == {"a1": "ended", "b2": "valid"}


def test_a_new_key_under_the_id_of_an_ended_one_is_another_key(tmp_path: Path) -> None:
    site(tmp_path, CLIENT)
    cli.main(["keys", "end", "a1", str(tmp_path / "api_keys.json")])
    site(tmp_path, CLIENT | {"sha256": "ef" * 32})
    assert states(tmp_path) == {"a1": "valid"}


def test_an_end_in_the_inventory_ends_the_key(tmp_path: Path) -> None:
    site(tmp_path, CLIENT | {"ended": "2026-01-01"}, OTHER)
    assert states(tmp_path) == {"a1": "ended", "b2": "valid"}


@pytest.mark.parametrize("held", ["", "{}", "[7]", '[{"ended": "2026-01-01"}]', "\xff"])
def test_a_file_that_cannot_be_read_is_written_anew(tmp_path: Path, held: str) -> None:
    (tmp_path / "api_keys.json").write_text(held, "latin-1")
    assert site(tmp_path, CLIENT)
    assert states(tmp_path) == {"a1": "valid"}


def test_a_diff_shows_when_a_key_ends_and_no_whole_hash() -> None:
    shown = credentials.shown_clients(credentials.client_keys([CLIENT | {"expires": "2027-06-30"}]))
    assert shown["a1"]["expires"] == "2027-06-30T00:00:00+00:00"
    assert "ab" * 32 not in json.dumps(shown)


def test_credentials_that_are_gone_come_back_as_they_were_written_last(tmp_path: Path) -> None:
    file, copy = tmp_path / "credentials.json", tmp_path / "credentials-copy.json"
    for password in ("old", "rotated"):
        write_credentials(tmp_path, {"stringData": {"DATABASE_URL": password}}, [], check=False)
    assert copy.stat().st_mode & 0o777 == 0o600
    file.unlink()
    restore(tmp_path)
    assert json.loads(file.read_text()) == {"stringData": {"DATABASE_URL": "rotated"}}
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text('{"stringData": {"DATABASE_URL": "by hand"}}')
    restore(tmp_path)
    assert "by hand" in file.read_text(), "what is there is not touched"
    keep(tmp_path)
    assert copy.read_bytes() == file.read_bytes(), "a release that ran with it keeps it"


@pytest.mark.parametrize("broken", ['{"stri', "", "[]", '{"stringData": 7}'])
def test_credentials_that_cannot_be_read_are_lost_as_those_that_are_gone(tmp_path: Path, broken: str) -> None:
    file, copy = tmp_path / "credentials.json", tmp_path / "credentials-copy.json"
    write_credentials(tmp_path, {"stringData": {"DATABASE_URL": "kept"}}, [], check=False)
    whole = copy.read_bytes()
    file.write_text(broken)
    assert loss(tmp_path) == f"{file} cannot be read"
    assert credential_values(tmp_path) == {"DATABASE_URL": "kept"}
    keep(tmp_path)
    assert copy.read_bytes() == whole, "what is broken is not kept"
    restore(tmp_path)
    assert file.read_bytes() == whole
    file.write_text(broken)
    copy.write_text(broken)
    assert not are_lost(tmp_path), "nothing brings them back"
    with pytest.raises(FinriskError, match=r"cannot be read; run playbooks/site\.yml"):
        credential_values(tmp_path)
    assert held(tmp_path, "DATABASE_URL") == ""
    write_credentials(tmp_path, {"stringData": {"DATABASE_URL": "new"}}, [], check=False)
    assert credential_values(tmp_path) == {"DATABASE_URL": "new"}


def test_the_copy_of_the_credentials_is_told_of_where_it_alone_is_written(tmp_path: Path) -> None:
    def written() -> list[str]:
        return [change.path.name for change in write_credentials(tmp_path, SECRET, [], check=False)]

    assert written() == ["credentials.json", "api_keys.json"]
    (tmp_path / "credentials-copy.json").unlink()
    assert written() == ["credentials-copy.json"]
    assert written() == []


@pytest.mark.parametrize(
    ("held", "wanted", "ratio", "refused"),
    [
        ("k1", "k2", 25, True),
        ("k1", "k2", 100, True),
        ("k1", "k2", 0, False),
        ("k1", "k1", 25, False),
        ("", "k2", 25, False),
    ],
)
def test_another_key_for_the_hashes_of_users_is_refused_while_the_tuned_model_has_users(
    held: str, wanted: str, ratio: int, refused: bool
) -> None:
    if not refused:
        credentials.check_hash_key(held, wanted, ratio)
        return
    with pytest.raises(FinriskError, match="finrisk_force_conflicts=true") as error:
        credentials.check_hash_key(held, wanted, ratio)
    assert f"{ratio} % of the users" in error.value.message
    assert held not in error.value.message.split()
    assert wanted not in error.value.message.split()
