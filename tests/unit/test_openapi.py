"""The API's description says everything, and says it once: routes, fields, codes, headers, examples."""

from __future__ import annotations

import ast
import re
from typing import Any, get_args

import pytest
from flask import Flask

from finrisk.http import analyze, documents, errors, feedback, health, openapi, status
from finrisk.http.error_codes import MEANINGS, ErrorCode
from finrisk_rules.clients import ROLES
from tests.grounds.description import Description, events, properties
from tests.grounds.repository import REPOSITORY

DESCRIPTION = Description(openapi.description())
SCHEMAS: dict[str, Any] = DESCRIPTION.document["components"]["schemas"]
OPERATIONS = [pytest.param(each, id=each["operationId"]) for each in DESCRIPTION.operations.values()]


def test_every_route_is_described_and_the_reverse() -> None:
    app = Flask("routes", static_folder=None)
    for module in (analyze, feedback, documents, status, health, openapi):
        app.register_blueprint(module.bp)
    routes = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert set(DESCRIPTION.operations) == routes


def test_operations_are_named_after_what_they_do() -> None:
    assert [each["operationId"] for each in DESCRIPTION.operations.values()] == [
        "analyze",
        "rate",
        "next_review",
        "put_documents",
        "list_documents",
        "delete_document",
        "get_status",
        "get_openapi",
        "get_health",
        "get_readiness",
        "get_metrics",
    ]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_says_its_tag_its_key_and_the_headers_of_its_answers(operation: Any) -> None:
    [tag] = operation["tags"]
    assert tag in {each["name"] for each in DESCRIPTION.document["tags"]}
    assert operation["summary"]
    keyed = tag != "health"
    roles = [role for each in operation["security"] for role in each["key"]]
    assert set(roles) <= set(ROLES)
    assert bool(operation["security"]) == keyed == ("401" in operation["responses"])
    assert bool(roles) == ("403" in operation["responses"])
    for code, response in operation["responses"].items():
        assert response["description"]
        assert "X-Request-Id" in response["headers"]
        assert ("Retry-After" in response["headers"]) == (code in ("429", "503"))
        if code == "default" or int(code) >= 400:
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ErrorBody"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_in_json_has_a_type_with_a_name(operation: Any) -> None:
    contents = [response["content"] for response in operation["responses"].values()]
    if body := operation.get("requestBody"):
        contents.append(body["content"])
    for content in contents:
        for kind, media in content.items():
            assert ("$ref" in media["schema"]) == (kind == "application/json")


def test_every_field_is_described_or_of_a_type_that_is() -> None:
    bare = [
        name
        for name, schema in properties(SCHEMAS)
        if not {"description", "const", "$ref"} & set(schema) and "$ref" not in schema.get("items", {})
    ]
    assert bare == []


def test_every_type_is_described_and_no_field_has_a_type_without_a_name() -> None:
    assert [name for name, schema in SCHEMAS.items() if not schema.get("description")] == []
    nameless = [name for name, schema in properties(SCHEMAS) if "properties" in schema]
    assert nameless == []


def test_every_example_is_what_it_is_an_example_of() -> None:
    tried = 0
    for operation in DESCRIPTION.operations.values():
        contents = [response["content"] for response in operation["responses"].values()]
        contents.append(operation.get("requestBody", {}).get("content", {}))
        for content in contents:
            for kind, media in content.items():
                for example in media.get("examples", {}).values():
                    schema, value = media["schema"], example["value"]
                    if kind == "text/event-stream":
                        schema, value = schema["contentSchema"], events(value)
                    assert DESCRIPTION.wrong(schema, value) == []
                    tried += 1
    assert tried > 100


def test_every_example_of_a_field_is_one() -> None:
    for name, schema in properties(SCHEMAS):
        for example in schema.get("examples", []):
            assert DESCRIPTION.wrong(schema, example) == [], name


def test_there_is_one_list_of_error_codes() -> None:
    codes = list(get_args(get_args(ErrorCode.__value__)[0]))
    assert list(MEANINGS) == codes
    assert SCHEMAS["ErrorCode"]["enum"] == codes
    shown = {
        code
        for operation in DESCRIPTION.operations.values()
        for number, response in operation["responses"].items()
        if number == "default" or int(number) >= 400
        for code in response["content"]["application/json"]["examples"]
    }
    assert shown == set(codes)


def _raised() -> list[ast.Call]:
    """Return every error that the service makes."""
    trees = [ast.parse(path.read_text("utf-8")) for path in (REPOSITORY / "app" / "finrisk").rglob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = ("ApiError", "UnansweredError")
    return [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in made]


def test_an_error_comes_with_the_status_of_its_code_and_tells_how_long_to_wait() -> None:
    assert all(MEANINGS[code].status == number for number, code in errors._CODES.items())
    for call in _raised():
        given = [node.value if isinstance(node, ast.Constant) else None for node in call.args[:2]]
        if given[0] in (429, 503):
            assert "retry_after" in {keyword.arg for keyword in call.keywords}, ast.unparse(call)
        if None not in given:
            assert MEANINGS[str(given[1])].status == given[0], ast.unparse(call)  # type: ignore[index]
