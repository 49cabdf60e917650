"""What a clause says of which of its figures: words, years, brackets, ends of ranges; a case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

RESULTS = """Financial highlights (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Revenue | $ 6,935 | $ 7,112 | $ 6,804 |
| Operating profit | 1,012 | 1,067 | 1,001 |
| Adjusted operating profit | 1,070 | 1,079 | 1,004 |
| Operating loss of Marine | (131.7) | (178.2) | (149.5) |
| Goodwill impairment | 58 | 12 | 3 |
| Pension costs | 44 | 41 | 40 |
| Net debt | 3,146 | 3,301 | 3,520 |
| EBITDA | 1,258 | 1,270 | 1,240 |
"""
SPANS = """Planned expenditures (in millions)

| | 2025 | 2026 | 2025-2026 |
|---|---|---|---|
| Generation | $ 560 | $ 615 | $ 1,175 |
| Transmission | 395 | 450 | 845 |
| Total | $ 955 | $ 1,065 | $ 2,020 |
"""
SHARES = """Results (in millions)

| | 2024 | % of net sales | 2023 | % of net sales |
|---|---|---|---|---|
| Net sales | $ 4,918.6 | 100.0 % | $ 4,805.2 | 100.0 % |
| Administrative expenses | 1,342.8 | 27.3 % | 1,278.2 | 26.6 % |
| Operating income | 393.5 | 8.0 % | 379.6 | 7.9 % |
"""
DATES = """Customers (thousand)

| | 31 Dec 2024 | 30 Sep 2024 | 31 Dec 2023 |
|---|---|---|---|
| Mobile contract | 11,842 | 11,765 | 11,508 |
| Mobile prepaid | 3,106 | 3,198 | 3,477 |
"""
PROSE = (
    "Net debt to adjusted EBITDA was 2.5 times (2023: 2.6 times). Development expense was $488 million, "
    "including $110 million of acquired projects. For 2025 we expect revenue of $7,000 "
    "million to $7,200 million. "
    "Lease operating expense was $5.42 per Boe, against our guidance of $5.50 to $5.90."
)
FRENCH = """Chiffres clés (en millions d'euros)

| | 2024 | 2023 |
|---|---|---|
| Commerces | 1 135 | 1 120 |
| Logistique | 618 | 574 |
| Résultat opérationnel | 617 | 528 |

Les sinistres ont coûté 241 M€, contre 334 M€ en 2023.
"""
PORTUGUESE = """Demonstração do resultado (em milhões de reais)

| | 2024 | 2023 |
|---|---|---|
| Receita líquida | 9.418 | 10.075 |
| Resultado de equivalência patrimonial | (46) | 38 |
| Resultado financeiro | (694) | (521) |

O custo médio da dívida foi de 3,4% (2023: 3,9%).
"""


def is_kept(answer: str, *pages: str) -> bool:
    """Whether all figures of an answer on these pages are right."""
    sources = [
        JudgedSource("Report 2024", text, stored(facts_of(text)), "Halden Marine Corp.", 2024)
        for text in pages
    ]
    return RIGHT.issuperset(each.verdict for each in judge("What does it say?", answer, sources).figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Les commerces (1 135 M€) et la logistique (618 M€) sont stables [1].", "commerces (1 125 M€)"),
        ("Le plus grand secteur est celui des commerces (1 135 millions d'euros) [1].", "(1 165 millions"),
    ],
)
def test_an_amount_in_brackets_behind_a_noun_is_no_minus(right: str, wrong: str) -> None:
    """Its scale stands in the brackets; another digit is wrong as elsewhere."""
    assert is_kept(right, FRENCH)
    said = wrong.rpartition("(")[2]
    old = next(each for each in ("1 135 M€", "1 135 millions") if each.split()[-1][:2] == said.split()[2][:2])
    assert not is_kept(right.replace(old, said.rstrip(")")), FRENCH)


@pytest.mark.parametrize("lead", ["was", "amounted to", "fell to", "of"])
def test_behind_a_word_that_leads_to_it_an_amount_in_brackets_is_below_zero(lead: str) -> None:
    """Of a row of profits that is above zero."""
    assert not is_kept(f"Operating profit {lead} ($1,012 million) in 2024 [1].", RESULTS)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("The prepaid base shrank by 10.7% in 2024 to 3.1 million [1].", "2.9%"),
        ("Mobile contract customers grew by 334,000 during 2024 to 11.84 million [1].", "77,000"),
    ],
)
def test_a_change_is_of_the_figure_beside_it_and_of_the_year_before(right: str, wrong: str) -> None:
    """September of that year is not what a year's change is told from."""
    old = "10.7%" if "%" in wrong else "334,000"
    assert is_kept(right, DATES)
    assert not is_kept(right.replace(old, wrong), DATES)


def test_a_figure_that_another_row_is_compared_with_hinders_no_change() -> None:
    """Each clause has its own."""
    answer = (
        "Revenue fell by 2.5% to $6,935 million in 2024, while pension costs rose to $44 "
        "million from $41 million [1]."
    )
    assert is_kept(answer, RESULTS)
    assert not is_kept(answer.replace("2.5%", "2.9%"), RESULTS)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Le coût des sinistres a reculé de 93 M€, passant de 334 M€ en 2023 à 241 M€ en 2024 [1].", True),
        ("Le coût des sinistres a augmenté de 93 M€, passant de 334 M€ en 2023 à 241 M€ en 2024 [1].", False),
        ("Le coût des sinistres recule de 93 M€ à 241 M€ [1].", True),
        ("Le coût des sinistres recule de 334 M€ à 241 M€ [1].", True),
        ("Le coût des sinistres recule de 95 M€ à 241 M€ [1].", False),
        ("Le résultat opérationnel progresse de 16,9 % à 617 M€ en 2024 [1].", True),
    ],
)
def test_in_french_de_leads_to_a_change_or_to_its_base(answer: str, kept: bool) -> None:
    """Both are looked up."""
    assert is_kept(answer, FRENCH) is kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            "Houve perda de R$ 46 milhões com equivalência patrimonial em 2024, contra ganho de "
            "R$ 38 milhões no ano anterior [1].",
            True,
        ),
        (
            "Houve ganho de R$ 46 milhões com equivalência patrimonial em 2024, contra ganho de "
            "R$ 38 milhões no ano anterior [1].",
            False,
        ),
        ("O custo médio da dívida baixou 50 pontos base para 3,4% em 2024 [1].", True),
        ("O custo médio da dívida baixou 60 pontos base para 3,4% em 2024 [1].", False),
        ("O custo médio da dívida subiu 50 pontos base para 3,4% em 2024 [1].", False),
    ],
)
def test_portuguese_says_gains_changes_and_comparisons(answer: str, kept: bool) -> None:
    """As the other languages do."""
    assert is_kept(answer, PORTUGUESE) is kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("The operating profit was $1,012 million on revenue of $6,935 million in 2024 [1].", True),
        (
            "Operating profit fell to $1,012 million because of a $58 million goodwill impairment; on an "
            "adjusted basis it decreased 0.8% to $1,070 million from $1,079 million [1].",
            True,
        ),
        (
            "Revenue fell to $6,935 million because of a strike; the goodwill impairment rose to "
            "$58 million [1].",
            True,
        ),
        (
            "There was a $58 million goodwill impairment in 2024; pension costs rose to $44 "
            "million from $41 million [1].",
            True,
        ),
        (
            "The operating loss of Marine widened to $178.2 million in 2023 from $149.5 million, "
            "before narrowing to $131.7 million in 2024 [1].",
            True,
        ),
        ("The operating loss of Marine narrowed to $131.7 million in 2024 from $149.5 million [1].", False),
    ],
)
def test_words_and_years_stay_in_their_clause(answer: str, kept: bool) -> None:
    """What a semicolon or "on ... of" parts belongs to the figure that it leads to."""
    assert is_kept(answer, RESULTS) is kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            "It plans expenditures of $2,020 million over 2025–2026, with generation the largest at $1,175 "
            "million, ahead of transmission at $845 million [1].",
            True,
        ),
        ("It plans $1,175 million of generation over 2025-2026, and transmission at $845 million [1].", True),
        (
            "It plans $1,175 million of transmission over 2025-2026, and transmission at $845 million [1].",
            False,
        ),
    ],
)
def test_a_span_of_years_is_that_of_a_head(answer: str, kept: bool) -> None:
    """One of its years is not all of it."""
    assert is_kept(answer, SPANS) is kept


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (
            "Leverage edged down to 2.5x net debt/adjusted EBITDA from 2.6x, as net debt was paid "
            "down by $155 million to $3,146 million [1][2].",
            True,
        ),
        ("Leverage edged down to 2.5% net debt/adjusted EBITDA from 2.6x [1][2].", False),
        ("LOE of $5.42/Boe came in below the low end of the guided $5.50–$5.90/Boe range [2].", True),
        ("LOE of $5.50/Boe came in below the low end of the guided $5.42–$5.90/Boe range [2].", False),
        ("Net debt/EBITDA was 2.5x in 2024, down from about 2.6x [1].", True),
        ("Net debt/EBITDA was 2.5x in 2024, down from about 2.8x [1].", False),
    ],
)
def test_a_multiple_is_no_money(answer: str, kept: bool) -> None:
    """A row of money that its words name is no rival of it; behind "from" a ratio is of the year before."""
    assert is_kept(answer, RESULTS, PROSE) is kept


