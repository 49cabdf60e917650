"""A user or a document goes from tables, journal and exports; the rest stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import psycopg
import pytest
from psycopg import sql

from finrisk.aside import records_aside, set_aside
from finrisk.journal import decoded, write_sealed
from finrisk_ops.dataset import export, prepare
from finrisk_ops.erasure import erasure, files, tables
from finrisk_ops.erasure.subject import Subject
from finrisk_ops.offline.answers import Answers
from tests.grounds import subjects
from tests.grounds.exports import ask
from tests.grounds.modules import run_module
from tests.grounds.subjects import DOCUMENT, HASH, KEY, MODEL, OTHER_MODEL, request_id, tree
from tests.grounds.waiting import until

TABLES = ("analyses", "training_data", "feedback")


def left(url: str) -> dict[str, int]:
    """How many rows the tables have."""
    counts = [sql.SQL("(select count(*) from {})").format(sql.Identifier(table)) for table in TABLES]
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.SQL("select {}").format(sql.SQL(", ").join(counts))).fetchone()
    assert row
    return dict(zip(TABLES, row, strict=True))


@pytest.fixture
def options(database_url: str, tmp_path: Path) -> dict[str, Any]:
    return subjects.options(database_url, tmp_path)


def journal_of(options: dict[str, Any]) -> list[str]:
    """The ids of what waits and of what was set aside."""
    folder = Path(options["place"]["process"]["var_dir"]) / "journal"
    waiting = [record for path in folder.glob("*.seg") for record in decoded(path).records]
    records = [*waiting, *(entry.record for entry in records_aside(folder))]
    return [record["analysis"]["id"] for record in records]


def test_a_user_is_announced_goes_and_stays_gone(options: dict[str, Any], database_url: str) -> None:
    before, rows = tree(options), left(database_url)
    announced = run_module("finrisk_erasure", {**options, "user_hash": HASH}, check=True)
    assert (tree(options), left(database_url)) == (before, rows)
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    told = ("changed", "rows", "journal_records", "exports", "stale_datasets", "models")
    assert {name: announced[name] for name in told} == {name: done[name] for name in told}
    assert done["changed"]
    assert done["rows"] == {"analyses": 4, "training_data": 3, "feedback": 3}
    assert left(database_url) == {"analyses": 2, "training_data": 27, "feedback": 0}
    assert done["journal_records"] == 2
    assert journal_of(options) == ["2", "2"]
    assert list(done["exports"].values()) == [3]
    assert done["models"] == [MODEL]
    assert not [name for name, content in tree(options).items() if HASH.encode() in content]
    again = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert not again["changed"]
    assert again["summary"][0].endswith("nothing is kept")


def test_a_rating_that_waits_goes_with_the_answer_that_the_tables_have(options: dict[str, Any]) -> None:
    folder = Path(options["place"]["process"]["var_dir"]) / "journal"
    own, other = ({"feedback": {"request_id": request_id(number)}} for number in (25, 1))
    write_sealed(folder / "2-a-000001.seg", [own, other])
    set_aside(folder, "2-a", own, "DataError")
    assert run_module("finrisk_erasure", {**options, "user_hash": HASH})["journal_records"] == 4
    assert decoded(folder / "2-a-000001.seg").records == [other]
    assert not (folder / "2-a.bad").exists()


def test_an_export_keeps_the_bytes_of_other_rows_and_is_that_of_the_tables(options: dict[str, Any]) -> None:
    folder = Path(options["output_dir"])
    [raw] = folder.glob("training_data_raw_*")
    rows = {line.rstrip(b",") for line in raw.read_bytes().splitlines()}
    run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert {line.rstrip(b",") for line in raw.read_bytes().splitlines()} <= rows
    assert len(json.loads(raw.read_bytes())) == 27
    request = export.Request(options["database_url"], folder, "test", 1, 0.9)
    assert not export.run(request, check_mode=False)["changed"]
    [metadata] = folder.glob("export_metadata_*")
    assert [each["rows"] for each in json.loads(metadata.read_text())["erased"]] == [3]


def test_what_models_answered_to_a_dataset_goes_with_its_subject(options: dict[str, Any]) -> None:
    folder = Path(options["output_dir"])
    texts = [folder / "offline_answers_0123456789ab.jsonl", folder / "offline_report_0123456789ab_0.html"]
    for path in texts:
        path.write_text("text")
    announced = run_module("finrisk_erasure", {**options, "user_hash": HASH}, check=True)
    assert all(path.exists() for path in texts)
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    for told in (announced, done):
        assert all(f"all of {path}" in told["summary"] for path in texts), told["summary"]
    assert not any(path.exists() for path in texts)


def test_answers_that_a_run_still_writes_are_named_and_go_when_it_has_ended(options: dict[str, Any]) -> None:
    path = Path(options["output_dir"]) / "offline_answers_0123456789ab.jsonl"
    path.write_text("answers\n")
    with Answers(path).writing():
        refused = run_module("finrisk_erasure", {**options, "user_hash": HASH})
        assert f"asks models now and writes {path}" in refused["msg"]
        assert path.exists()
    assert run_module("finrisk_erasure", {**options, "user_hash": HASH})["changed"]
    assert not path.exists()


@pytest.mark.parametrize(("room", "step"), [(export, "_snapshot"), (prepare, "_prepare")])
def test_an_erasure_waits_for_files_that_are_being_made_of_the_rows(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, room: ModuleType, step: str
) -> None:
    work, has_read, may_write = getattr(room, step), Event(), Event()

    def halted(*given: Any) -> Any:
        read = work(*given)
        has_read.set()
        assert may_write.wait(60)
        return read

    monkeypatch.setattr(room, step, halted)
    for path in Path(options["output_dir"]).glob("[!t]*" if room is prepare else "*"):
        path.unlink()
    with ThreadPoolExecutor(2) as pool:
        making = pool.submit(made, room, options)
        assert has_read.wait(60), making.result()
        erasing = pool.submit(erasure.run, Subject(user=HASH), place_of(options), check=False)
        until(lambda: is_waiting(options) or erasing.done())
        assert not erasing.done()
        may_write.set()
        making.result()
        told = erasing.result()["summary"]
    assert not [name for name, content in tree(options).items() if HASH.encode() in content]
    assert any("make them anew" in line for line in told) == (room is prepare)


def is_waiting(options: dict[str, Any]) -> bool:
    """Whether two have opened the folder, of whom one can have it."""
    opened = [os.path.realpath(file) for file in Path("/proc/self/fd").iterdir()]
    return opened.count(os.path.realpath(options["output_dir"])) == 2


def made(room: ModuleType, options: dict[str, Any]) -> None:
    """Write an export, or a dataset of the one that is there."""
    folder = Path(options["output_dir"])
    if room is export:
        export.run(ask(options["database_url"], folder), check_mode=False)
    else:
        prepare.run(prepare.Request("", folder, 0.9, 0, 0.9, processes=1), check_mode=False)


def test_answers_to_a_dataset_without_the_subject_stay_and_those_to_a_dataset_that_is_gone_go(
    options: dict[str, Any],
) -> None:
    folder = Path(options["output_dir"])
    [validation] = folder.glob("validation_set_*")
    name = hashlib.sha256(validation.read_bytes()).hexdigest()[:12]
    fresh = [folder / f"offline_answers_{name}.jsonl", folder / f"offline_report_{name}_0.html"]
    orphan = folder / "offline_answers_0123456789ab.jsonl"
    for path in (*fresh, orphan):
        path.write_text("text")
    done = run_module("finrisk_erasure", {**options, "user_hash": "0" * 64})
    assert done["stale_datasets"] == []
    assert [line for line in done["summary"] if line.startswith("all of")] == [f"all of {orphan}"]
    assert ([path.exists() for path in fresh], orphan.exists()) == ([True, True], False)


def test_a_dataset_is_named_until_it_was_made_anew(options: dict[str, Any]) -> None:
    folder = Path(options["output_dir"])
    run_module("finrisk_erasure", {**options, "user_hash": HASH})
    [name] = run_module("finrisk_erasure", {**options, "user_hash": HASH})["stale_datasets"]
    assert name == str(next(folder.glob("dataset_metadata_*")))
    prepare.run(prepare.Request("", folder, 0.9, 0, 0.9), check_mode=False)
    assert run_module("finrisk_erasure", {**options, "user_hash": HASH})["stale_datasets"] == []


def test_what_earlier_erasures_left_to_do_is_told_apart(options: dict[str, Any]) -> None:
    heading = "left to do by earlier runs, whomever they were about:"
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})["summary"]
    to_do = [line for line in done if "changed since" in line or "such a dataset" in line]
    assert len(to_do) == 2
    assert heading not in done
    other = run_module("finrisk_erasure", {**options, "user_hash": "0" * 64})["summary"]
    assert other[other.index(heading) :] == [heading, *to_do]
    assert not set(to_do) & set(other[: other.index(heading)])


def test_a_document_that_nothing_knows_is_said_with_the_ids_that_are_like_it(
    options: dict[str, Any], database_url: str
) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "insert into documents (id, title, sha256) values (%s, 'x', 'x'), ('filings/9', 'x', 'x')",
            (f"filings/{DOCUMENT}",),
        )
    told = run_module("finrisk_erasure", {**options, "document": DOCUMENT[:-1]})
    assert not told["changed"]
    assert told["summary"][:2] == [
        f"document {DOCUMENT[:-1]}: nothing is kept",
        "there is no document of that id, and no answer that stands on one: ids like it are "
        f"filings/{DOCUMENT}",
    ]
    none = run_module("finrisk_erasure", {**options, "document": "§"}, check=True)
    assert none["summary"][1].endswith("the index holds no id like it")
    user = run_module("finrisk_erasure", {**options, "user_hash": "0" * 64})
    assert "no document" not in " ".join(user["summary"])


def test_a_document_takes_the_answers_that_stand_on_it_along(
    options: dict[str, Any], database_url: str
) -> None:
    done = run_module("finrisk_erasure", {**options, "document": DOCUMENT})
    assert done["rows"] == {"analyses": 1, "training_data": 2, "feedback": 0}
    assert left(database_url) == {"analyses": 5, "training_data": 28, "feedback": 3}
    assert list(done["exports"].values()) == [2]
    assert journal_of(options) == ["1", "1"]
    assert not run_module("finrisk_erasure", {**options, "document": DOCUMENT})["changed"]


def test_a_name_that_only_contains_the_documents_is_another_one(options: dict[str, Any]) -> None:
    done = run_module("finrisk_erasure", {**options, "document": DOCUMENT[:-1]})
    assert (done["changed"], done["exports"]) == (False, {})


def test_a_key_that_is_not_in_use_is_refused(options: dict[str, Any], database_url: str) -> None:
    var = Path(options["place"]["process"]["var_dir"])
    (var / "credentials.json").write_text(json.dumps({"stringData": {"USER_HASH_KEY": KEY}}))
    rows = left(database_url)
    refused = run_module("finrisk_erasure", {**options, "user_hash": HASH, "user_hash_key": "other key"})
    assert "is not the one in use" in refused["msg"]
    assert left(database_url) == rows
    assert run_module("finrisk_erasure", {**options, "user_hash": HASH})["changed"]


@pytest.mark.parametrize("named", [{}, {"user_hash": HASH, "document": "b"}])
def test_one_of_user_and_document_is_named(options: dict[str, Any], named: dict[str, str]) -> None:
    assert "name one of the two" in run_module("finrisk_erasure", {**options, **named})["msg"]


def test_an_export_in_another_layout_is_named_and_left_as_it_is(options: dict[str, Any]) -> None:
    [raw] = Path(options["output_dir"]).glob("training_data_raw_*")
    raw.write_text(json.dumps(json.loads(raw.read_text())))
    before = raw.read_bytes()
    assert (
        f"{raw} does not hold one row a line"
        in run_module("finrisk_erasure", {**options, "user_hash": HASH})["msg"]
    )
    assert raw.read_bytes() == before


@pytest.mark.parametrize(
    ("room", "step"), [(tables, "erase"), (files, "rewrite"), (files, "write_json"), (files, "put_in_place")]
)
def test_an_erasure_that_was_killed_is_finished_by_the_next(
    options: dict[str, Any], database_url: str, monkeypatch: pytest.MonkeyPatch, room: ModuleType, step: str
) -> None:
    folder = Path(options["output_dir"])
    [raw] = folder.glob("training_data_raw_*")
    (folder / f".{raw.name}.x.part").write_bytes(raw.read_bytes())  # what a killed export leaves
    work = getattr(room, step)

    def killed(*given: Any, **named: Any) -> Any:
        if named.get("check"):
            return work(*given, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(room, step, killed)
        with pytest.raises(KeyboardInterrupt):
            erasure.run(Subject(user=HASH), place_of(options), check=False)
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert done["changed"]
    assert not [name for name, content in tree(options).items() if HASH.encode() in content]
    assert left(database_url) == {"analyses": 2, "training_data": 27, "feedback": 0}
    [metadata] = folder.glob("export_metadata_*")
    said = json.loads(metadata.read_text())
    assert said["sha256"] == hashlib.sha256(raw.read_bytes()).hexdigest()
    assert [each["rows"] for each in said["erased"]] == [3]
    assert not run_module("finrisk_erasure", {**options, "user_hash": HASH})["changed"]


def place_of(options: dict[str, Any]) -> erasure.Place:
    """The same environment, for the plain Python behind the module."""
    process = options["place"]["process"]
    return erasure.Place(
        database_url=options["database_url"],
        output_dir=Path(options["output_dir"]),
        api_url="",
        api_key="",
        var_dir=Path(process["var_dir"]),
        repository=Path(process["repository"]),
    )


def test_a_model_is_named_also_when_its_dataset_was_made_anew(options: dict[str, Any]) -> None:
    assert run_module("finrisk_erasure", {**options, "user_hash": HASH})["other_models"] == [OTHER_MODEL]
    prepare.run(prepare.Request("", Path(options["output_dir"]), 0.9, 0, 0.9), check_mode=False)
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert (done["models"], done["other_models"]) == ([], [MODEL, OTHER_MODEL])


def test_every_table_that_knows_users_or_requests_is_erased_from(database_url: str) -> None:
    columns = ["user_hash", "user_id", "unit_hash", "session_hash", "session_id", "request_id"]
    with psycopg.connect(database_url) as connection:
        found = connection.execute(
            "select distinct table_name from information_schema.columns join information_schema.tables "
            "using (table_schema, table_name) where table_schema = current_schema() "
            "and table_type = 'BASE TABLE' and column_name = any(%s)",
            (columns,),
        ).fetchall()
        along = connection.execute(
            "select conrelid::regclass::text from pg_constraint "
            "where contype = 'f' and confdeltype = 'c' and confrelid::regclass::text = any(%s)",
            (list(tables.TABLES),),
        ).fetchall()
    assert {name for (name,) in found} == set(tables.TABLES) | {name for (name,) in along}
