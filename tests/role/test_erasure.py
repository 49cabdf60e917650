"""A user or a document goes from tables, journal and exports; the rest stays as it was."""

from __future__ import annotations

import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import psycopg
import pytest
from ansible.module_utils.finrisk_ops.dataset import export, prepare
from ansible.module_utils.finrisk_ops.erasure import erasure, files, ordered, tables, trace
from ansible.module_utils.finrisk_ops.erasure.subject import Subject
from ansible.module_utils.finrisk_ops.offline.answers import Answers
from ansible.module_utils.finrisk_ops.tuning import jobs
from psycopg import sql
from psycopg.types.json import Jsonb

from finrisk.aside import records_aside, set_aside
from finrisk.journal import decoded, write_sealed
from finrisk_rules.identity import keyed_hash
from tests.grounds.exports import ask
from tests.grounds.modules import run_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert, row
from tests.grounds.waiting import until

TABLES = ("analyses", "training_data", "feedback")
KEY, USER, OTHER = "ab" * 32, "jane.roe@example.com", "john"
HASH, OTHER_HASH = keyed_hash(KEY, USER), keyed_hash(KEY, OTHER)
MODEL, OTHER_MODEL = "projects/p/models/7", "s3"
DOCUMENT = 'filings/Öst "A", 2025'
JOB = jobs.Job(
    job_name="projects/p/locations/l/tuningJobs/7",
    state="ACTIVE",
    provider_state="JOB_STATE_SUCCEEDED",
    tuned_model_name=MODEL,
    display_name="finrisk-v1-00000000",
    base_model="b",
    hyperparameters={},
    training_file="t",
    validation_file=None,
    dataset={},
    spec_id="s",
    created_at="2026-11-01T08:00:00+00:00",
)
ANALYSIS = """
insert into analyses (id, created_at, user_hash, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
                      outcome, latency_ms, redaction_version, documents)
values (%s, now(), %s, 0, 'user', '', 0, 'base', 'ok', 1, '1', %s)"""


def request_id(number: int) -> str:
    return str(row(number)["id"])


def fill(url: str) -> None:
    """Thirty pairs, three of the user and two on the document; one more answer of each was not collected."""
    others = [row(number, user_id=OTHER_HASH, request_id=request_id(number)) for number in range(25)]
    own = [row(number, user_id=HASH, request_id=request_id(number), arm="base") for number in (25, 26, 27)]
    on_it = [
        row(number, user_id=OTHER_HASH, sources=[{"document_id": "other"}, {"document_id": DOCUMENT}])
        for number in (28, 29)
    ]
    insert(url, 0, *others, *own, *on_it)
    with psycopg.connect(url) as connection:
        for number in range(25, 28):
            connection.execute(ANALYSIS, (request_id(number), HASH, ["other"]))
            connection.execute(
                "insert into feedback (request_id, rating, created_at) values (%s, 1, now())",
                (request_id(number),),
            )
        connection.execute(ANALYSIS, (request_id(90), HASH, None))
        connection.execute(ANALYSIS, (request_id(91), OTHER_HASH, ["other", DOCUMENT]))
        connection.execute(ANALYSIS, (request_id(1), OTHER_HASH, ["other", DOCUMENT + "b"]))


def left(url: str) -> dict[str, int]:
    """How many rows the tables have."""
    counts = [sql.SQL("(select count(*) from {})").format(sql.Identifier(table)) for table in TABLES]
    with psycopg.connect(url) as connection:
        row = connection.execute(sql.SQL("select {}").format(sql.SQL(", ").join(counts))).fetchone()
    assert row
    return dict(zip(TABLES, row, strict=True))


