"""Google's protobuf types as a judge: reads JSON lines, answers each with a JSON list of what is wrong.

A line is `{"message": "aiplatform_v1.TuningJob", "body": {...}, "canonical": true}`. The body must parse with
no unknown field; a canonical one must also be written as Google's servers write it: 64-bit numbers as
strings, enumerations by name, names in camelCase, nothing that is zero or empty.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from typing import Any

from google.longrunning import operations_pb2
from google.protobuf import empty_pb2, json_format
from google.rpc import error_details_pb2, status_pb2  # error_details: known to Status.details

PLAIN = {
    "google.rpc.Status": status_pb2.Status,
    "google.protobuf.Empty": empty_pb2.Empty,
    "google.longrunning.Operation": operations_pb2.Operation,
}
PACKAGES = {"aiplatform": "google.cloud", "generativelanguage": "google.ai"}
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z")
assert error_details_pb2


def message(name: str) -> Any:
    """An empty message of that name, for example `aiplatform_v1.TuningJob`."""
    if name in PLAIN:
        return PLAIN[name]()
    module, _, kind = name.partition(".")
    found = importlib.import_module(f"{PACKAGES[module.partition('_')[0]]}.{module}")
    return getattr(found, kind).pb()()


def problems(name: str, body: Any, canonical: bool) -> list[str]:
    """What is wrong with a body."""
    parsed = message(name)
    try:
        json_format.ParseDict(body, parsed, ignore_unknown_fields=False)
    except json_format.ParseError as error:
        return [f"{name}: {error}"]
    return differences(json_format.MessageToDict(parsed), body, name) if canonical else []


def differences(wanted: Any, found: Any, at: str) -> list[str]:
    """Where a body is not written as Google writes the same message."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        missing = [f"{at}.{key}: not as Google writes it" for key in sorted(found.keys() - wanted.keys())]
        inner = [
            differences(value, found[key], f"{at}.{key}") for key, value in wanted.items() if key in found
        ]
        named = [f"{at}.{key}: Google's name of the field" for key in sorted(wanted.keys() - found.keys())]
        return [*missing, *named, *(each for several in inner for each in several)]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [each for i, (w, f) in pairs for each in differences(w, f, f"{at}[{i}]")]
    same = type(wanted) is type(found) or {type(wanted), type(found)} == {int, float}
    if not same or plain(wanted) != plain(found):
        return [f"{at}: {found!r}, which Google writes as {wanted!r}"]
    return []


def plain(value: Any) -> Any:
    """A value without what means the same: trailing zeros of a second, digits past those of a float."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{float(value):.6g}"
    stamp = TIMESTAMP.fullmatch(value) if isinstance(value, str) else None
    return (stamp[1], (stamp[2] or "").rstrip("0")) if stamp else value


def main() -> None:
    """Judge line by line."""
    for line in sys.stdin:
        asked = json.loads(line)
        found = problems(asked["message"], asked["body"], asked["canonical"])
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
