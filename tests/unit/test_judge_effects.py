"""Of two figures on both sides of zero one adds and the other takes away, whatever a minus means."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """Cash flows of Halden Mills, € million

| | 2024 | 2023 |
|---|---|---|
| Operating activities | 96.2 | 81.0 |
| Working capital | (14.3) | 6.8 |
| Investing activities | (52.7) | (40.1) |
| Financing activities | (21.4) | 17.5 |
| Result from associates | 3.1 | (2.6) |
| Deferred tax position | (7.9) | 4.4 |
| Profit from the paper mill | 22.0 | 19.0 |
| Loss of the board mill | 5.5 | 6.1 |

Bridge of operating profit, € million

| Step | 2024 |
|---|---|
| Volume | 8.2 |
| Price | 11.6 |
| Energy | (9.4) |
| Currency | (1.7) |
"""


def is_kept(said: str) -> bool:
    source = JudgedSource("Annual report 2024", PAGE, None, company="Halden Mills")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Volume added €8.2 million in 2024 and energy took away €9.4 million",
            "Volume added €8.2 million in 2024 and energy added another €9.4 million",
        ),
        (
            "Price contributed €11.6 million in 2024, while currency took €1.7 million away",
            "Price contributed €11.6 million in 2024, while currency contributed €1.7 million",
        ),
        (
            "Working capital absorbed €14.3 million in 2024, after releasing €6.8 million",
            "Working capital released €14.3 million in 2024, after releasing €6.8 million",
        ),
        (
            "Associates brought income of €3.1 million in 2024, after an expense of €2.6 million in 2023",
            "Associates brought income of €3.1 million in 2024, after income of €2.6 million in 2023",
        ),
        (
            "Operations were an inflow of €96.2 million in 2024, financing an outflow of €21.4 million",
            "Operations were an inflow of €96.2 million in 2024, financing an inflow of €21.4 million",
        ),
        (
            "Deferred tax was a liability of €7.9 million in 2024, after an asset of €4.4 million in 2023",
            "Deferred tax was an asset of €7.9 million in 2024, after an asset of €4.4 million in 2023",
        ),
        (
            "Investing activities used €52.7 million in 2024 and €40.1 million in 2023",
            "Working capital used €14.3 million in 2024 and €6.8 million in 2023",
        ),
    ],
)
def test_one_word_is_not_said_of_both_sides_of_zero(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    "right",
    [
        "The paper mill had a profit of €22.0 million in 2024, the board mill a loss of €5.5 million",
        "Energy (-€9.4 million) added less than nothing in 2024; volume added €8.2 million",
        "Energy and currency together took away €11.1 million in 2024 (9.4 + 1.7)",
    ],
)
def test_rows_with_a_sign_of_their_own_and_signs_that_are_written_say_so_themselves(right: str) -> None:
    assert is_kept(right)