@pytest.mark.parametrize(
    ("right", "old", "new"),
    [
        (
            "Revenue is guided to $7,000–7,200 million in 2025, with a midpoint of $7,100 million [2].",
            "$7,100",
            "$7,150",
        ),
        (
            "Revenue was $6,935 million in 2024 [1], and $7,000 million to $7,200 million are "
            "expected for 2025; the low end would mean growth of 0.9% [2].",
            "0.9%",
            "3.8%",
        ),
        (
            "Development expense was $488 million; excluding $110 million of acquired projects it "
            "would have been $378 million [2].",
            "$378",
            "$388",
        ),
    ],
)
def test_what_follows_from_ends_of_a_range_or_is_left_without_a_part(right: str, old: str, new: str) -> None:
    """Of right figures of the sentence."""
    assert is_kept(right, RESULTS, PROSE)
    assert not is_kept(right.replace(old, new), RESULTS, PROSE)


def test_words_that_say_how_an_end_grew_are_held_to_it() -> None:
    """The low end of what is expected is above the last year."""
    answer = (
        "Revenue was $6,935 million in 2024 [1], and $7,000 million to $7,200 million are "
        "expected for 2025; the low end would mean a decline of 0.9% [2]."
    )
    assert not is_kept(answer, RESULTS, PROSE)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("Administrative expenses were 27.3% of net sales in 2024, up from 26.6% in 2023 [1].", True),
        ("Administrative expenses were 26.6% of net sales in 2024 [1].", False),
        (
            "Operating income was 8.0% of net sales in 2024, 10 basis points higher than a year earlier [1].",
            True,
        ),
        (
            "Operating income was 8.0% of net sales in 2024, 30 basis points higher than a year earlier [1].",
            False,
        ),
    ],
)
def test_a_head_that_is_said_again_is_of_the_year_before_it(answer: str, kept: bool) -> None:
    """So it can be told how much that rose."""
    assert is_kept(answer, SHARES) is kept


