"""A figure is said of one line item (revenue, EBIT, order backlog) and stands at the place of another one."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.line_items import _NAMES, line_items
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """| Year ended December 31, $m | 2024 | 2023 |
|---|---|---|
| Net sales | 2,815.4 | 2,640.9 |
| Gross margin | 38.2 % | 36.9 % |
| Income (loss) before income taxes | 402.7 | 351.6 |
| Adjusted EBITDA | 611.3 | 570.2 |

Order intake reached $3,120.5 million after $2,904.8 million. Free cash flow was $275.6 million, compared with
$198.3 million in 2023. Net interest cover stood at 8.4x.
"""
SEITE = """| Mio. € | 2024 | 2023 |
|---|---|---|
| Umsatzerlöse | 915,3 | 872,6 |
| Ergebnis nach Steuern | 61,8 | 57,2 |

Der Auftragsbestand lag bei 1.204,6 Mio. € (Vorjahr: 1.118,9 Mio. €).
"""
頁 = """当期の連結業績は次のとおりであり、受注高は前期を上回りました。

| 百万円 | 2024年3月期 | 2023年3月期 |
|---|---|---|
| 売上高 | 812,400 | 790,100 |
| 経常利益 | 51,320 | 47,905 |
"""


def is_kept(said: str, page: str = PAGE) -> bool:
    source = JudgedSource("Annual report 2024", page, None, year=2024, company="Tamar Pumps")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Turnover was $2,815.4 million in 2024", "Order backlog was $2,815.4 million in 2024"),
        (
            "Gross margin widened to 38.2 % in 2024 from 36.9 %",
            "Operating margin widened to 38.2 % in 2024 from 36.9 %",
        ),
        (
            "Pre-tax profit rose 14.5 % to $402.7 million in 2024, up from $351.6 million",
            "Net income rose 14.5 % to $402.7 million in 2024, up from $351.6 million",
        ),
        (
            "PBT improved by $51.1 million to $402.7 million",
            "Operating profit improved by $51.1 million to $402.7 million",
        ),
        ("In 2024 EBITDA was $611.3 million on an adjusted basis", "In 2024 EBIT was $611.3 million"),
        ("New orders came to $3,120.5 million", "The order book came to $3,120.5 million"),
        (
            "FCF was $275.6 million after $198.3 million in 2023",
            "Operating cash flow was $275.6 million after $198.3 million in 2023",
        ),
        (
            "Tamar made $402.7 million before taxes in 2024",
            "Tamar made a net profit of $402.7 million in 2024",
        ),
    ],
)
def test_a_figure_is_said_of_the_line_item_by_which_its_place_is_called(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong", "page"),
    [
        (
            "Der Auftragsbestand stieg auf 1.204,6 Mio. € nach 1.118,9 Mio. € im Vorjahr",
            "Der Auftragseingang stieg auf 1.204,6 Mio. € nach 1.118,9 Mio. € im Vorjahr",
            SEITE,
        ),
        (
            "Der Jahresüberschuss 2024 betrug 61,8 Mio. €",
            "Das Ergebnis vor Steuern 2024 betrug 61,8 Mio. €",
            SEITE,
        ),
        ("2024年3月期の経常利益は51,320百万円でした", "2024年3月期の営業利益は51,320百万円でした", 頁),
    ],
)
def test_line_items_have_names_in_other_languages(right: str, wrong: str, page: str) -> None:
    assert is_kept(right, page)
    assert not is_kept(wrong, page)


@pytest.mark.parametrize(
    "said",
    [
        "With revenue still growing, what customers ordered during the year came to $3,120.5 million",
        "Margin = $402.7 million / $2,815.4 million = 14.3 %, before taxes in 2024",
        "Net sales were $2,815.4 million and income before taxes $402.7 million in 2024",
    ],
)
def test_what_may_be_another_name_or_has_both_is_no_fault(said: str) -> None:
    assert is_kept(said)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Net income (loss)", {"net_income"}),
        ("Income (loss) from operations", {"operating_profit"}),
        ("Cost of sales", {"cost_of_sales"}),
        ("12 % of net sales", set()),
        ("Net loss per share", set()),
        ("Salesforce and turnovers", set()),
        ("归母净利润", {"net_income"}),
        ("Return on average equity", {"return_on_equity"}),
        ("R&D expense and SG&A", {"research", "administration"}),
    ],
)
def test_a_name_is_read_as_a_whole(text: str, items: set[str]) -> None:
    assert line_items(text) == items


@pytest.mark.parametrize("item", [item for item in _NAMES if item != "none"])
def test_each_name_of_an_item_is_read_in_capitals_and_small_letters(item: str) -> None:
    words, _ = _NAMES[item]
    for name in words.split():
        for text in (name.replace("_", " "), name.replace("_", "-")):
            for said in (text, text.upper(), text.title(), text.replace("i", "\u0130", 1)):
                assert line_items(f"The {said} was 5.") == {item}, said
