"""A document that ``ingest.yml`` takes from a file is one that the service takes, and the reverse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.finrisk_ops.documents import files
from ansible.module_utils.finrisk_ops.errors import FinriskError
from pydantic import ValidationError

from finrisk.http.bodies import DocumentBody

DOCUMENT: dict[str, Any] = {"id": "a", "title": "t", "text": "x", "company": "Corvane Bank", "year": 2024}


def the_role_takes(document: dict[str, Any], folder: Path) -> bool:
    source = folder / "documents.jsonl"
    source.write_text(json.dumps(document))
    try:
        files.check(source)
    except FinriskError:
        return False
    return True


def the_service_takes(document: dict[str, Any]) -> bool:
    try:
        DocumentBody.model_validate(json.loads(json.dumps(document)))
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [
        ("id", "x" * 256, True),
        ("id", "x" * 257, False),
        ("id", "", False),
        ("id", "a\nb", False),
        ("id", "a\u2028b", False),
        ("title", f" {'x' * 500} ", True),
        ("title", "x" * 501, False),
        ("title", "a\tb", False),
        ("title", "a\ud800b", False),
        ("company", f" {'x' * 200} ", True),
        ("company", "x" * 201, False),
        ("company", "a\x85b", False),
        ("text", "x" * 4_000_000, True),
        ("text", "x" * 4_000_001, False),
        ("text", " \n ", False),
        ("text", "a\x00b", False),
        ("text", "a\ud800b", False),
        ("text", "a\nb\fc\x0b", True),
        ("year", 1899, False),
        ("year", 1900, True),
        ("year", 2100, True),
        ("year", 2101, False),
        ("year", True, False),
    ],
)
def test_both_take_a_document_or_neither(tmp_path: Path, field: str, value: object, taken: bool) -> None:
    document = DOCUMENT | {field: value}
    assert (the_role_takes(document, tmp_path), the_service_takes(document)) == (taken, taken)
