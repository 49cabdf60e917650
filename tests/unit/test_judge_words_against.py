"""A page in the words of real filings says a unit, a side or a firm, and the answer says another one."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """the covenants require the ferry line to keep a debt ratio of 60% ( 60 % ) or less of its capital .
the line occupies approximately 84000 square feet of the terminal , and there were 212 pilots on call .
in 2019 , 2018 , and 2017 , the line also recognized interest income of $ 3 , $ 4 , and $ 9 , respectively .

| | 2019 €m | 2018 €m |
|---|---|---|
| Freight | 41 | 38 |
| Tolls | 17 | 17 |

| Year | € | US$ |
|---|---|---|
| 2018 | 2.10 | 2.45 |
| 2019 | 2.35 | 2.61 |

| December 31, 2019 | Cost | Unrealized Gains | Unrealized Losses |
|---|---|---|---|
| Bonds | 310.2 | — | 7.8 |
| Notes | 120.5 | — | 0.6 |

| fund | 2014 | 2019 |
|---|---|---|
| harbour fund | $ 100 | $ 147 |
| index of carriers | 100 | 131 |
"""


def is_kept(said: str) -> bool:
    source = JudgedSource("Annual report 2019", PAGE, None, company="Skerry Ferries")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Freight came to €41 million in 2019", "Freight came to $41 million in 2019"),
        ("The dividend for 2019 is €2.35", "The dividend for 2019 is $2.35"),
        ("The line occupies 84 thousand square feet", "The line occupies 84 million square feet"),
        ("There were 212 pilots on call", "There were 212 thousand pilots on call"),
        ("Unrealized losses on bonds were 7.8", "Unrealized gains on bonds were 7.8"),
        (
            "Interest income was $3 million, $4 million and $9 million in 2019, 2018 and 2017, respectively",
            "Interest expense was $3 million, $4 million and $9 million in 2019, 2018 and 2017, respectively",
        ),
        (
            "The debt ratio must be no more than 60% of capital",
            "The debt ratio must be no less than 60% of capital",
        ),
        (
            "The harbour fund grew from $100 to $147",
            "The harbour fund grew from $100 in 2014 to $147 million in 2019",
        ),
        (
            "Skerry Ferries' harbour fund stood at $147 in 2019",
            "Tarn Carriers' harbour fund stood at $147 in 2019",
        ),
        ("Tolls stayed at €17 million in 2019", "Tolls fell to €17 million in 2019"),
    ],
)
def test_what_is_said_otherwise_than_the_page_does_is_wrong(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


HEADS = """Skerry Ferries

| | 2019 €m | 2018 €m |
|---|---|---|
| Gross debt | 940 | 910 |
| Net lease liabilities | 212 | 230 |
| Profit before tax | 77 | 69 |
| Capital spending, excluding leases | 58 | 61 |

The margin including subsidies was 14.2% in 2019.
"""
SOURCES = [
    JudgedSource("Annual report 2019", text, None, company="Skerry Ferries")
    for text in (
        HEADS,
        "| Milhões de euros | 2019 | 2018 |\n|---|---|---|\n| Receita líquida | 403 | 388 |\n",
        "| Mio. € | 2019 | 2018 |\n|---|---|---|\n| Preis vor Absicherung | 31 | 29 |\n",
    )
]


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        ("{} debt rose to €940 million in 2019", "Gross", "Net"),
        ("{} lease liabilities fell to €212 million in 2019", "Net", "Gross"),
        ("Profit {} tax was €77 million in 2019", "before", "after"),
        ("A receita {} foi de 403 milhões de euros em 2019", "líquida", "bruta"),
        ("Capital spending, {} leases, was €58 million in 2019", "excluding", "including"),
        ("Der Preis {} Absicherung lag 2019 bei 31 Mio. €", "vor", "nach"),
        ("The margin {} subsidies was 14.2% in 2019", "including", "excluding"),
    ],
)
def test_what_is_taken_off_or_left_out_is_said_as_the_page_does(said: str, right: str, wrong: str) -> None:
    for words, is_right in ((right, True), (wrong, False)):
        figures = judge("", f"{said.format(words)}.", SOURCES).figures
        assert ({figure.verdict for figure in figures} <= RIGHT) is is_right