@pytest.fixture
def options(database_url: str, tmp_path: Path) -> dict[str, Any]:
    """The module's options for an environment with rows, a journal, an export, a dataset and its model."""
    fill(database_url)
    folder, journal = tmp_path / "training_data", tmp_path / "var" / "journal"
    journal.mkdir(parents=True)
    own = {"analysis": {"id": "1", "user_hash": HASH}, "training": {"user_id": HASH, "sources": []}}
    other = {"analysis": {"id": "2", "user_hash": OTHER_HASH, "documents": [DOCUMENT]}}
    write_sealed(journal / "1-a-000001.seg", [own, other])
    set_aside(journal, "1-a", own, "DataError")
    set_aside(journal, "1-a", other, "DataError")
    export.run(export.Request(database_url, folder, "test", 1, 0.9), check_mode=False)
    done = prepare.run(prepare.Request("", folder, 0.9, 0, 0.9), check_mode=False)
    spec = {"training_sha256": hashlib.sha256(Path(done["training_file"]).read_bytes()).hexdigest()}
    with psycopg.connect(database_url) as connection:
        rows = [
            ("s1", spec, {"tuned_model_name": MODEL}),
            ("s2", {}, {"state": "FAILED"}),
            (OTHER_MODEL, {}, {"state": "ACTIVE"}),
        ]
        for name, *contents in rows:
            connection.execute(
                "insert into tuning_jobs (spec_id, spec, job) values (%s, %s, %s)",
                (name, *map(Jsonb, contents)),
            )
    return {
        "user_hash_key": KEY,
        "database_url": database_url,
        "output_dir": str(folder),
        "place": {"process": {"var_dir": str(tmp_path / "var"), "repository": str(REPOSITORY)}},
    }


def tree(options: dict[str, Any]) -> dict[str, bytes]:
    """Every file of the environment."""
    folder = Path(options["output_dir"]).parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


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


def traced(options: dict[str, Any], **what: str) -> dict[str, Any]:
    """What status.yml tells of a request or a user."""
    given = {name: options[name] for name in ("database_url", "output_dir", "place")}
    done = run_module("finrisk_trace_info", {**given, **what})
    data: dict[str, Any] = done["report"]["data"]
    return data


def test_a_request_is_traced_to_arm_sources_export_dataset_and_model(options: dict[str, Any]) -> None:
    [metadata] = Path(options["output_dir"]).glob("dataset_metadata_*")
    data = traced(options, request_id=request_id(25).upper())
    [request] = data["requests"]
    told = [request[name] for name in ("request_id", "arm", "sources", "is_collected")]
    assert told == [request_id(25), "base", ["other"], True]
    assert list(data["exports"].values()) == [1]
    [holding] = data["datasets"]
    assert (holding["metadata"], holding["rows"]) == (str(metadata), 1)
    assert (data["models"], data["other_models"]) == ([MODEL], [OTHER_MODEL])
    assert traced(options, request_id=request_id(29))["requests"][0]["sources"] == ["other", DOCUMENT]


def test_sources_that_are_no_list_stop_no_trace(options: dict[str, Any]) -> None:
    insert(options["database_url"], 0, row(40, sources="no list"), row(41, sources={"document_id": "a"}))
    told = [traced(options, request_id=request_id(number))["requests"][0]["sources"] for number in (40, 41)]
    assert told == [[], ["a"]]


def test_every_line_of_a_dataset_leads_to_its_request(options: dict[str, Any]) -> None:
    folder, led = Path(options["output_dir"]), []
    questions = {request_id(number): str(row(number)["strategy"]) for number in range(30)}
    for name in ("training_set", "validation_set"):
        [file] = folder.glob(f"{name}_*")
        for number, line in enumerate(file.read_text().splitlines(), 1):
            led.append(trace.request_at(folder, f"{file.name}:{number}"))
            assert questions[led[-1]] in json.loads(line)["contents"][0]["parts"][0]["text"]
    assert sorted(led) == sorted(questions)
    [request] = traced(options, line=f"{file.name}:1")["requests"]
    assert request["request_id"] == trace.request_at(folder, f"{file.name}:1")


@pytest.mark.parametrize(
    "line", ["training_set_20261101_080000.jsonl:1", "nothing", "{file}:999", "{file}:0"]
)
def test_a_line_that_is_not_there_is_named(options: dict[str, Any], line: str) -> None:
    [file] = Path(options["output_dir"]).glob("training_set_*")
    given = {name: options[name] for name in ("database_url", "output_dir", "place")}
    said = run_module("finrisk_trace_info", {**given, "line": line.format(file=file.name)})["msg"]
    assert line.format(file=file.name) in said


