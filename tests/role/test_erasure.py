"""A user or a document goes from tables, journal and exports; the rest stays as it was."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from ansible.module_utils.finrisk_ops.dataset import export, prepare
from ansible.module_utils.finrisk_ops.erasure import trace
from psycopg import sql
from psycopg.types.json import Jsonb

from finrisk.aside import records_aside, set_aside
from finrisk.journal import decoded, write_sealed
from finrisk_rules.identity import keyed_hash
from tests.grounds.modules import run_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert, row

TABLES = ("analyses", "training_data", "feedback")
KEY, USER, OTHER = "ab" * 32, "jane.roe@example.com", "john"
HASH, OTHER_HASH = keyed_hash(KEY, USER), keyed_hash(KEY, OTHER)
DOCUMENT = 'filings/Öst "A", 2025'
ANALYSIS = """
insert into analyses (id, created_at, user_hash, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
                      outcome, latency_ms, redaction_version, documents)
values (%s, now(), %s, 0, 'user', '', 0, 'base', 'ok', 1, '1', %s)"""


def request_id(number: int) -> str:
    return str(row(number)["id"])


def fill(url: str) -> None:
    """Thirty pairs, three of the user and two on the document; one more answer of each was not collected."""
    others = [row(number, user_id=OTHER_HASH, request_id=request_id(number)) for number in range(25)]
    own = [row(number, user_id=HASH, request_id=request_id(number)) for number in (25, 26, 27)]
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
        connection.execute(
            "insert into tuning_jobs (spec_id, spec, job) values ('s1', %s, %s), ('s2', '{}', '{}')",
            (Jsonb(spec), Jsonb({"tuned_model_name": "projects/p/models/7"})),
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
    assert done["models"] == ["projects/p/models/7"]
    assert not [name for name, content in tree(options).items() if HASH.encode() in content]
    again = run_module("finrisk_erasure", {**options, "user_hash": HASH})
    assert not again["changed"]
    assert again["summary"][0].endswith("nothing is kept")


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
    assert (request["request_id"], request["sources"], request["is_collected"]) == (
        request_id(25),
        ["other"],
        True,
    )
    assert list(data["exports"].values()) == [1]
    assert data["datasets"] == [{"metadata": str(metadata), "rows": 1}]
    assert data["models"] == ["projects/p/models/7"]
    assert traced(options, request_id=request_id(29))["requests"][0]["sources"] == ["other", DOCUMENT]


def test_a_row_that_prepare_rejected_is_in_no_dataset(options: dict[str, Any]) -> None:
    folder = Path(options["output_dir"])
    [raw], [rejected] = folder.glob("training_data_raw_*"), folder.glob("rejected_*")
    [line] = [n for n, text in enumerate(raw.read_text().splitlines(), 1) if request_id(25) in text]
    rejected.write_text(json.dumps({"row": line, "id": None, "reason": "duplicate"}) + "\n")
    data = traced(options, request_id=request_id(25))
    assert (list(data["exports"].values()), data["datasets"], data["models"]) == ([1], [], [])


def test_a_user_is_traced_by_all_requests_and_not_any_more_once_erased(options: dict[str, Any]) -> None:
    data = traced(options, user_hash=HASH)
    assert (data["total_requests"], list(data["exports"].values())) == (4, [3])
    assert [place["rows"] for place in data["datasets"]] == [3]
    run_module("finrisk_erasure", {**options, "user_hash": HASH})
    gone = traced(options, user_hash=HASH)
    assert gone == {"requests": [], "total_requests": 0, "exports": {}, "datasets": [], "models": []}


@pytest.mark.parametrize("block", [1, 7, 64, 1 << 20])
def test_the_lines_of_a_file_are_numbered_whatever_the_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    file = tmp_path / "lines"
    file.write_text("a needle needle\n\nhay\nneedle\n" + "hay " * 50 + "needle")
    monkeypatch.setattr(trace, "_BLOCK", block)
    assert list(trace._lines(file, b"needle")) == [1, 4, 5]
