"""What German, Italian and Portuguese have words of their own for: changes, bases, shares, ranges."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.page_facts import facts_of, stored

GERMAN = """| in Mio. € | 2023 | 2022 |
| --- | --- | --- |
| Umsatzerlöse | 518,4 | 560,9 |
| Personalaufwand | 129,6 | 134,6 |
| Periodenergebnis | -7,1 | 12,3 |

Die Auslastung der Werke stieg auf 81,3 %, nachdem sie 2022 nur 77,9 % erreicht hatte. Geliefert wurden 2023 \
1.310 Anlagen nach 1.475 Anlagen im Vorjahr. Für 2024 rechnet der Vorstand mit einem Umsatz zwischen 540 \
Mio. € und 570 Mio. €.
"""
ITALIAN = """| migliaia di euro | 2023 | 2022 |
| --- | --- | --- |
| Ricavi | 41.870 | 38.215 |
| EBITDA in % dei ricavi | 17,2 | 16,9 |

Al 31 dicembre 2023 il debito netto era di 52,6 milioni di euro (58,9 milioni a fine 2022), pari a 1,7 volte \
l'EBITDA.
"""
QUARTERS = """| Mio. € | Q3 2024 | 9M 2024 | 9M 2023 |
| --- | --- | --- | --- |
| Umsatzerlöse | 61,2 | 187,4 | 192,5 |
"""
PORTUGUESE = """| Milhões de euros | 30.06.2024 | 31.12.2023 |
| --- | --- | --- |
| Dívida líquida | 96,4 | 81,7 |
| Dívida líquida / EBITDA (x) | 1,6 | 1,4 |
"""


def _verdicts(text: str, answer: str) -> list[tuple[str, str]]:
    source = JudgedSource("2023", text, stored(facts_of(text)))
    return [(figure.text, figure.verdict) for figure in judge("?", f"{answer} [1].", [source]).figures]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GERMAN, "Die Umsatzerlöse gingen gegenüber dem Vorjahr um 42,5 Mio. € auf 518,4 Mio. € zurück"),
        (GERMAN, "Die Umsatzerlöse lagen 2023 mit 518,4 Mio. € unter dem Vorjahreswert von 560,9 Mio. €"),
        (GERMAN, "Gegenüber 2022 gaben die Umsatzerlöse um 42,5 Mio. € auf 518,4 Mio. € nach"),
        (
            GERMAN,
            "Die Auslastung der Werke kletterte von 77,9 % auf 81,3 %, ein Plus von 3,4 Prozentpunkten",
        ),
        (GERMAN, "Die Zahl der gelieferten Anlagen ging 2023 von 1.475 auf 1.310 zurück"),
        (GERMAN, "Für 2024 erwartet der Vorstand einen Umsatz von 540 bis 570 Mio. €"),
        (GERMAN, "Bezogen auf die Umsatzerlöse machte der Personalaufwand 2023 25,0 % aus (2022: 24,0 %)"),
        (
            GERMAN,
            "2023 stand ein Verlust von 7,1 Mio. €; im Vorjahreszeitraum hatte sie 12,3 Mio. € verdient",
        ),
        (
            GERMAN,
            "Der Umsatz soll 2024 bis zu 570 Mio. € erreichen, nachdem 2023 noch 518,4 Mio. € erzielt wurden",
        ),
        (QUARTERS, "Nach neun Monaten 2024 stehen Umsatzerlöse von 187,4 Mio. €"),
        (ITALIAN, "I ricavi sono passati da 38,2 a 41,9 milioni di euro (+9,6%)"),
        (
            ITALIAN,
            "A fine 2023 il debito era di 52,6 milioni, in calo di 6,3 milioni, cioè 1,7 volte l'EBITDA",
        ),
        (
            PORTUGUESE,
            "Em 30 de junho de 2024, a dívida líquida era de 96,4 milhões, mais 14,7 milhões do que no "
            "final de 2023, o que corresponde a 1,6 vezes o EBITDA",
        ),
    ],
)
def test_what_a_language_says_with_words_of_its_own_is_right(text: str, answer: str) -> None:
    said = _verdicts(text, answer)
    assert said
    assert {verdict for _, verdict in said} <= {"stated", "computed"}, said


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (GERMAN, "Die Umsatzerlöse zogen gegenüber dem Vorjahr um 42,5 Mio. € auf 518,4 Mio. € an"),
        (GERMAN, "Die Umsatzerlöse gingen gegenüber dem Vorjahr um 24,5 Mio. € auf 518,4 Mio. € zurück"),
        (GERMAN, "Die Umsatzerlöse lagen 2023 mit 518,4 Mio. € unter dem Vorjahreswert von 134,6 Mio. €"),
        (GERMAN, "Die Auslastung der Werke kletterte von 81,3 % auf 77,9 %"),
        (GERMAN, "Für 2024 erwartet der Vorstand einen Umsatz von 540 bis 580 Mio. €"),
        (GERMAN, "Bezogen auf die Umsatzerlöse machte der Personalaufwand 2023 26,0 % aus (2022: 24,0 %)"),
        (GERMAN, "2023 stand im Periodenergebnis ein Gewinn von 7,1 Mio. €"),
        (ITALIAN, "I ricavi sono passati da 38,2 a 41,9 milioni di euro (+6,9%)"),
        (ITALIAN, "A fine 2023 il debito netto era di 52,6 milioni, in aumento di 6,3 milioni"),
        (PORTUGUESE, "Em 30 de junho de 2024, a dívida líquida era de 81,7 milhões de euros"),
        (
            PORTUGUESE,
            "Em 30 de junho de 2024, a dívida líquida era de 96,4 milhões, menos 14,7 milhões do que no "
            "final de 2023",
        ),
    ],
)
def test_what_such_words_turn_round_is_wrong(text: str, answer: str) -> None:
    said = _verdicts(text, answer)
    assert not {verdict for _, verdict in said} <= {"stated", "computed"}, said