BY_YEAR = """Key figures (in millions)

| | 2024 | 2023 |
|---|---|---|
| Revenue | 2,318 | 2,162 |
| Profit | 176 | 142 |
"""
EN_ESPAÑOL = """
Los ingresos aumentaron un 8,0 % hasta 2.700 millones de euros. La deuda neta fue de 1.120 millones.

Millones de euros

| | 2024 | 2023 |
|---|---|---|
| Ingresos | 2.700 | 2.500 |
| Inversiones | 340 | 310 |
"""
IN_JAPANESE = """2024年度の売上高は5,420億円となりました。従業員数は12,340人です。

| 単位\uff1a億円 | 2024年度 | 2023年度 |
|---|---|---|
| 売上高 | 5,420 | 5,010 |
| 研究開発費 | 310 | 295 |
"""
IN_CHINESE = """截至2024年末公司员工总数为5,230人。

| 单位\uff1a百万元 | 2024年 | 2023年 |
|---|---|---|
| 净利润 | 742 | 655 |
| 研发费用 | 691 | 600 |
"""


@pytest.mark.parametrize(
    ("answer", "page"),
    [
        ("Profit was $176 million, in 2023 it was $142 million [1].", BY_YEAR),
        ("Inversiones: 340 millones de euros, 30 millones más que en 2023 [1].", EN_ESPAÑOL),
        ("Los ingresos fueron de 2.700 millones de euros, un 8,0 % más que en 2023 [1].", EN_ESPAÑOL),
        ("Le résultat opérationnel est de 617 M€, 89 M€ de plus qu'en 2023 [1].", FRENCH),
        ("Le résultat opérationnel est de 617 M€, en hausse par rapport à 2023 [1].", FRENCH),
        ("研究開発費は310億円、2023年度は295億円でした[1]。", IN_JAPANESE),
        ("研究開発費は310億円\uff082023年度は295億円\uff09でした[1]。", IN_JAPANESE),
        ("净利润为7.42亿元\uff0c高于2023年的6.55亿元[1]。", IN_CHINESE),
        ("研发费用6.91亿元\uff0c比2023年增加0.91亿元\uff0c增长15.2%[1]。", IN_CHINESE),
    ],
)
def test_the_year_of_a_later_clause_is_not_of_the_figure_before(answer: str, page: str) -> None:
    assert is_kept(answer, page)


@pytest.mark.parametrize(
    ("answer", "page"),
    [
        ("Revenue was $2,162 million and profit $142 million in 2024 [1].", BY_YEAR),
        ("Profit was $142 million, in 2023 it was $176 million [1].", BY_YEAR),
        ("研究開発費は295億円、2023年度は310億円でした[1]。", IN_JAPANESE),
    ],
)
def test_the_year_of_a_later_clause_is_of_its_own_figure(answer: str, page: str) -> None:
    assert not is_kept(answer, page)


def test_gross_of_the_figure_before_is_not_of_the_next_one() -> None:
    page = "Gross written premiums rose to $3.9 billion. Net written premiums were $3.2 billion."
    assert is_kept("Of $3.9 billion of gross written premiums, $3.2 billion was retained [1].", page)
    assert not is_kept("Gross written premiums were $3.2 billion [1].", page)
