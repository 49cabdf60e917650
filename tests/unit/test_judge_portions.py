"""What a sentence says of its own amounts is not so: a part beyond its whole, a fall to more than before."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """| $m | Current | Later | Total |
|---|---|---|---|
| Commitments | 310.5 | 842.9 | 1,153.4 |

| $bn | 2024 |
|---|---|
| Contracted rent | 1.91 |
| Contracted rent, current | 1.07 |

| $m | 2024 | 2023 |
|---|---|---|
| Net income (loss) | (42.7) | 31.6 |
| Dividends | 3.0 | 3.5 |

At the end of 2023 impaired loans were $64.8 million.

| 31 December 2024 | $m |
|---|---|
| Impaired loans | 51.3 |

La deuda era de 418,6 millones de euros en 2024 y de 455,1 millones en 2023.
A margem foi de 7,4 % em 2024 e de 8,9 % em 2023.
"""


def is_kept(said: str) -> bool:
    source = JudgedSource("Annual report 2024", PAGE, None, year=2024, company="Orne Leasing")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Commitments are $1,153.4 million, of which $310.5 million is current",
            "Commitments are $310.5 million, of which $1,153.4 million is current",
        ),
        (
            "Of the $1,153.4 million of commitments, $310.5 million is current",
            "Of the $310.5 million of commitments, $1,153.4 million is current",
        ),
        (
            "Contracted rent came in at $1.91 billion, of which $1.07 billion – some 56% – is current",
            "Contracted rent came in at $1.07 billion, of which $1.91 billion – some 56% – is current",
        ),
    ],
)
def test_no_part_is_more_than_its_whole(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    "said",
    [
        "Net income (loss) fell to 42.7 in 2024, against 31.6 in 2023",
        "Net income (loss) fell from 31.6 in 2023 to 42.7 in 2024",
    ],
)
def test_a_loss_without_its_minus_may_fall_and_its_name_says_neither_side(said: str) -> None:
    assert is_kept(said)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Impaired loans fell to $51.3 million at the end of 2024 from $64.8 million",
            "Impaired loans fell to $64.8 million at the end of 2024 from $51.3 million",
        ),
        (
            "La deuda bajó a 418,6 millones de euros desde 455,1 millones",
            "La deuda bajó a 455,1 millones de euros desde 418,6 millones",
        ),
        ("A margem caiu de 8,9 % para 7,4 %", "A margem caiu de 7,4 % para 8,9 %"),
    ],
)
def test_the_ends_of_a_change_are_in_the_order_of_its_word(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)
