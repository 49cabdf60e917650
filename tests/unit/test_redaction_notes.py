"""Letters, minutes, files and notes: whom and what they name goes, and what reads like it stays.

One line a text, identifiers marked ``<<kind|value>>``: written while the rules were made, by who made them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from finrisk_rules.redaction import redact

_MARK = re.compile(r"<<(\w+)\|(.*?)>>", re.DOTALL)
TEXTS = [
    json.loads(line)["text"]
    for line in Path(__file__).with_name("redaction_notes.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("marked", [text for text in TEXTS if _MARK.search(text)])
def test_who_and_what_is_named_goes(marked: str) -> None:
    left = redact(_MARK.sub(r"\2", marked)).text
    assert [value for _, value in _MARK.findall(marked) if value in left] == []


def test_what_reads_like_it_stays() -> None:
    plain = [text for text in TEXTS if not _MARK.search(text)]
    assert len(plain) > 200
    assert [text for text in plain if redact(text).text != text] == []


def test_a_name_that_is_told_once_goes_wherever_it_stands() -> None:
    text = "Ms Dana Whitcombe rang. The branch told Dana Whitcombe to wait; Dana Whitcombe-Hale did not."
    assert redact(text).text.count("Dana Whitcombe ") == 0


def test_twenty_who_are_named_together_go() -> None:
    names = [
        f"{first} {last}"
        for first in ("Ama", "Bo", "Cato", "Dunya")
        for last in "Osei Rask Vale Wirth Zorn".split()
    ]
    assert redact(f"Attendees: {', '.join(names)}.").found == {"person": 20}
