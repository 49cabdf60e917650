"""The firm's own list of names."""

from __future__ import annotations

import random

import pytest

from finrisk_rules.redaction import Names, redact
from finrisk_rules.redaction.names import BYTES_MAX
from tests.grounds.pace import cpu_seconds, pace

LIST = """
# customers
Jane Roe
João da Silva-Oliveira
  Mary O’Brien
Roe
山田太郎
Xu Li
"""
NAMES = Names(LIST)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("What did Jane Roe say of JANE ROE?", "What did [person_1] say of [person_1]?"),
        ("jane.roe, jane_roe and Roe, Jane", "[person_1], [person_1] and [person_2]"),
        ("Jane A. Roe's loan", "[person_1]'s loan"),
        ("Jane\nRoe and Jane\u00a0Roe", "[person_1] and [person_1]"),
        ("Joao da Silva Oliveira, JOÃO DA SILVA-OLIVEIRA", "[person_1], [person_2]"),
        ("Mary O'Brien and Mary OBrien", "[person_1] and Mary OBrien"),
        ("Of Roe, not of roe or Roebuck; Jane Roebuck stays", None),
        ("借款人山田太郎の口座", "借款人[person_1]の口座"),
        ("Mr Jane Roe owes 12.5 million", "Mr [person_1] owes 12.5 million"),
        ("jane.roe@example.com wrote", "[email_1] wrote"),
        ("Jane and Roeland Roy, Xu of Li; xu", "Jane and Roeland Roy, Xu of Li; xu"),
        ("Jane B 14 Roe", "Jane B 14 [person_1]"),
    ],
)
def test_a_name_is_found_as_people_write_it_and_nothing_else(text: str, redacted: str | None) -> None:
    told = redact(text, names=NAMES).text
    assert told == (redacted or "Of [person_1], not of roe or Roebuck; Jane Roebuck stays")
    assert redact(told, names=NAMES).text == told
    assert redact(told).text == told


def test_without_a_list_nothing_changes() -> None:
    assert redact("What did Jane Roe say?").text == "What did Jane Roe say?"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Jane Roe\n\n 4711 \n", "line 3 of the list of names holds no name of two letters or more"),
        ("J.\n", "line 1 of the list of names holds no name of two letters or more"),
        ("Jane Roe\n" * (BYTES_MAX // 9 + 1), "the list of names has 100,008 bytes, 100,000 is the most"),
    ],
)
def test_what_is_no_list_is_refused_without_a_name(lines: str, said: str) -> None:
    with pytest.raises(ValueError, match=said) as refused:
        Names(lines)
    assert "4711" not in str(refused.value)


def test_a_long_list_costs_little_in_long_texts() -> None:
    dice = random.Random(1)  # noqa: S311 - repeatable
    firsts, lasts = (["".join(dice.sample("abcdefghijklmnop", 6)) for _ in range(80)] for _ in range(2))
    names = Names("\n".join(f"{first} {last}" for first in firsts for last in lasts))
    hostile = [" ".join(firsts * 60)[:30_000], f"{firsts[0]} a " * 3_300, f"{lasts[0]}, {firsts[0]} " * 2_000]

    def read() -> None:
        for text in hostile:
            redact(text, names=names)

    before, spent = pace(), cpu_seconds(read)
    assert spent < 0.3 * len(hostile) * max(before, pace(), 1), "seconds of CPU, on a machine of pace 1"
