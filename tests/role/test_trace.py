"""A request, a line of a dataset and a user are traced to exports, datasets and models."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from finrisk_ops.dataset import export, prepare
from finrisk_ops.erasure import files, ordered, trace
from finrisk_ops.tuning import jobs
from tests.grounds import subjects
from tests.grounds.modules import run_module
from tests.grounds.subjects import DOCUMENT, HASH, MODEL, OTHER_HASH, OTHER_MODEL, request_id, tree
from tests.grounds.training_rows import insert, row

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


@pytest.fixture
def options(database_url: str, tmp_path: Path) -> dict[str, Any]:
    return subjects.options(database_url, tmp_path)


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


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ({"request_id": request_id(99)}, f"the request {request_id(99)}"),
        ({"user_hash": "0" * 64}, "this user"),
    ],
)
def test_an_id_that_nothing_knows_is_told_with_where_it_was_looked_for_and_how_ids_look(
    options: dict[str, Any], named: dict[str, str], what: str
) -> None:
    given = {name: options[name] for name in ("database_url", "output_dir", "place")}
    nothing, ids, *models = run_module("finrisk_trace_info", {**given, **named})["report"]["text"]
    assert nothing == (
        f"Nothing of {what} is in analyses, in training_data, in the 1 export or the 1 dataset of "
        f"{options['output_dir']}."
    )
    assert "X-Request-Id" in ids
    assert "user_id as clients send it" in ids
    assert models == [f"{OTHER_MODEL} was tuned on a dataset that is not here: it may hold them"]


def test_a_corrected_answer_is_told_with_the_reviewers_key(options: dict[str, Any]) -> None:
    with psycopg.connect(options["database_url"], autocommit=True) as connection:
        connection.execute(
            "update training_data set correction = 'Better.', corrected_by = 'desk' where id = %s",
            (request_id(25),),
        )
    given = {name: options[name] for name in ("database_url", "output_dir", "place")}
    told = [
        run_module("finrisk_trace_info", {**given, "request_id": request_id(number)})["report"]
        for number in (25, 26)
    ]
    assert [report["data"]["requests"][0]["corrected_by"] for report in told] == ["desk", None]
    assert ["corrected with key desk" in report["text"][1] for report in told] == [True, False]


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
    assert ordered.rows_of(raw, [request_id(number) for number in range(50)]) == 30
