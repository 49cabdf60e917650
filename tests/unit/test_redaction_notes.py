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


BUSINESS = Path(__file__).with_name("redaction_business.jsonl").read_text("utf-8").splitlines()


def test_filings_strategies_and_answers_stay_as_they_are() -> None:
    """Written by somebody who had not read the rules, and a hundred more after he had."""
    texts = [json.loads(line)["text"] for line in BUSINESS]
    assert len(texts) > 350
    assert [text for text in texts if redact(text).text != text] == []


def test_a_firm_called_like_a_person_stays_where_it_is_told_to_be_one() -> None:
    text = "Hi Edward Jones,\nEdward Jones Capital rose 4 %. Jo Edward Joneses are others; Edward Jones left."
    left = redact(text).text
    assert "Edward Jones Capital" in left
    assert "Edward Joneses" in left
    assert "Edward Jones left" not in left


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Пане Коваленко, кредит погашено.", "Коваленко"),
        ("Пані Коваленко, кредит погашено.", "Коваленко"),
        ("Κύριε Παπαδόπουλε, το δάνειο εξοφλήθηκε.", "Παπαδόπουλε"),
        ("Say\u0131n Demirel, kredi bitti.", "Demirel"),
        ("담당은 김민수입니다.", "김민수"),
        ("담당자: 김민수\n기한: 5월", "김민수"),
        ("김민수 팀장에게 보고했다.", "김민수"),
        ("Sunita Menon wrote:\n> I cannot pay.", "Sunita Menon"),
        ("All is well.\nSee you soon,\nDana\nController", "Dana"),
    ],
)
def test_who_is_named_beside_words_of_business_goes(text: str, name: str) -> None:
    assert name not in redact(text).text
