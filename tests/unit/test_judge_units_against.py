"""A page has a currency, a unit, a rate; the answer says the digits of another one."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """The average price was €31.40 per MWh after hedges.
The lease in the Vale covers 41,500 acres, and the depot 96,000 square feet.
Reserves were 88 MMboe. The quarterly dividend was cut to €0.15 per share.

| | 2024 | 2023 |
|---|---|---|
| Output (kboe/d) | 52.4 | 49.9 |
| Grade (g/t) | 3.1 | 2.9 |
| Cash cost (€/oz) | 1,012 | 988 |
| Monthly churn | 0.9% | 1.1% |
| Revenue, € million | 512.0 | 478.0 |
| Trading profit | 41.0 | 37.5 |
| Net debt / EBITDA | 1.9x | 2.1x |

| € per day | 2024 | 2023 |
|---|---|---|
| Rig North | 61,300 | 58,700 |
| Rig South | 44,100 | 46,250 |
"""


def is_kept(said: str) -> bool:
    source = JudgedSource("Annual report 2024", PAGE, None, company="Orrin Gas")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Rig North earned €61,300 per day in 2024, Rig South €44,100/day",
            "Rig North earned €61,300 per day in 2024, Rig South €44,100/week",
        ),
        ("Cash cost was €1,012/oz in 2024", "Cash cost was €1,012 per tonne in 2024"),
        ("Monthly churn was 0.9% a month in 2024", "Churn was 0.9% a year in 2024"),
        ("Net debt / EBITDA was 1.9x in 2024", "Net debt / EBITDA was 1.9% in 2024"),
        ("Net debt / EBITDA was 1.9 in 2024", "Net debt / EBITDA was €1.9 in 2024"),
        ("The grade rose to 3.1 g/t in 2024", "The grade rose to 3.1 kg/t in 2024"),
        ("Output was 52.4 kboe/d in 2024", "Output was 52.4 boe/d in 2024"),
        ("The price averaged €31.40 per MWh after hedges", "The price averaged €31.40 per kWh after hedges"),
        ("The dividend is €0.15 a quarter", "The dividend is $0.15 a quarter"),
        ("The lease in the Vale covers 41,500 acres", "The lease in the Vale covers 41,500 hectares"),
        ("The depot covers 96,000 square feet", "The depot covers 96,000 square metres"),
        ("Reserves were 88 MMboe", "Reserves were 88 MBoe"),
        (
            "Cash cost was €1,012, up from €988 a year before",
            "Cash cost was €1,012, up from $988 a year before",
        ),
        ("Trading profit was €41.0 million in 2024", "Trading profit was $41.0 million in 2024"),
        (
            "Revenue fell short of 2023 by nothing: it rose from €478.0 million to €512.0 million in 2024",
            "Revenue fell short of 2023 by nothing: it rose from £478.0 million to £512.0 million in 2024",
        ),
        (
            "Together the rigs earned €105,400 a day in 2024 (€61,300 + €44,100)",
            "Together the rigs earned $105,400 a day in 2024 (61,300 + 44,100)",
        ),
    ],
)
def test_the_digits_of_a_place_are_not_its_unit(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


def test_dollars_of_any_land_are_dollars_and_a_page_without_currency_has_any() -> None:
    dollars = JudgedSource("Annual report", "Revenue was $ 41.0 million in 2024.", None)
    plain = JudgedSource("Annual report", "| | 2024 |\n|---|---|\n| Revenue | 41.0 |\n", None)
    for page in (dollars, plain):
        judgement = judge("", "Revenue was US$41.0 million in 2024 [1].", [page])
        assert [figure.verdict for figure in judgement.figures] == ["stated"]
