"""The API's description as a judge of real answers: what it does not say, an answer must not do."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from tests.grounds.calls import Answer

Schema = dict[str, Any]

UNREAD = {405, 411, 414, 417, 431, 501}
"""Statuses of requests that reach no operation: the response ``default`` is for them alone."""


def events(stream: str) -> list[Schema]:
    """The events of a stream, each as the description has it: its name, and its data as JSON."""
    found = []
    for block in stream.split("\n\n")[:-1]:
        name, data = (line.partition(": ")[2] for line in block.split("\n"))
        found.append({"event": name, "data": json.loads(data)})
    return found


def properties(schemas: Schema) -> Iterator[tuple[str, Schema]]:
    """Every field of the components, as ``Component.field``."""
    for name, schema in schemas.items():
        for field, described in schema.get("properties", {}).items():
            yield f"{name}.{field}", described


class Description:
    """An OpenAPI document; of its objects no field may come that it does not name."""

    def __init__(self, document: Schema) -> None:
        self.document = document
        self._components = copy.deepcopy(document["components"])
        for schema in self._components["schemas"].values():
            if "properties" in schema:
                schema.setdefault("additionalProperties", False)

    @property
    def operations(self) -> dict[tuple[str, str], Schema]:
        """Each operation by method and path."""
        return {
            (method.upper(), path): operation
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
        }

    def operation(self, method: str, path: str) -> Schema:
        """The operation that a request goes to."""
        for (its_method, template), operation in self.operations.items():
            pattern = re.sub(r"\\{\w+\\}", "(?s:.+)", re.escape(template))
            if its_method == method and re.fullmatch(pattern, path.partition("?")[0]):
                return operation
        raise AssertionError(f"{method} {path} is not described")

    def wrong(self, schema: Schema, value: object) -> list[str]:
        """What a schema, whose references lead into the components, finds wrong with a value."""
        whole = schema | {"components": self._components}
        validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)]

    def problems(self, method: str, path: str, answer: Answer) -> list[str]:
        """What an answer does that its operation does not say."""
        responses = self.operation(method, path)["responses"]
        described = responses.get(str(answer.status))
        if described is None and answer.status in UNREAD:
            described = responses["default"]
        if described is None:
            return [f"{answer.status} is not described"]
        kind = answer.headers["Content-Type"].partition(";")[0]
        if kind not in described["content"]:
            return [f"{kind} is not described"]
        return self._of_headers(described, answer) + self._of_body(described["content"], kind, answer)

    def _of_headers(self, described: Schema, answer: Answer) -> list[str]:
        found = []
        for name, reference in described["headers"].items():
            header = self._components["headers"][reference["$ref"].rpartition("/")[2]]
            text = answer.headers.get(name)
            if text is None:
                found += [f"{name} is missing"] if header["required"] else []
                continue
            value = int(text) if header["schema"]["type"] == "integer" and text.isdigit() else text
            found += [f"{name}{each}" for each in self.wrong(header["schema"], value)]
        return found

    def _of_body(self, content: Schema, kind: str, answer: Answer) -> list[str]:
        if kind == "text/event-stream":
            told = events(answer.body.decode())
            schema = content[kind]["schema"]["contentSchema"]
            return self.wrong(schema, told) or ([] if told else ["no event came"])
        if kind != "application/json":
            return []
        found = self.wrong(content[kind]["schema"], answer.json)
        if answer.status >= 400:
            code = answer.json["error"]["code"]
            found += [] if code in content[kind]["examples"] else [f"code {code} is not described here"]
        return found
