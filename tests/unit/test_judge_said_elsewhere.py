"""How changes, shares and amounts are said in French and Japanese, and years beside a currency anywhere."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import WRONG, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

KESSAN = """第18期の業績(単位:千円)

| 科目 | 第18期 | 第17期 |
| --- | --- | --- |
| 支払利息 | 512,836 | 468,215 |

セグメント情報(単位:百万円)

| セグメント | 売上高 2024年3月期 | 売上高 2023年3月期 |
| --- | --- | --- |
| 制御機器 | 84,159 | 80,437 |
| 産業用モーター | 164,458 | 149,127 |
| 合計 | 248,617 | 229,564 |

有利子負債は132億円(3月末は145億円)、D/Eレシオは0.58倍(3月末は0.66倍)である。
稼働率は48.3%(前期末48.9%)であった。
"""
RAPPORT = """Rapport financier 2023

Au 31 décembre 2023, la puissance installée s'élevait à 742 MW (679 MW fin 2022).

La charge nette est de 24,8 M€ (2022 : 19,5 M€). La marge opérationnelle est de 20,7 % (2022 : 25,3 %).
"""
PAGES = {"ja": KESSAN, "fr": RAPPORT}


def wrong_figures(language: str, answer: str) -> list[str]:
    page = PAGES[language]
    source = JudgedSource(page.splitlines()[0], page, stored(facts_of(page)))
    return [each.text for each in judge("?", answer, [source]).figures if each.verdict in WRONG]


@pytest.mark.parametrize(
    ("language", "right", "said", "another"),
    [
        ("ja", "支払利息は5億12百万円でした[1]。", "12百", "11百"),
        ("ja", "全体の売上高は248,617百万円です[1]。", "248,617", "164,458"),
        ("ja", "制御機器の売上高84,159百万円は全体248,617百万円の33.9%です[1]。", "33.9", "36.9"),
        ("ja", "有利子負債は3月末から13億円減って132億円となりました[1]。", "13億", "15億"),
        ("ja", "稼働率は0.6ポイント低下し48.3%となりました[1]。", "0.6", "0.9"),
        ("ja", "D/Eレシオは0.66倍から0.58倍へ低下しました[1]。", "0.66倍から0.58倍", "0.58倍から0.66倍"),
        ("ja", "稼働率は48.3%でした[1]。", "48.3", "48.9"),
        ("fr", "La charge financière nette a augmenté de 5,3 M€ à 24,8 M€ [1].", "5,3", "3,5"),
        ("fr", "La puissance installée atteint 742 MW, soit 63 MW de plus que fin 2022 [1].", "63", "36"),
        ("fr", "La marge opérationnelle perd 4,6 points et tombe à 20,7 % [1].", "4,6", "6,4"),
    ],
)
def test_what_is_said_so_is_followed(language: str, right: str, said: str, another: str) -> None:
    assert wrong_figures(language, right) == []
    assert wrong_figures(language, right.replace(said, another)) != []


@pytest.mark.parametrize(
    ("sentence", "year"),
    [
        ("La charge est de 24,8 M€ (2022 : 19,5 M€).", 2022),
        ("Der Überschuss beträgt 7,5 Mio. € (2022: 8,8 Mio. €).", 2022),
        ("Sales were 5 $ (2014).", 2014),
    ],
)
def test_a_year_in_brackets_behind_a_currency_is_a_year(sentence: str, year: int) -> None:
    [statement] = facts_of(sentence).statements

    assert [period.year for period in statement.periods] == [year]
    assert year not in [abs(int(figure.value)) for figure in statement.figures]


def test_an_operand_behind_a_sign_is_no_amount_below_zero() -> None:
    page = "Capital returns were 7.0 billion in 2012 and 5.0 billion in 2011."
    source = JudgedSource("Annual report 2012", page, stored(facts_of(page)))

    figures = judge("?", "7 [1] - 5 [1] = 2 [1].", [source]).figures
    assert not [each for each in figures if each.verdict in WRONG]
