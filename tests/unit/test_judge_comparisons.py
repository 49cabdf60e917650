"""What a sentence says of two of its own figures holds for them: an order, a multiple, a part."""

from __future__ import annotations

import time

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource

PAGE = """Kelmor Ferries plc (in millions)

| | 2024 | 2023 | 2022 |
|---|---|---|---|
| Freight revenue | 412.0 | 380.0 | 455.0 |
| Passenger revenue | 96.0 | 131.0 | 88.0 |
| Fuel costs | 61.0 | 74.0 | 57.0 |
| Operating margin | 11.2% | 9.1% | 12.6% |
| Combined ratio | 93.1% | 95.4% | 91.0% |
| Net debt | 840.0 | 610.0 | 205.0 |
"""
PROSE = (
    "For 2025 the board expects capital expenditure of $45 million to $55 million, after $62 million in "
    "2024. "
    "The covenant range for leverage is 1.5 to 2.5 times; leverage was 2.1 times at the end of 2024.",
    "The fleet had 58 ships at the end of 2024 and 51 a year earlier.",
    "Le levier financier était de 3,2 fois fin 2024 et de 2,8 fois fin 2023.",
    "Von 412 Mio. € Umsatz entfielen 2024 140 Mio. € (34 %) auf Container.",
    "El 62 % de los ingresos, 255 millones de euros, procede de España.",
)
SOURCES = [JudgedSource("Annual report 2024", text, None, "", 2024) for text in (PAGE, *PROSE)]


def verdicts(said: str) -> set[str]:
    return {each.verdict for each in judge("", f"{said}.", SOURCES).figures}


def is_kept(said: str) -> bool:
    return bool(found := verdicts(said)) and found <= RIGHT


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        (
            "Freight revenue rose to $412 million in 2024 from $380 million in 2023 but "
            "stayed {} the $455 million of 2022",
            "below",
            "above",
        ),
        (
            "Fuel costs fell to $61 million from $74 million, yet they were still {} than "
            "the $57 million of 2022",
            "higher",
            "lower",
        ),
        (
            "The operating margin was 11.2% in 2024, up from 9.1%, and remains {} its 2022 level of 12.6%",
            "under",
            "over",
        ),
        (
            "Leverage was 2.1 times at the end of 2024, {} the covenant range of 1.5 to 2.5 times",
            "inside",
            "below",
        ),
        (
            "Capital expenditure of $45 million to $55 million is expected for 2025, i.e. "
            "{} than the $62 million of 2024",
            "less",
            "more",
        ),
        (
            "Freight revenue was $412 million, {} the level reached by the fleet ($455 million in 2022)",
            "below",
            "above",
        ),
        (
            "Freight revenue was $412 million in 2024, $32 million {} than the $380 million of 2023",
            "more",
            "less",
        ),
        (
            "The fleet had 58 ships at the end of 2024, 7 {} than a year earlier (51)",
            "more",
            "fewer",
        ),
        (
            "The combined ratio was 93.1% in 2024, {} than the 95.4% of 2023",
            "better",
            "worse",
        ),
        (
            "The operating margin was 11.2% in 2024, a {} figure than the 9.1% of 2023",
            "higher",
            "lower",
        ),
        (
            "Freight was {} than passengers in 2024, with revenue of $412 million versus "
            "$96 million of passenger revenue",
            "larger",
            "smaller",
        ),
        (
            "Freight is the {} of the two with 2024 revenue of $412 million, compared "
            "with $96 million of passenger revenue",
            "larger",
            "smaller",
        ),
        (
            "Le levier financier était de 3,2 fois fin 2024, soit {} qu'à fin 2023 (2,8 fois)",
            "plus",
            "moins",
        ),
    ],
)
def test_what_is_said_above_or_below_another_figure_is_so(said: str, right: str, wrong: str) -> None:
    assert is_kept(said.format(right))
    assert not is_kept(said.format(wrong))


@pytest.mark.parametrize(
    ("said", "right", "wrong"),
    [
        (
            "Net debt was $840 million in 2024, about {} times the $205 million of 2022",
            "four",
            "three",
        ),
        (
            "Net debt stood at $840 million in 2024 and was less than {} times the $205 million of 2022",
            "five",
            "four",
        ),
        (
            "Net debt {} from $205 million in 2022 to $610 million in 2023",
            "nearly tripled",
            "more than quadrupled",
        ),
        (
            "Net debt rose by more than a {} from $610 million to $840 million",
            "third,",
            "half,",
        ),
        (
            "Passenger revenue shrank by roughly a {} from $131 million to $96 million",
            "quarter,",
            "half,",
        ),
        (
            "140 Mio. € und damit etwa ein {} (34 %) entfielen auf Container",
            "Drittel",
            "Viertel",
        ),
        (
            "Algo menos de {} (255 millones de euros, el 62 %) procede de España",
            "dos tercios",
            "la mitad",
        ),
        (
            "Passenger revenue came to $96 million in 2024, that is {} than a quarter of "
            "the $412 million of freight",
            "less",
            "more",
        ),
    ],
)
def test_a_ratio_in_words_is_that_of_the_figures_beside_it(said: str, right: str, wrong: str) -> None:
    assert is_kept(said.format(right))
    assert not is_kept(said.format(wrong))


@pytest.mark.parametrize(
    "said",
    [
        "Freight revenue rose to $412 million while passenger revenue fell below the $131 million of 2023",
        "Freight revenue was $412 million, and costs of fuel stayed below the $74 million of 2023",
        "There were 58 ships at the end of 2024, more than in 2023",
        "Net debt came to $840 million; half of the rise since 2022 fell on 2023, when it was $610 million",
        "Freight and passengers brought $412 million and $96 million in 2024, both less than in 2022 ($455 "
        "million and $88 million)",
        "Not higher than the $455 million of 2022, freight revenue was $412 million in 2024",
        "Freight revenue of $412 million was not above the $455 million of 2022",
    ],
)
def test_what_may_be_said_of_another_figure_convicts_none(said: str) -> None:
    assert "wrong_direction" not in verdicts(said)


def test_comparisons_are_linear_in_the_sentence() -> None:
    started = time.process_time()
    judge("", "It was 5, and still above the " * 1000, [JudgedSource("", PAGE, None)])
    judge("", "twice the 5, a third (" * 1300, [JudgedSource("", PAGE, None)])
    assert time.process_time() - started < 2
