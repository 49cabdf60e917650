"""A document that ``ingest.yml`` takes from a file is one that the service takes, and the reverse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from finrisk import documents
from finrisk.http.bodies import DocumentBody
from finrisk.http.body_reader import LIMITS
from finrisk.http.documents import _document as indexed
from finrisk_ops.documents import document as role
from finrisk_rules import postings as rules
from finrisk_rules.postings import postings
from finrisk_rules.redaction import NOBODY

DOCUMENT: dict[str, Any] = {"id": "a", "title": "t", "text": "x", "company": "Corvane Bank", "year": 2024}


def the_role_takes(document: dict[str, Any]) -> bool:
    return isinstance(role.document(document), role.Document)


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
        ("ticker", f" {'x' * 200} ", True),
        ("ticker", "x" * 201, False),
        ("ticker", "a\nb", False),
        ("ticker", 7, False),
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
def test_both_take_a_document_or_neither(field: str, value: object, taken: bool) -> None:
    document = DOCUMENT | {field: value}
    assert (the_role_takes(document), the_service_takes(document)) == (taken, taken)


ODD = st.text(max_size=8) | st.sampled_from([" ", "\x00", "\u2028", "a\u00a0", "\ud800", "\x1c", "x" * 199])
ANYTHING = st.one_of(st.none(), st.integers(), st.booleans(), st.floats(), ODD, st.lists(ODD, max_size=3))
LABELS = st.lists(st.builds("{}{}{}".format, ODD, st.sampled_from([":", ": ", " : ", ""]), ODD), max_size=3)


@given(
    st.fixed_dictionaries(
        {"id": ODD | ANYTHING, "title": ODD | ANYTHING, "text": ODD | ANYTHING},
        optional={
            "company": ODD | ANYTHING,
            "year": st.integers(1890, 2110) | ANYTHING,
            "ticker": ODD | ANYTHING,
            "labels": LABELS | ANYTHING,
        },
    )
)
def test_what_the_role_sends_the_service_takes_and_both_call_it_the_same(document: dict[str, Any]) -> None:
    made = role.document(document)
    if isinstance(made, str):
        return
    body = DocumentBody.model_validate(json.loads(json.dumps(made.body())))
    assert documents.digest_of(indexed(body, NOBODY)) == made.digest()


@given(
    st.text("ab 1.,é漢字\n\f|-", max_size=400),
    st.text("ab 2025", max_size=30),
    st.sampled_from([None, "ab"]),
    st.sampled_from([None, 2025]),
)
def test_both_count_the_same_postings(text: str, title: str, company: str | None, year: int | None) -> None:
    pages = documents.indexed([documents.Document("d", title, text, company, year)])["d"]
    assert list(postings(title, company, year, text)) == [len(page.postings) for page in pages]


def test_no_text_that_is_not_counted_has_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    worst = {
        "ideographs": "".join(map(chr, range(0x4E00, 0x9000))) * 3,
        "letters and digits": "a1" * 30_000,
        "pages": "a\f" * 30_000,
        "heads": ("| " + "ab cd " * 400 + "|\n|---|\n" + "| x |\n" * 4_000),
    }
    for name, text in worst.items():
        for title in ("t", "T 1 " * 100):
            monkeypatch.setattr(rules, "MOST_POSTINGS", sum(postings(title, None, None, text)) - 1)
            assert rules.too_many(title, None, None, text), (name, title)


def test_both_know_the_largest_request() -> None:
    assert LIMITS["/api/v1/documents"] == role.BODY_MAX
    assert not the_role_takes(DOCUMENT | {"text": "\x01" * 3_000_000})  # six bytes each on the wire