def test_both_answers_of_a_preference_pair_are_traced(options: dict[str, Any]) -> None:
    same = {"strategy": row(60)["strategy"], "user_id": OTHER_HASH}
    liked = row(60, quality_parts=Jsonb({"rating": 1}), **same)
    insert(
        options["database_url"],
        0,
        liked,
        row(61, **same, quality_parts=Jsonb({"rating": -1}), quality_score=0.4),
    )
    folder = Path(options["output_dir"])
    export.run(export.Request(options["database_url"], folder, "test", 1, 0.9), check_mode=False)
    done = prepare.run(prepare.Request("", folder, 0.9, 0, 0.9), check_mode=False)
    assert done["preference_pairs"] == 1
    held = [traced(options, request_id=request_id(number))["datasets"][-1]["lines"] for number in (60, 61)]
    assert held[0][-1:] == held[1] == ["preference_pairs:1"]


def test_a_row_that_prepare_rejected_is_in_no_dataset(options: dict[str, Any]) -> None:
    folder = Path(options["output_dir"])
    prepare.run(prepare.Request("", folder, 0.9, 2, 0.9), check_mode=False)
    found = [traced(options, request_id=request_id(number)) for number in range(30)]
    assert sum(bool(data["datasets"]) for data in found) == 2
    assert [list(data["exports"].values()) for data in found] == [[1]] * 30
    assert [data["models"] for data in found] == [[]] * 30  # it was tuned on the dataset as it was
    assert found[0]["other_models"] == [MODEL, OTHER_MODEL]


def test_a_user_is_traced_by_all_requests_and_not_any_more_once_erased(options: dict[str, Any]) -> None:
    data = traced(options, user_hash=HASH)
    assert (data["total_requests"], list(data["exports"].values())) == (4, [3])
    assert [place["rows"] for place in data["datasets"]] == [3]
    run_module("finrisk_erasure", {**options, "user_hash": HASH})
    gone = traced(options, user_hash=HASH)
    assert gone.pop("other_models") == [OTHER_MODEL]
    assert gone == {"requests": [], "total_requests": 0, "exports": {}, "datasets": [], "models": []}


def test_a_database_of_last_night_hides_neither_a_user_nor_the_model_of_today(
    options: dict[str, Any], database_url: str
) -> None:
    folder = Path(options["output_dir"])
    [training] = folder.glob("training_set_*")
    sha256 = hashlib.sha256(training.read_bytes()).hexdigest()
    for job in (replace(JOB, dataset={"sha256": sha256}), replace(JOB, job_name="failed", state="FAILED")):
        jobs.write(folder, job)
    with psycopg.connect(database_url) as connection:
        connection.execute("truncate analyses, training_data, feedback, tuning_jobs cascade")
    data = traced(options, user_hash=HASH)
    assert (list(data["exports"].values()), data["models"], data["other_models"]) == ([3], [MODEL], [])
    assert [place["rows"] for place in data["datasets"]] == [3]
    done = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert (done["models"], done["other_models"]) == ([MODEL], [])
    assert not [name for name, content in tree(options).items() if HASH.encode() in content]


def test_an_export_is_read_for_a_user_only_where_the_tables_lack_its_last_row(
    options: dict[str, Any], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def requests(path: Path, _: str) -> set[str]:
        read.append(path)
        return set()

    monkeypatch.setattr(files, "requests", requests)
    [raw] = Path(options["output_dir"]).glob("training_data_raw_*")
    trace.run(database_url, raw.parent, request_id="", user=HASH)
    assert not read
    with psycopg.connect(database_url) as connection:
        connection.execute("delete from training_data where id = %s", (ordered.newest(raw),))
    trace.run(database_url, raw.parent, request_id="", user=HASH)
    assert read == [raw]


@pytest.mark.parametrize("is_as_written", [True, False])
def test_an_export_is_searched_by_its_order_or_where_it_was_edited_from_end_to_end(
    options: dict[str, Any], is_as_written: bool
) -> None:
    [raw] = Path(options["output_dir"]).glob("training_data_raw_*")
    if not is_as_written:
        raw.write_text(json.dumps(json.loads(raw.read_text())[::-1], indent=1))
    for number in range(30):
        assert ordered.rows_of(raw, [request_id(number)]) == 1
    others = [request_id(number) for number in (30, 99)]
    extremes = ["0" * 8 + "-0000-0000-0000-" + "0" * 12, "f" * 8 + "-ffff-ffff-ffff-" + "f" * 12]
    assert ordered.rows_of(raw, [*others, *extremes]) == 0
    assert ordered.rows_of(raw, map(request_id, range(50))) == 30


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
