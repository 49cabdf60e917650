"""Google's discovery documents as a judge: is this call one of theirs, and is this body one of theirs?"""

from __future__ import annotations

import functools
import importlib.util
import json
import re
from pathlib import Path
from typing import Any

SPEC = importlib.util.find_spec("googleapiclient")
DOCUMENTS = Path(SPEC.origin or "" if SPEC else "").parent / "discovery_cache" / "documents"
COMMON = {"$alt", "alt", "key", "prettyPrint", "fields", "quotaUser", "uploadType", "upload_id", "name"}


class Discovery:
    """One API as Google publishes it, for example `aiplatform.v1`."""

    def __init__(self, name: str) -> None:
        self.document = json.loads((DOCUMENTS / f"{name}.json").read_bytes())
        self.base = "/" + self.document["servicePath"].strip("/")
        self._methods = list(self._walk(self.document))

    def _walk(self, resource: dict[str, Any]) -> Any:
        for child in resource.get("resources", {}).values():
            for method in child.get("methods", {}).values():
                upload = method.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path")
                path = "/" + method.get("flatPath", method["path"]).lstrip("/")
                for full in filter(None, (self.base.rstrip("/") + path, upload)):
                    pattern = re.sub(r"\\\{[^}]+\\\}", "[^/:]+", re.escape(full))
                    yield method["httpMethod"], re.compile(f"^{pattern}$"), method
            yield from self._walk(child)

    def method(self, verb: str, path: str) -> dict[str, Any] | None:
        """The method that a call is, or None when Google has no such call."""
        return next((m for v, pattern, m in self._methods if v == verb and pattern.match(path)), None)

    def problems(self, verb: str, path: str, query: dict[str, str], sent: Any, answered: Any) -> list[str]:
        """What is wrong with a call: unknown method or parameter, unknown fields, wrong types."""
        method = self.method(verb, path)
        if method is None:
            return [f"{verb} {path}: no such method"]
        found = [
            f"?{name}: unknown parameter" for name in query if name not in {*method["parameters"], *COMMON}
        ]
        for side, body in (("request", sent), ("response", answered)):
            if body is not None:
                found += self._check(method.get(side, {"type": "object", "properties": {}}), body, side)
        return found

    def _check(self, schema: dict[str, Any], value: Any, at: str) -> list[str]:
        schema = self.document["schemas"][schema["$ref"]] if "$ref" in schema else schema
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, value, at)
        if kind == "array":
            if not isinstance(value, list):
                return [f"{at}: not a list"]
            return [
                p for i, item in enumerate(value) for p in self._check(schema["items"], item, f"{at}[{i}]")
            ]
        return _scalar(schema, value, at)

    def _object(self, schema: dict[str, Any], value: Any, at: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{at}: not an object"]
        properties, rest = schema.get("properties", {}), schema.get("additionalProperties")
        found = []
        for key, item in value.items():
            name = key if key in properties else re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), key)
            if name in properties or rest:
                found += self._check(properties.get(name, rest), item, f"{at}.{name}")
            elif properties or schema.get("id"):
                found.append(f"{at}.{key}: unknown field")
        return found


def _scalar(schema: dict[str, Any], value: Any, at: str) -> list[str]:
    kind, form = schema.get("type"), schema.get("format", "")
    if kind == "string":
        if "enum" in schema and value not in schema["enum"]:
            return [f"{at}: {value!r} is none of the enum"]
        if form in ("int64", "uint64"):
            return [] if re.fullmatch(r"-?\d+", str(value)) else [f"{at}: {value!r} is no {form}"]
        return [] if isinstance(value, str) else [f"{at}: {value!r} is no string"]
    if kind == "boolean":
        return [] if isinstance(value, bool) else [f"{at}: {value!r} is no boolean"]
    wanted = {"integer": (int,), "number": (int, float)}.get(str(kind))
    if wanted and (isinstance(value, bool) or not isinstance(value, wanted)):
        return [f"{at}: {value!r} is no {kind}"]
    return []


@functools.cache
def load(name: str) -> Discovery:
    """The document of that name, read once."""
    return Discovery(name)
