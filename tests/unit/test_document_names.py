"""Which ids of documents are one id in several spellings."""

from __future__ import annotations

import time

import pytest

from finrisk_ops.dataset.document_names import spelled
from finrisk_ops.dataset.split import Tie
from finrisk_rules.digests import digest


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "http://www.firm.example/a/10k-2023",
            "https://firm.example/a/10k-2023/",
            "www.firm.example/a/10k-2023",
        ],
        ["https://firm.example/a.pdf#page=7", "https://firm.example/a.pdf?download=1", "firm.example/a.pdf"],
        [
            "Firm Annual Report 2023.pdf",
            "firm_annual_report-2023.pdf",
            " firm  annual report 2023 ",
            "firm%20annual-report%202023.htm",
        ],
        ["Jahresabschluss Öl 2023", "jahresabschluss-o\u0308l-2023"],
        ["filings\\firm\\2023.docx", "filings/firm/2023.pdf"],
        ["\uff26\uff49\uff32\uff2d\uff0d\uff12023", "firm-2023"],
    ],
)
def test_one_id_in_several_spellings_is_one(spellings: list[str]) -> None:
    assert len({spelled(each) for each in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("firm-10k-2022", "firm-10k-2023"),
        ("firm 10-K 2023", "firm 10-Q 2023"),
        ("report part 1", "report part 2"),
        ("report.2022", "report.2023"),
        ("https://viewer.example/doc?id=20240331", "https://viewer.example/doc?id=20240930"),
        ("https://viewer.example/a#b", "https://viewer.example/c#b"),
        ("年度报告-1", "年度报告-2"),
        ("---", "..."),
        ("#1", "#2"),
    ],
)
def test_digits_and_words_tell_documents_apart(one: str, other: str) -> None:
    assert spelled(one) != spelled(other)


@pytest.mark.parametrize(
    "name", ["01900000-0000-7000-8000-00000000000a", "firm-10k-2023", "document-17", "17"]
)
def test_an_id_without_such_spelling_keeps_its_side(name: str) -> None:
    assert Tie.of([name], None, "question", "answer").key == digest("document", name)


def test_an_id_of_any_kind_is_spelled_at_once() -> None:
    for sign in ("%", ".", "-", "#", "?", " ", "\u0316\u0300", "\ufdfa", "a.", "/"):
        started = time.perf_counter()
        assert spelled(sign * 30_000)
        assert spelled("https://" + sign * 1_990)
        assert time.perf_counter() - started < 0.3
