"""A row or an item of an answer that is said to be the largest is the largest of those beside it."""

from __future__ import annotations

import time

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """Harbour dues and staff of the ports

| Port | Dues (in millions) | Staff |
|---|---|---|
| Aldby | 71 | 410 |
| Brekke | 96 | 365 |
| Corvik | 58 | 520 |

| Payments due (in millions) | |
|---|---|
| 2025 | 33 |
| 2026 | 58 |
| 2027 | 41 |
| 2028 | 12 |

Dues grew by 3% in Aldby, by 9% in Brekke and by 6% in Corvik.
"""
TABLE = """| Port | Dues (millions) | Staff |
|---|---|---|
| Aldby | 71 | 410 |
| Brekke | 96 | 365 |
| Corvik | 58 | 520 |

{} [1]."""
YEARS = """- 2025: 33 million
- 2026: 58 million
- 2027: 41 million
- 2028: 12 million

{} [1]."""
PORTS = """- **Aldby:** dues of 71 million{}
- **Brekke:** dues of 96 million{}
- **Corvik:** dues of 58 million{} [1]"""


def is_kept(answer: str) -> bool:
    figures = judge("", answer, [JudgedSource("Annual report", PAGE, None)]).figures
    return len(figures) > 2 and {each.verdict for each in figures} <= RIGHT


@pytest.mark.parametrize(
    ("answer", "right", "wrong"),
    [
        (TABLE, "Brekke has the highest dues", "Aldby has the highest dues"),
        (TABLE, "The staff is largest in Corvik", "The staff is largest in Aldby"),
        (TABLE, "The lowest dues are those of Corvik", "The lowest dues are those of Brekke"),
        (TABLE, "Aldby has the second-highest dues", "Corvik has the second-highest dues"),
        (YEARS, "The heaviest year is 2026", "The heaviest year is 2027"),
        (YEARS, "The smallest amount thus falls due in 2028", "The smallest amount thus falls due in 2025"),
        (YEARS, "2026 ranks first", "2025 ranks first"),
    ],
)
def test_what_is_said_below_a_list_holds_for_it(answer: str, right: str, wrong: str) -> None:
    assert is_kept(answer.format(right))
    assert not is_kept(answer.format(wrong))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (("", ", the largest of the ports", ""), (", the largest of the ports", "", "")),
        (("", "", ", by far the smallest"), ("", ", by far the smallest", "")),
        ((" (the second-largest port)", "", ""), ("", "", " (the second-largest port)")),
    ],
)
def test_what_is_said_of_an_item_holds_among_the_others(
    right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    assert is_kept(PORTS.format(*right))
    assert not is_kept(PORTS.format(*wrong))


@pytest.mark.parametrize(
    "said",
    [
        "After Brekke, Aldby has the highest dues",
        "Aldby and Brekke have the highest dues",
        "Aldby is one of the largest ports of the country",
        "The largest risk for Corvik is the ferry",
    ],
)
def test_what_ranks_others_convicts_none(said: str) -> None:
    assert is_kept(TABLE.format(said))


def test_ranks_within_an_answer_are_linear_in_it() -> None:
    started = time.process_time()
    judge("", "- Aldby: 71 million, the largest\n" * 900, [JudgedSource("", PAGE, None)])
    assert time.process_time() - started < 2
