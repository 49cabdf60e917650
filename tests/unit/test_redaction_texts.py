"""Redaction of 200 labelled texts in ten languages, and of the pages of real reports."""

from __future__ import annotations

import gzip
import json

import pytest

from benchmarks.redaction import missed, redacted, texts
from finrisk_rules.redaction import PROVED, redact
from tests.grounds.repository import SHARED

FINQA = SHARED / "data" / "finqa_mix"


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_no_proved_identifier_is_left(half: str) -> None:
    left = [(each.language, kind, value) for each in texts(half) for kind, value in missed(each)]
    assert [one for one in left if one[1] in PROVED] == []
    assert len(left) <= 5


@pytest.mark.parametrize("half", ["seen", "unseen"])
def test_texts_come_out_as_labelled(half: str) -> None:
    wrong = [redacted(each) for each in texts(half) if redacted(each) != each.expected]
    assert len(wrong) <= 5, wrong


def test_texts_without_identifiers_stay_as_they_are() -> None:
    figures = [each for each in texts() if not each.identifiers]
    assert len(figures) >= 60
    assert [each.text for each in figures if redact(each.text).text != each.text] == []


@pytest.mark.finqa
@pytest.mark.skipif(not FINQA.is_dir(), reason="needs the finqa_mix data beside the repository")
def test_no_figure_of_a_real_page_is_taken_for_an_identifier() -> None:
    with gzip.open(FINQA / "documents.jsonl.gz", "rt", encoding="utf-8") as lines:
        pages = [json.loads(line)["text"] for line in lines]
    found = [redact(page).found for page in pages]
    assert [kinds for kinds in found if kinds and kinds != {"phone": 1}] == []
    assert len([kinds for kinds in found if kinds]) <= 1  # the telephone number of a firm
