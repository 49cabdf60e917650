"""Changes whose both ends a sentence writes: which way they go, and by how much."""

from __future__ import annotations

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """Tolls of the Maddow crossing rose 4 % in line with its charter. Berth fees rose 18%.
A quarter of the fleet is leased.

| | 2024 | 2023 |
|---|---|---|
| Ferry revenue ($ million) | 412.5 | 375.0 |
| Crew costs ($ million) | 88.2 | 96.1 |
| Dry dock provision ($ million) | 12.0 | 24.0 |
| Load factor | 71.4% | 68.0% |
| Fare per passenger ($) | 14.20 | 13.10 |
| Churn of season tickets | 8.0% | 10.0% |
"""
SPANISH = """Los ingresos por pasaje fueron de 512,3 millones de euros en 2024 y de 534,2 millones \
de euros en 2023.
El número de viajeros fue de 3.210 miles en 2024."""
ITALIAN = """Il debito finanziario netto era di 96,4 milioni di euro a fine 2024 e di \
81,7 milioni di euro a fine 2023."""
GERMAN = """Die Erlöse der Fähren lagen 2024 bei 96,4 Mio. € und 2023 bei 81,7 Mio. €."""


def is_kept(said: str, page: str = PAGE) -> bool:
    source = JudgedSource("Annual report 2024", page, None, company="Maddow Ferries")
    judgement = judge("", f"{said} [1].", [source])
    return {figure.verdict for figure in judgement.figures} <= RIGHT


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Ferry revenue rose to $412.5 million in 2024 from $375.0 million in 2023",
            "Ferry revenue fell to $412.5 million in 2024 from $375.0 million in 2023",
        ),
        (
            "Crew costs eased from $96.1 million in 2023 to $88.2 million in 2024",
            "Crew costs climbed from $96.1 million in 2023 to $88.2 million in 2024",
        ),
        (
            "The load factor stood at 71.4% of seats offered, up from 68.0% the year before",
            "The load factor stood at 71.4% of seats offered, down from 68.0% the year before",
        ),
        (
            "The fare per passenger edged up to $14.20 in 2024 (2023: $13.10)",
            "The fare per passenger edged down to $14.20 in 2024 (2023: $13.10)",
        ),
        (
            "The load factor was 71.4% in 2024, up 5% from 68.0% the year before",
            "The load factor was 71.4% in 2024, up 3.4% from 68.0% the year before",
        ),
        (
            "The load factor edged up to 71.4% (2023: 68.0%)",
            "The load factor edged down to 71.4% (2023: 68.0%)",
        ),
        (
            "Crew costs fell 420 bps to 21.4% of ferry revenue in 2024, from 25.6% in 2023",
            "Crew costs rose 420 bps to 21.4% of ferry revenue in 2024, from 25.6% in 2023",
        ),
        (
            "Ferry revenue rose 10% to $412.5 million in 2024 from $375.0 million in 2023",
            "Ferry revenue rose 18% to $412.5 million in 2024 from $375.0 million in 2023",
        ),
        (
            "The dry dock provision fell by a half to $12.0 million in 2024, from $24.0 million in 2023",
            "The dry dock provision fell by a quarter, from $24.0 million in 2023 to $12.0 million in 2024",
        ),
        (
            "Churn of season tickets fell by 2 points, from 10.0% in 2023 to 8.0% in 2024",
            "Churn of season tickets fell by 2%, from 10.0% in 2023 to 8.0% in 2024",
        ),
        (
            "The load factor rose 3.4 percentage points to 71.4% in 2024 from 68.0% in 2023",
            "The load factor rose 3.4% to 71.4% in 2024 from 68.0% in 2023",
        ),
        (
            "Crew costs fell to $88.2 million in 2024 from $96.1 million in 2023, a decline of about 8%",
            "Crew costs fell to $88.2 million in 2024 from $96.1 million in 2023, a decline of about 18%",
        ),
    ],
)
def test_a_change_is_held_to_the_ends_that_stand_beside_it(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


@pytest.mark.parametrize(
    ("right", "wrong", "page"),
    [
        (
            "Los ingresos por pasaje bajaron a 512,3 millones de euros en 2024 desde 534,2 millones en 2023",
            "Los ingresos por pasaje subieron a 512,3 millones de euros en 2024 desde 534,2 millones en 2023",
            SPANISH,
        ),
        (
            "Il debito finanziario netto è salito a 96,4 milioni di euro da 81,7 milioni di euro",
            "Il debito finanziario netto è sceso a 96,4 milioni di euro da 81,7 milioni di euro",
            ITALIAN,
        ),
        (
            "Die Erlöse der Fähren stiegen von 81,7 Mio. € im Jahr 2023 auf 96,4 Mio. € im Jahr 2024",
            "Die Erlöse der Fähren sanken von 81,7 Mio. € im Jahr 2023 auf 96,4 Mio. € im Jahr 2024",
            GERMAN,
        ),
    ],
)
def test_other_languages_write_ends_too(right: str, wrong: str, page: str) -> None:
    assert is_kept(right, page)
    assert not is_kept(wrong, page)


@pytest.mark.parametrize(
    "right",
    [
        "Ferry revenue of $412.5 million rose from $375.0 million, and crew costs fell to $88.2 million",
        "Crew costs fell to $88.2 million, whereas ferry revenue rose from $375.0 million to $412.5 million",
        "To sum up: churn of season tickets improved to 8.0% in 2024 from 10.0% in 2023",
        "The load factor was not down: it went from 68.0% in 2023 to 71.4% in 2024",
        "Crew costs were lower at $88.2 million, and revenue went up from $375.0 million to $412.5 million",
    ],
)
def test_ends_of_another_clause_are_none(right: str) -> None:
    assert is_kept(right)
