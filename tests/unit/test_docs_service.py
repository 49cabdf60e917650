"""The documentation is true of what clients and files show: routes, errors, metrics, fields, states."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.metrics import MetricWrapperBase

from finrisk import metrics
from finrisk.answers import Figure, Metadata
from finrisk.http import analyze, documents, feedback, health, openapi, status
from finrisk.http.bodies import AnalyzeBody
from finrisk.http.error_codes import MEANINGS
from finrisk.http.status_reply import ArmFigures, Collection, Experiment
from finrisk_ops.dataset import columns, export, prepare
from finrisk_ops.dataset import names as file_names
from finrisk_ops.dataset.repeats import DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION
from finrisk_ops.dataset.tally import Tally
from finrisk_ops.machine.files import Sink, read_json
from finrisk_ops.release import revision
from finrisk_ops.tuning import jobs, states
from finrisk_rules import log_events
from finrisk_rules.clients import ROLES
from finrisk_rules.judge.verdicts import RIGHT, VERDICTS, WRONG
from tests.grounds.markdown import headings, name, names, table
from tests.grounds.repository import DOCS, REPOSITORY
from tests.grounds.training_rows import row

API, FILES = DOCS / "api.md", DOCS / "files.md"
SERVICE = REPOSITORY / "app" / "finrisk"
OPS = REPOSITORY / "roles" / "finrisk" / "module_utils" / "finrisk_ops"


def _calls(function: str) -> list[ast.Call]:
    """Return every call of a function in the service, by its bare name."""
    trees = [ast.parse(path.read_text("utf-8")) for path in SERVICE.rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == function]


def _constants(calls: list[ast.Call], place: int) -> set[str]:
    found = [call.args[place] for call in calls if len(call.args) > place]
    return {str(node.value) for node in found if isinstance(node, ast.Constant)}


def test_every_route_has_its_section_and_the_reverse() -> None:
    app = Flask("routes", static_folder=None)
    for module in (analyze, feedback, documents, status, health, openapi):
        app.register_blueprint(module.bp)
    routes = {
        f"{method} {re.sub(r'<[a-z_]+:', '<', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    documented = {name(heading) for heading in headings(API) if re.match(r"`[A-Z]+ /", heading)}
    assert documented == routes


def test_every_error_code_is_documented_with_its_status_and_the_reverse() -> None:
    documented = {name(row["code"]): row["status"] for row in table(API, "Errors", "code").rows}
    assert documented == {code: str(meaning.status or "other") for code, meaning in MEANINGS.items()}


def test_every_operation_of_the_description_is_documented_with_its_route_and_the_reverse() -> None:
    described = {
        operation["operationId"]: f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
        for path, methods in openapi.description()["paths"].items()
        for method, operation in methods.items()
    }
    held = table(API, "`GET /openapi.json`", "operation")
    assert {name(row["operation"]): name(row["route"]) for row in held.rows} == described


def test_every_reason_of_a_blocked_question_is_documented_and_the_reverse() -> None:
    assert names(table(API, "Questions that get no answer", "`reason`")) == list(analyze._BLOCKED)


def test_every_role_is_documented_and_the_reverse() -> None:
    assert names(table(API, "HTTP API", "role of a key")) == list(ROLES)


def test_every_field_of_a_question_and_of_an_answer_is_documented_and_the_reverse() -> None:
    section = "`POST /api/v1/analyze`"
    assert names(table(API, section, "field")) == list(AnalyzeBody.model_fields)
    assert names(table(API, section, "field of `metadata`")) == list(Metadata.__annotations__)


def test_every_field_and_verdict_of_a_figure_is_documented_and_the_reverse() -> None:
    assert names(table(API, "Figures", "field of a figure")) == list(Figure.__annotations__)
    held = {name(row["verdict"]): row[""] for row in table(API, "Figures", "verdict").rows}
    assert list(held) == list(VERDICTS)
    assert {verdict for verdict, side in held.items() if side == "right"} == RIGHT
    assert {verdict for verdict, side in held.items() if side == "wrong"} == WRONG


def test_every_figure_of_the_status_is_documented_and_the_reverse() -> None:
    section = "`GET /api/v1/status`"
    for heading, kind in (
        ("figure of `collection`", Collection),
        ("figure of `experiment`", Experiment),
        ("figure of an arm", ArmFigures),
    ):
        cells = [row[heading] for row in table(API, section, heading).rows]
        assert re.findall(r"`(\w+)`", " ".join(cells)) == list(kind.__annotations__)


def test_every_event_of_a_stream_is_documented() -> None:
    text = API.read_text("utf-8").partition("### The answer as it is written")[2].partition("\n```")[0]
    assert _constants(_calls("_event"), 0) == {"meta", "delta", "done", "error"}
    assert {"meta", "delta", "done", "error"} <= set(re.findall(r"`(\w+)`", text))


def test_every_metric_is_documented_with_its_labels_and_the_reverse() -> None:
    real = {
        each._name: ", ".join(each._labelnames)
        for each in vars(metrics).values()
        if isinstance(each, MetricWrapperBase)
    }
    held = table(API, "`GET /metrics`", "metric")
    assert {name(row["metric"]): row["labels"] for row in held.rows} == real


def test_every_log_event_is_documented_and_the_reverse() -> None:
    source = "\n".join(path.read_text("utf-8") for path in SERVICE.rglob("*.py"))
    shared = {node.args[0].attr for node in _calls("log") if isinstance(node.args[0], ast.Attribute)}
    written = (
        _constants(_calls("log"), 0)
        | {getattr(log_events, each) for each in shared}
        | set(re.findall(r'"event": "(\w+)"', source))
    )
    assert set(names(table(API, "Log lines", "event"))) == written


def test_every_field_of_an_exported_row_is_documented_and_the_reverse() -> None:
    assert names(table(FILES, "A row of the export", "field")) == columns.COLUMNS


def test_every_field_of_the_export_metadata_is_documented_and_the_reverse() -> None:
    request = export.Request("", Path(), "local", 1, 0.9)
    written = export.metadata_of(request, Tally(), Sink(), Path("raw.json"))
    assert names(table(FILES, "export_metadata", "field")) == list(written)


def test_every_field_of_the_dataset_metadata_is_documented_and_the_reverse(tmp_path: Path) -> None:
    lines = [json.dumps(row(number)) for number in range(20)]
    (tmp_path / "training_data_raw_20261101_080000.json").write_text("\n".join(lines), "utf-8")
    made = prepare.run(prepare.Request("", tmp_path, 0.9, 0, 0.0), check_mode=False)
    written = read_json(Path(made["metadata_file"]))
    assert names(table(FILES, "dataset_metadata", "field")) == list(written)
    documented = {name(each["file"]) for each in table(FILES, "Files", "file").rows}
    stamped = [re.sub(r"\d{8}_\d{6}", "<time>", path.name) for path in tmp_path.iterdir()]
    assert set(stamped) <= documented
    others = [f"{prefix}_<time>.json" for prefix in (file_names.RAW, file_names.RAW_METADATA, jobs.PREFIX)]
    others += [f"{file_names.ANSWERS}_<set>.jsonl", f"{file_names.ANSWERS_REPORT}_<set>_<model>.html"]
    assert documented - set(stamped) <= set(others)


@pytest.mark.parametrize(("section", "kind"), [("finetuning_job", jobs.Job), ("Revisions", revision.Release)])
def test_every_field_of_a_record_is_documented_and_the_reverse(section: str, kind: Any) -> None:
    assert names(table(FILES, section, "field")) == [
        each.name for each in fields(kind) if each.name not in ("path", "more")
    ]


def test_every_state_of_a_job_is_documented_and_the_reverse() -> None:
    assert names(table(FILES, "finetuning_job", "state")) == [states.CREATING, states.ACTIVE, states.FAILED]


def _reasons(path: Path, function: str) -> set[str]:
    """Return the reason codes that a function returns, raises or puts into ``problem``."""
    tree = ast.parse(path.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    found: set[str] = set()
    for node in (each for part in functions if re.fullmatch(function, part.name) for each in ast.walk(part)):
        if isinstance(node, ast.Return):
            found |= _words(node.value)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            found |= _words(node.exc.args[0])
        elif isinstance(node, ast.keyword) and node.arg == "problem":
            found |= _words(node.value)
    return found


def _words(node: ast.expr | None) -> set[str]:
    """Return the texts that an expression may have as its value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return {node.value}
    if isinstance(node, ast.IfExp):
        return _words(node.body) | _words(node.orelse)
    return set()


def test_every_reason_that_the_code_gives_is_documented() -> None:
    queries = (OPS / "dataset" / "export.py", REPOSITORY / "rules" / "finrisk_rules" / "figures.py")
    given = (
        _reasons(SERVICE / "records.py", "skip_reason")
        | _reasons(REPOSITORY / "rules" / "finrisk_rules" / "examples.py", "problem|problem_of_figures")
        | _reasons(OPS / "dataset" / "examples.py", ".*problem")
        | _reasons(OPS / "dataset" / "rows.py", "usable|_prompt_problem")
        | _reasons(OPS / "dataset" / "raw.py", "rows_of|_elements|_value|_unique|_finite|_refuse_constant")
        | {reason for path in queries for reason in re.findall(r"then '(\w+)'", path.read_text("utf-8"))}
        | {DUPLICATE, NEAR_DUPLICATE, NEAR_VALIDATION}
    )
    assert given == set(names(table(FILES, "Why a row is not trained on", "reason")))
