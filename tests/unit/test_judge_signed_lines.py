"""Calculations that an answer writes down its lines come out, or their total is unsupported."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource

PAGE = """Provisions of Tarn Rail, £ million

| | Track | Stations |
|---|---|---|
| Opening balance | 210.4 | 55.0 |
| Charged | 31.7 | 12.2 |
| Utilised | (18.9) | (9.3) |
| Released | (4.2) | (1.1) |
| Closing balance | 219.0 | 56.8 |
"""
TRACK = """Provision for track in 2024 [1]:
Opening balance: 210.4
+ charged: 31.7
− utilised: 18.9
− released: 4.2
= **219.0** (£ million)
"""


def verdict_of_total(answer: str, total: str = "219.0") -> str:
    source = JudgedSource("Annual report 2024", PAGE, None, company="Tarn Rail")
    figures = judge("", answer, [source]).figures
    return next(figure.verdict for figure in figures if figure.text.startswith(total))


def test_a_total_below_signed_lines_is_their_sum() -> None:
    assert verdict_of_total(TRACK) == "stated"


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("− released: 4.2", "+ released: 4.2"),
        ("+ charged: 31.7", "+ charged: 12.2"),
        ("Opening balance: 210.4", "Opening balance: 55.0"),
        ("− utilised: 18.9\n", ""),
        ("− released: 4.2", "- released: 1.1"),
    ],
)
def test_a_total_below_other_lines_is_unsupported(line: str, other: str) -> None:
    assert verdict_of_total(TRACK.replace(line, other)) != "stated"


@pytest.mark.parametrize(
    "answer",
    [
        "Track [1]:\n- opening balance: 210.4\n- closing balance: 219.0\n= what the note has as 219.0",
        "Track [1]:\n- opening balance: 210.4\n- charged: 31.7\n\nThe closing balance was\n= 219.0",
        "Track:\n210.4 [1]\n+ 31.7\n− 18.9 and 4.2\n= 219.0 [1]",
    ],
)
def test_lists_and_lines_of_several_figures_are_no_calculation(answer: str) -> None:
    assert verdict_of_total(answer) == "stated"
