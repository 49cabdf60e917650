"""The numbers of a text, in every spelling that firms use."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules import periods as period_rules
from finrisk_rules.periods import periods
from finrisk_rules.plain_text import plain
from finrisk_rules.quantities import Style, number, quantities, style_of

SPELLINGS: list[tuple[str, Style, str, int | None, str, str]] = [
    ("$1,486 million", "point", "1486", 6, "", "$"),
    ("$ 4935", "point", "4935", None, "", "$"),
    ("US$1.5bn", "point", "1.5", 9, "", "USD"),
    ("GBP250m", "point", "250", 6, "", "GBP"),
    ("€1.2 m", "point", "1.2", 6, "", "EUR"),
    ("1.234,5 Mio. EUR", "comma", "1234.5", 6, "", "EUR"),
    ("TEUR 1.234", "comma", "1234", 3, "", "EUR"),
    ("Mio. CHF 12,5", "comma", "12.5", 6, "", "CHF"),
    ("2,3 milliards d\u2019euros", "comma", "2.3", 9, "", "EUR"),
    ("12,5 M\u20ac", "comma", "12.5", 6, "", "EUR"),
    ("2 mil millones de euros", "comma", "2", 9, "", "EUR"),
    ("12\u51043,400\u4e07\u5186", "point", "12.3400", 8, "", "JPY"),
    ("1\uc870 2,345\uc5b5 \uc6d0", "point", "1.2345", 12, "", "KRW"),
    ("1.2\u4ebf\u7f8e\u5143", "point", "1.2", 8, "", "USD"),
    ("0,3 point de pourcentage", "comma", "0.3", None, "points", ""),
    ("12,5 Prozent", "comma", "12.5", None, "percent", ""),
    ("1 234,56 €", "comma", "1234.56", None, "", "EUR"),
    ("1\u00a0234\u202f567", "point", "1234567", None, "", ""),
    ("CHF 1'200.50", "point", "1200.50", None, "", "CHF"),
    ("1\u2019234\u2019567", "point", "1234567", None, "", ""),
    ("1,23,456", "point", "123456", None, "", ""),
    ("Rs. 12 crore", "point", "12", 7, "", "INR"),
    ("\uff11\uff0c\uff12\uff13\uff14", "point", "1234", None, "", ""),
    ("\u0661\u0662\u0663", "point", "123", None, "", ""),
    ("1,200百万円", "point", "1200", 6, "", "JPY"),
    ("3 億円", "point", "3", 8, "", "JPY"),
    ("(1,234)", "point", "-1234", None, "", ""),
    ("$(1,234)", "point", "-1234", None, "", "$"),
    ("($1,234)", "point", "-1234", None, "", "$"),
    ("(5.1)%", "point", "-5.1", None, "percent", ""),
    ("\u22123.2%", "point", "-3.2", None, "percent", ""),
    ("150 basis points", "point", "150", None, "basis_points", ""),
    ("25bps", "point", "25", None, "basis_points", ""),
    ("2.5 percentage points", "point", "2.5", None, "points", ""),
    (".5", "point", "0.5", None, "", ""),
    ("\u4e09\u5343\u4e8c\u767e\u4e07\u5186", "point", "3200", 4, "", "JPY"),
    ("\u5343\u4e8c\u767e\u4e07\u5186", "point", "1200", 4, "", "JPY"),
    ("\u4e8c\u5104\u4e94\u5343\u4e07", "point", "2.5000", 8, "", ""),
    ("\u4e24\u4ebf\u5143", "point", "2", 8, "", "CNY"),
    ("\u5341\u4e8c%", "point", "12", None, "percent", ""),
]


@pytest.mark.parametrize(
    "text", ["単位:百万円", "千円", "二〇二三年三月", "第三四半期", "二十四か月", "一方、三菱は"]
)
def test_characters_of_units_years_and_counts_are_no_quantities(text: str) -> None:
    assert list(quantities(text)) == []


@pytest.mark.parametrize(("text", "style", "value", "scale", "unit", "currency"), SPELLINGS)
def test_a_spelling_says_its_quantity(
    text: str, style: Style, value: str, scale: int | None, unit: str, currency: str
) -> None:
    for around in ("{}", "It was {} then.", "| {} |", "about {}; later"):
        found = list(quantities(around.format(text), style))
        assert [(q.value, q.scale, q.unit, q.currency) for q in found] == [
            (Decimal(value), scale, unit, currency)
        ]


@pytest.mark.parametrize(
    "text", ["20-F", "10-K", "Q3", "COVID-19", "21st", "A4", "1.2.3", "12/31/2019", "file_7", "10:45"]
)
def test_what_is_glued_to_other_signs_is_no_quantity(text: str) -> None:
    assert list(quantities(f"see {text} there")) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Provisions 312 287 1945", ["312", "287", "1945"]),
        ("rose 5-10%", ["5", "10"]),
        ("$5-$10 million", ["5", "10"]),
        ("4%\u20135%", ["4", "5"]),
        ("12 345 67", ["12", "345", "67"]),
    ],
)
def test_a_row_of_figures_and_a_range_are_several(text: str, values: list[str]) -> None:
    assert [q.value for q in quantities(text)] == [Decimal(value) for value in values]


def test_a_quantity_stands_where_it_says() -> None:
    text = "Verlust: \uff08\uff11,234\uff09 Mio. \u20ac im Jahr"
    [quantity] = quantities(text)
    assert text[quantity.start : quantity.end].startswith("\uff08\uff11")
    assert quantity.amount == -1_234_000_000


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("It cost $12 million. Debt fell.", "$12 million"),
        ("It cost $12 million. USD 5 million came back.", "$12 million"),
        ("It cost $12 bn.", "$12 bn"),
        ("Das waren 12 Mio. EUR.", "12 Mio. EUR"),
        ("Das waren 12 Mio.", "12 Mio"),
    ],
)
def test_the_end_of_a_sentence_is_no_part_of_a_figure(sentence: str, text: str) -> None:
    first = next(quantities(sentence))
    assert sentence[first.start : first.end] == text


@given(
    st.integers(0, 10**12),
    st.integers(0, 3),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", ".")]),
)
def test_every_way_to_set_thousands_apart_says_the_same(
    whole: int, places: int, marks: tuple[str, str]
) -> None:
    thousands, decimal = marks
    digits = f"{whole:,}".replace(",", thousands) + (decimal + "7" * places if places else "")
    expected = Decimal(f"{whole}.{'7' * places}" if places else whole)
    assert number(digits, "comma" if decimal == "," else "point") == (expected, places)


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    spans = [(q.start, q.end) for q in quantities(text)]
    assert spans == sorted(spans)
    list(periods(text))


@pytest.mark.parametrize(
    ("page", "style"),
    [
        ("Umsatz 1.234,5 Mio. EUR, Marge 12,5 %", "comma"),
        ("Revenue 1,234.5, margin 12.5%", "point"),
        ("1,234 and 5,678", "point"),
        ("no figure", "point"),
    ],
)
def test_the_page_tells_which_sign_separates_decimals(page: str, style: Style) -> None:
    assert style_of(page) == style


PERIODS = [
    ("In 2007 and 2006", [(2007, ""), (2006, "")]),
    ("FY22", [(2022, "")]),
    ("fiscal 2022", [(2022, "")]),
    ("2021/22", [(2022, "")]),
    ("exercice 2021-2022", [(2022, "")]),
    ("von 2021-2022", [(2021, ""), (2022, "")]),
    ("2021-22", [(2022, "")]),
    ("2021\u20132022", [(2021, ""), (2022, "")]),
    ("3Q20", [(2020, "Q3")]),
    ("H1 2021", [(2021, "H1")]),
    ("December 31, 2007", [(2007, "12")]),
    ("december 31 , 2007", [(2007, "12")]),
    ("31. Dezember 2019", [(2019, "12")]),
    ("31.12.2019", [(2019, "12")]),
    ("2022年3月31日", [(2022, "3")]),
    ("2022年度", [(2022, "")]),
    ("31 mars 2020", [(2020, "3")]),
    ("in the third quarter of 2022", [(2022, "Q3")]),
    ("im 3. Quartal 2022", [(2022, "Q3")]),
    ("au premier semestre 2022", [(2022, "H1")]),
    ("T3 2022", [(2022, "Q3")]),
    ("primer trimestre de 2022", [(2022, "Q1")]),
    ("a quarter of 2022 deals", [(2022, "")]),
    ("2023年3月期第3四半期", [(2023, "Q3")]),
    ("2022年上半年", [(2022, "H1")]),
    ("令和4年3月期", [(2022, "3")]),
    ("2022년 3분기", [(2022, "Q3")]),
    ("as of March 31", [(None, "3")]),
    ("$2007 million", []),
    ("$ 2014", []),
    ("may 5 percent", []),
    ("2,007", []),
    ("2007%", []),
]


@pytest.mark.parametrize(("text", "expected"), PERIODS)
def test_a_text_names_its_periods(text: str, expected: list[tuple[int | None, str]]) -> None:
    assert [(period.year, period.part) for period in periods(text)] == expected


def test_blanks_before_a_word_set_thousands_apart_where_a_comma_parts_decimals() -> None:
    text = "9 517 salariés contre 12 9 en 2021"

    assert [str(each.value) for each in quantities(text, "comma")][:3] == ["9517", "12", "9"]
    assert [str(each.value) for each in quantities(text, "point")][:2] == ["9", "517"]
    assert [str(each.value) for each in quantities("(29 118)", "comma")] == ["-29118"]
    assert [str(each.value) for each in quantities("Marge 29 118", "comma")] == ["29", "118"]


def test_thousands_of_a_currency_are_a_scale() -> None:
    for text in ("14.076 miles de euros", "14.076 migliaia di euro", "14.076 milhares de euros"):
        (quantity,) = quantities(text, "comma")
        assert quantity.amount == Decimal(14_076_000), text
        assert quantity.currency == "EUR", text
    assert next(quantities("He ran 5 miles")).scale is None


def test_a_triangle_right_before_a_number_is_a_minus() -> None:
    text = "特別損益は△1,275、前期は▲842、 △ 5"
    assert [str(each.value) for each in quantities(text)] == ["-1275", "-842", "5"]


def test_numbers_between_words_of_a_script_without_blanks_are_quantities() -> None:
    text = "売上高は4.1億円から5.2億円に26.8%増加し、利益は410百万円"
    assert [str(each.value) for each in quantities(text)] == ["4.1", "5.2", "26.8", "410"]


@pytest.mark.parametrize("kind", period_rules._KINDS)
@given(data=st.data())
def test_every_period_begins_where_one_is_looked_for(kind: str, data: st.DataObject) -> None:
    form = re.compile(period_rules._KINDS[kind], re.IGNORECASE)
    text = plain(data.draw(st.from_regex(form, fullmatch=True)))
    if period_rules._PERIOD.match(text):
        assert period_rules._BEGIN.match(text)


def test_a_date_whose_year_is_glued_to_its_day_says_nothing_of_decimals() -> None:
    assert (
        style_of("140,918 on May 31,2019 against 153,983 on February 28,2019 and November 30,2018") == "point"
    )


def test_numbers_of_spans_set_apart_are_not_read() -> None:
    text = "In 2023, 2024 shares and 5.5 % in 2022"
    spans = [(3, 7), (34, 38)]

    assert [text[each.start : each.end] for each in quantities(text, apart=spans)] == ["2024", "5.5 %"]
